"""What goes wrong with Kafka is said with where it was asked; what is no trouble of Kafka's goes through as it is."""

from __future__ import annotations

import pytest
from aiokafka.errors import KafkaConnectionError

from infra.settings import load
from streams.kafka_errors import KafkaUnavailable, or_unavailable

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
