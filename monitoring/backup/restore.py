"""Putting a backup back: PostgreSQL's data directory, or its tables; and what only Kafka knew, into an empty
cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from agents.oauth.seal import Key
from infra.errors import Fatal
from infra.settings import Settings
from monitoring.backup import base
from monitoring.backup.create import BASE, TOPICS
from monitoring.backup.log import Kept, Log, how
from monitoring.backup.sealed import Damaged, backup_key, lines, read
from monitoring.backup.shelf import Manifest, Shelf
from streams import admin
from streams.runtime.tables import POSITION_KEY, Table
from streams.table_command import TABLES
from streams.topics import ALL, DEAD, LANES, RECEIVED

CHANGELOGS: Mapping[str, Table[Any]] = {table.changelog: table for table in TABLES.values()}
BEFORE_ALL = -1
"""The source offset of a row that any event may change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A backup that was looked through and is whole."""

    manifest: Manifest
    folder: Path
    key: Key | None


def choose(settings: Settings, name: str, until: datetime | None) -> Chosen:
    """The named backup, or the newest before a moment, or the newest.

    Raises:
        NoBackup. Damaged: names what is missing or changed. ConfigError: it is encrypted and BACKUP_KEY is not its key.
    """
    shelf = Shelf(settings.backup_dir)
    manifest, folder = shelf.one(name or (shelf.before(until) if until else ""))
    if wrong := shelf.damage(manifest):
        raise Damaged(f"backup {manifest.name}: {'; '.join(wrong)}; use another one")
    key = backup_key(settings.backup_key.get_secret_value())
    for _ in read(folder / "configuration" / "settings.json.gz", key):  # the key fits
        pass
    return Chosen(manifest=manifest, folder=folder, key=key)


def data_directory(chosen: Chosen, data: Path, *, archive: Path | None, until: datetime | None) -> None:
    """Fill an empty folder with PostgreSQL's data; it recovers when it is started. Raises as `base.unpack`.

    Raises:
        Fatal: the backup has no base backup.
    """
    if not chosen.manifest.base:
        raise Fatal(f"backup {chosen.manifest.name} has no base backup: restore its tables with --tables")
    base.unpack(read(chosen.folder / BASE, chosen.key), data, archive=archive, until=until)


def topics(settings: Settings, chosen: Chosen) -> dict[str, int]:
    """Make the topics and put back what the backup has of them; how many records of each.

    Raises:
        Fatal: the cluster is not empty, or TOPIC_PARTITIONS is another number. KafkaUnavailable
    """
    if settings.topic_partitions != chosen.manifest.partitions:
        raise Fatal(
            f"TOPIC_PARTITIONS={settings.topic_partitions}, the backup is of {chosen.manifest.partitions} partitions:"
            " a mailbox's cursors and tables are tied to its own; set it to that"
        )
    log = Log(settings)
    admin.create_topics(settings)
    wanted = [spec.name for spec in ALL if how(spec) != "nothing"]
    log.require_empty(wanted)
    known = _known(chosen)
    return {name: log.write(name, _records(chosen, name, known)) for name in _order(wanted)}


def _order(names: list[str]) -> list[str]:
    """Cursors and accounts last: ingest begins to read a mailbox when it sees its account."""
    return sorted(names, key=lambda name: (name == "accounts", name == "ingest.cursors"))


def _known(chosen: Chosen) -> frozenset[bytes]:
    """Mails that have a lane record or a dead letter in the backup: while it was taken, they were triaged after the
    worker's offset had been read. They need not be triaged again."""
    names = [*(spec.name for spec in LANES.values()), DEAD.name]
    return frozenset(record.event_id for name in names for record in _stored(chosen, name))


def _records(chosen: Chosen, name: str, known: frozenset[bytes]) -> Iterator[Kept]:
    for record in _stored(chosen, name):
        if name == RECEIVED.name and record.event_id in known:
            continue
        table = CHANGELOGS.get(name)
        made = record if table is None else fresh(record, table)
        if made is not None:
            yield made


def fresh(record: Kept, table: Table[Any]) -> Kept | None:
    """A table's row for a log that begins anew: older than every offset of it. None for the position in the old one."""
    if record.key == POSITION_KEY or record.value is None:
        return None
    row, _ = table.entry(record.value)
    return replace(record, value=table.encode(row, BEFORE_ALL))


def _stored(chosen: Chosen, name: str) -> Iterator[Kept]:
    path = chosen.folder / TOPICS / f"{name}.jsonl.gz"
    return map(Kept.decode, lines(path, chosen.key)) if path.exists() else iter(())
