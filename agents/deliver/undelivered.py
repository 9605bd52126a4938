"""`mail.undelivered`: what an endpoint refused or was too long in taking, with the reason, and what became of it.

A record is the lane record (key, value, headers) plus `undelivered_*` headers. A later record of the same endpoint and
place without a value says that it is settled: redelivered or dropped. Pure but for `UndeliveredLog`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from agents.deliver.endpoints import Endpoint
from agents.deliver.schedule import Delivery
from infra.kafka import aiokafka_options
from infra.settings import Settings
from streams import header_values
from streams.closing import close_within
from streams.events import MalformedEvent, VerdictRecord
from streams.moments import utc_text
from streams.reading import to_end
from streams.runtime import Event
from streams.topics import UNDELIVERED

MARK = "undelivered_"
WRITE_S = 15.0
Settlement = Literal["redelivered", "dropped"]


class Identity(NamedTuple):
    """What is not delivered where; the same however often it is written."""

    endpoint: str
    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """One of them. Fits `streams.runtime.Event`: it can be delivered again as it was."""

    endpoint: str
    topic: str
    partition: int
    offset: int
    timestamp: int
    """When it was given up, milliseconds since 1970."""
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    """As they were in the lane."""
    reason: str
    attempts: int
    at: str

    @property
    def identity(self) -> Identity:
        """Its own."""
        return Identity(self.endpoint, self.topic, self.partition, self.offset)

    @property
    def event_id(self) -> str:
        """The mail's, by the record's header."""
        return header_values.value(self.headers, "ce_id").decode("utf-8", "replace")


def delivery_of(event: Event) -> Delivery:
    """What a lane record is to be delivered as.

    Raises:
        MalformedEvent: it is no verdict.
    """
    verdict = VerdictRecord.checked(event.value)
    return of_verdict(event, verdict)


def of_verdict(event: Event, verdict: VerdictRecord) -> Delivery:
    """The same for a record that was decoded already."""
    return Delivery(
        event=event,
        event_id=verdict.event_id,
        revision=verdict.revision,
        account=verdict.account,
        priority=verdict.priority,
    )


def marks(endpoint: str, event: Event, reason: str, attempts: int) -> tuple[tuple[str, bytes], ...]:
    """The headers that are added."""
    said = {
        "endpoint": endpoint,
        "topic": event.topic,
        "partition": str(event.partition),
        "offset": str(event.offset),
        "reason": reason,
        "attempts": str(attempts),
        "at": utc_text(datetime.now(UTC)),
    }
    return tuple((MARK + name, text.encode("utf-8", "replace")) for name, text in said.items())


def settlement(one: Undelivered, how: Settlement, why: str = "", who: str = "") -> tuple[tuple[str, bytes], ...]:
    """The headers of the record that settles it; `who` is there when a person did it."""
    kept = tuple(pair for pair in one.headers if pair[0] == "ce_id")
    by = ((f"{MARK}who", who.encode("utf-8", "replace")),) if who else ()
    return (*kept, *marks(one.endpoint, one, why, one.attempts), (f"{MARK}settled", how.encode()), *by)


def read(value: bytes | None, key: bytes | None, headers: Iterable[tuple[str, bytes]]) -> Undelivered | Identity:
    """A record of the topic: one that is undelivered, or the identity of one that is settled.

    Raises:
        MalformedEvent: a header is missing or unreadable.
    """
    headers = tuple(headers)
    said = {
        name.removeprefix(MARK): text for name, text in header_values.texts(headers).items() if name.startswith(MARK)
    }
    try:
        identity = Identity(said["endpoint"], said["topic"], int(said["partition"]), int(said["offset"]))
        if "settled" in said:
            return identity
        return Undelivered(
            endpoint=identity.endpoint,
            topic=identity.topic,
            partition=identity.partition,
            offset=identity.offset,
            timestamp=int(datetime.fromisoformat(said["at"]).timestamp() * 1000),
            key=key,
            value=value,
            headers=tuple(pair for pair in headers if not pair[0].startswith(MARK)),
            reason=said["reason"],
            attempts=int(said["attempts"]),
            at=said["at"],
        )
    except (KeyError, ValueError) as error:
        raise MalformedEvent(f"not a record of {UNDELIVERED.name}: {type(error).__name__}") from None


async def waiting(settings: Settings) -> list[Undelivered]:
    """All that is neither delivered nor dropped, in the order of the lanes' partitions.

    Raises:
        KafkaUnavailable
    """
    return await _fold(to_end(settings, UNDELIVERED.name))


async def _fold(chunks: AsyncIterable[list[Any]]) -> list[Undelivered]:
    found: dict[Identity, Undelivered] = {}
    async for chunk in chunks:
        for record in chunk:
            try:
                one = read(record.value, record.key, record.headers)
            except MalformedEvent:
                continue  # somebody else's
            if isinstance(one, Identity):
                found.pop(one, None)
            else:
                found[one.identity] = one
    return [found[identity] for identity in sorted(found)]


class UndeliveredLog:
    """Writes to the topic: `add`, `settle`, `close`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer: Any = None
        self._opening = asyncio.Lock()

    async def add(self, endpoint: Endpoint, event: Event, reason: str, attempts: int) -> None:
        """Durable when it returns.

        Raises:
            KafkaError, TimeoutError: it is not known whether it was written; write it again.
        """
        added = marks(endpoint.name, event, reason, attempts)
        await self._send(event.partition, event.key, event.value, (*event.headers, *added))

    async def settle(self, one: Undelivered, how: Settlement, why: str = "", who: str = "") -> None:
        """Say that it is no longer undelivered.

        Raises:
            KafkaError, TimeoutError: as above.
        """
        await self._send(one.partition, one.key, None, settlement(one, how, why, who))

    async def close(self) -> None:
        """Let go of the producer."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await close_within(producer, 2)

    async def _send(
        self, partition: int, key: bytes | None, value: bytes | None, headers: tuple[tuple[str, bytes], ...]
    ) -> None:
        from aiokafka.errors import KafkaError

        try:
            async with asyncio.timeout(WRITE_S):
                producer = await self._connected()
                await producer.send_and_wait(
                    UNDELIVERED.name, value, key=key, partition=partition, headers=list(headers)
                )
        except (KafkaError, TimeoutError):
            await self.close()  # it may refuse everything from now on; the next call makes another
            raise

    async def _connected(self) -> Any:
        from aiokafka import AIOKafkaProducer

        async with self._opening:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    **aiokafka_options(self._settings),
                    client_id=f"{self._settings.instance_id}-undelivered",
                    enable_idempotence=True,
                    acks="all",
                    max_request_size=2 * 1024 * 1024,
                )
                try:
                    await producer.start()
                except BaseException:
                    await close_within(producer, 1)
                    raise
                self._producer = producer
            return self._producer
