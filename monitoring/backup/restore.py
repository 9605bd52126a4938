"""Putting a backup back: PostgreSQL's data directory, or its tables; and what only Kafka knew, into an empty
cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from agents.oauth.seal import Key
from infra.errors import Fatal
from infra.settings import Settings
from monitoring.backup import base
from monitoring.backup.create import BASE, TOPICS
from monitoring.backup.log import Kept, Log, how
from monitoring.backup.sealed import Damaged, backup_keys, lines, read
from monitoring.backup.shelf import Manifest, Shelf
from streams import admin
from streams.dead_letters import note
from streams.dead_letters.letter import letter
from streams.learning import HABITS
from streams.reading import Record
from streams.runtime.tables import POSITION_KEY, Table, position_key
from streams.table_command import TABLES
from streams.topics import ALL, DEAD, DEAD_NOTES, FEEDBACK, LANES, RECEIVED

CHANGELOGS: Mapping[str, Table[Any]] = {table.changelog: table for table in TABLES.values()}
Spot = tuple[int, int]
"""Partition and offset in the log that was backed up."""
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
        NoBackup. Damaged: names what is missing or changed. ConfigError: it is encrypted and no BACKUP_KEY is its key.
    """
    shelf = Shelf(settings.backup_dir, *backup_keys(settings))
    manifest, folder = shelf.one(name or (shelf.before(until) if until else ""))
    if wrong := shelf.damage(manifest):
        raise Damaged(f"backup {manifest.name}: {'; '.join(wrong)}; use another one")
    key = shelf.key_of(manifest.name)
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
    leave = {spec.name: _behind(chosen, spec.name) for spec in LANES.values()}
    leave |= {RECEIVED.name: _triaged(chosen), DEAD.name: _settled(chosen) | _behind(chosen, DEAD.name)}
    leave[FEEDBACK.name] = _learned(chosen)
    return {name: log.write(name, _records(chosen, name, leave)) for name in _order(wanted)}


def _order(names: list[str]) -> list[str]:
    """Cursors and accounts last: ingest begins to read a mailbox when it sees its account."""
    return sorted(names, key=lambda name: (name == "accounts", name == "ingest.cursors"))


def _triaged(chosen: Chosen) -> frozenset[Spot]:
    """Places on `mail.received` whose mails have a lane record or a dead letter in the backup: while it was taken,
    they were triaged after the worker's offset had been read. They need not be triaged again."""
    names = [*(spec.name for spec in LANES.values()), DEAD.name]
    origins = (_origin(one, dead=name == DEAD.name) for name in names for one in _stored(chosen, name))
    return frozenset(origin for origin in origins if origin is not None)


def _learned(chosen: Chosen) -> frozenset[Spot]:
    """Places of feedback that the kept rows count already: the worker of the new log begins at the first of it, and
    would count each correction again and revise its verdict again. Reviews need no such care: their rows are kept."""
    key = position_key(FEEDBACK.name, RECEIVED.name)
    counted = {row.partition: int(row.value or 0) for row in _stored(chosen, HABITS.changelog) if row.key == key}
    told = ((one.partition, one.offset) for one in _stored(chosen, FEEDBACK.name))
    return frozenset((number, offset) for number, offset in told if offset < counted.get(number, 0))


def _settled(chosen: Chosen) -> frozenset[Spot]:
    """Places of dead letters that were replayed or dropped. What was noted about them does not fit a new log's
    places, so they are left out together with their notes."""
    notes = (note.read(one.key or b"", one.value or b"") for one in _stored(chosen, DEAD_NOTES.name))
    noted = dict(found for found in notes if found is not None)
    letters = (letter(_as_read(record)) for record in _stored(chosen, DEAD.name))
    return frozenset(
        (one.place.partition, one.place.offset)
        for one in letters
        if one.place in noted and noted[one.place].is_about(one)
    )


def _as_read(record: Kept) -> Record:
    return Record(
        partition=record.partition,
        offset=record.offset,
        key=record.key,
        value=record.value,
        headers=record.headers,
        timestamp=record.timestamp,
    )


def _behind(chosen: Chosen, name: str) -> frozenset[Spot]:
    """Lane records and dead letters of mails behind the cut: the cursors do not know them, so their mailboxes bring
    them."""
    cut = chosen.manifest.cut
    found = []
    for record in _stored(chosen, name):
        origin = _origin(record, dead=name == DEAD.name)
        if origin is not None and origin[1] >= cut.get(str(origin[0]), origin[1] + 1):
            found.append((record.partition, record.offset))
    return frozenset(found)


def _origin(record: Kept, *, dead: bool) -> Spot | None:
    """Where on `mail.received` its mail stood; None: it came from elsewhere."""
    if dead:
        of = letter(_as_read(record)).origin
        return (of.partition, of.offset) if of is not None and of.topic == RECEIVED.name else None
    said = orjson.loads(record.value or b"{}").get("origin") or {}
    return (said["partition"], said["offset"]) if said.get("topic") == RECEIVED.name else None


def _records(chosen: Chosen, name: str, leave: Mapping[str, frozenset[Spot]]) -> Iterator[Kept]:
    if name == DEAD_NOTES.name:
        return
    table, left = CHANGELOGS.get(name), leave.get(name, frozenset())
    for record in _stored(chosen, name):
        made = record if table is None else fresh(record, table)
        if made is not None and (record.partition, record.offset) not in left:
            yield made


def fresh(record: Kept, table: Table[Any]) -> Kept | None:
    """A table's row for a log that begins anew: older than every offset of it. None for an input's position in the
    old one."""
    if record.value is None or (record.key or b"").startswith(POSITION_KEY):
        return None
    row, _ = table.entry(record.value)
    return replace(record, value=table.encode(row, BEFORE_ALL))


def _stored(chosen: Chosen, name: str) -> Iterator[Kept]:
    path = chosen.folder / TOPICS / f"{name}.jsonl.gz"
    return map(Kept.decode, lines(path, chosen.key)) if path.exists() else iter(())
