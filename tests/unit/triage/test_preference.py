"""Whom an owner answers more than others: never by chance alone, never where everybody is answered alike."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from streams.triage import acts
from streams.triage.acts import acted, moved
from streams.triage.preference import LEAST_MAILS, LEAST_OTHERS, prefers
from streams.triage.verdict import Answered, Category, Habit, Habits

NOW = "2026-03-02T09:00:00.000Z"


@pytest.mark.parametrize(
    ("mails", "replied", "of_others", "answered_of_others", "preferred"),
    [
        (10, 9, 100, 10, True),
        (10, 6, 100, 10, True),
        (10, 5, 100, 0, False),  # not more than half
        (5, 5, 100, 30, True),
        (4, 4, 100, 0, False),  # too few to say
        (10, 10, 19, 0, False),  # there is nobody to compare with
        (10, 9, 100, 50, False),
        (30, 27, 100, 50, True),
        (30, 30, 100, 95, False),
        (30, 30, 100, 100, False),
        (10, 10, 100, 101, False),  # more answers than mails: the first answer came before anything was counted
        (10, 11, 100, 10, False),
        (10, 0, 100, 0, False),
    ],
)
def test_a_sender_is_answered_more_than_others(
    mails: int, replied: int, of_others: int, answered_of_others: int, preferred: bool
) -> None:
    people = Answered(mails=mails + of_others, replied=replied + answered_of_others)
    assert prefers(mails, replied, people) is preferred


@given(st.integers(0, 200), st.integers(0, 200), st.integers(-5, 2000), st.integers(0, 2000))
def test_one_more_answer_to_others_or_one_less_to_the_sender_never_makes_a_preference(
    mails: int, replied: int, wrote: int, answered: int
) -> None:
    assume(replied <= mails)  # more answers than mails say nothing, one less may
    if not prefers(mails, replied, Answered(mails=wrote, replied=answered)):
        assert not prefers(mails, replied, Answered(mails=wrote, replied=max(answered, replied) + 1))
        assert not prefers(mails, replied - 1, Answered(mails=wrote, replied=answered))


@given(st.integers(0, 4000), st.integers(0, 4000), st.integers(-5, 4000), st.integers(0, 4000))
def test_whatever_was_counted_there_is_an_answer(mails: int, replied: int, wrote: int, answered: int) -> None:
    if prefers(mails, replied, Answered(mails=wrote, replied=answered)):
        assert mails >= LEAST_MAILS
        assert wrote - mails >= LEAST_OTHERS
        assert replied > mails / 2


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1.0])
def test_where_all_are_answered_alike_next_to_nobody_is_preferred(share: float) -> None:
    luck, asked, found = Random(3), 0, 0
    for _ in range(20):
        mails, replied = [0] * 30, [0] * 30
        for _ in range(1200):
            who = int(30 * luck.random() ** 2)
            people = Answered(mails=sum(mails), replied=sum(replied))
            asked += 1
            found += prefers(mails[who], replied[who], people)
            mails[who] += 1
            replied[who] += luck.random() < share
    assert found / asked < 0.005


def row(*actions: str) -> Habit:
    habit = Habit()
    for action in actions:
        habit = acted(habit, action, now=NOW)
    return habit


ANSWERED = row(*["replied"] * 9)
SELDOM, OFTEN = Answered(mails=200, replied=29), Answered(mails=200, replied=190)


@pytest.mark.parametrize(
    ("why", "habits", "category", "mails", "expected"),
    [
        ("preferred", Habits(sender=ANSWERED, people=SELDOM), Category.WORK, 10, 7.5),
        ("answered as others are", Habits(sender=ANSWERED, people=OFTEN), Category.WORK, 10, 6.0),
        ("answered, but seldom", Habits(sender=ANSWERED, people=SELDOM), Category.WORK, 30, 6.0),
        ("of whom nothing is counted", Habits(sender=ANSWERED), Category.WORK, 10, 6.0),
        ("a newsletter", Habits(sender=ANSWERED, people=SELDOM), Category.BULK, 10, 6.0),
        ("a thread, not a sender", Habits(thread=ANSWERED, people=SELDOM), Category.WORK, 10, 6.0),
        ("junk", Habits(sender=ANSWERED, people=SELDOM), Category.SPAM, 10, 5.5),
    ],
)
def test_only_answers_to_somebody_preferred_make_mail_high(
    why: str, habits: Habits, category: Category, mails: int, expected: float
) -> None:
    found = moved(habits, category, 5.5, NOW, trusted=True, mails=mails)
    assert found == pytest.approx(expected, abs=0.2), why


def test_a_preference_moves_no_further_than_all_acts_may() -> None:
    for base in (0.0, 4.0, 7.0, 8.5):
        found = moved(Habits(sender=ANSWERED, people=SELDOM), Category.WORK, base, NOW, trusted=True, mails=10)
        assert base <= found <= max(base, min(acts.HIGHEST, base + acts.LIMIT))
