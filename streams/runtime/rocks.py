"""Rows on disk: a RocksDB per input partition, a column family per table, one bounded memory for all of them.

A batch of rows is one atomic write; the write-ahead log makes it survive a kill, and a crash of the machine costs the
last writes at most, in order: the changelog has them, and `positions` are behind them in the same log."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep, time
from typing import IO, Any, Final

import orjson
from rocksdict import BlockBasedOptions, Cache, DBCompressionType, Options, Rdict, WriteBatch, WriteBufferManager

from streams.runtime.store import OWN, Changes, StoreFailed

log = logging.getLogger(__name__)

OLDEST_S: Final = 12 * 3600.0
"""Positions that were marked longer ago are void: after `delete.retention.ms` (24 h) compaction drops the tombstones
that a replay from there would need."""
LOCK_WAIT_S = 3.0
"""How long the former owner may take to let go."""
_DEFAULT = "default"
_IDENTITY, _POSITIONS = b"identity", b"positions"
_SPOILED = "SPOILED"
"""File in a store's folder: what a read found there was not what had been written. The next start begins anew, or it
would come upon the same block, and end, each time."""
_FORMAT = "1"


class RocksStores:
    """Makes the stores of a process, which share `memory_bytes` of cache and write buffers."""

    def __init__(self, folder: Path, memory_bytes: int) -> None:
        self._folder = folder
        self._cache = Cache(memory_bytes * 3 // 4)
        self._buffers = WriteBufferManager(memory_bytes // 4, allow_stall=False)

    def open(self, name: str, tables: Sequence[str], identity: str) -> RocksStore:
        """The store of that name. It starts empty when it is new, broken, or of another `identity` (the changelog
        topics it is a copy of). Blocks.

        Raises:
            StoreFailed
        """
        return RocksStore(self._folder / name, tables, f"{_FORMAT} {identity}", self._options)

    @property
    def memory_bytes(self) -> int:
        """What the shared cache and the write buffers use."""
        return int(self._cache.get_usage() + self._buffers.get_usage())

    def _options(self) -> Options:
        options = Options(raw_mode=True)
        options.create_if_missing(True)
        options.create_missing_column_families(True)
        options.set_write_buffer_manager(self._buffers)
        options.set_write_buffer_size(8 * 1024 * 1024)
        options.set_max_total_wal_size(32 * 1024 * 1024)
        options.set_compression_type(DBCompressionType.lz4())
        options.set_keep_log_file_num(2)
        options.set_max_background_jobs(2)
        blocks = BlockBasedOptions()
        blocks.set_block_cache(self._cache)
        # Not in the cache: a filter larger than one of its 64 shards would be read and unpacked at each look-up.
        # It costs about 1.5 bytes a row.
        blocks.set_cache_index_and_filter_blocks(False)
        blocks.set_bloom_filter(10, False)
        options.set_block_based_table_factory(blocks)
        return options


class RocksStore:
    """See `streams.runtime.store.Store`."""

    def __init__(self, folder: Path, tables: Sequence[str], identity: str, options: Any) -> None:
        self._tables, self._identity, self._options = tuple(tables), identity, options
        self._folder, self._lock = _locked(folder)
        try:
            self._open()
            held = self._meta.get(_IDENTITY)
            if held is None:
                self._name()
            elif held != identity.encode():
                self.clear()
        except BaseException:
            self._lock.close()
            raise

    def _open(self) -> None:
        try:
            if (self._folder / _SPOILED).exists():
                raise StoreFailed("a block of them was not as it had been written")
            self._connect()
        except Exception as error:  # rocksdict raises nothing more precise
            log.warning("the rows in %s cannot be read (%s): replaying the changelog", self._folder, error)
            shutil.rmtree(self._folder, ignore_errors=True)
            try:
                self._connect()
            except Exception as second:
                raise StoreFailed(f"{self._folder}: {second}; TABLE_DIR must be writable and have room") from None

    def _connect(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        names = (_DEFAULT, *self._tables)
        if (self._folder / "CURRENT").exists():
            names = tuple(dict.fromkeys([*Rdict.list_cf(str(self._folder), self._options()), *names]))
        families = {name: self._options() for name in names}
        self._db = Rdict(str(self._folder), self._options(), column_families=families)
        self._meta = self._db.get_column_family(_DEFAULT)
        self._families = {name: self._db.get_column_family(name) for name in self._tables} | {OWN: self._meta}
        self._handles = {name: self._db.get_column_family_handle(name or _DEFAULT) for name in self._families}

    def get(self, table: str, key: bytes) -> bytes | None:
        """See Store."""
        try:
            value: bytes | None = self._families[table].get(key)
        except Exception as error:
            raise self._failed(error, "see to the disk") from None
        return value

    def items(self, table: str) -> Iterable[tuple[bytes, bytes]]:
        """See Store."""
        yield from self._families[table].items()

    def count(self, table: str) -> int:
        """See Store; RocksDB's estimate."""
        return int(self._families[table].property_int_value("rocksdb.estimate-num-keys") or 0)

    def size(self, table: str) -> int:
        """See Store; without the write-ahead log, which all tables share."""
        return int(self._families[table].property_int_value("rocksdb.total-sst-files-size") or 0)

    def apply(self, changes: Changes) -> None:
        """See Store."""
        batch = WriteBatch(raw_mode=True)
        for table, changed in changes.items():
            handle = self._handles[table]
            for key, value in changed.items():
                if value is None:
                    batch.delete(key, handle)
                else:
                    batch.put(key, value, handle)
        self._write(batch)

    def positions(self) -> Mapping[str, int]:
        """See Store."""
        marked = self.get(OWN, _POSITIONS)
        if not marked:
            return {}
        at, positions = orjson.loads(marked)
        if time() - at > OLDEST_S:
            self.clear()
            return {}
        held: dict[str, int] = positions
        return held

    def mark(self, positions: Mapping[str, int]) -> None:
        """See Store."""
        batch = WriteBatch(raw_mode=True)
        batch.put(_POSITIONS, orjson.dumps([time(), dict(positions)]), self._handles[OWN])
        self._write(batch)

    def _write(self, batch: WriteBatch) -> None:
        try:
            self._db.write(batch)
        except Exception as error:
            raise self._failed(error, "is the disk full?") from None

    def _failed(self, error: Exception, remedy: str) -> StoreFailed:
        if str(error).startswith("Corruption"):  # RocksDB's status code; rocksdict has no type for it
            with suppress(OSError):
                (self._folder / _SPOILED).touch()
            remedy = "the next start replays the changelog; if it comes again, see to the disk"
        return StoreFailed(f"{self._folder}: {error}; {remedy}")

    def clear(self) -> None:
        """See Store."""
        self._release()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._open()
        self._name()

    def _name(self) -> None:
        batch = WriteBatch(raw_mode=True)
        batch.put(_IDENTITY, self._identity.encode(), self._handles[OWN])
        self._write(batch)

    def close(self) -> None:
        """See Store. A store that had to stand in for a locked one is removed."""
        self._release()
        if self._lock.name.endswith(_STAND_IN):
            shutil.rmtree(self._folder, ignore_errors=True)
            Path(self._lock.name).unlink(missing_ok=True)
        self._lock.close()

    def _release(self) -> None:
        self._handles.clear()
        for family in self._families.values():
            family.close()
        self._families.clear()
        with suppress(Exception):
            self._db.close()


