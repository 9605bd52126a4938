"""A process follows `triage.control`: what is written there holds here within a second, and ends by itself in time.

Whatever Kafka does, the process goes on with what it has heard; it begins with the start values."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from infra.kafka import aiokafka_options
from infra.settings import Settings
from infra.waiting import first
from streams.closing import close_within
from streams.control.knobs import KNOBS, ORDERS
from streams.control.records import ORDER_KEY, MalformedControl, Order
from streams.control.view import Values, View
from streams.status import Check
from streams.topics import CONTROL

log = logging.getLogger(__name__)

POLL_S = 0.5
"""Longest wait for a record before expiries are looked at again."""
RETRY_S = 1.0
CATCH_UP_S = 5.0
"""A process starts with the start values when reading the topic has failed, and this long has passed."""
SLOW_S = 60.0
"""The same where it has not failed, but does not come to its end: what an operator has paused stays paused also where
a busy machine takes long to hear of it."""
TELL_AFTER_S = 15.0
"""Without having read the topic for this long a process says so."""

Apply = Callable[[Values], None]


@dataclass(slots=True, kw_only=True)
class _Subscription:
    names: tuple[str, ...]
    apply: Apply
    seen: tuple[object, ...] | None = None
    complaint: str = ""


class Follower:
    """`async with Follower(settings) as control:` follows while the block runs.

    Subscribe (`on`, `on_order`), await `caught_up`, then begin to work. Belongs to the event loop."""

    def __init__(self, settings: Settings, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._settings, self._clock = settings, clock
        self.view = View(settings)
        self._subscriptions: list[_Subscription] = []
        self._orders: dict[str, Callable[[Order], None]] = {}
        self._caught_up, self._failed = asyncio.Event(), asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._born = asyncio.get_running_loop().time()
        self._told = False
        self._next_offset: int | None = None
        """Where to go on after a lost connection: no order is carried out twice, none that came meanwhile is missed."""
        self.troubles: dict[str, str] = {}
        """What a subscriber could not do yet, by setting; it keeps this up to date, and the status tells."""
        self.on_applied: Callable[[], None] = lambda: None
        """Called after each revision or expiry that was taken up."""

    @property
    def revision(self) -> int:
        """The revision that has been taken up; 0: none."""
        return self.view.revision

    @property
    def values(self) -> Values:
        """What holds now."""
        return self.view.values(self._clock())

    def on(self, *names: str, apply: Apply) -> None:
        """Have `apply` called now, and whenever one of these settings (`KNOBS`) changes. It must be quick."""
        assert all(name in KNOBS for name in names), names
        subscription = _Subscription(names=names, apply=apply)
        self._subscriptions.append(subscription)
        self._update(subscription, self.values)

    def on_order(self, name: str, carry_out: Callable[[Order], None]) -> None:
        """Have `carry_out` called when this one-shot order (`ORDERS`) is given. It must be quick."""
        assert name in ORDERS, name
        self._orders[name] = carry_out

    @property
    def checks(self) -> tuple[Check, ...]:
        """What cannot be followed, for the status."""
        complaints = [f"{name}: {why}" for name, why in sorted(self.view.refused.items())]
        complaints += [one.complaint for one in self._subscriptions if one.complaint]
        complaints += [f"{name}: {why}" for name, why in sorted(self.troubles.items())]
        silent = asyncio.get_running_loop().time() - self._born > TELL_AFTER_S
        if not self._caught_up.is_set() and silent:
            complaints.append(f"{CONTROL.name} cannot be read; `triage topics create` makes what is missing")
        return (Check(name="control", ok=False, reason="; ".join(complaints[:3])),) if complaints else ()

    async def caught_up(self, stop: asyncio.Event) -> None:
        """Wait until what is on the topic holds here, within bounds, and not when the process is to stop."""
        await first(self._caught_up.wait(), stop.wait(), self._cannot_be_read(), within_s=SLOW_S)

    async def _cannot_be_read(self) -> None:
        await self._failed.wait()
        await asyncio.sleep(self._born + CATCH_UP_S - asyncio.get_running_loop().time())

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._follow_forever(), name="control")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])

    def hear(self, key: bytes | None, value: bytes | None, *, offset: int, live: bool) -> None:
        """Take one record of the topic; `live`: it was written after this process began to read."""
        self._next_offset = offset + 1
        name = (key or b"").decode("utf-8", "replace")
        self.view.hear(name, value, offset + 1)
        if live and value is not None and name.startswith(ORDER_KEY):
            self._carry_out(name.removeprefix(ORDER_KEY), value)

    def apply(self) -> None:
        """Have everything that changed take effect."""
        values = self.values
        for subscription in self._subscriptions:
            self._update(subscription, values)

    def _update(self, subscription: _Subscription, values: Values) -> None:
        seen = tuple(values.seen_by(name) for name in subscription.names)
        if seen == subscription.seen:
            return
        known, subscription.seen, subscription.complaint = subscription.seen, seen, ""
        try:
            subscription.apply(values)
        except Exception as error:  # one setting must not keep the others from taking effect, nor end the process
            subscription.complaint = f"{', '.join(subscription.names)} not applied: {type(error).__name__}"
            log.exception("%s", subscription.complaint)
        else:
            if known is not None:
                told = ", ".join(f"{name}={_told(values, name)}" for name in subscription.names)
                log.info("control: %s", told)

    def _carry_out(self, name: str, value: bytes) -> None:
        if name not in self._orders:
            return
        try:
            order = Order.decode(value)
            log.info("control: %s, ordered by %s", name, order.who)
            self._orders[name](order)
        except MalformedControl as error:
            log.warning("order %s: %s", name, error)
        except Exception:
            log.exception("order %s failed", name)

    async def _follow_forever(self) -> None:
        while True:
            try:
                await self._follow()
            except Exception as error:  # Kafka is away, or the topic is not there yet
                self._failed.set()
                if not self._told:
                    self._told = True
                    log.info("%s is not read yet: %s", CONTROL.name, type(error).__name__)
            self.apply()  # what was to expire meanwhile
            await asyncio.sleep(RETRY_S)

    async def _follow(self) -> None:
        from aiokafka import AIOKafkaConsumer, TopicPartition

        consumer: Any = AIOKafkaConsumer(
            **aiokafka_options(self._settings),
            client_id=f"{self._settings.instance_id}-control",
            isolation_level="read_committed",
            auto_offset_reset="earliest",
        )
        try:
            await consumer.start()
            await consumer._client.add_topic(CONTROL.name)  # noqa: SLF001 - the public way needs a subscription
            if not consumer.partitions_for_topic(CONTROL.name):
                raise LookupError(CONTROL.name)
            partition = TopicPartition(CONTROL.name, 0)
            consumer.assign([partition])
            end = (await consumer.end_offsets([partition]))[partition]
            first = (await consumer.beginning_offsets([partition]))[partition]
            history = end if self._next_offset is None else self._next_offset
            consumer.seek(partition, max(first, self._next_offset or 0))
            while True:
                if not self._caught_up.is_set() and await consumer.position(partition) >= end:
                    self._heard((), history)
                    self._caught_up.set()
                fetched = await consumer.getmany(timeout_ms=self._patience_ms())
                self._heard(fetched.get(partition, ()), history)
        finally:
            await close_within(consumer, 1)

    def _heard(self, records: Sequence[Any], history: int) -> None:
        for record in records:
            self.hear(record.key, record.value, offset=record.offset, live=record.offset >= history)
        before = [one.seen for one in self._subscriptions]
        self.apply()
        if records or before != [one.seen for one in self._subscriptions]:
            self.on_applied()

    def _patience_ms(self) -> int:
        now = self._clock()
        expiry = self.view.next_expiry(now)
        seconds = POLL_S if expiry is None else min(POLL_S, (expiry - now).total_seconds())
        return max(1, int(seconds * 1000))


def _told(values: Values, name: str) -> object:
    return values.of(name) or "as at the start" if KNOBS[name].subjects else values[name]
