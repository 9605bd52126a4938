"""What an owner's corrections teach about later mail: how far they move its priority. Pure; the rows are a table.

A global model plus what is the owner's own (Aberdeen et al., The Learning behind Gmail Priority Inbox, 2010), updated
passive-aggressively (Crammer et al. 2006): nothing moves while the answer is right, and a first miss moves it so far
that it is. The most special counts: a correction in the thread, else of the sender, else what the owner did to their
mail (`acts`), else, shrunken, corrections of the sender's circle. Only the owner teaches, so nobody promotes himself by
volume; a forged sender or phishing is never raised."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from streams.mail import Mail
from streams.triage import acts
from streams.triage.addresses import is_free_mail, organisation
from streams.triage.features import Features
from streams.triage.forgetting import left
from streams.triage.verdict import Category, Facts, Habit, Habits, Lane, Reason

LIMIT = 9.5
"""Points that corrections may move a mail by; what they wanted bounds it more narrowly (`Habit.want`)."""
SLACK = 1.5
"""Points that mail may be further off than what was corrected, and still be moved all the way."""
CIRCLE_LIMIT = 1.5
AGAIN = 0.35
"""The least share of a miss that is made up for, however often was corrected before: the n-th correction moves 1/n of
it, so opinions that change find a middle."""
MOST_DOUBTS = 7
"""Corrections of a sender, at most, that are believed of their threads alone."""
SENDER, THREAD, CIRCLE, KIND = (
    "you_corrected_sender", "you_corrected_thread", "you_corrected_circle", "you_named_the_kind"
)  # fmt: skip
SENTENCES = {
    SENDER: "You corrected mail of this sender before.",
    THREAD: "You corrected mail of this thread before.",
    CIRCLE: "You corrected mail of this list or organisation before.",
    KIND: "You said what kind of mail this sender writes.",
    **acts.SENTENCES,
}
Bounds = Mapping[Lane, tuple[int, int]]


def circle_of(mail: Mail, owner: tuple[str, ...]) -> str:
    """Who might be judged alike: the list (List-Id), or the sender's organisation; nobody for free mail and for the
    owner's own organisation, which have all kinds."""
    if mail.list_id:
        return f"list {mail.list_id.lower()}"
    domain = mail.sender.domain.lower()
    if not domain or is_free_mail(domain):
        return ""
    name = organisation(domain)
    return "" if any(organisation(each.rpartition("@")[2]) == name for each in owner) else f"at {name} {domain}"


def faded(habit: Habit, now: str) -> float:
    """Its shift, forgotten slowly. `now`: RFC 3339."""
    return habit.shift * left(habit.at, now)


def kind_by(habits: Habits | None, features: Features, category: Category) -> Category:
    """The category, as the owner named it for this sender. Phishing stays phishing; nobody else's mail in a forged
    name leaves the junk."""
    named = habits.sender.category if habits and habits.sender else None
    if named is None or category is Category.PHISHING:
        return category
    rescued = category is Category.SPAM and named not in {Category.SPAM, Category.PHISHING}
    return category if features.fails_authentication and rescued else Category(named)


def without(habits: Habits, names: Collection[str]) -> Habits:
    """The same, had the owner not said or done what these reasons are named after."""
    sender, thread = habits.sender, None if THREAD in names else habits.thread
    if sender is not None:
        shown = replace(sender, category=None) if KIND in names else sender
        sender = replace(shown, corrections=0) if SENDER in names else shown
    if acts.RAISED in names or acts.LOWERED in names:
        sender, thread = (replace(each, lean=0.0) if each else None for each in (sender, thread))
    return replace(habits, sender=sender, thread=thread, circle=None if CIRCLE in names else habits.circle)


def moves(facts: Facts, features: Features, category: Category, priority: float) -> list[Reason]:
    """What corrections and acts move the priority by: at most one reason."""
    if facts.habits is None:
        return []
    trusted = features.is_known or features.is_colleague
    mails = facts.sender.mails if facts.sender else 0
    name, moved = _moved(facts.habits, category, priority, facts.received_at, trusted=trusted, mails=mails)
    dubious = category is Category.PHISHING or features.fails_authentication or (name == THREAD and not trusted)
    if moved > priority and dubious:
        return []
    weight = round(min(10.0, max(0.0, moved)) - priority, 3)
    return [Reason(rule=name, weight=weight, text=SENTENCES[name])] if abs(weight) >= 0.0005 else []


