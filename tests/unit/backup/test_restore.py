"""What is put back into a log that begins anew: no mail twice, no dead letter that was dealt with, no mail lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from infra.errors import Fatal
from infra.settings import load
from monitoring.backup.log import Kept
from monitoring.backup.restore import Chosen, _behind, _learned, _records, _settled, _triaged, topics
from monitoring.backup.sealed import Writer
from monitoring.backup.shelf import Manifest
from streams.dead_letters.note import Note
from streams.learning import HABITS
from streams.runtime.tables import position_key
from streams.triage.verdict import Habit

MANIFEST = Manifest(
    name="n", began="2026-11-26T03:00:00+00:00", ended="2026-11-26T03:01:00+00:00", version="0.1.0", encrypted=False,
    base="", postgres="18", migrations=(), rows={}, records={}, partitions=4,
)  # fmt: skip


def record(offset: int, value: bytes, **headers: str) -> Kept:
    pairs = tuple((name, text.encode()) for name, text in headers.items())
    return Kept(partition=1, offset=offset, timestamp=offset * 1000, key=b"box", value=value, headers=pairs)


def dead(offset: int, event_id: str, origin: int) -> Kept:
    return record(
        offset, b"mail", ce_id=event_id, dead_topic="mail.received", dead_partition="1", dead_offset=str(origin)
    )


@pytest.fixture
def chosen(tmp_path: Path) -> Chosen:
    """Offsets 10 to 14 of mail.received were on their way; 11 reached a lane meanwhile, 12 died; 13 is a letter put back."""

    def file(topic: str, records: Iterable[Kept]) -> None:
        with Writer(tmp_path / "topics" / f"{topic}.jsonl.gz", None) as out:
            for one in records:
                out.write(one.encode())

    verdict = {"event_id": "b", "origin": {"topic": "mail.received", "partition": 1, "offset": 11}}
    note = Note(state="replayed", written_ms=1000, event_id="d", attempt=1, who="me", why="", at="")
    stale = Note(state="dropped", written_ms=77, event_id="c", attempt=1, who="me", why="", at="")
    file("mail.received", [record(offset, b"mail", ce_id=name) for offset, name in enumerate("abcde", 10)])
    file("mail.high", [record(0, orjson.dumps(verdict))])
    file("mail.dead", [dead(1, "d", 3), dead(2, "c", 12)])
    file("triage.dead", [
        Kept(partition=0, offset=0, timestamp=0, key=b"1:1", value=note.encode()),
        Kept(partition=0, offset=1, timestamp=0, key=b"1:2", value=stale.encode()),
    ])  # fmt: skip
    row = Kept(partition=1, offset=7, timestamp=0, key=b"box\x00", value=HABITS.encode(Habit(corrections=2), 5))
    place = replace(row, offset=8, key=position_key("mail.feedback", "mail.received"), value=b"6")
    file("mail.feedback", [record(offset, b"{}", ce_id=name) for offset, name in enumerate("vwxy", 4)])
    file("triage-habits-changelog", [row, place])
    return Chosen(manifest=MANIFEST, folder=tmp_path, key=None)


def test_a_mail_that_was_triaged_meanwhile_is_left_out_and_no_other(chosen: Chosen) -> None:
    leave = {"mail.received": _triaged(chosen)}
    assert [one.event_id for one in _records(chosen, "mail.received", leave)] == [b"a", b"d", b"e"]


def test_what_became_of_mails_that_the_cursors_do_not_know_is_left_to_their_mailboxes(chosen: Chosen) -> None:
    assert _behind(chosen, "mail.high") == _behind(chosen, "mail.dead") == frozenset()
    at_11 = replace(chosen, manifest=replace(MANIFEST, cut={"1": 11}))
    assert _behind(at_11, "mail.high") == {(1, 0)}
    assert _behind(at_11, "mail.dead") == {(1, 2)}
    at_12 = replace(chosen, manifest=replace(MANIFEST, cut={"1": 12}))
    assert _behind(at_12, "mail.high") == frozenset()


def test_open_dead_letters_come_back_and_those_dealt_with_do_not(chosen: Chosen) -> None:
    leave = {"mail.dead": _settled(chosen)}
    assert [one.event_id for one in _records(chosen, "mail.dead", leave)] == [b"c"]
    assert list(_records(chosen, "triage.dead", {})) == []


def test_what_the_tables_have_learned_is_not_taught_again(chosen: Chosen) -> None:
    leave = {"mail.feedback": _learned(chosen)}
    assert [one.event_id for one in _records(chosen, "mail.feedback", leave)] == [b"x", b"y"]
    (row,) = _records(chosen, "triage-habits-changelog", leave)
    assert row.key == b"box\x00"


def test_another_number_of_partitions_is_refused_before_anything_is_written(chosen: Chosen) -> None:
    with pytest.raises(Fatal, match="TOPIC_PARTITIONS=3, the backup is of 4"):
        topics(load(topic_partitions=3, kafka_bootstrap_servers="127.0.0.1:1"), chosen)
