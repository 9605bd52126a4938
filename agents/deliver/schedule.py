"""Pure: which delivery of an endpoint is next, and up to where its partitions are done.

Deliveries of one account in one lane are a chain: only its head is ever under way. Chains are independent, so a mail
that an endpoint will not take holds back its own account only. Urgent chains go first."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from streams.runtime import Event
from streams.topics import LANE_OF

MOST_WAITING = 1_000
"""Deliveries of a partition held in memory; then it is read no further until some are done."""
MOST_SPAN = 50_000
"""Offsets between the first delivery that is not done and the last that was read."""
RANK = {topic: rank for rank, topic in enumerate(LANE_OF)}
"""Lanes in the order in which they are served."""


class Place(NamedTuple):
    """A partition of a lane topic."""

    topic: str
    partition: int


@dataclass(slots=True, eq=False, kw_only=True)
class Delivery:
    """A lane record on its way to one endpoint."""

    event: Event
    event_id: str
    revision: int
    account: str
    priority: int
    attempts: int = 0
    began_at: float | None = None
    """When it was first attempted, by the courier's clock."""

    @property
    def place(self) -> Place:
        """Where it was read."""
        return Place(self.event.topic, self.event.partition)

    @property
    def webhook_id(self) -> str:
        """The idempotency key: the same for every attempt, and for nothing else. No dot: the scheme separates by it."""
        return f"{self.event_id}-{self.revision}"


@dataclass(slots=True, eq=False)
class _Ledger:
    """The offsets of one partition that were read and may not be committed yet."""

    read: deque[int] = field(default_factory=deque)
    done: set[int] = field(default_factory=set)
    position: int | None = None
    """What may be committed: everything before it is done."""
    waiting: int = 0

    def settle(self, offset: int) -> None:
        self.done.add(offset)
        while self.read and self.read[0] in self.done:
            self.done.discard(self.read[0])
            self.position = self.read.popleft() + 1


@dataclass(slots=True, eq=False)
class _Chain:
    key: tuple[Place, bytes | None]
    deliveries: deque[Delivery] = field(default_factory=deque)


class Schedule:
    """Verbs: `add`, `skip`, `take`, then `settle` or `back`; `positions` to commit; `forget` what is another's now."""

    def __init__(self) -> None:
        self._ledgers: dict[Place, _Ledger] = {}
        self._chains: dict[tuple[Place, bytes | None], _Chain] = {}
        self._ready: list[tuple[int, int, _Chain]] = []
        self._numbers = count()

    def add(self, delivery: Delivery) -> None:
        """A record that was read, in the order of its partition."""
        ledger = self._ledger(delivery.place)
        ledger.read.append(delivery.event.offset)
        ledger.waiting += 1
        key = (delivery.place, delivery.event.key)
        chain = self._chains.get(key)
        if chain is None:
            chain = self._chains[key] = _Chain(key)
            self._is_ready(chain)
        chain.deliveries.append(delivery)

    def skip(self, event: Event) -> None:
        """A record that was read and is not for this endpoint."""
        ledger = self._ledger(Place(event.topic, event.partition))
        ledger.read.append(event.offset)
        ledger.settle(event.offset)

    def take(self, admits: Callable[[Delivery], bool] = lambda _: True) -> Delivery | None:
        """The next delivery to attempt, or None. Chains whose head is not admitted stay as they are."""
        passed: list[tuple[int, int, _Chain]] = []
        taken = None
        while self._ready and taken is None:
            entry = heappop(self._ready)
            chain = entry[2]
            if self._chains.get(chain.key) is not chain:
                continue  # its partition is another's now
            if admits(chain.deliveries[0]):
                taken = chain.deliveries[0]
            else:
                passed.append(entry)
        for entry in passed:
            heappush(self._ready, entry)
        return taken

    def settle(self, delivery: Delivery) -> None:
        """It is done: delivered, or on its topic of the undelivered."""
        chain = self._of(delivery)
        if chain is None:
            return
        chain.deliveries.popleft()
        ledger = self._ledgers[delivery.place]
        ledger.waiting -= 1
        ledger.settle(delivery.event.offset)
        if chain.deliveries:
            self._is_ready(chain)
        else:
            del self._chains[chain.key]

    def back(self, delivery: Delivery) -> None:
        """Attempt it again; nothing of its account has gone past it."""
        chain = self._of(delivery)
        if chain is not None:
            self._is_ready(chain)

    def positions(self) -> dict[Place, int]:
        """What may be committed."""
        return {place: one.position for place, one in self._ledgers.items() if one.position is not None}

    def full(self) -> frozenset[Place]:
        """Partitions that are not to be read on now."""
        return frozenset(
            place for place, one in self._ledgers.items() if one.waiting >= MOST_WAITING or len(one.read) >= MOST_SPAN
        )

    def forget(self, places: Iterable[Place]) -> None:
        """These partitions are another process's now, or are read anew."""
        gone = set(places)
        for place in gone:
            self._ledgers.pop(place, None)
        self._chains = {key: chain for key, chain in self._chains.items() if key[0] not in gone}

    def __len__(self) -> int:
        return sum(one.waiting for one in self._ledgers.values())

    def _ledger(self, place: Place) -> _Ledger:
        return self._ledgers.setdefault(place, _Ledger())

    def _of(self, delivery: Delivery) -> _Chain | None:
        chain = self._chains.get((delivery.place, delivery.event.key))
        return chain if chain is not None and chain.deliveries[0] is delivery else None

    def _is_ready(self, chain: _Chain) -> None:
        heappush(self._ready, (RANK[chain.key[0].topic], next(self._numbers), chain))
