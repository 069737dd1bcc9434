"""The people whom the house-wide tests share."""

from tests.people import alliance

__all__ = ["alliance"]
