"""One folder of one account, read for ever: a batch is stored before the next is asked for; failures are retried."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from types import TracebackType
from typing import Self, cast

from agents.accounts import Account
from agents.ingest.backoff import Backoff
from agents.ingest.budget import ByteBudget
from agents.ingest.records import FolderKey, Submission
from agents.ingest.states import FolderState, State, States
from agents.sources.base import AuthFailed, Batch, Source
from agents.sources.gmail.service import Service
from infra.errors import Fatal, Permanent, Transient
from infra.settings import Settings
from monitoring import metrics

log = logging.getLogger(__name__)

SLOT_S = 5.0
"""A connection attempt holds a start-up slot for at most this long: a silent server must not hold up others."""
CATCH_UP_BYTES = 1024 * 1024
"""Reserved before the next batch of a mailbox that has more to read is fetched."""
PROGRESS_S = 5.0
LOOK_S = 2.0
"""How often a mailbox that was refused looks whether somebody has logged in again: a file that changes tells nobody."""


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


class Mailbox:
    """Owns one source. Nothing it raises but cancellation leaves `run`."""

    def __init__(
        self,
        account: Account,
        key: FolderKey,
        source: Callable[[], Source],
        *,
        cursor: Callable[[], Mapping[str, bytes]],
        submit: Callable[[Submission], Awaitable[None]],
        around: Surroundings,
    ) -> None:
        self._account, self._key = account, key
        self._make_source = source
        self._source: Source | None = None
        self._cursor, self._submit, self._around = cursor, submit, around
        self._state = FolderState(key=key, kind=account.kind)
        self._told_at = 0.0
        self._extra = {"account": account.id}

    async def run(self) -> None:
        """Read until cancelled."""
        backoff = Backoff(self._around.settings.reconnect_max_s)
        self._around.states.add(self._state)
        try:
            while True:
                started = time.monotonic()
                try:
                    await self._read()
                    self._failed(State.RETRYING, "the source ended", "ended")
                except AuthFailed as error:
                    self._failed(State.AUTH_FAILED, str(error), "auth")
                    await self._wait_for_access(error)
                    continue
                except (Permanent, Fatal) as error:
                    self._failed(State.MISCONFIGURED, str(error), type(error).__name__)
                except Transient as error:
                    self._failed(State.RETRYING, str(error), type(error).__name__)
                except Exception as error:
                    log.exception("unexpected failure of a source", extra=self._extra)
                    self._failed(State.RETRYING, f"unexpected {type(error).__name__}, see the log", "unexpected")
                await asyncio.sleep(backoff.next_s(time.monotonic() - started))
        finally:
            self._around.states.remove(self._state)

    async def _wait_for_access(self, error: AuthFailed) -> None:
        """Until the pause is over, or what was refused has been replaced."""
        deadline = time.monotonic() + self._around.settings.auth_retry_s
        while (left := deadline - time.monotonic()) > 0 and not (error.mended and error.mended()):  # noqa: ASYNC110
            await asyncio.sleep(min(left, LOOK_S) if error.mended else left)

    async def _read(self) -> None:
        """Read until the source ends or fails."""
        if self._source is None:
            self._source = self._make_source()
        changes = cast("AsyncGenerator[Batch, None]", self._source.changes(self._cursor()))
        reserved = 0
        async with _Slot(self._around.slots) as slot, aclosing(changes):
            try:
                while (batch := await anext(changes, None)) is not None:
                    reserved = await self._reserve(reserved, batch)
                    slot.release()
                    await self._take_in(batch)
                    more = bool(batch.remaining)
                    batch = None  # its bytes must not outlive their reservation while the next is awaited
                    self._around.budget.release(reserved)
                    reserved = 0
                    if more:
                        reserved = await self._around.budget.acquire(CATCH_UP_BYTES)
            finally:
                self._around.budget.release(reserved)

    async def _reserve(self, reserved: int, batch: Batch) -> int:
        """A mailbox that catches up has reserved before it fetched; one that was idle does so now."""
        size = sum(len(mail.raw) for mail in batch.mails)
        if reserved or not size:
            return self._around.budget.exchange(reserved, size)
        return await self._around.budget.acquire(size)

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
