"""What goes wrong with Kafka is said with where it was asked; what is no trouble of Kafka's goes through as it is."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from aiokafka.errors import KafkaConnectionError
from confluent_kafka import KafkaError, KafkaException

from infra.settings import load
from streams import kafka_errors
from streams.kafka_errors import KafkaUnavailable, answered, comes_back, or_unavailable

SETTINGS = load(kafka_bootstrap_servers="broker.example:9092")


@pytest.mark.parametrize("error", [KafkaConnectionError("refused"), TimeoutError()])
def test_an_error_of_kafkas_says_what_could_not_be_done_and_where(error: Exception) -> None:
    with (
        pytest.raises(KafkaUnavailable) as raised,
        or_unavailable(SETTINGS, "mail.low could not be read from", "; ask"),
    ):
        raise error
    assert str(raised.value) == f"mail.low could not be read from broker.example:9092: {type(error).__name__}; ask"


@pytest.mark.parametrize("error", [KafkaUnavailable("no such topic"), LookupError("bug"), OSError("disk")])
def test_any_other_error_stays_what_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, or_unavailable(SETTINGS, "mail.low could not be read from"):
        raise error
    assert raised.value is error


def told(*outcomes: int | str) -> Iterator[Future[str]]:
    """Answers of an admin client, one a call: a text, or the code of an error."""
    for outcome in outcomes:
        future: Future[str] = Future()
        if isinstance(outcome, str):
            future.set_result(outcome)
        else:
            future.set_exception(KafkaException(KafkaError(outcome)))
        yield future


def test_a_coordinator_that_is_looked_for_or_still_reads_its_log_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kafka_errors, "_PAUSE_S", 0)
    answers = told(
        KafkaError.NOT_COORDINATOR,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        "two members",
    )
    assert answered(lambda: next(answers), 60) == "two members"


@pytest.mark.parametrize("code", [KafkaError.GROUP_ID_NOT_FOUND, KafkaError.GROUP_AUTHORIZATION_FAILED])
def test_an_answer_that_no_asking_changes_is_passed_on_at_once(code: int) -> None:
    answers = told(code, "never asked for")
    with pytest.raises(KafkaException) as raised:
        answered(lambda: next(answers), 60)
    assert raised.value.args[0].code() == code
    assert next(answers).result() == "never asked for"


def test_asking_ends_with_its_time() -> None:
    with pytest.raises(KafkaException) as raised:
        answered(lambda: next(told(KafkaError.COORDINATOR_LOAD_IN_PROGRESS)), 0.1)
    assert raised.value.args[0].code() == KafkaError.COORDINATOR_LOAD_IN_PROGRESS
    with pytest.raises(KafkaException) as raised:
        answered(Future[str], -1)
    assert raised.value.args[0].code() == KafkaError._TIMED_OUT


@pytest.mark.parametrize(
    ("code", "later"),
    [
        (KafkaError.COORDINATOR_LOAD_IN_PROGRESS, True),
        (KafkaError._TIMED_OUT, True),
        (KafkaError._TRANSPORT, True),
        (KafkaError.TOPIC_AUTHORIZATION_FAILED, False),
        (KafkaError.INVALID_CONFIG, False),
    ],
)
def test_what_a_later_try_may_get_over_is_told_from_what_is_refused(code: int, *, later: bool) -> None:
    assert comes_back(KafkaError(code)) is later
    assert not KafkaError(code).retriable(), "librdkafka's client tells of it itself now: comes_back may go"
