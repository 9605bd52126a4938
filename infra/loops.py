"""uvloop for processes that talk to Kafka by aiokafka, which was written for asyncio's own loop.

A connection that the broker resets is told to its reader a moment after the transport is closed. What is sent in that
moment asyncio drops and uvloop refuses by a RuntimeError, which aiokafka (0.14) does not expect: the task that keeps a
client's metadata ends unseen, whoever waits for new metadata waits for ever, and a consumer is never again in its group
though it goes on fetching. Seen in 5 of 19 runs with a lone broker that was killed under load."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run it to its end on uvloop."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(main)


def new_event_loop() -> asyncio.AbstractEventLoop:
    """For whoever ends it in another way."""
    import uvloop

    expect_closed_transports()
    return uvloop.new_event_loop()


def expect_closed_transports() -> None:
    """From here on a send over a closed transport is what it is to aiokafka on asyncio's loop: a lost connection."""
    from aiokafka.conn import AIOKafkaConnection

    for name in ("send", "_send_sasl_token"):
        method = getattr(AIOKafkaConnection, name)
        if not hasattr(method, "__wrapped__"):
            setattr(AIOKafkaConnection, name, _lost_when_closed(method))


def _lost_when_closed(send: Callable[..., Any]) -> Callable[..., Any]:
    from aiokafka.conn import CloseReason
    from aiokafka.errors import KafkaConnectionError

    @wraps(send)
    def guarded(connection: Any, *arguments: Any, **options: Any) -> Any:
        try:
            return send(connection, *arguments, **options)
        except RuntimeError as error:
            connection.close(reason=CloseReason.CONNECTION_BROKEN)
            raise KafkaConnectionError(f"the connection is closed: {error}") from error

    return guarded
