"""What a decision rested on and turned on, read from the JSON of its record. Raises KeyError, TypeError, ValueError."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from streams.triage.verdict import (
    Answered,
    Category,
    Counterfactual,
    Facts,
    Habit,
    Habits,
    Lane,
    SenderFacts,
    ThreadFacts,
)


def facts_from(data: Mapping[str, Any]) -> Facts:
    """The facts that a verdict recorded."""
    return Facts(
        owner=tuple(data["owner"]),
        received_at=data["received_at"],
        sender=SenderFacts(**data["sender"]) if data["sender"] else None,
        thread=ThreadFacts(**data["thread"]) if data["thread"] else None,
        habits=_habits_from(data.get("habits")),
    )


def counterfactual_from(data: Mapping[str, Any] | None) -> Counterfactual | None:
    """What a verdict turns on; None also in records of before it was told."""
    if not data:
        return None
    return Counterfactual(lane=Lane(data["lane"]), without=tuple(data["without"]), text=data["text"])


def _habits_from(data: Mapping[str, Any] | None) -> Habits | None:
    """Records from before there were corrections have none."""
    if not data:
        return None
    people = data.get("people")
    return Habits(
        **{name: _habit_from(data.get(name)) for name in ("sender", "thread", "circle")},
        people=Answered(mails=people["mails"], replied=people["replied"]) if people else None,
    )


def _habit_from(data: Mapping[str, Any] | None) -> Habit | None:
    if not data:
        return None
    category = data.get("category")
    said = {name: data[name] for name in Habit.__slots__ if name in data}  # a newer writer may say more
    return Habit(**{**said, "category": Category(category) if category else None})
