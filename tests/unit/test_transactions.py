"""What a failed transaction of a command is said to be."""

from __future__ import annotations

from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException

from infra.errors import Permanent, Transient
from infra.settings import load
from streams import transactions
from streams.transactions import TRANSACTION_S, Interrupted, Outgoing, TakenOver, Transactions

RECORD = Outgoing("mail.dead", 0, b"box", b"letter")


class Fenced:
    """librdkafka's producer: the broker refuses its epoch when it commits."""

    def __init__(self, code: int) -> None:
        self.code = code
        self.time = 100.0
        self.open_s = 0.0

    def begin_transaction(self) -> None: ...

    def produce(self, *_: object, **__: object) -> None:
        self.time += self.open_s

    def commit_transaction(self, _: float) -> None:
        raise KafkaException(KafkaError(self.code, "old epoch", fatal=True))


@pytest.mark.parametrize("code", [KafkaError._FENCED, KafkaError.INVALID_PRODUCER_EPOCH])
@pytest.mark.parametrize(
    ("open_s", "meaning", "root", "said"),
    [
        (TRANSACTION_S - 1, TakenOver, Permanent, "somebody else has started the same command"),
        (TRANSACTION_S + 11, Interrupted, Transient, "open for 41 s.* more than 30 s.* Run the same command again"),
    ],
)
def test_a_transaction_that_was_open_for_too_long_is_told_from_one_that_was_taken_over(
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    open_s: float,
    meaning: type[Exception],
    root: type[Exception],
    said: str,
) -> None:
    producer: Any = Fenced(code)
    producer.open_s = open_s
    monkeypatch.setattr(transactions, "Producer", lambda _: producer)
    monkeypatch.setattr(transactions, "monotonic", lambda: producer.time)
    with pytest.raises(meaning, match=said) as raised:
        Transactions(load(), "triage-dead").write([RECORD])
    assert isinstance(raised.value, root)
