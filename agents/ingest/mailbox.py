"""One folder of one account, read for ever: a batch is stored before the next is asked for; failures are retried."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, cast

from agents.accounts import Account
from agents.ingest.backoff import Backoff, Soon
from agents.ingest.budget import ByteBudget, Reservation
from agents.ingest.door import Door
from agents.ingest.records import FolderKey, Submission
from agents.ingest.states import FolderState, State, States
from agents.sources.base import AuthFailed, Batch, Room, Source
from agents.sources.gmail.service import Service
from infra.errors import Fatal, Permanent, Transient
from infra.settings import Settings
from monitoring import metrics

log = logging.getLogger(__name__)

SLOT_S = 1.0
"""A connection attempt holds a start-up slot for at most this long: silent servers must not hold up others, also when
hundreds of them are tried again and again."""
PROGRESS_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all mailboxes of the process share."""

    settings: Settings
    states: States
    budget: ByteBudget
    slots: asyncio.Semaphore
    """Connection attempts at the same time."""
    gmail: Service
    """What all Gmail mailboxes share."""
    soon: Soon = field(default_factory=Soon)
    """Ends the wait before another attempt when an operator has changed how mailboxes are read."""


class Mailbox:
    """Owns one source. Nothing it raises but cancellation leaves `run`."""

    def __init__(
        self,
        account: Account,
        key: FolderKey,
        source: Callable[[Room], Source],
        *,
        door: Door,
        cursor: Callable[[], Mapping[str, bytes]],
        submit: Callable[[Submission], Awaitable[None]],
        around: Surroundings,
    ) -> None:
        self._account, self._key = account, key
        self._make_source = source
        self._source: Source | None = None
        self._cursor, self._submit, self._around = cursor, submit, around
        self._door = door
        self._reserved = Reservation(around.budget)
        self._alive_since: float | None = None
        self._state = FolderState(key=key, kind=account.kind)
        self._told_at = 0.0
        self._extra = {"account": account.id}

    async def run(self) -> None:
        """Read until cancelled."""
        backoff = Backoff(self._around.settings.reconnect_max_s)
        self._around.states.add(self._state)
        try:
            while True:
                self._alive_since = None
                try:
                    await self._read()
                    self._failed(State.RETRYING, "the source ended", "ended")
                except AuthFailed as error:
                    self._failed(State.AUTH_FAILED, str(error), "auth")
                    await self._door.until_open()
                    continue
                except (Permanent, Fatal) as error:
                    self._failed(State.MISCONFIGURED, str(error), type(error).__name__)
                except Transient as error:
                    self._failed(State.RETRYING, str(error), type(error).__name__)
                except Exception as error:
                    log.exception("unexpected failure of a source", extra=self._extra)
                    self._failed(State.RETRYING, f"unexpected {type(error).__name__}, see the log", "unexpected")
                await self._around.soon.sleep(backoff.next_s(self._lasted_s()))
        finally:
            self._around.states.remove(self._state)

    def _lasted_s(self) -> float:
        """How long the attempt was a good one: since its first batch, not while it merely tried."""
        return time.monotonic() - self._alive_since if self._alive_since else 0.0

    async def _read(self) -> None:
        """Read until the source ends or fails."""
        if self._source is None:
            self._source = self._make_source(self._reserved.renew)
        async with self._door.entering() as let_in, _Slot(self._around.slots) as slot:
            changes = cast("AsyncGenerator[Batch, None]", self._source.changes(self._cursor()))
            async with aclosing(changes):
                try:
                    while (batch := await anext(changes, None)) is not None:
                        if self._alive_since is None:
                            self._alive_since = time.monotonic()
                            let_in()
                            slot.release()
                        self._reserved.cover(sum(len(mail.raw) for mail in batch.mails))
                        await self._take_in(batch)
                        batch = None  # its bytes must not outlive their reservation while the next is awaited
                finally:
                    self._reserved.release()

    async def _take_in(self, batch: Batch) -> None:
        if batch.mails or batch.moves or batch.cursor:
            await self._submit(Submission(account=self._account, key=self._key, batch=batch))
        state, states = self._state, self._around.states
        state.announced += len(batch.mails)
        states.announced += len(batch.mails)
        state.skipped += batch.skipped
        states.skipped += batch.skipped
        state.remaining = batch.remaining or 0
        state.complaint = getattr(self._source, "complaint", "")
        state.unreadable = getattr(self._source, "unreadable", 0)
        state.alive_at = time.monotonic()
        metrics.INGESTED.labels(source=state.kind).inc(len(batch.mails))
        for move in batch.moves:
            metrics.MOVES.labels(action=move.action).inc()
        self._well(in_step=not batch.mails and (batch.remaining == 0 or not batch.cursor))

    def _well(self, *, in_step: bool) -> None:
        state = self._state
        before, state.reason = state.state, ""
        if in_step:
            state.state = State.IN_STEP
            if before != State.IN_STEP:
                log.info("%s: in step, %d announced", self._key.label, state.announced, extra=self._extra)
            return
        if before != State.IN_STEP:  # new mail in a mailbox that is in step does not put it out of step
            state.state = State.READING
        if state.remaining and time.monotonic() - self._told_at > PROGRESS_S:
            self._told_at = time.monotonic()
            log.info(
                "%s: %d announced, %d passed over, %d to go",
                self._key.label, state.announced, state.skipped, state.remaining, extra=self._extra,
            )  # fmt: skip

    def _failed(self, state: State, reason: str, kind: str) -> None:
        if (self._state.state, self._state.reason) != (state, reason):
            level = logging.WARNING if state == State.RETRYING else logging.ERROR
            log.log(level, "%s", reason, extra=self._extra)
        self._state.state, self._state.reason = state, reason
        self._around.states.failures += 1
        metrics.INGEST_ERRORS.labels(source=self._state.kind, error=kind).inc()


class _Slot:
    """One of the start-up slots, given back after the first batch or SLOT_S, whichever is first."""

    def __init__(self, slots: asyncio.Semaphore) -> None:
        self._slots = slots
        self._held = False
        self._timer: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        await self._slots.acquire()
        self._held = True
        self._timer = asyncio.get_running_loop().call_later(SLOT_S, self.release)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def release(self) -> None:
        """Give it back; again changes nothing."""
        if self._held:
            self._held = False
            self._slots.release()
        if self._timer:
            self._timer.cancel()
