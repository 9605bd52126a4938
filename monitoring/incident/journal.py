"""INCIDENT_DIR: a file of JSON lines per incident. Files, because an incident may be that Kafka and the database are
gone."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import orjson

from infra.errors import ConfigError, Permanent

Kind = Literal["start", "note", "alert", "change", "end"]


class NoIncident(Permanent):
    """No such incident; the message says what is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a timeline."""

    at: str
    """RFC 3339, UTC."""
    kind: Kind
    text: str
    by: str = ""

    def encode(self) -> bytes:
        """One line."""
        return orjson.dumps(self) + b"\n"


class Journal:
    """All incidents of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def start(self, title: str, by: str, now: datetime) -> str:
        """Begin one; its name.

        Raises:
            ConfigError: the folder cannot be written.
        """
        name = now.strftime("%Y%m%dT%H%M%SZ")
        self.add(name, [Entry(at=now.isoformat(), kind="start", text=title, by=by)])
        return name

    def add(self, name: str, entries: Iterable[Entry]) -> None:
        """Append; several people may do it at once.

        Raises:
            ConfigError: the folder cannot be written.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._folder / f"{name}.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as error:
            raise ConfigError(f"INCIDENT_DIR={self._folder}: {error.strerror}") from None
        with os.fdopen(descriptor, "ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if file.tell() and not self._ends_well(name):
                file.write(b"\n")  # a full disk or a kill has cut the last one
            file.write(b"".join(entry.encode() for entry in entries))

    def _ends_well(self, name: str) -> bool:
        with (self._folder / f"{name}.jsonl").open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read() == b"\n"

    def read(self, name: str = "") -> tuple[str, tuple[Entry, ...]]:
        """The named incident or the last one, in the order of time. A line that was cut is left out.

        Raises:
            NoIncident
        """
        names = self.names()
        chosen = name or (names[-1] if names else "")
        if chosen not in names:
            raise NoIncident(
                f"no incident {name or 'at all'}; there: {', '.join(names) or 'none'}; `triage incident start`"
            )
        lines = (self._folder / f"{chosen}.jsonl").read_bytes().splitlines()
        found = [entry for line in lines if (entry := _entry(line)) is not None]
        return chosen, tuple(sorted(found, key=lambda one: one.at))

    def names(self) -> Sequence[str]:
        """Oldest first."""
        return sorted(path.stem for path in self._folder.glob("*.jsonl"))


def _entry(line: bytes) -> Entry | None:
    try:
        return Entry(**orjson.loads(line))
    except (ValueError, TypeError):
        return None


def merged(entries: Iterable[Entry], alerts: Iterable[Entry]) -> tuple[Entry, ...]:
    """A timeline with what Alertmanager knows; an alert that was noted before is not there twice."""
    found = {(one.at, one.kind, one.text): one for one in (*entries, *alerts)}
    return tuple(sorted(found.values(), key=lambda one: one.at))


def now() -> datetime:
    """To the second."""
    return datetime.now(UTC).replace(microsecond=0)
