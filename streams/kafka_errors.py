"""What can go wrong between a process and its brokers, by what a retry can do about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from infra.errors import Transient
from infra.settings import Settings


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
