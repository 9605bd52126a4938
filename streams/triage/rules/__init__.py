"""The rules, one module per group. Importing this package declares all of them.

A rule says what a mail is like; what that is worth stands in `streams.triage.policy`."""

from streams.triage.rule import RULES, Rule
from streams.triage.rules import (
    bulk,
    consequence,
    deadlines,
    deception,
    form,
    history,
    meetings,
    notifications,
    people,
    pressing,
    spam,
)

__all__ = [
    "RULES",
    "Rule",
    "bulk",
    "consequence",
    "deadlines",
    "deception",
    "form",
    "history",
    "meetings",
    "notifications",
    "people",
    "pressing",
    "spam",
]
