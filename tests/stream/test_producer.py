"""What each answer of the brokers to each step of a transaction means for the batch, without a broker."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException, TopicPartition

from infra.errors import Transient
from streams.runtime import Output
from streams.transport import producer as producer_module
from streams.transport.producer import Aborted, LostOwnership, TransactionalProducer

OFFSET = TopicPartition("in", 3, 8)
RECORDS = [Output("out", b"k", b"1"), Output("log", b"k", None), Output("out", b"k", b"2", (("h", b"x"),))]


def failure(code: int, **kind: bool) -> KafkaException:
    return KafkaException(KafkaError(code, "by script", **kind))


AWAY = failure(KafkaError._TIMED_OUT, retriable=True)
FENCED = failure(KafkaError._FENCED, fatal=True)
FATAL = failure(KafkaError._FATAL, fatal=True)
WRONG_STATE = failure(KafkaError._STATE)
TO_ABORT = failure(KafkaError.TOPIC_AUTHORIZATION_FAILED, txn_requires_abort=True)
NO_PARTITION = failure(KafkaError._UNKNOWN_PARTITION)


class Library:
    """librdkafka's producer by script: the errors of each step, in order; then it does what it is told."""

    def __init__(self) -> None:
        self.errors: dict[str, deque[Exception]] = defaultdict(deque)
        self.steps: list[str] = []
        self.records: list[tuple[Any, ...]] = []

    def __call__(self, options: object) -> Library:
        del options
        return self

    def _step(self, name: str) -> None:
        self.steps.append(name)
        if self.errors[name]:
            raise self.errors[name].popleft()

    def list_topics(self, timeout: float) -> None:
        del timeout
        self._step("list_topics")

    def init_transactions(self, timeout: float) -> None:
        del timeout
        self._step("init")

    def begin_transaction(self) -> None:
        self._step("begin")

    def produce(self, topic: str, value: object, key: object, partition: int, headers: object = None) -> None:
        self.records.append((topic, partition, key, value, headers))
        self._step("produce")

    def send_offsets_to_transaction(self, offsets: list[TopicPartition], group: object, timeout: float) -> None:
        del timeout
        assert (offsets, group) == ([OFFSET], "group")
        self._step("offsets")

    def commit_transaction(self, timeout: float) -> None:
        del timeout
        self._step("commit")

    def abort_transaction(self, timeout: float) -> None:
        del timeout
        self._step("abort")

    def purge(self) -> None:
        self._step("purge")

    def flush(self, timeout: float) -> None:
        del timeout
        self._step("flush")


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    made = Library()
    monkeypatch.setattr(producer_module, "Producer", made)
    return made


def impatient_with(errors: list[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is tried again to no end, the end comes soon; what is answered in the end has all the time."""
    if len(errors) > 2:
        monkeypatch.setattr(producer_module, "RETRY_S", 0.05)


async def opened() -> TransactionalProducer:
    producer = TransactionalProducer({}, "app-in-3")
    await producer.open()
    return producer


async def test_records_and_offset_are_one_transaction_in_the_partition_of_the_input(library: Library) -> None:
    producer, after = await opened(), []
    await producer.write(iter(RECORDS), OFFSET, "group", lambda: after.append(library.steps[-1]))
    assert library.records == [
        ("out", 3, b"k", b"1", None),
        ("log", 3, b"k", None, None),
        ("out", 3, b"k", b"2", [("h", b"x")]),
    ]
    assert library.steps[2:] == ["begin", "produce", "produce", "produce", "offsets", "commit"]
    assert after == ["commit"]
    await producer.close()


@pytest.mark.parametrize(
    ("step", "errors", "raised", "abort"),
    [
        pytest.param("begin", [WRONG_STATE], LostOwnership, False, id="begin: not possible any more"),
        pytest.param("produce", [BufferError("full")], Aborted, True, id="produce: the queue is full"),
        pytest.param("produce", [NO_PARTITION], Aborted, True, id="produce: no such partition"),
        pytest.param("produce", [FATAL], LostOwnership, False, id="produce: fatal"),
        pytest.param("offsets", [FENCED], LostOwnership, False, id="offsets: fenced"),
        pytest.param("offsets", [TO_ABORT], Aborted, True, id="offsets: refused, or of an old generation"),
        pytest.param("offsets", [AWAY], None, False, id="offsets: answered at the second call"),
        pytest.param("commit", [TO_ABORT], Aborted, True, id="commit: a record was refused"),
        pytest.param("commit", [AWAY, AWAY], None, False, id="commit: answered at the third call"),
        pytest.param("commit", [AWAY] * 10**6, LostOwnership, False, id="commit: no answer, the outcome is unknown"),
        pytest.param("commit", [FENCED], LostOwnership, False, id="commit: fenced"),
    ],
)
async def test_each_failure_of_each_step(
    library: Library,
    step: str,
    errors: list[Exception],
    raised: type[Exception] | None,
    abort: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    impatient_with(errors, monkeypatch)
    producer, after = await opened(), []
    library.errors[step].extend(errors)
    write = producer.write(RECORDS, OFFSET, "group", lambda: after.append(1))
    if raised is None:
        await write
    else:
        with pytest.raises(raised):
            await write
    assert ("abort" in library.steps) == abort
    assert after == ([1] if raised is None else []), "rows change after a commit and at no other time"
    await producer.close()


async def test_an_abort_that_fails_too_leaves_the_transaction_to_the_next_owner(library: Library) -> None:
    producer = await opened()
    library.errors["commit"].append(TO_ABORT)
    library.errors["abort"].append(FENCED)
    with pytest.raises(LostOwnership):
        await producer.write(RECORDS, OFFSET, "group")
    await producer.close()


@pytest.mark.parametrize(
    ("step", "errors", "raised"),
    [
        ("list_topics", [AWAY], Transient),
        ("init", [AWAY] * 10**6, Transient),
        ("init", [FENCED], LostOwnership),
        ("init", [failure(KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)], LostOwnership),
    ],
)
async def test_an_id_that_is_not_to_be_had_now(
    library: Library, step: str, errors: list[Exception], raised: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient_with(errors, monkeypatch)
    library.errors[step].extend(errors)
    producer = TransactionalProducer({}, "app-in-3")
    with pytest.raises(raised) as caught:
        await producer.open()
    assert type(caught.value) is raised
    with pytest.raises(LostOwnership, match="closed"):
        await producer.write((), OFFSET, "group")
    await producer.close()


async def test_after_close_nothing_is_written_and_what_waited_is_thrown_away(library: Library) -> None:
    producer = await opened()
    await producer.close()
    assert library.steps[-2:] == ["purge", "flush"]
    assert "begin" not in library.steps
