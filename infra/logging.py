"""JSON log lines: ts, level, category, message, duration_ms, event_id and what a caller adds.

Never mail content, never a secret.

A line's `category` is the component (ingest, worker, archive, ...) unless the caller gives one."""

from __future__ import annotations

import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

import orjson

FIELDS = ("category", "duration_ms", "event_id", "account", "topic", "partition", "offset", "lane", "instance")
"""Names a caller may pass in `extra=`."""


class JsonLines(logging.Formatter):
    """One JSON object per line."""

    def __init__(self, component: str) -> None:
        super().__init__()
        self._component = component

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        line: dict[str, Any] = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "category": self._component,
            "component": self._component,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1]:
            line["error"] = type(record.exc_info[1]).__name__
            line["stack"] = where(record.exc_info[1])
        return orjson.dumps(line, default=str).decode()


def where(error: BaseException) -> list[str]:
    """The frames of a traceback without its message: an exception's text may quote mail content."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)][
        -12:
    ]


def configure(component: str, *, level: str = "INFO", form: str = "json") -> None:
    """Send every log line of this process to standard error in the given form ("json" or "text")."""
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(
        JsonLines(component)
        if form == "json"
        else logging.Formatter("%(asctime)s %(levelname)-7s %(name)s %(message)s")
    )
    root = logging.getLogger()
    root.handlers[:] = [stream]
    set_level(level)
    logging.captureWarnings(capture=True)


def set_level(level: str) -> None:
    """Write lines of `level` and above from now on."""
    root = logging.getLogger()
    root.setLevel(level)
    for library in _SAFE.keys() | _QUIET.keys():
        least = logging.NOTSET if root.level <= logging.DEBUG else _QUIET.get(library, logging.NOTSET)
        logging.getLogger(library).setLevel(max(least, _SAFE.get(library, logging.NOTSET), root.level))


def quiet(*libraries: str, least: int) -> None:
    """Write lines of these libraries only from `least` on, unless the level is DEBUG."""
    _QUIET.update(dict.fromkeys(libraries, least))
    set_level(logging.getLevelName(logging.getLogger().level))


# At DEBUG they log whole records, messages and commands: mails and passwords. The last is only loud.
_SAFE = {"aiokafka": logging.INFO, "aioimaplib": logging.INFO, "google": logging.WARNING, "watchfiles": logging.WARNING}
# While Kafka is away it says so ten times a second; who uses it says it once.
_QUIET = {"aiokafka": logging.CRITICAL}
