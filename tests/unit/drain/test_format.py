"""What is packed comes out the same, and no damage passes unnoticed."""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Sequence
from pathlib import Path

import cramjam
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.drain import file as drain_file
from streams.drain import format as drain_format
from streams.drain.file import DrainFile, InTheWay
from streams.drain.format import MAGIC, Chunk, Damaged, Header, Kept, Scan, block
from tests.examples import examples

MAYBE = st.none() | st.binary(max_size=40)
NAMES = st.text(st.characters(codec="utf-8"), max_size=8)
KEPT = st.builds(
    Kept,
    st.integers(0, 2**63 - 1),
    st.integers(-1, 2**62),
    MAYBE,
    MAYBE,
    st.lists(st.tuples(NAMES, MAYBE), max_size=4).map(tuple),
)
HEADER = Header(
    id="0" * 32, topic="mail.low", partitions=3, group="triage-archive", spans={0: (5, 100), 2: (0, 100)},
    cluster="c", created_at="2026-11-24T09:00:00.000Z",
)  # fmt: skip
quick = examples(60, fixtures_are_shared=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "waiting.drain"


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drain_file, "BLOCK_BYTES", 60)


def write(path: Path, records: Sequence[Kept]) -> None:
    path.unlink(missing_ok=True)
    with DrainFile(path, lambda: HEADER) as file:
        for record in records:
            file.add(2, record)
        file.finish()


def read(path: Path) -> list[Kept]:
    return [record for chunk in Scan(path).chunks() for record in chunk.records()]


@quick
@given(st.lists(KEPT, max_size=12))
def test_records_come_out_as_they_went_in(path: Path, records: list[Kept]) -> None:
    write(path, records)
    scan = Scan(path)
    assert [record for chunk in scan.chunks() for record in chunk.records()] == records
    assert scan.header == HEADER
    assert scan.end is not None
    assert scan.end.records == len(records)
    if records:
        assert scan.end.last_ms == max(0, *(record.timestamp for record in records))
    assert not path.with_name("waiting.drain.part").exists()
    assert path.stat().st_mode & 0o777 == 0o600, "mails are nobody else's"


RECORDS = [Kept(number, 1000 + number, b"box", os.urandom(30), (("ce_id", b"%d" % number),)) for number in range(9)]


@quick
@given(st.data())
def test_a_changed_byte_or_a_cut_is_noticed_and_its_place_named(path: Path, data: st.DataObject) -> None:
    write(path, RECORDS)
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    cut = data.draw(st.booleans())
    path.write_bytes(
        whole[:at] if cut else whole[:at] + bytes([whole[at] ^ 1 << data.draw(st.integers(0, 7))]) + whole[at + 1 :]
    )
    with pytest.raises(Damaged, match=r"waiting\.drain: "):
        read(path)


def test_more_behind_its_end_is_noticed(path: Path) -> None:
    write(path, RECORDS)
    with path.open("ab") as file:
        file.write(b"x")
    with pytest.raises(Damaged, match="more after its end"):
        read(path)


def test_blocks_in_another_order_are_noticed_although_each_is_whole(path: Path) -> None:
    write(path, RECORDS[:2])
    with path.open("rb") as file:
        start = file.read()
    first = start.index(b"R\x00")
    swapped = start[:first] + block(b"R", b"\x00" * 16) + start[first:]
    path.write_bytes(swapped)
    with pytest.raises(Damaged):
        read(path)


def test_a_block_whose_content_is_wrong_though_its_checksum_is_right() -> None:
    with pytest.raises(Damaged, match="cannot be unpacked"):
        list(Chunk(0, 1, 3, b"no zlib").records())


