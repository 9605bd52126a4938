"""What can go wrong between a process and its brokers, by what a retry can do about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from infra.errors import Transient
from infra.settings import Settings

if TYPE_CHECKING:
    from confluent_kafka import KafkaError as RdKafkaError


class KafkaUnavailable(Transient):
    """No broker answered in time; the message names the bootstrap servers."""


@contextmanager
def or_unavailable(settings: Settings, said: str, hint: str = "") -> Iterator[None]:
    """Have an error of aiokafka, or a time that is over, within the block raise KafkaUnavailable.

    Its message is what is `said`, where, and why: "mail.low could not be read from HOST:9092: KafkaConnectionError".
    """
    from aiokafka.errors import KafkaError

    try:
        yield
    except (KafkaError, TimeoutError) as error:
        raise KafkaUnavailable(f"{said} {settings.kafka_bootstrap_servers}: {type(error).__name__}{hint}") from None


def passing(error: RdKafkaError, what: str) -> str:
    """The text of an error that librdkafka's consumer tells of and gets over by itself, asking again: a leader that has
    moved, a broker that is away or has just come back and knows no topics yet. The caller bounds how long it waits.

    Raises:
        KafkaUnavailable: no waiting helps, `what` cannot be read: access is denied, or the client has given up.
    """
    from confluent_kafka import KafkaError

    final = {
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
        KafkaError.SASL_AUTHENTICATION_FAILED,
        KafkaError._AUTHENTICATION,  # noqa: SLF001 - its public name
    }
    said: str = error.str()
    if error.fatal() or error.code() in final:
        raise KafkaUnavailable(f"{what} could not be read: {said}")
    return said
