"""What every declared stream agent promises, run over all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from streams.archive.agent import archive_agent
from streams.events import Received, VerdictRecord
from streams.route import triage_agent
from streams.runtime import Agent, Event, Known, Outcome
from streams.runtime.dead import TooManyDeadLetters
from streams.runtime.tables import Overlay
from streams.runtime.watch import EventTimeout
from streams.topics import ALL, DEAD
from streams.triage.shipped import DEFAULT
from tests.stream.scripted import ScriptedInputs, ScriptedProducer, decider, task, until_drained
from tests.unit.runtime.records import Record, tables_of
from tests.verdicts import VERDICT

MAIL = b"From: Ana <ana@example.org>\r\nTo: me@example.com\r\nSubject: Can you sign today?\r\n\r\nBy noon, please.\r\n"


class Away:
    """The archive's database, which these tests do not need."""

    async def write(self, rows: Sequence[Any]) -> int:
        return len(rows)


async def nothing() -> None:
    return None


def received(offset: int) -> Record:
    mail = Received(
        event_id=f"{offset:032x}",
        account="home",
        raw=MAIL,
        received_at=datetime(2026, 11, 24, 9, tzinfo=UTC),
        location="INBOX;UIDVALIDITY=1;UID=1",
        owner=("me@example.com",),
        traceparent="00-" + "1" * 32 + "-" + "2" * 16 + "-00",
    )
    return Record(offset=offset, value=mail.raw, headers=mail.headers(), topic="mail.received")


def judged(offset: int) -> Record:
    verdict = replace(VERDICT, event_id=f"{offset:032x}", account="home")
    return Record(offset=offset, value=verdict.encode(), topic="mail.high")


@dataclass(frozen=True)
class Case:
    """An agent, a record that it takes, and records that are not of its contract."""

    agent: Agent
    good: Callable[[int], Record]
    malformed: tuple[Record, ...]


CASES = {
    "triage": Case(
        triage_agent(DEFAULT),
        received,
        (
            replace(received(0), headers=()),
            replace(received(0), key=None),
            replace(received(0), value=None),
            replace(received(0), value=b"\x00\x01\x02"),
            *(
                replace(received(0), headers=(*received(0).headers, ("ce_time", time)))
                for time in (b"yesterday", b"2026-11-24T09:00:00", b"9999-12-31T23:59:59-14:00")
            ),
        ),
    ),
    "archive": Case(
        archive_agent(Away(), nothing),  # type: ignore[arg-type]
        judged,
        (
            replace(judged(0), value=None),
            replace(judged(0), value=b"{"),
            replace(judged(0), value=b"[]"),
            replace(judged(0), value=b'{"event_id": 7}'),
            replace(judged(0), value=VERDICT.encode().replace(b'"high"', b'"highest"')),
        ),
    ),
}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


async def run(agent: Agent, *batch: Record) -> ScriptedProducer:
    inputs, producer = ScriptedInputs(list(batch)), ScriptedProducer()
    await until_drained(task(agent, inputs, producer), inputs)
    return producer


async def test_a_good_record_advances_the_offset_and_is_no_dead_letter(case: Case) -> None:
    producer = await run(case.agent, case.good(0), case.good(1))
    assert producer.offsets[-1] == 2
    assert DEAD.name not in {out.topic for out in producer.committed}


async def test_a_malformed_record_is_a_dead_letter_with_its_bytes_and_origin_and_delays_nobody(case: Case) -> None:
    for malformed in case.malformed:
        producer = await run(case.agent, case.good(0), replace(malformed, offset=1), case.good(2))
        (dead,) = [out for out in producer.committed if out.topic == DEAD.name]
        assert (dead.key, dead.value) == (malformed.key, malformed.value)
        assert dict(dead.headers)["dead_offset"] == b"1"
        assert dict(dead.headers)["dead_agent"] == case.agent.name.encode()
        assert tuple(dead.headers[: len(malformed.headers)]) == malformed.headers
        assert producer.offsets[-1] == 3


def test_malformed_records_are_expected_and_never_stop_the_worker(case: Case) -> None:
    for malformed in case.malformed:
        with pytest.raises(case.agent.expected):
            case.agent.decide(malformed, Overlay(tables_of()))


def test_the_same_event_and_rows_give_the_same_outcome(case: Case) -> None:
    assert case.agent.decide(case.good(0), Overlay(tables_of())) == case.agent.decide(
        case.good(0), Overlay(tables_of())
    )


def test_outputs_go_to_declared_topics_and_keep_the_key(case: Case) -> None:
    outcome = case.agent.decide(case.good(0), Overlay(tables_of()))
    assert {out.topic for out in outcome.outputs} <= {topic.name for topic in ALL}
    assert {out.key for out in outcome.outputs} <= {b"home"}
    assert {write.table for write in outcome.writes} <= set(case.agent.tables)


def test_tables_log_to_declared_topics_named_as_faust_names_them(case: Case) -> None:
    for table in case.agent.tables:
        assert table.changelog == f"{case.agent.name}-{table.name}-changelog"
        assert table.changelog in {topic.name for topic in ALL}


async def test_a_decision_that_takes_too_long_is_a_dead_letter(case: Case) -> None:
    def slow(event: Event, known: Known) -> Outcome:
        while event.offset == 0:
            time.sleep(0.01)
        return case.agent.decide(event, known)

    decided = await decider(replace(case.agent, decide=slow), event_timeout_s=0.2).decide(
        [case.good(0), case.good(1)], tables_of()
    )
    assert [type(error) for error in decided.failures.values()] == [EventTimeout]
    assert (decided.taken, decided.next_offset) == (2, 2)


async def test_a_defect_loses_nothing_and_many_of_them_stop_the_worker(case: Case) -> None:
    def defect(event: Event, known: Known) -> Outcome:
        del known
        raise ZeroDivisionError(event.offset)

    broken = replace(case.agent, decide=defect)
    producer = await run(broken, case.good(0), case.good(1))
    dead = [out.value for out in producer.committed if out.topic == DEAD.name]
    assert dead == [case.good(0).value, case.good(1).value]
    inputs, producer = ScriptedInputs([case.good(offset) for offset in range(50)]), ScriptedProducer()
    with pytest.raises(TooManyDeadLetters):
        await task(broken, inputs, producer).run()
    assert producer.offsets == [], "no offset passes a mail that a bad deploy could not handle"


def test_a_verdict_survives_the_wire_and_names_where_its_mail_stands() -> None:
    (out,) = triage_agent(DEFAULT).decide(received(17), Overlay(tables_of())).outputs
    record = VerdictRecord.decode(out.value)
    assert (record.origin.topic, record.origin.partition, record.origin.offset) == ("mail.received", 3, 17)
    assert record.encode() == out.value
    assert dict(out.headers)["traceparent"] == dict(received(17).headers)["traceparent"]


def test_what_the_tables_know_is_recorded_in_the_verdict_and_learned_from_it() -> None:
    agent, known = triage_agent(DEFAULT), Overlay(tables_of())
    for offset in range(3):
        outcome = agent.decide(received(offset), known)
        known.write(outcome.writes, offset)
        facts = VerdictRecord.decode(outcome.outputs[0].value).facts
        seen: Mapping[int, int | None] = {0: None, 1: 1, 2: 2}
        assert (facts.sender.mails if facts.sender else None) == seen[offset]
