"""Logs that can be shown to anyone: no e-mail address, no code, no token, no query string."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

_EMAIL = re.compile(r"[^\s<>@/\"']+@[^\s<>@/\"']+\.[^\s<>@/\"']+")
# path parts that open something for whoever holds them, and anything long enough to be a key
_SECRET_PATH = re.compile(r"(/(?:resume|confirm-email|password/reset/key|a)/)[^\s/?\"']+")
_LONG_TOKEN = re.compile(r"\b(?=[A-Za-z0-9_-]*\d)[A-Za-z0-9_-]{32,}\b")
_CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b")
_QUERY = re.compile(r"\?[^\s\"']+")


def redact(text: str) -> str:
    """Replace what identifies a person or opens a door by a mark."""
    text = _EMAIL.sub("[email]", text)
    text = _QUERY.sub("?[query]", text)
    text = _SECRET_PATH.sub(r"\1[secret]", text)
    text = _CODE.sub("[code]", text)
    return _LONG_TOKEN.sub("[token]", text)


class Redact(logging.Filter):
    """Redact the message before any handler sees it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), None
        return True


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    return dict(getattr(record, "fields", {}))


class TextFormatter(logging.Formatter):
    """One line a record, for people; tracebacks are redacted too."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        extra = " ".join(f"{key}={value}" for key, value in _fields(record).items())
        return redact(super().format(record)) + (f" {extra}" if extra else "")


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for machines."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            line["traceback"] = redact(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)