_STAND_IN = ".stand-in"


def _locked(folder: Path) -> tuple[Path, IO[str]]:
    """The folder to use and its lock. Another process may still hold it: the former owner, for a moment (workers may
    share a folder, and hand partitions over warm), or one that was frozen and replaced under the same instance id; then
    a folder of this process' own takes its place, and starts empty."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _remove_left_over(folder)
    lock = folder.with_name(f"{folder.name}.lock").open("w")
    if not _taken(lock, LOCK_WAIT_S):
        lock.close()
        own = folder.with_name(f"{folder.name}.{os.getpid()}")
        log.warning("%s is in use by another process: using %s, replaying the whole changelog", folder, own.name)
        shutil.rmtree(own, ignore_errors=True)
        lock = own.with_name(own.name + _STAND_IN).open("w")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return own, lock
    return folder, lock


def _taken(lock: IO[str], wait_s: float) -> bool:
    deadline = monotonic() + wait_s
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if monotonic() > deadline:
                return False
            sleep(0.02)
        else:
            return True


def _remove_left_over(folder: Path) -> None:
    """Stand-ins of processes that were killed."""
    for left in folder.parent.glob(f"{folder.name}.*{_STAND_IN}"):
        with suppress(OSError), left.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left.with_suffix(""), ignore_errors=True)
            left.unlink(missing_ok=True)
