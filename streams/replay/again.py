"""One part of the log decided again. What is changed and by how much is told mail by mail; nothing is written anywhere.

By the recorded facts each mail stands for itself, so the difference is what another policy alone makes. With rebuilt
facts the tables grow again from the beginning of the log by what is decided now, and by the feedback that came
meanwhile, as if it had always been so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, Literal, TypeVar, cast

from infra.settings import Settings
from streams.canary import is_canary
from streams.classify import classify, learn
from streams.events import MalformedEvent, Received, VerdictRecord, decided, verdict_headers
from streams.mail import MailError, parse
from streams.replay.difference import Change, Sums, change, changed, moved
from streams.replay.log import consumer, records
from streams.replay.plan import Range, Span
from streams.replay.recorded import REPLAY, REVISED_BY, Recorded, Standing
from streams.replay.taught import Taught
from streams.runtime import Table
from streams.topics import LANES, RECEIVED
from streams.triage.verdict import Facts, Verdict
from streams.versions.judge import Judge

Row = TypeVar("Row")
FactsFrom = Literal["recorded", "rebuilt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A change, and the record that would make it so."""

    change: Change
    topic: str = ""
    """Its lane."""
    value: bytes = b""
    """The revision; empty: there is nothing to publish."""
    headers: tuple[tuple[str, bytes], ...] = ()


class Rows:
    """Tables of one partition in memory (`streams.runtime.Known`)."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, bytes], Any] = {}

    def get(self, table: Table[Row], key: bytes) -> Row | None:
        """The row as it stands."""
        return cast("Row | None", self._rows.get((table.name, key)))

    def put(self, table: Table[Any], key: bytes, row: Any) -> None:
        """Replace a row."""
        self._rows[table.name, key] = row


@dataclass(slots=True, kw_only=True)
class Replay:
    """One span of the log, decided by `judge`."""

    settings: Settings
    span: Span
    judge: Judge
    wanted: Range
    facts: FactsFrom = "recorded"
    sums: Sums
    progress: Callable[[int], None]
    """Told now and then how many mails were read."""
    read: int = 0
    """Mails so far, also those that are passed over."""

    def found(self) -> Iterator[Found]:
        """Every change, in the order of the mails; meanwhile `sums` grows.

        Raises:
            KafkaUnavailable
        """
        rows = Rows() if self.facts == "rebuilt" else None
        first = 0 if rows else self.span.first
        with ExitStack() as stack:
            made = stack.enter_context(consumer(self.settings))
            taught = stack.enter_context(Taught(self.settings, self.span.partition)) if rows else None
            recorded: Recorded | None = None
            started = monotonic()
            for chunk in records(made, RECEIVED.name, self.span.partition, first, self.span.end):
                if recorded is None:
                    since_ms = chunk[0].timestamp()[1]
                    recorded = stack.enter_context(Recorded(self.settings, self.span.partition, since_ms))
                recorded.forget_before(max(chunk[0].offset(), self.span.first))
                for message in chunk:
                    if rows and taught:
                        self._learn(taught, message.timestamp()[1], rows)
                    yield from self._one(message, recorded, rows)
                self.sums.seconds = monotonic() - started
                self.progress(self.read)

    def _learn(self, taught: Taught, until_ms: int, rows: Rows) -> None:
        for writes in taught.until(until_ms, rows, self.judge.policy):
            for write in writes:
                rows.put(*write)

    def _one(self, message: Any, recorded: Recorded, rows: Rows | None) -> Iterator[Found]:
        self.read += 1
        key = message.key()
        if is_canary(key):
            return
        headers = [(name, value or b"") for name, value in message.headers() or ()]
        try:
            received = Received.from_record(key, message.value(), headers)
        except MalformedEvent:
            self.sums.unreadable += 1
            return
        compared = message.offset() >= self.span.first and self._of_account(received)
        standing = recorded.of(message.offset()) if compared else None
        if standing is not None and standing.record.event_id != received.event_id:
            standing = None  # of a topic that was made anew since
        wanted = standing is not None and self._wanted(standing.record)
        if rows is None and not wanted:
            self.sums.unrecorded += compared and standing is None
            return
        verdict, facts, error = self._decide(received, standing, rows)
        if standing is None or not wanted:
            self.sums.unrecorded += compared and standing is None
            return
        yield from self._compare(received, standing, verdict, facts, error)

    def _of_account(self, received: Received) -> bool:
        return not self.wanted.accounts or received.account in self.wanted.accounts

    def _wanted(self, record: VerdictRecord) -> bool:
        lanes, rules = self.wanted.lanes, self.wanted.rules
        return (not lanes or record.lane in lanes) and (
            not rules or any(reason.rule in rules for reason in record.reasons)
        )

    def _decide(
        self, received: Received, standing: Standing | None, rows: Rows | None
    ) -> tuple[Verdict | None, Facts | None, str]:
        try:
            if rows is not None:
                policy = self.judge.policy
                classified = classify(received, rows, policy, self.judge.model)
                for write in learn(received, classified):
                    rows.put(*write)
                return classified.verdict, classified.facts, ""
            assert standing is not None
            facts = standing.record.facts
            mail = parse(received.raw, truncated=received.truncated)
            return self.judge.decide(mail, facts, received.account), facts, ""
        except MailError as error:
            return None, None, f"{type(error).__name__}: {error}"

    def _compare(
        self, received: Received, standing: Standing, verdict: Verdict | None, facts: Facts | None, error: str
    ) -> Iterator[Found]:
        record, sums = standing.record, self.sums
        sums.mails += 1
        if verdict is not None:
            sums.lanes[str(record.lane), str(verdict.lane)] += 1
            if not changed(record, verdict):
                sums.moved += moved(record, verdict)
                return
            if record.category is not verdict.category:
                sums.categories[str(record.category), str(verdict.category)] += 1
        one = change(record, verdict, error=error, stands=standing.overruled)
        if verdict is None:
            sums.lanes[one.lanes] += 1
        sums.changes += 1
        sums.stands += one.stands
        if verdict is None or facts is None or one.stands:
            yield Found(change=one)
        else:
            yield revision(received, standing, verdict, facts, one)


def revision(received: Received, standing: Standing, verdict: Verdict, facts: Facts, one: Change) -> Found:
    """The change with the lane record that makes it so."""
    record = replace(standing.record, revision=standing.revision + 1, facts=facts, **decided(verdict))
    headers = (*verdict_headers(record, received.traceparent), (REVISED_BY, REPLAY))
    return Found(change=one, topic=LANES[record.lane].name, value=record.encode(), headers=headers)
