"""The verdicts that mails of one partition got, from the lanes, beside the mails: in their order, and without an index.

The stream writes each lane in the order of the mails, so four readers that go forward side by side find every verdict;
what they hold meanwhile is what one lane is ahead of another. Later revisions come in any order, and are few: they are
collected first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import orjson

from infra.settings import Settings
from streams.events import MalformedEvent, VerdictRecord
from streams.replay.log import consumer, offset_at, records
from streams.topics import LANES

REVISED_BY = "ce_mailrevisedby"
"""Header of a revision that a replay wrote; those of people and of the crew do not have it."""
REPLAY = b"replay"
SKEW_MS = 3600 * 1000
"""By how much the clocks of ingest and the brokers may differ."""
_FIRST = b'"revision":0,'
_FIRST_WITHIN = 80
"""Bytes of a record within which its revision stands (`VerdictRecord` begins with event_id and revision)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What counts for a mail now."""

    record: VerdictRecord
    """The stream's own verdict, or the last that a replay wrote."""
    revision: int
    """The highest that there is."""

    @property
    def overruled(self) -> bool:
        """Whether somebody else's later opinion stands."""
        return self.revision > self.record.revision


class Recorded:
    """`with Recorded(settings, partition, since_ms) as recorded: recorded.of(offset)`, offsets ascending."""

    def __init__(self, settings: Settings, partition: int, since_ms: int) -> None:
        """`since_ms`: of the first mail that will be asked for, in ms since 1970."""
        self._settings, self._partition = settings, partition
        self._since_ms = since_ms - SKEW_MS
        self._stack = ExitStack()
        self._readers: dict[str, Iterator[list[Any]]] = {}
        self._reached: dict[str, int] = {}
        """By lane: the highest origin offset seen."""
        self._floor = 0
        self._held: dict[int, bytes] = {}
        """By origin offset."""
        self._later: dict[str, tuple[int, VerdictRecord | None]] = {}
        """By event id: the highest revision above 0, and the last verdict that a replay wrote."""

    def __enter__(self) -> Self:
        for spec in LANES.values():
            made = self._stack.enter_context(consumer(self._settings))
            start = offset_at(made, spec.name, self._partition, self._since_ms)
            for chunk in records(made, spec.name, self._partition, start):
                self._collect(chunk)
            self._readers[spec.name] = records(made, spec.name, self._partition, start)
            self._reached[spec.name] = -1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def of(self, offset: int) -> Standing | None:
        """What stands for the mail at this offset; None when nothing is known. Each offset can be asked for once."""
        self._read_up_to(offset)
        value = self._held.pop(offset, None)
        if value is None:
            return None
        try:
            record = VerdictRecord.decode(value)
        except MalformedEvent:
            return None
        revision, replayed = self._later.get(record.event_id, (0, None))
        return Standing(record=replayed or record, revision=revision)

    def forget_before(self, offset: int) -> None:
        """Verdicts of mails that nobody asked for."""
        self._floor = offset
        for old in [held for held in self._held if held < offset]:
            del self._held[old]

    def _read_up_to(self, offset: int) -> None:
        for name, reader in list(self._readers.items()):
            while self._reached[name] < offset:
                chunk = next(reader, None)
                if chunk is None:
                    del self._readers[name]
                    break
                for message in chunk:
                    self._hold(name, message.value())

    def _hold(self, name: str, value: bytes | None) -> None:
        if value is None or _FIRST not in value[:_FIRST_WITHIN]:
            return
        try:
            offset = int(orjson.loads(value)["origin"]["offset"])
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            return  # nothing of ours
        self._reached[name] = max(self._reached[name], offset)
        if offset >= self._floor:
            self._held[offset] = value

    def _collect(self, chunk: list[Any]) -> None:
        for message in chunk:
            value = message.value()
            if value is None or _FIRST in value[:_FIRST_WITHIN]:
                continue
            try:
                record = VerdictRecord.decode(value)
            except MalformedEvent:
                continue
            revision, replayed = self._later.get(record.event_id, (0, None))
            by_replay = dict(message.headers() or ()).get(REVISED_BY) == REPLAY
            if by_replay and (replayed is None or record.revision > replayed.revision):
                replayed = record
            self._later[record.event_id] = max(revision, record.revision), replayed
