"""One suite over all stores, and what only the one on disk promises."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.runtime import rocks
from streams.runtime.rocks import RocksStore, RocksStores
from streams.runtime.store import OWN, Changes, MemoryStore, Store, StoreFailed

TABLES = ("senders", "threads")


def on_disk(folder: Path, identity: str = "cluster topic=1") -> RocksStore:
    return RocksStores(folder, 8 * 1024 * 1024).open("in-0", TABLES, identity)


@pytest.fixture(params=["memory", "rocksdb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = MemoryStore() if request.param == "memory" else on_disk(tmp_path)
    yield made
    made.close()


def rows(store: Store) -> dict[str, dict[bytes, bytes]]:
    return {table: dict(store.items(table)) for table in TABLES}


class TestEveryStore:
    def test_is_empty_at_first(self, store: Store) -> None:
        assert rows(store) == {"senders": {}, "threads": {}}
        assert store.get("senders", b"a") is None
        assert store.get(OWN, b"position") is None
        assert store.positions() == {}

    def test_gives_what_was_set_last_and_nothing_that_was_removed(self, store: Store) -> None:
        store.apply({"senders": {b"a": b"1", b"b": b"2"}, "threads": {b"a": b"3"}})
        store.apply({"senders": {b"a": None, b"b": b"4", b"never": None}, OWN: {b"position": b"9"}})
        assert rows(store) == {"senders": {b"b": b"4"}, "threads": {b"a": b"3"}}
        assert (store.get("senders", b"a"), store.get("senders", b"b")) == (None, b"4")
        assert store.get(OWN, b"position") == b"9"

    def test_counts_rows_by_table(self, store: Store) -> None:
        store.apply({"senders": {b"%d" % n: b"" for n in range(50)}, OWN: {b"position": b"9"}})
        assert (store.count("senders"), store.count("threads")) == (50, 0)

    @pytest.mark.parametrize("key", [b"", b"\x00", b"\xff" * 900, b"a\x00b"])
    def test_takes_any_key_and_an_empty_value(self, store: Store, key: bytes) -> None:
        store.apply({"senders": {key: b""}})
        assert store.get("senders", key) == b""
        assert rows(store)["senders"] == {key: b""}

    def test_forgets_all_when_cleared_and_goes_on(self, store: Store) -> None:
        store.apply({"senders": {b"a": b"1"}, OWN: {b"position": b"9"}})
        store.mark({"log": 5})
        store.clear()
        assert rows(store) == {"senders": {}, "threads": {}}
        assert store.positions() == {}
        store.apply({"senders": {b"b": b"2"}})
        assert store.get("senders", b"b") == b"2"

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
    @given(
        st.lists(
            st.dictionaries(
                st.sampled_from(TABLES),
                st.dictionaries(st.binary(max_size=3), st.none() | st.binary(max_size=5), max_size=8),
            ),
            max_size=10,
        )
    )
    def test_is_a_dict_of_dicts(self, store: Store, batches: list[Changes]) -> None:
        store.clear()
        model: dict[str, dict[bytes, bytes]] = {table: {} for table in TABLES}
        for batch in batches:
            store.apply(batch)
            for table, changed in batch.items():
                for key, value in changed.items():
                    if value is None:
                        model[table].pop(key, None)
                    else:
                        model[table][key] = value
        assert rows(store) == model


class TestOnDisk:
    def test_rows_and_positions_survive(self, tmp_path: Path) -> None:
        first = on_disk(tmp_path)
        first.apply({"senders": {b"a": b"1"}, OWN: {b"position": b"9"}})
        first.mark({"log": 5})
        first.close()
        second = on_disk(tmp_path)
        assert (rows(second)["senders"], second.positions()) == ({b"a": b"1"}, {"log": 5})
        assert second.get(OWN, b"position") == b"9"
        second.close()

    def test_rows_of_other_changelogs_are_not_taken_over(self, tmp_path: Path) -> None:
        first = on_disk(tmp_path, "cluster topic=1")
        first.apply({"senders": {b"a": b"1"}})
        first.mark({"log": 5})
        first.close()
        second = on_disk(tmp_path, "cluster topic=2")
        assert (rows(second)["senders"], second.positions()) == ({}, {})
        second.close()

    def test_a_table_that_is_new_is_empty_and_the_others_stay(self, tmp_path: Path) -> None:
        first = RocksStores(tmp_path, 8 * 1024 * 1024).open("in-0", ("senders",), "same")
        first.apply({"senders": {b"a": b"1"}})
        first.close()
        second = RocksStores(tmp_path, 8 * 1024 * 1024).open("in-0", TABLES, "same")
        assert rows(second) == {"senders": {b"a": b"1"}, "threads": {}}
        second.close()

    def test_positions_that_compaction_has_passed_are_void(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = on_disk(tmp_path)
        store.apply({"senders": {b"a": b"1"}})
        store.mark({"log": 5})
        later = time.time() + rocks.OLDEST_S + 1
        monkeypatch.setattr(rocks, "time", lambda: later)
        assert store.positions() == {}
        assert rows(store)["senders"] == {}, "a tombstone may be missing: all is replayed"
        store.close()

    def test_broken_files_are_replaced_by_an_empty_store(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        first = on_disk(tmp_path)
        first.apply({"senders": {b"a": b"1"}})
        first.close()
        (tmp_path / "in-0" / "CURRENT").write_bytes(b"\xff\x00 nonsense")
        second = on_disk(tmp_path)
        assert (rows(second)["senders"], second.positions()) == ({}, {})
        assert "replaying the changelog" in caplog.text
        second.apply({"senders": {b"b": b"2"}})
        second.close()

    def test_a_folder_that_cannot_be_written_is_named_with_the_remedy(self, tmp_path: Path) -> None:
        (tmp_path / "in-0").write_text("a file in the place of the folder")
        with pytest.raises(StoreFailed, match="TABLE_DIR must be writable"):
            on_disk(tmp_path)

    def test_the_next_owner_waits_for_the_former_one_to_let_go(self, tmp_path: Path) -> None:
        former = on_disk(tmp_path)
        former.apply({"senders": {b"a": b"1"}})
        letting_go = threading.Timer(0.3, former.close)
        letting_go.start()
        following = on_disk(tmp_path)
        letting_go.join()
        assert following.get("senders", b"a") == b"1"
        following.close()

    def test_a_folder_that_a_frozen_process_holds_is_left_alone(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The replacement gets a folder of its own; it goes away with it, and the next one has the first again."""
        monkeypatch.setattr(rocks, "LOCK_WAIT_S", 0.1)
        frozen = on_disk(tmp_path)
        frozen.apply({"senders": {b"a": b"old"}})
        replacement = on_disk(tmp_path)
        assert rows(replacement)["senders"] == {}
        replacement.apply({"senders": {b"a": b"new"}})
        assert (frozen.get("senders", b"a"), replacement.get("senders", b"a")) == (b"old", b"new")
        replacement.close()
        frozen.close()
        assert sorted(path.name for path in tmp_path.iterdir()) == ["in-0", "in-0.lock"]
        again = on_disk(tmp_path)
        assert again.get("senders", b"a") == b"old"
        again.close()

    def test_a_killed_process_leaves_whole_batches_and_no_lock(self, tmp_path: Path) -> None:
        writer = multiprocessing.get_context("spawn").Process(target=_write_for_ever, args=(tmp_path,))
        writer.start()
        _until((tmp_path / "written").exists)
        time.sleep(0.3)
        assert writer.pid is not None
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
        store = on_disk(tmp_path)
        position = int(store.get(OWN, b"position") or 0)
        assert position > 0
        assert rows(store) == {
            "senders": {b"%d" % n: b"%d" % position for n in range(100)},
            "threads": {b"last": b"%d" % position},
        }
        store.close()


def _write_for_ever(folder: Path) -> None:
    store = on_disk(folder)
    number = 0
    while True:
        number += 1
        value = b"%d" % number
        store.apply({
            "senders": {b"%d" % n: value for n in range(100)},
            "threads": {b"last": value},
            OWN: {b"position": value},
        })  # fmt: skip
        (folder / "written").touch()


def _until(condition: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
