"""Log files of supervised processes: each run starts new ones, none grows without bound, errors are found again."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import orjson

from infra.logging import JsonLines
from infra.terminal import printable

LOG_BYTES = 16 * 1024 * 1024
"""A log above this is moved aside; one older file is kept."""
TAIL_BYTES = 64 * 1024
LINES = 5
LINE_CHARACTERS = 500


def keep_own(log: Path) -> None:
    """Send this process's own log lines to a file: on the terminal they would tear the view apart."""
    begin(log)
    to_file = logging.FileHandler(log, encoding="utf-8")
    to_file.setFormatter(JsonLines("run"))
    root = logging.getLogger()
    root.handlers[:] = [to_file]
    root.setLevel(logging.WARNING)


def begin(log: Path) -> None:
    """Keep the last run's log under its own name and start an empty one."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists():
        log.replace(_older(log))


def bound(log: Path, limit: int = LOG_BYTES) -> None:
    """Copy a log that is too long aside and empty it. The process goes on writing: it appends (O_APPEND)."""
    try:
        if log.stat().st_size > limit:
            shutil.copyfile(log, _older(log))
            os.truncate(log, 0)
    except OSError:  # a full disk must not end the processes; `triage doctor` tells of it
        return


def last_errors(log: Path, count: int = LINES) -> list[str]:
    """The last ERROR lines, else the last lines of any kind, fit for a terminal."""
    lines = _tail(log)
    errors = [text for text in map(_error, lines) if text]
    return [printable(line)[:LINE_CHARACTERS] for line in (errors or lines)[-count:]]


def _older(log: Path) -> Path:
    return log.with_name(log.name + ".1")


def _tail(log: Path) -> list[str]:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - TAIL_BYTES))
            return [line for line in file.read().decode("utf-8", "replace").splitlines() if line.strip()]
    except OSError:
        return []


def _error(line: str) -> str:
    """The text of a JSON line of level ERROR or above, with the frame it came from; else empty."""
    try:
        said = orjson.loads(line)
    except orjson.JSONDecodeError:
        return ""
    if not isinstance(said, dict) or said.get("level") not in {"ERROR", "CRITICAL"}:
        return ""
    return " ".join(filter(None, _parts(said)))


def _parts(said: dict[str, object]) -> Iterable[str]:
    yield str(said.get("message", ""))
    if error := said.get("error"):
        yield f"({error})"
    stack = said.get("stack")
    if isinstance(stack, list) and stack:
        yield f"at {stack[-1]}"
