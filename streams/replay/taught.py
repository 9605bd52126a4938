"""What people's feedback taught, learned again beside the mails of one partition (tables habits and corrected).

Feedback bears on the mails after it. The stream takes both topics as they come; here the records' times stand for that,
so a mail that was triaged late, after a correction that was made meanwhile, may be judged without it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from confluent_kafka import OFFSET_BEGINNING

from infra.settings import Settings
from streams.events import MalformedEvent
from streams.learning import learn_from
from streams.replay.log import consumer, records
from streams.runtime import Known, Write
from streams.topics import FEEDBACK
from streams.transport.reader import Record
from streams.triage.policy import Policy


class Taught:
    """`with Taught(settings, partition) as taught: taught.until(ms, rows, policy)`, the times ascending."""

    def __init__(self, settings: Settings, partition: int) -> None:
        self._settings, self._partition = settings, partition
        self._stack = ExitStack()
        self._feedback: Iterator[Record] = iter(())
        self._next: Record | None = None

    def __enter__(self) -> Self:
        """Raises KafkaUnavailable."""
        made = self._stack.enter_context(consumer(self._settings))
        chunks = records(made, FEEDBACK.name, self._partition, OFFSET_BEGINNING)
        self._feedback = (Record(FEEDBACK.name, self._partition, one) for chunk in chunks for one in chunk)
        self._next = next(self._feedback, None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def until(self, milliseconds: int, known: Known, policy: Policy) -> Iterator[tuple[Write, ...]]:
        """What each record up to this time (ms since 1970) teaches. To be stored before the next is asked for."""
        while self._next is not None and self._next.timestamp <= milliseconds:
            try:
                yield learn_from(self._next, known, policy).writes
            except MalformedEvent:
                pass  # a dead letter of the stream
            self._next = next(self._feedback, None)
