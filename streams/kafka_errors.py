"""What can go wrong between a process and its brokers, by what a retry can do about it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from infra.errors import Transient
from infra.settings import Settings

if TYPE_CHECKING:
    from confluent_kafka import KafkaError as RdKafkaError


T = TypeVar("T")
_PAUSE_S = 0.2


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


def comes_back(error: RdKafkaError) -> bool:
    """Whether a later try may be answered. `error.retriable()` says so of what transactions raise and of nothing else:
    in what an admin client answers it is always False."""
    from confluent_kafka import KafkaError

    return error.code() in {
        KafkaError._TRANSPORT,  # noqa: SLF001 - its public name
        KafkaError._ALL_BROKERS_DOWN,  # noqa: SLF001
        KafkaError._TIMED_OUT,  # noqa: SLF001
        KafkaError.REQUEST_TIMED_OUT,
        KafkaError.NETWORK_EXCEPTION,
        KafkaError.BROKER_NOT_AVAILABLE,
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.NOT_LEADER_FOR_PARTITION,
        KafkaError.NOT_CONTROLLER,
        *_coordinator_moves(),
    }


def answered(ask: Callable[[], Future[T]], within_s: float) -> T:
    """What an admin client answers of a consumer group, asked again while the group's coordinator is looked for or
    still reads its log, as for seconds after a broker starts or a group's first commit ever: a consumer waits for that
    by itself, an admin client passes the error on. Blocking.

    Raises:
        KafkaException: the last answer; also `_TIMED_OUT` when there was none within that many seconds.
    """
    from confluent_kafka import KafkaError, KafkaException

    deadline = time.monotonic() + within_s
    while True:
        try:
            return ask().result(max(0.0, deadline - time.monotonic()) + 1)
        except TimeoutError:
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT)) from None  # noqa: SLF001
        except KafkaException as error:
            if error.args[0].code() not in _coordinator_moves() or time.monotonic() + _PAUSE_S > deadline:
                raise
        time.sleep(_PAUSE_S)


def _coordinator_moves() -> set[int]:
    from confluent_kafka import KafkaError

    return {
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.NOT_COORDINATOR,
    }
