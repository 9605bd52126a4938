"""Taking a backup of a running system so that no mail falls between its parts.

The order does it. First the archive's offsets: what is before them is in PostgreSQL already. Then the worker's
offsets, then a cut through the cursors and `mail.received` at a moment without an open transaction; from the offsets on
mails are kept to the cut, lane records to their end, and those of mails behind the cut are left out of a restore. A
mail that the cursors stand for is therefore in the table, or among the kept lane records, or among the kept mails; one
that the cursors do not know is still in its mailbox, and comes once. The database is copied last."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import orjson

from agents.oauth.seal import Key
from infra.errors import Fatal
from infra.settings import Settings
from infra.stack import wal
from monitoring.backup import base, configuration, tables
from monitoring.backup.log import Kept, Log, how, latest
from monitoring.backup.sealed import Writer, backup_keys
from monitoring.backup.shelf import Manifest, Shelf, Stored
from streams.archive.command import GROUP as ARCHIVE_GROUP
from streams.topics import ACCOUNTS, ALL, CURSORS, LANES, RECEIVED, TopicSpec
from streams.worker import GROUP as WORKER_GROUP

TOPICS, TABLES, BASE = "topics", "tables", "postgres/base.tar.gz"


class _Files:
    """The backup's files as they are written."""

    def __init__(self, folder: Path, key: Key | None) -> None:
        self._folder, self._key = folder, key
        self._writers: dict[str, Writer] = {}

    def __call__(self, path: Path) -> Writer:
        """A new file, named from the backup's folder on."""
        made = self._writers[str(path)] = Writer(self._folder / path, self._key)
        return made

    def drop(self, path: Path) -> None:
        """Remove one that could not be filled."""
        (self._folder / path).unlink()
        del self._writers[str(path)]

    def stored(self) -> tuple[Stored, ...]:
        return tuple(Stored(name=name, size=one.size, sha256=one.sha256) for name, one in self._writers.items())


def create(settings: Settings) -> Manifest:
    """Take one, then remove what is too old. Blocks.

    Raises:
        KafkaUnavailable, Transient, Fatal: nothing that counts as a backup is left behind.
    """
    keys = backup_keys(settings)
    key = keys[0] if keys else None
    shelf, began = Shelf(settings.backup_dir, *keys), datetime.now(UTC)
    folder = shelf.begin(began)
    files = _Files(folder, key)
    log, notes = Log(settings), list[str]()
    records, cut = _topics(log, files, notes)
    postgres, migrations = asyncio.run(tables.about(settings))
    first = ""
    try:
        with files(Path(BASE)) as out:
            first = base.take(settings, out)
    except Fatal as error:
        notes.append(f"no base backup, so no recovery to a second: {error}")
        files.drop(Path(BASE))
    rows = asyncio.run(tables.copy_out(settings, Path(TABLES), files))
    for name, content in configuration.collect(settings, encrypted=key is not None):
        with files(Path("configuration") / name) as out:
            out.write(content)
    manifest = Manifest(
        name=folder.name, began=began.isoformat(), ended=datetime.now(UTC).isoformat(),
        version=metadata.version("crewai-email-triage"), encrypted=key is not None, base=first, postgres=postgres,
        migrations=migrations, rows=rows, records=records, partitions=log.partitions(RECEIVED.name),
        files=files.stored(), notes=tuple(notes), cut={str(number): end for number, end in cut.items()},
    )  # fmt: skip
    shelf.finish(manifest)
    shelf.rotate(datetime.now(UTC), settings.backup_keep_days)
    prune(settings.wal_archive_dir, [one.base for one in shelf.all()])
    return manifest


def _topics(log: Log, files: _Files, notes: list[str]) -> tuple[dict[str, int], dict[int, int]]:
    """How many records of each topic were kept, and the end of `mail.received` at which the cursors are, by
    partition."""
    lanes = [spec.name for spec in LANES.values()]
    begins = log.committed(ARCHIVE_GROUP, lanes)
    begins |= log.committed(WORKER_GROUP, [RECEIVED.name])
    ends, clean = log.cut([RECEIVED.name, CURSORS.name])
    if not clean:
        notes.append(
            "mail came without a pause: some of that moment may be announced twice after a restore, none is lost"
        )
        ends = {}
    first = [spec for spec in ALL if how(spec) == "latest"]
    first.sort(key=lambda spec: spec.name not in {ACCOUNTS.name, CURSORS.name})
    then = [spec for spec in ALL if how(spec) in {"tail", "all"}]
    counts = {spec.name: _write(files, spec, _records(log, spec, begins, ends)) for spec in (*first, *then)}
    return counts, _of(RECEIVED.name, ends)


def _of(wanted: str, offsets: Mapping[tuple[str, int], int]) -> dict[int, int]:
    return {partition: offset for (topic, partition), offset in offsets.items() if topic == wanted}


def _records(
    log: Log, spec: TopicSpec, begins: Mapping[tuple[str, int], int], ends: Mapping[tuple[str, int], int]
) -> Iterable[Kept]:
    records = log.read(spec.name, _of(spec.name, begins), _of(spec.name, ends))
    return latest(records) if how(spec) == "latest" else records


def _write(files: _Files, spec: TopicSpec, records: Iterable[Kept]) -> int:
    count = 0
    with files(Path(TOPICS) / f"{spec.name}.jsonl.gz") as out:
        for record in records:
            out.write(record.encode())
            count += 1
    return count


def prune(archive: Path | None, bases: Iterable[str]) -> list[str]:
    """Remove archived segments that no kept backup needs."""
    kept = [first for first in bases if first]
    if archive is None or not archive.is_dir() or not kept:
        return []
    gone = wal.needless((path.name for path in archive.iterdir()), min(kept, key=lambda name: name[8:24]))
    for name in gone:
        (archive / name).unlink(missing_ok=True)
    return gone


def content(manifest: Manifest) -> Iterator[str]:
    """What it holds, a line each, for people."""
    yield f"{manifest.name}  {manifest.size / 1e6:.1f} MB  {'encrypted' if manifest.encrypted else 'not encrypted'}"
    for name, rows in manifest.rows.items():
        yield f"  {rows:>9} rows of {name}"
    for name, records in manifest.records.items():
        yield f"  {records:>9} records of {name}"
    yield f"  {'base backup from ' + manifest.base if manifest.base else 'no base backup'}"
    yield from (f"  note: {note}" for note in manifest.notes)


def as_json(manifest: Manifest) -> bytes:
    """The manifest without its list of files."""
    data = orjson.loads(orjson.dumps(manifest))
    del data["files"]
    return orjson.dumps({**data, "size": manifest.size})
