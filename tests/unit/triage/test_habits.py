"""What corrections do to later mail: how far, for whom, for how long, and what they never do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.mail import Address, Authentication
from streams.triage.decide import decide
from streams.triage.habits import LIMIT, applied, averaged, circle_of, faded, taught
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Category, Facts, Habit, Habits
from tests.unit.triage.written import COLLEAGUE, OWNER, mail

NOW = "2026-03-02T09:00:00.000Z"
HIGH, NORMAL, LOW = (7, 8), (4, 6), (0, 3)
FORGED = Authentication(spf="fail", dkim="fail", dmarc="fail")
UP = Habit(shift=3.0, want=7.5, corrections=1, at=NOW)
DOWN = Habit(shift=-3.0, want=1.5, corrections=1, at=NOW)
bases = st.floats(0, 10)
bands = st.sampled_from([HIGH, NORMAL, LOW, (9, 10)])


def weight_of(habits: Habits) -> float:
    """What the corrections moved."""
    facts = Facts(owner=(OWNER,), received_at=NOW, habits=habits)
    reasons = decide(mail("Some notes from today."), facts, DEFAULT).reasons
    return sum(reason.weight for reason in reasons if reason.rule.startswith("you_corrected"))


CASES = {
    "nothing learned": (None, {}, "normal"),
    "sender raised": (Habits(sender=UP), {}, "high"),
    "sender lowered": (Habits(sender=DOWN), {}, "low"),
    "thread before sender": (Habits(sender=UP, thread=DOWN), {}, "low"),
    "a forged sender is not raised": (Habits(sender=UP), {"authentication": FORGED}, "normal"),
    "a stranger does not profit from a thread": (Habits(thread=UP), {}, "normal"),
    "a colleague does": (Habits(thread=UP), {"sender": COLLEAGUE}, "high"),
    "one sender says nothing of a circle": (Habits(circle=Habit(shift=9, want=9.5, corrections=1, category=Category.WORK)), {}, "normal"),
    "a circle of another kind": (Habits(circle=Habit(shift=-4, want=1, corrections=9, category=Category.BULK)), {}, "normal"),
    "a circle moves a little": (Habits(circle=Habit(shift=-4, want=1, corrections=9, category=Category.WORK)), {}, "normal"),
    "named bulk": (Habits(sender=Habit(category=Category.BULK, corrections=1)), {}, "low"),
}  # fmt: skip


@pytest.mark.parametrize(("habits", "of_mail", "lane"), CASES.values(), ids=CASES)
def test_corrections_move_later_mail(habits: Habits | None, of_mail: dict[str, Any], lane: str) -> None:
    facts = Facts(owner=(OWNER,), received_at=NOW, habits=habits)
    assert decide(mail("Some notes from today.", **of_mail), facts, DEFAULT).lane == lane


def test_a_circle_that_several_senders_were_corrected_in_moves_by_its_limit() -> None:
    rows = [Habit(shift=-4, want=1, corrections=count, category=Category.WORK) for count in (0, 1, 2, 9)]
    assert [weight_of(Habits(circle=row)) for row in rows] == [0, 0, -1.333, -1.5]


@given(bases, bands)
def test_a_corrected_sender_is_right_from_the_next_mail(base: float, band: tuple[int, int]) -> None:
    row = taught(Habit(), base, band, now=NOW)
    assert band[0] - 0.5 <= applied(row, base, NOW) <= band[1] + 0.5


@given(bases, bands, st.floats(0, 1.5))
def test_mail_that_is_a_little_further_off_follows_too(base: float, band: tuple[int, int], off: float) -> None:
    row = taught(Habit(), base, band, now=NOW)
    if row.shift > 0.5:
        assert applied(row, base - off, NOW) >= band[0] - 0.5
        assert applied(row, 10.0, NOW) == 10.0, "what is higher anyway stays"
    if row.shift < -0.5:
        assert applied(row, base + off, NOW) <= band[1] + 0.5
        assert applied(row, 0.0, NOW) == 0.0


@given(bases, st.lists(st.tuples(bases, bands), max_size=30))
def test_however_much_is_corrected_it_is_bounded(base: float, corrections: list[tuple[float, tuple[int, int]]]) -> None:
    row = circle = Habit()
    for said, band in corrections:
        row = taught(row, said, band, now=NOW)
        circle = averaged(circle, said, band, Category.WORK, now=NOW)
    assert abs(row.shift) <= LIMIT
    assert abs(circle.shift) <= LIMIT
    assert 0 <= applied(row, base, NOW) <= 10


def test_an_opinion_that_is_taken_back_is_gone() -> None:
    row = taught(taught(Habit(), 5.0, HIGH, now=NOW), 5.0, NORMAL, now=NOW)
    assert 3.5 <= applied(row, 5.0, NOW) <= 6.5


def test_who_minds_one_matter_of_a_sender_is_believed_of_threads_alone_for_a_while() -> None:
    row = taught(taught(Habit(), 5.0, HIGH, now=NOW), 5.0, NORMAL, now=NOW)
    assert (row.shift, row.doubts) == (0.0, 1)
    row = taught(row, 5.0, HIGH, now=NOW)
    assert (row.shift, row.doubts) == (0.0, 0)
    row = taught(row, 5.0, HIGH, now=NOW)
    assert row.shift > 0.5, "said twice, of two threads: it is the sender"
    assert taught(row, 5.0, NORMAL, now=NOW).doubts == 1
    assert taught(replace(row, doubts=3), 5.0, NORMAL, now=NOW).doubts == 7


@given(st.lists(st.sampled_from([HIGH, NORMAL, LOW]), min_size=1, max_size=12))
def test_of_one_matter_the_last_word_counts_at_once(said: list[tuple[int, int]]) -> None:
    row = Habit()
    for band in said:
        row = taught(row, 5.0, band, now=NOW, one_matter=True)
        assert band[0] - 0.5 <= applied(row, 5.0, NOW) <= band[1] + 0.5
        assert row.doubts == 0


def test_what_is_right_already_moves_nothing() -> None:
    row = taught(UP, 5.0, HIGH, now=NOW)
    assert (row.shift, row.want, row.corrections) == (UP.shift, UP.want, 2)


@pytest.mark.parametrize(
    ("at", "left"),
    [
        ("2026-03-01T09:00:00Z", 3.0),
        ("2025-12-05T09:00:00Z", 3.0),
        ("2025-06-05T09:00:00Z", 1.5),
        ("2030-01-01T00:00:00Z", 3.0),
    ],
)  # yesterday, 87 days, 270 days, a clock that went back
def test_corrections_are_forgotten_slowly(at: str, left: float) -> None:
    assert faded(Habit(shift=3.0, at=at), NOW) == pytest.approx(left, abs=0.02)


def test_the_reason_says_what_it_moved() -> None:
    facts = Facts(owner=(OWNER,), received_at=NOW, habits=Habits(sender=UP))
    plain = decide(mail("Some notes from today."), Facts(owner=(OWNER,), received_at=NOW), DEFAULT)
    moved = decide(mail("Some notes from today."), facts, DEFAULT)
    (reason,) = set(moved.reasons) - set(plain.reasons)
    assert (reason.rule, reason.text) == ("you_corrected_sender", "You corrected mail of this sender before.")
    assert moved.priority - plain.priority == pytest.approx(reason.weight, abs=1)


def test_phishing_is_never_raised() -> None:
    facts = Facts(owner=(OWNER,), received_at=NOW, habits=Habits(sender=UP, thread=UP))
    text = "Your account will be suspended. Verify your password now: http://203.0.113.9/login"
    lure = mail(text, "Security alert", sender=Address(name="PayPal", address="alert@paypa1.com"))
    plain = decide(lure, Facts(owner=(OWNER,), received_at=NOW), DEFAULT)
    assert plain.category is Category.PHISHING
    assert decide(lure, facts, DEFAULT).lane == "low"


@pytest.mark.parametrize(
    ("of_mail", "circle"),
    [
        ({"list_id": "Talk.example"}, "list talk.example"),
        (
            {"sender": Address(name="", address="a@mail.elsewhere-firm.example")},
            "at elsewhere-firm mail.elsewhere-firm.example",
        ),
        ({"sender": Address(name="", address="a@gmail.com")}, ""),
        ({"sender": COLLEAGUE}, ""),
    ],
)
def test_who_may_be_judged_alike(of_mail: dict[str, Any], circle: str) -> None:
    assert circle_of(mail("x", **of_mail), (OWNER,)) == circle
