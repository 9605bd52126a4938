"""What counts as a change, how it is summed up, and that it survives the spool."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given

from streams.events import VerdictRecord
from streams.replay import spool
from streams.replay.again import Found
from streams.replay.difference import NO_LANE, Shift, Sums, change, changed, moved, shifts
from streams.replay.plan import Offsets, Range, Span, merged
from streams.replay.run import Task
from streams.replay.told import lines
from streams.triage.verdict import Category, Lane, Reason, Verdict
from streams.versions.judge import of_files
from tests.verdicts import VERDICT, VERDICTS

SAME = Verdict(**{field.name: getattr(VERDICT, field.name) for field in dataclasses.fields(Verdict)})


@pytest.mark.parametrize(
    ("field", "value", "is_change", "is_move"),
    [
        ("lane", Lane.LOW, True, False),
        ("category", Category.BULK, True, False),
        ("priority", 8, False, True),
        ("needs_reply", False, False, True),
        ("confidence", 0.1, False, False),
        ("policy_version", "p2", False, False),
    ],
)
def test_lane_and_category_are_changes_and_priority_and_reply_are_moves(field, value, is_change, is_move) -> None:
    after = dataclasses.replace(SAME, **{field: value})
    assert (changed(VERDICT, after), moved(VERDICT, after)) == (is_change, is_move)


def test_reasons_are_told_by_how_far_they_shifted() -> None:
    before = (Reason(rule="a", weight=1.0, text="A."), Reason(rule="b", weight=2.0, text="B."))
    after = (Reason(rule="b", weight=2.0, text="B."), Reason(rule="c", weight=-3.0, text="C."))
    assert shifts(before, after) == (
        Shift(rule="c", text="C.", before=0.0, after=-3.0),
        Shift(rule="a", text="A.", before=1.0, after=0.0),
    )


@given(VERDICTS)
def test_a_change_survives_the_spool(record: VerdictRecord) -> None:
    one = change(record, SAME, stands=True)
    found = Found(change=one, topic="mail.low", value=record.encode(), headers=(("ce_id", b"x"),))
    assert spool.decode(spool.encode(found)) == found
    dead = Found(change=change(record, None, error="MailError: no"))
    assert spool.decode(spool.encode(dead)) == dead


def test_sums_add_up_and_are_told() -> None:
    dead = change(VERDICT, None, error="MailError: \x1b[2J")
    low = change(VERDICT, dataclasses.replace(SAME, lane=Lane.LOW, priority=1), stands=True)
    sums, more = Sums(mails=3, changes=1, unrecorded=2, seconds=0.5), Sums(mails=1, changes=1, stands=1)
    sums.lanes[dead.lanes] += 1
    sums.lanes["high", "high"] += 2
    more.lanes[low.lanes] += 1
    sums.add(more)
    assert (sums.mails, sums.changes, sums.stands, sums.unrecorded) == (4, 2, 1, 2)
    assert sums.lanes == {("high", NO_LANE): 1, ("high", "high"): 2, ("high", "low"): 1}
    text = "\n".join(lines(sums, [dead, low], shown=10))
    assert "4 mails decided again, 2 change lane or category (50.00 %)" in text
    assert "high → low, work, priority 7 → 1" in text
    assert "a later opinion stands" in text
    assert "\x1b" not in text
    assert "... and 1 more" in "\n".join(lines(sums, [dead, low], shown=1))


@pytest.mark.parametrize(
    ("text", "partition", "first", "end"),
    [("3:5-9", 3, 5, 10), ("5-9", None, 5, 10), ("2:-9", 2, 0, 10), ("2:5-", 2, 5, None), ("-", None, 0, None)],
)
def test_offsets_are_read(text: str, partition: int | None, first: int, end: int | None) -> None:
    assert Offsets.parse(text) == Offsets(partition=partition, first=first, end=end)


@pytest.mark.parametrize("text", ["", "5", "a-b", "1:2:3-4", "3:", "1-2-3", "-1-5"])
def test_what_is_no_range_of_offsets_is_refused(text: str) -> None:
    with pytest.raises(Exception, match="FIRST-LAST"):
        Offsets.parse(text)


def test_ranges_that_overlap_are_read_once() -> None:
    found = [(0, 5, 9), (0, 0, 6), (1, 3, 3), (0, 9, 10), (0, 20, 30)]
    assert [(one.partition, one.first, one.end) for one in merged([Span(partition=p, first=a, end=b) for p, a, b in found])] == [
        (0, 0, 10), (0, 20, 30),
    ]  # fmt: skip


def test_the_same_work_has_the_same_name_in_every_process_and_other_work_another(tmp_path) -> None:
    from infra.settings import load

    def name(**wanted: Any) -> str:
        return Task(settings=load(), judge=of_files(None, None), wanted=Range(**wanted)).name

    assert name() == name()
    assert name(accounts=frozenset("ab")) == name(accounts=frozenset("ba"))
    assert len({name(), name(accounts=frozenset("a")), name(lanes=frozenset("a")), name(rules=frozenset("a"))}) == 4
