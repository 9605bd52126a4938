"""Migrations as files and as a database remembers them: order, checksums, and what does not fit together."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Literal

from infra.errors import Fatal

_FILE_NAME = re.compile(r"\d{4}_[a-z0-9_]+\.sql")


class MigrationError(Fatal):
    """This program's migrations and those of the database do not fit. The message names the file and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One file. `name` is the file's name; its first four digits are its place in the order."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 over the text, line ends aside (a checkout may have changed those)."""
        return hashlib.sha256(self.sql.replace("\r\n", "\n").encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationState:
    """How one migration stands. "unknown": applied by a newer version of this program."""

    name: str
    state: Literal["applied", "pending", "edited", "unknown"]
    applied_at: datetime | None = None


def shipped() -> tuple[Migration, ...]:
    """The migrations of this program, in order.

    Raises:
        MigrationError: a file is misnamed or two share a number.
    """
    files = [item for item in (resources.files(__package__) / "migrations").iterdir() if item.name.endswith(".sql")]
    return ordered([Migration(name=item.name, sql=item.read_text("utf-8")) for item in files])


def ordered(migrations: Sequence[Migration]) -> tuple[Migration, ...]:
    """Sort by number.

    Raises:
        MigrationError: a file is misnamed or two share a number.
    """
    numbers: dict[str, str] = {}
    for migration in sorted(migrations, key=lambda item: item.name):
        if not _FILE_NAME.fullmatch(migration.name):
            raise MigrationError(f"{migration.name}: a migration is named like 0002_what_it_adds.sql")
        other = numbers.setdefault(migration.name[:4], migration.name)
        if other != migration.name:
            raise MigrationError(f"{migration.name} and {other} share a number: renumber the newer one")
    return tuple(sorted(migrations, key=lambda item: item.name))


def states(wanted: Sequence[Migration], recorded: Mapping[str, tuple[str, datetime]]) -> tuple[MigrationState, ...]:
    """Compare this program's migrations with those recorded in a database (name: checksum, time)."""
    found = [_state(migration, recorded.get(migration.name)) for migration in wanted]
    known = {migration.name for migration in wanted}
    found += [
        MigrationState(name=name, state="unknown", applied_at=at)
        for name, (_, at) in recorded.items()
        if name not in known
    ]
    return tuple(sorted(found, key=lambda state: state.name))


def _state(migration: Migration, recorded: tuple[str, datetime] | None) -> MigrationState:
    if recorded is None:
        return MigrationState(name=migration.name, state="pending")
    checksum, at = recorded
    state: Literal["applied", "edited"] = "applied" if checksum == migration.checksum else "edited"
    return MigrationState(name=migration.name, state=state, applied_at=at)


def refuse_disorder(found: Sequence[MigrationState]) -> None:
    """Stop before anything is applied on top of a history that differs.

    Raises:
        MigrationError: an applied file was edited, or a pending one comes before one that is applied.
    """
    edited = [state.name for state in found if state.state == "edited"]
    if edited:
        raise MigrationError(f"{edited[0]} was edited after it was applied: restore it and change things in a new file")
    pending = [state.name for state in found if state.state == "pending"]
    last = max((state.name for state in found if state.state != "pending"), default="")
    if pending and pending[0] < last:
        raise MigrationError(f"{pending[0]} comes before {last}, which is already applied: give it the next number")
