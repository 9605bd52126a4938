"""Reading a partition for a replay: errors that pass, an end that never comes, and whoever takes its time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from confluent_kafka import KafkaError

from streams.kafka_errors import KafkaUnavailable
from streams.replay import log
from streams.replay.log import records


@dataclass
class Message:
    """As much of librdkafka's as is asked for."""

    place: int
    code: int | None = None

    def offset(self) -> int:
        return self.place

    def error(self) -> KafkaError | None:
        return None if self.code is None else KafkaError(self.code)


class Consumer:
    """Gives what it was made with, one at a time, then the last again and again."""

    def __init__(self, *answers: Message | None) -> None:
        self._answers = list(answers)

    def assign(self, _spots: object) -> None: ...

    def poll(self, _seconds: float) -> Message | None:
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    def consume(self, _most: int, _seconds: float) -> Sequence[Any]:
        return []


END = Message(2, KafkaError._PARTITION_EOF)
AWAY = Message(-1001, KafkaError._ALL_BROKERS_DOWN)
MOVED = Message(-1001, KafkaError.NOT_LEADER_FOR_PARTITION)
DENIED = Message(-1001, KafkaError.TOPIC_AUTHORIZATION_FAILED)
GONE = Message(-1001, KafkaError.UNKNOWN_TOPIC_OR_PART)


def test_errors_that_pass_are_passed_over() -> None:
    made = Consumer(AWAY, Message(0), MOVED, None, Message(1), END)
    assert [one.offset() for chunk in records(made, "mail.low", 0, 0) for one in chunk] == [0, 1]


@pytest.mark.parametrize("error", [DENIED, GONE], ids=["denied", "gone"])
def test_what_waiting_does_not_help_ends_the_reading(error: Message) -> None:
    with pytest.raises(KafkaUnavailable):
        list(records(Consumer(error), "mail.low", 0, 0))


@pytest.mark.parametrize("silence", [None, MOVED], ids=["nothing", "the same error again and again"])
def test_a_partition_that_stands_still_ends_the_reading_in_time(
    monkeypatch: pytest.MonkeyPatch, silence: Message | None
) -> None:
    monkeypatch.setattr(log, "STALL_S", 0.02)
    with pytest.raises(KafkaUnavailable, match="no progress"):
        list(records(Consumer(Message(0), silence), "mail.low", 0, 0))


def test_who_takes_long_for_a_chunk_still_gets_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(log, "monotonic", lambda: now)
    chunks = records(Consumer(Message(0), None, Message(1), END), "mail.low", 0, 0)
    assert next(chunks)[0].offset() == 0
    now = 10 * log.STALL_S
    assert next(chunks)[0].offset() == 1