def _moved(
    habits: Habits, category: Category, priority: float, now: str, *, trusted: bool, mails: int
) -> tuple[str, float]:
    if habits.thread and habits.thread.corrections:
        return THREAD, applied(habits.thread, priority, now)
    if habits.sender and habits.sender.corrections:
        return SENDER, applied(habits.sender, priority, now)
    if (by_acts := acts.moved(habits, category, priority, now, trusted=trusted, mails=mails)) != priority:
        return (acts.RAISED if by_acts > priority else acts.LOWERED), by_acts
    if habits.circle and habits.circle.category == category:
        return CIRCLE, _applied_to_circle(habits.circle, priority, now)
    return CIRCLE, priority


def applied(habit: Habit, priority: float, now: str) -> float:
    """The priority as corrections of the same sender or thread would have it: towards what they wanted, not beyond."""
    shift = faded(habit, now)
    if abs(shift) < 0.25:
        return priority
    if shift > 0:
        return max(priority, min(priority + shift + SLACK, habit.want))
    return min(priority, max(priority + shift - SLACK, habit.want))


def _applied_to_circle(habit: Habit, priority: float, now: str) -> float:
    """The first corrected sender says nothing of the others; n of them say (n - 1) / (n + 1) of what they were off."""
    count = habit.corrections
    shift = faded(habit, now) * max(0, count - 1) / (count + 1)
    shift = min(CIRCLE_LIMIT, max(-CIRCLE_LIMIT, shift))
    return (
        max(priority, min(priority + shift, habit.want))
        if shift > 0
        else min(priority, max(priority + shift, habit.want))
    )


def taught(habit: Habit, base: float, wanted: tuple[float, float], *, now: str, one_matter: bool = False) -> Habit:
    """A sender's or thread's row after a mail whose priority would have been `base` without any correction belongs
    between `wanted` (both ends included). It moves to the middle when it would miss.

    `one_matter`: the row is a thread's. Mail of a sender that would have been right without the row takes back what the
    row says: the owner minds some matters of the sender, and those have rows of their own. So the next corrections are
    believed of their threads alone, the more of them the more often that happened."""
    low, high = wanted
    said, old, middle = applied(habit, base, now), faded(habit, now), (low + high) / 2
    told = replace(habit, shift=old, corrections=habit.corrections + 1, at=now)
    if low - 0.5 <= said <= high + 0.5:
        return told
    if one_matter:  # the last word counts
        return replace(told, shift=_bounded(middle - base), want=middle)
    if low - 0.5 <= base <= high + 0.5:
        return replace(told, shift=0.0, doubts=min(MOST_DOUBTS, 2 * habit.doubts + 1))
    if habit.doubts:
        return replace(told, doubts=habit.doubts - 1)
    rate = max(AGAIN, 1 / told.corrections)
    shift = _bounded(old + rate * (middle - said))
    want = middle if old * shift <= 0 else habit.want + rate * (middle - habit.want)
    return replace(told, shift=shift, want=round(want, 3))


def averaged(habit: Habit, base: float, wanted: tuple[float, float], category: Category, *, now: str) -> Habit:
    """A circle's row after the first correction of one more of its senders: the mean of what was missed. Mail of
    another kind than the first says nothing about it."""
    if habit.category not in {None, category}:
        return habit
    low, high = wanted
    middle, old = (low + high) / 2, faded(habit, now)
    missed = 0.0 if low - 0.5 <= base <= high + 0.5 else middle - base
    rate = 1 / (min(habit.corrections, 20) + 1)
    shift, want = _bounded(old + rate * (missed - old)), round(habit.want + rate * (middle - habit.want), 3)
    return replace(habit, shift=shift, want=want, corrections=habit.corrections + 1, category=category, at=now)


def _bounded(shift: float) -> float:
    return round(min(LIMIT, max(-LIMIT, shift)), 3)
