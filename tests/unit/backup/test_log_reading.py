"""Reading the log for a backup while brokers come and go: what passes is tried again, within a bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import KafkaError

from infra.settings import load
from monitoring.backup import log as backup_log
from monitoring.backup.log import Log
from streams.kafka_errors import KafkaUnavailable


@dataclass
class Message:
    """As much of librdkafka's as is asked for."""

    place: int
    fault: KafkaError | None = None

    def partition(self) -> int:
        return 0

    def offset(self) -> int:
        return self.place

    def error(self) -> KafkaError | None:
        return self.fault

    def key(self) -> bytes:
        return b"box"

    def value(self) -> bytes:
        return b"%d" % self.place

    def headers(self) -> None: ...

    def timestamp(self) -> tuple[int, int]:
        return 1, 1


class Consumer:
    """Gives what it was made with, then the last of it again and again."""

    def __init__(self, *answers: Sequence[Message]) -> None:
        self._answers = list(answers)

    def consume(self, _most: int, _seconds: float) -> Sequence[Message]:
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def said(code: int) -> list[Message]:
    return [Message(-1001, KafkaError(code))]


PASSING = (
    KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE, KafkaError.REQUEST_TIMED_OUT,
    KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError.REBALANCE_IN_PROGRESS, KafkaError.KAFKA_STORAGE_ERROR,
    KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN, KafkaError._TIMED_OUT,
)  # fmt: skip
FINAL = (
    KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED, KafkaError._AUTHENTICATION,
    KafkaError.SASL_AUTHENTICATION_FAILED,
)  # fmt: skip
END = [Message(3, KafkaError(KafkaError._PARTITION_EOF))]


def read(consumer: Consumer) -> list[int]:
    return [kept.offset for kept in Log(load())._until(consumer, "mail.low", {0: 3})]


@pytest.mark.parametrize("code", PASSING, ids=lambda code: KafkaError(code).name())
def test_what_passes_by_itself_is_waited_for(code: int) -> None:
    assert read(Consumer([Message(0)], said(code), [Message(1), *said(code)], END)) == [0, 1]


@pytest.mark.parametrize("code", FINAL, ids=lambda code: KafkaError(code).name())
def test_what_waiting_does_not_help_ends_the_reading_at_once(code: int) -> None:
    with pytest.raises(KafkaUnavailable, match=r"mail\.low"):
        read(Consumer([Message(0)], said(code)))


def test_what_does_not_pass_ends_the_reading_in_time_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup_log, "STALL_S", 0.05)
    with pytest.raises(KafkaUnavailable, match=r"\[0\] stand still.*[Ll]eader"):
        read(Consumer([Message(0)], said(KafkaError.NOT_LEADER_FOR_PARTITION)))


def topic(code: int | None, *partitions: int) -> Any:
    return SimpleNamespace(error=None if code is None else KafkaError(code), partitions=dict.fromkeys(partitions))


class Asked:
    """Answers questions about topics in turn."""

    def __init__(self, *answers: Any) -> None:
        self._answers = list(answers)

    def list_topics(self, name: str, timeout: float) -> Any:
        return SimpleNamespace(topics={name: self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]})


def test_a_topic_without_a_leader_is_not_taken_for_one_that_is_not_there() -> None:
    """The backup would be whole in its own eyes, and without that topic."""
    assert Log._partitions(Asked(topic(KafkaError.LEADER_NOT_AVAILABLE), topic(None, 1, 0)), "mail.low") == [0, 1]
    assert Log._partitions(Asked(topic(KafkaError.UNKNOWN_TOPIC_OR_PART)), "mail.low") == []


def test_a_topic_that_nothing_is_told_of_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup_log, "CALL_S", 0.05)
    with pytest.raises(KafkaUnavailable, match=r"mail\.low"):
        Log._partitions(Asked(topic(KafkaError.LEADER_NOT_AVAILABLE)), "mail.low")
