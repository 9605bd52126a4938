"""Several input topics of one partition number, read as one: whichever has records, in turn when all have.

A batch is of one topic, so that its transaction moves one offset. Between topics there is no order but that."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol

from streams.runtime.agent import Event


class Inlet(Protocol):
    """The records of a partition from a position on."""

    async def take(self, limit: int) -> list[Event]:
        """What is there, read_committed and in order: at least one record, at most `limit`."""
        ...

    def close(self) -> None:
        """No more are wanted."""
        ...


class Merged:
    """An inlet over several. What was taken and not handed out when it closes is read again from its position."""

    def __init__(self, inlets: Mapping[str, Inlet]) -> None:
        self._inlets = dict(inlets)
        self._taking: dict[str, asyncio.Task[list[Event]]] = {}

    async def take(self, limit: int) -> list[Event]:
        """See Inlet."""
        for topic, inlet in self._inlets.items():
            if topic not in self._taking:
                self._taking[topic] = asyncio.create_task(inlet.take(limit))
        await asyncio.wait(self._taking.values(), return_when=asyncio.FIRST_COMPLETED)
        topic = next(topic for topic in self._inlets if self._taking[topic].done())
        self._inlets[topic] = self._inlets.pop(topic)  # the next time it comes last
        return self._taking.pop(topic).result()

    def close(self) -> None:
        """See Inlet."""
        for taking in self._taking.values():
            taking.cancel()
        for inlet in self._inlets.values():
            inlet.close()