def test_a_file_of_something_else(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" * 10)
    with pytest.raises(Damaged, match="not a file that `triage drain` has written"):
        read(path)


@quick
@given(st.integers(0, 8), st.binary(max_size=30))
def test_what_a_kill_leaves_is_gone_on_from(path: Path, added: int, torn: bytes) -> None:
    path.unlink(missing_ok=True)
    part = path.with_name("waiting.drain.part")
    part.unlink(missing_ok=True)
    with DrainFile(path, lambda: HEADER) as file:
        for record in RECORDS[:added]:
            file.add(2, record)
    with part.open("ab") as left:
        left.write(torn)
    with DrainFile(path, lambda: pytest.fail("it is resumed")) as file:
        assert file.next[0] == HEADER.spans[0][0]
        for record in RECORDS:
            if record.offset >= file.next[2]:
                file.add(2, record)
        end = file.finish()
    assert read(path) == RECORDS
    assert (end.first_ms, end.last_ms) == (1000, 1008)


def test_a_kill_just_before_it_has_its_name(path: Path) -> None:
    write(path, RECORDS)
    whole = path.read_bytes()
    path.rename(path.with_name("waiting.drain.part"))
    with DrainFile(path, lambda: pytest.fail("it is resumed")) as file:
        file.finish()
    assert path.read_bytes() == whole


def test_two_at_once(path: Path) -> None:
    with (
        DrainFile(path, lambda: HEADER),
        pytest.raises(InTheWay, match="another `triage drain`"),
        DrainFile(path, lambda: HEADER),
    ):
        pass


def packed(raw: bytes) -> bytes:
    return bytes(cramjam.zstd.compress(raw))


def test_a_small_block_does_not_unpack_into_all_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drain_format, "LARGEST_BLOCK", 1 << 20)
    with pytest.raises(Damaged, match="cannot be unpacked"):
        next(Chunk(0, 1, 1, packed(bytes((1 << 20) + 1))).records())


def test_a_block_larger_than_usual_is_unpacked() -> None:
    record = Kept(1, 2, None, bytes(9_000_000), ())
    assert list(Chunk(0, 2, 1, packed(drain_format.pack(record))).records()) == [record]


HOSTILE = {
    "a name of negative length": struct.pack(">QqiiHii", 0, 0, -1, -1, 1, -4, -1),
    "a key of negative length": struct.pack(">QqiiH", 0, 0, -5, -1, 0),
    "a value of negative length": struct.pack(">QqiiH", 0, 0, -1, -9, 0),
    "a header of negative length": struct.pack(">QqiiHii", 0, 0, -1, -1, 1, 0, -7),
    "a key past the end": struct.pack(">QqiiH", 0, 0, 2**31 - 1, -1, 0),
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_lengths_that_cannot_be_are_refused(raw: bytes) -> None:
    with pytest.raises(Damaged, match="cannot be unpacked"):
        list(Chunk(0, 1, 1, packed(raw)).records())


def test_more_records_than_have_room_are_refused_before_the_first() -> None:
    one = drain_format.pack(Kept(0, 0, None, None, ()))
    with pytest.raises(Damaged, match="cannot be unpacked"):
        next(Chunk(0, 1, 2**32 - 1, packed(one * 3)).records())


@given(st.binary(max_size=80), st.integers(0, 5))
def test_whatever_is_in_a_block_it_is_records_or_damaged(raw: bytes, held: int) -> None:
    try:
        found = list(Chunk(0, 1, held, packed(raw)).records())
    except Damaged:
        return
    assert b"".join(map(drain_format.pack, found)) == raw


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("topic", "\x1b[2J"), ("topic", ""), ("topic", "a/../b"), ("topic", 3), ("id", "x"), ("id", None),
        ("partitions", "3"), ("partitions", 0), ("partitions", True), ("group", 7), ("cluster", None),
        ("created_at", "\x1b]0;x\x07"), ("created_at", 5), ("spans", {"3": [0, 1]}), ("spans", {"-1": [0, 1]}),
        ("spans", {"0": [2, 1]}), ("spans", {"0": [-1, 1]}), ("spans", []), ("more", 1),
    ],
)  # fmt: skip
def test_a_header_is_as_drain_writes_it(path: Path, name: str, value: object) -> None:
    write(path, RECORDS)
    whole = orjson.loads(HEADER.encode()) | {name: value}
    path.write_bytes(MAGIC + block(b"H", orjson.dumps(whole)))
    with pytest.raises(Damaged, match="an unreadable block"):
        read(path)


def finished(*blocks: bytes, records: int) -> bytes:
    start = MAGIC + block(b"H", HEADER.encode()) + b"".join(blocks)
    end = {"records": records, "first_ms": 0, "last_ms": 0, "sha256": hashlib.sha256(start).hexdigest()}
    return start + block(b"E", orjson.dumps(end))


def test_records_are_of_a_partition_that_there_is_and_as_many_as_the_end_says(path: Path) -> None:
    one = [drain_format.pack(RECORDS[0])]
    path.write_bytes(finished(drain_format.chunk(2, 1, one, 1), records=1))
    assert read(path) == RECORDS[:1]
    path.write_bytes(finished(drain_format.chunk(3, 1, one, 1), records=1))
    with pytest.raises(Damaged, match="a partition that"):
        read(path)
    path.write_bytes(finished(drain_format.chunk(2, 1, one, 1), records=2))
    with pytest.raises(Damaged, match="another number of records"):
        read(path)
