"""Verdicts for tests: one that is written out, variations of it, and whatever Hypothesis makes of the wire contract."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from hypothesis import strategies as st

from streams.archive.rows import Row, row
from streams.events import Correspondent, Origin, VerdictRecord, event_id
from streams.moments import utc_text
from streams.triage.verdict import (
    Answered,
    Category,
    Counterfactual,
    Facts,
    Habit,
    Habits,
    Lane,
    Reason,
    SenderFacts,
    ThreadFacts,
)


@dataclass(frozen=True)
class At:
    """Coordinates of a lane record."""

    topic: str = "mail.high"
    partition: int = 2
    offset: int = 41
    timestamp: int = 1_763_632_801_250


VERDICT = VerdictRecord(
    event_id="0123456789abcdef0123456789abcdef",
    revision=0,
    account="home",
    sender=Correspondent(name="A Shop", address="orders@shop.example"),
    subject="Your order",
    date="2026-01-02T03:04:05.000Z",
    received_at="2026-01-02T03:05:00.500Z",
    snippet="It has shipped",
    message_id="1@shop.example",
    thread_id="0@shop.example",
    attachments=1,
    size=2048,
    flags=("bad-date", "truncated"),
    priority=7,
    lane=Lane.HIGH,
    category=Category.WORK,
    needs_reply=True,
    confidence=0.75,
    reasons=(Reason(rule="deadline", weight=2.5, text="Names a deadline."),),
    facts=Facts(owner=("me@home.example",), sender=SenderFacts(mails=3)),
    policy_version="p1",
    model_version="rules",
    origin=Origin(topic="mail.received", partition=2, offset=17),
    location="INBOX;UIDVALIDITY=7;UID=12",
    because="Names a deadline",
    counterfactual=Counterfactual(
        lane=Lane.NORMAL, without=("deadline",), text="would be in the normal lane but for: Names a deadline"
    ),
)


def changed(**fields: Any) -> VerdictRecord:
    """`VERDICT` with other fields, of any kind."""
    return dataclasses.replace(VERDICT, **fields)


def rows(count: int, *, account: str = "home") -> list[Row]:
    """Rows of as many mails, each with its own event id and lane offset."""
    return [
        row(changed(event_id=event_id(account, number), account=account), At(offset=number)) for number in range(count)
    ]


_text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
_moments = st.datetimes(timezones=st.just(UTC)).map(utc_text)
_counts = st.integers(0, 2**31 - 1)

_habits = st.builds(
    Habit,
    shift=st.floats(-9.5, 9.5),
    corrections=_counts,
    category=st.none() | st.sampled_from(Category),
    lean=st.floats(-2, 2),
    replied=_counts,
    wrote_before=_counts,
    wrote=_counts,
    acted_at=_text,
)

VERDICTS = st.builds(
    VerdictRecord,
    event_id=st.binary(min_size=16, max_size=16).map(bytes.hex),
    revision=st.integers(0, 100),
    account=_text.filter(bool),
    sender=st.builds(Correspondent, name=_text, address=_text),
    subject=_text,
    date=st.none() | _moments,
    received_at=_moments,
    snippet=_text,
    message_id=_text,
    thread_id=_text,
    attachments=st.integers(0, 100),
    size=_counts,
    flags=st.lists(st.sampled_from(["bad-date", "text-cut", "too-deep"]), unique=True).map(tuple),
    priority=st.integers(0, 10),
    lane=st.sampled_from(Lane),
    category=st.sampled_from(Category),
    needs_reply=st.booleans(),
    confidence=st.floats(0, 1),
    reasons=st.lists(
        st.builds(Reason, rule=_text, weight=st.floats(-10, 10), text=_text), max_size=4
    ).map(tuple),
    facts=st.builds(
        Facts,
        owner=st.lists(_text, max_size=2).map(tuple),
        received_at=_moments,
        sender=st.none()
        | st.builds(SenderFacts, mails=_counts, important=_counts, junk=_counts, first_seen=st.none() | _moments, last_seen=st.none() | _moments),
        thread=st.none()
        | st.builds(ThreadFacts, mails=_counts, top_priority=st.integers(0, 10), owner_wrote=st.booleans(), last_seen=st.none() | _moments),
        habits=st.none()
        | st.builds(Habits, sender=st.none() | _habits, circle=st.none() | _habits, people=st.none() | st.builds(Answered, mails=_counts, replied=_counts)),
    ),
    policy_version=_text,
    model_version=_text,
    origin=st.builds(Origin, topic=_text, partition=st.integers(0, 1000), offset=st.integers(0, 2**62)),
    location=_text,
    because=_text,
    counterfactual=st.none()
    | st.builds(Counterfactual, lane=st.sampled_from(Lane), without=st.lists(_text, max_size=3).map(tuple), text=_text),
)  # fmt: skip
"""Any verdict that follows the wire contract."""
