"""What acts do to later mail: how little, for whom, for how long, and what they never do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.mail import Authentication
from streams.triage import acts
from streams.triage.acts import LIMIT, RATES, acted, lean, moved, of_interest
from streams.triage.decide import decide
from streams.triage.habits import applied, taught
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Category, Facts, Habit, Habits
from tests.unit.triage.written import COLLEAGUE, OWNER, mail

NOW, LATER = "2026-03-02T09:00:00.000Z", "2026-11-27T09:00:00.000Z"
FORGED = Authentication(spf="fail", dkim="fail", dmarc="fail")


def row(*actions: str) -> Habit:
    """A row after these acts."""
    habit = Habit()
    for action in actions:
        habit = acted(habit, action, now=NOW)
    return habit


MUCH, ANSWERED = row(*["starred"] * 9), row(*["replied"] * 9)
UNREAD = row(*["deleted_unread"] * 9)
CORRECTED = Habit(shift=-3.0, want=1.5, corrections=1, at=NOW, lean=2.0, replied=9, acted_at=NOW)
CASES = {
    "answered often": (Habits(sender=ANSWERED), {}, "normal"),
    "starred often": (Habits(sender=MUCH), {}, "high"),
    "starred often, forged": (Habits(sender=MUCH), {"authentication": FORGED}, "normal"),
    "a stranger in a starred thread": (Habits(thread=MUCH), {}, "normal"),
    "a colleague in a starred thread": (Habits(thread=MUCH), {"sender": COLLEAGUE}, "high"),
    "a correction speaks louder than answers": (Habits(sender=CORRECTED), {}, "low"),
    "a person's mail deleted unread": (Habits(sender=UNREAD), {}, "normal"),
}


@pytest.mark.parametrize(("habits", "of_mail", "lane"), CASES.values(), ids=CASES)
def test_acts_lean_later_mail(habits: Habits, of_mail: dict[str, Any], lane: str) -> None:
    facts = Facts(owner=(OWNER,), received_at=NOW, habits=habits)
    assert decide(mail("Some notes from today.", **of_mail), facts, DEFAULT).lane == lane


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("replied", {"work", "personal", "notification", "bulk"}),
        ("starred", {"work", "personal", "notification", "bulk"}),
        ("not_important", {"notification", "bulk"}),
        ("deleted_unread", {"notification", "bulk"}),
        ("trashed", set()),
        ("archived", set()),
    ],
)
def test_of_which_mail_an_act_says_something(action: str, said: set[str]) -> None:
    assert {kind.value for kind in Category if of_interest(action, kind)} == said


@given(
    st.lists(st.sampled_from(sorted(RATES)), max_size=40),
    st.lists(st.sampled_from(sorted(RATES)), max_size=40),
    st.sampled_from(list(Category)),
    st.floats(0, 10),
)
def test_however_much_is_done_it_is_bounded(
    of_sender: list[str], of_thread: list[str], category: Category, priority: float
) -> None:
    habits = Habits(sender=row(*of_sender), thread=row(*of_thread))
    found = moved(habits, category, priority, NOW, trusted=True)
    assert abs(found - priority) <= LIMIT + 1e-9
    assert 0 <= found <= max(acts.HIGHEST, priority), "no act makes a mail urgent"
    if category in acts.JUNK:
        assert found == priority


def test_answers_bring_mail_up_to_normal_and_no_further() -> None:
    found = [moved(Habits(sender=ANSWERED), Category.WORK, base, NOW, trusted=True) for base in (0.0, 3.0, 5.5, 7.0)]
    assert found == [pytest.approx(ANSWERED.lean), pytest.approx(3 + ANSWERED.lean), 6.0, 7.0]


@given(st.floats(0, 10), st.sampled_from([(7, 8), (4, 6), (0, 3)]))
def test_acts_take_nothing_from_the_weight_of_a_first_correction(base: float, band: tuple[int, int]) -> None:
    plain = taught(Habit(), base, band, now=NOW)
    after = taught(row(*["starred"] * 20), base, band, now=NOW)
    assert applied(after, base, NOW) == applied(plain, base, NOW)


def test_the_newest_acts_count_most_and_all_are_forgotten_slowly() -> None:
    assert row("starred", "not_important").lean < 0 < row("not_important", "starred").lean
    assert row("deleted_unread", "deleted_unread", "replied").deleted_unread == 2
    assert lean(MUCH, NOW) == MUCH.lean
    assert lean(MUCH, LATER) == pytest.approx(MUCH.lean / 2, abs=0.01)


def test_acts_are_told_by_kind() -> None:
    assert row("replied", "starred", "important", "deleted_unread").told() == "answered 1, marked 2, deleted unread 1"
    assert Habit().told() == ""
