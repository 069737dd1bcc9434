"""Minga: the open platform on which an alliance for responsible, inclusive AI in industry runs."""

__version__ = "0.1.0"
