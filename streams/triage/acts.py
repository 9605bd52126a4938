"""What an owner does to mail without a word (answers it, stars it, deletes it unread) leans later mail of its sender
or thread up or down. Pure; the rows are those of `habits`.

An act is weaker than a word: it is a share of the way to LIMIT, so that no number of acts moves further than a first
correction may; where the owner corrected anything, acts count for nothing. Only the owner's acts are observed: who
sends a lot gains nothing by it. Rates after Aberdeen et al. (2010), where replies weigh most of what is implicit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from streams.triage.forgetting import left
from streams.triage.preference import prefers
from streams.triage.verdict import Category, Habit, Habits

LIMIT = 2.0
"""Points of priority that acts may move a mail by: a lane at most."""
HIGHEST = 8.0
"""Acts make no mail urgent."""
ANSWERED_HIGHEST = 6.0
"""Answers alone make none high, but for whom the owner answers more than others (`preference`): who answers half of
all mail does not think half of it pressing. They keep mail out of the low lane."""
LEAST = 0.25
"""Points below which nothing is moved."""
RATES: Mapping[str, float] = {
    "replied": 0.25,
    "starred": 0.5,
    "important": 0.5,
    "not_important": -0.5,
    "deleted_unread": -0.25,
}
"""By action of `mail.feedback`: the share of the way to LIMIT (above 0) or to -LIMIT that one act goes."""
QUIET = frozenset({Category.BULK, Category.NOTIFICATION})
"""Only these are lowered: a person's mail may be deleted unread because its preview said all."""
JUNK = frozenset({Category.SPAM, Category.PHISHING})
RAISED, LOWERED = "you_value_this", "you_pass_this_over"
SENTENCES = {
    RAISED: "You answered or starred mail of this sender or thread before.",
    LOWERED: "You deleted mail of this sender unread, or marked it as not important, before.",
}


def of_interest(action: str, category: Category) -> bool:
    """Whether the act says something about mail of such a kind."""
    rate = RATES.get(action, 0.0)
    return category in QUIET if rate < 0 else rate > 0 and category not in JUNK


def acted(habit: Habit, action: str, *, now: str) -> Habit:
    """The row of a sender or thread after an act on one of its mails. `action`: a key of RATES."""
    rate = RATES[action]
    old = lean(habit, now)
    goal = LIMIT if rate > 0 else -LIMIT
    return replace(
        habit,
        lean=round(old + abs(rate) * (goal - old), 3),
        acted_at=now,
        replied=habit.replied + (action == "replied"),
        deleted_unread=habit.deleted_unread + (action == "deleted_unread"),
        marked=habit.marked + (action not in {"replied", "deleted_unread"}),
    )


def lean(habit: Habit | None, now: str) -> float:
    """Points that acts move by, what was forgotten meanwhile taken off."""
    return habit.lean * left(habit.acted_at, now) if habit else 0.0


def moved(habits: Habits, category: Category, priority: float, now: str, *, trusted: bool, mails: int = 0) -> float:
    """The priority as the owner's acts would have it. A stranger gains nothing by a thread that the owner answered.
    `mails`: of the sender so far."""
    points = lean(habits.sender, now) + (lean(habits.thread, now) if trusted else 0.0)
    points = min(LIMIT, max(-LIMIT, points))
    if abs(points) < LEAST or category in JUNK or (points < 0 and category not in QUIET):
        return priority
    if points < 0:
        return max(0.0, priority + points)
    is_marked = any(each.marked for each in (habits.sender, habits.thread) if each)
    high = is_marked or _is_preferred(habits, category, mails)
    return max(priority, min(HIGHEST if high else ANSWERED_HIGHEST, priority + points))


def _is_preferred(habits: Habits, category: Category, mails: int) -> bool:
    if habits.sender is None or habits.people is None or category in QUIET:
        return False
    return prefers(mails, habits.sender.replied, habits.people)
