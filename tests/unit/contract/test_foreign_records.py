"""Records that another program wrote, each with one field of another kind: bad input, never a defect of ours. Twenty
defects in a minute stop a worker, and would stop it again whenever it is started."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from streams.archive.agent import archive_agent
from streams.events import MalformedEvent, Received
from streams.feedback import Feedback
from streams.route import triage_agent
from streams.runtime import Agent
from streams.runtime.tables import Overlay
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Lane
from tests.unit.crew.requests import request_of
from tests.unit.crew.test_reroute import review_of
from tests.unit.runtime.records import Record, tables_of
from tests.verdicts import VERDICT

OTHER_KINDS: tuple[Any, ...] = (None, -1, 5, 2**63, 1e308, "", "x", [], ["x"], {}, {"x": 1}, True)
ACTIONS = ("corrected", "forgotten", "spam", "starred", "replied")
TRIAGE = triage_agent(DEFAULT)
ARCHIVE = archive_agent(None, None)  # type: ignore[arg-type]
FEEDBACK = Feedback(
    event_id=VERDICT.event_id, account="home", action="corrected", at="2026-01-02T03:06:00.000Z", provider="cli",
    lane=Lane.URGENT, verdict=VERDICT,
)  # fmt: skip
RECORDS: Mapping[str, tuple[Agent, str, bytes]] = {
    "archive": (ARCHIVE, "mail.high", VERDICT.encode()),
    "review": (TRIAGE, "mail.reviewed", review_of(request_of()).encode()),
    **{
        action: (TRIAGE, "mail.feedback", FEEDBACK.encode().replace(b'"corrected"', b'"%s"' % action.encode()))
        for action in ACTIONS
    },
}
MAIL = Received(
    event_id="0" * 32, account="home", raw=b"From: a@b.example\r\nSubject: x\r\n\r\nPlease answer by Friday.",
    received_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), location="INBOX;UID=1",
)  # fmt: skip


def variations(record: Any) -> Iterator[Any]:
    """The record with each of its fields left out, or of another kind."""
    yield from OTHER_KINDS
    for path in places(record):
        for other in (..., *OTHER_KINDS):
            changed = copy.deepcopy(record)
            within = changed
            for step in path[:-1]:
                within = within[step]
            if other is ...:
                del within[path[-1]]
            else:
                within[path[-1]] = other
            yield changed


def places(value: Any) -> Iterator[tuple[Any, ...]]:
    """The paths of all that is in it."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in pairs:
        yield (step,)
        yield from ((step, *path) for path in places(inner))


@pytest.mark.parametrize(("agent", "topic", "value"), RECORDS.values(), ids=RECORDS)
def test_a_field_of_another_kind_is_bad_input(agent: Agent, topic: str, value: bytes) -> None:
    refused = 0
    for changed in variations(orjson.loads(value)):
        tables = Overlay(tables_of())
        record = Record(offset=0, topic=topic, value=orjson.dumps(changed))
        try:
            outcome = agent.decide(record, tables)
        except agent.expected:
            refused += 1
        else:
            tables.write(outcome.writes, 0)
            tables.encoded()  # and what it teaches can be kept
    assert refused > 100


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ce_time", "2026-01-02T03:04:05"),
        ("ce_time", "9999-12-31T23:59:59-23:00"),
        ("ce_time", "9999-12-31T23:59:59Z"),
        ("ce_time", "0001-01-01T00:00:00+14:00"),
        ("ce_mailsize", "-1"),
        ("ce_mailsize", "9" * 30),
    ],
)
def test_a_header_that_nothing_can_be_reckoned_with_is_bad_input(name: str, said: str) -> None:
    with pytest.raises(MalformedEvent, match="unreadable header"):
        Received.from_record(b"home", MAIL.raw, (*MAIL.headers(), (name, said.encode())))


def test_a_time_of_another_zone_is_the_same_moment() -> None:
    read = Received.from_record(b"home", MAIL.raw, (*MAIL.headers(), ("ce_time", b"2026-01-02T04:04:05+01:00")))
    assert read.received_at == MAIL.received_at
