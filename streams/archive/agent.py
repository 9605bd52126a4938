"""The four lanes → the table `verdicts` in PostgreSQL. Key: account.

A record that is no verdict, or a row that PostgreSQL can never take, is dead-lettered. While the database is away the
agent waits: its lag grows, nothing is lost, and no offset is committed before the row is durable."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from infra.errors import Permanent
from streams.archive.rows import MalformedRow, Row, row
from streams.archive.sink import BadRows, VerdictSink
from streams.events import MalformedEvent, VerdictRecord
from streams.runtime import Agent, Event, Known, Outcome
from streams.topics import LANE_OF, LANES


def archive(event: Event, known: Known) -> Outcome:
    """The row of one lane record."""
    del known
    return Outcome(effect=row(VerdictRecord.decode(event.value), event), label=LANE_OF[event.topic])


def archive_agent(sink: VerdictSink, prepare: Callable[[], Awaitable[object]]) -> Agent:
    """The stream agent of `triage archive`; `prepare` makes the tables before the first write."""
    prepared = False

    async def write(rows: Sequence[Row]) -> Mapping[int, Permanent]:
        nonlocal prepared
        if not prepared:
            await prepare()
            prepared = True
        try:
            await sink.write(rows)
        except BadRows as refused:
            return refused.errors
        return {}

    return Agent(
        name="archive",
        reads=tuple(topic.name for topic in LANES.values()),
        decide=archive,
        expected=(MalformedEvent, MalformedRow, Permanent),
        effect=write,
    )
