"""Circuit breakers (pybreaker's states and counting) for asyncio: one per provider and class of accounts.

pybreaker's own asynchronous calls need Tornado, and its clock is the wall clock. So the call is made here; pybreaker is
told how it ended, and told when it is time for a probe."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from typing import Literal

import pybreaker

from agents.accounts import Account
from agents.sources.base import ProviderTransient
from infra.errors import Transient
from infra.settings import Settings
from monitoring import metrics
from streams.status import Check

log = logging.getLogger(__name__)


Hold = Literal["auto", "open", "closed"]
"""What an operator wants of a breaker."""


class BreakerState(StrEnum):
    """pybreaker's names."""

    CLOSED = "closed"
    HALF_OPEN = "half-open"
    OPEN = "open"


GAUGE = {BreakerState.CLOSED: 0, BreakerState.HALF_OPEN: 1, BreakerState.OPEN: 2}


class BreakerOpen(ProviderTransient):
    """The call was not made: the provider failed too often just now. The message says when it is tried again."""


class _Failed(Exception):
    """Tells pybreaker of a failure without handing it the error."""


class Breaker:
    """Opens after so many transient failures in a row; after a while lets one call through and goes by its outcome.

    Only `Transient` errors are failures. A permanent error, a refused login or a cancelled call says nothing of the
    provider's health and changes nothing."""

    def __init__(
        self, name: str, *, failures: int, reset_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.name = name
        self._reset_s, self._clock = reset_s, clock
        self._opened_at = 0.0
        self._probing = False
        self._held: Hold = "auto"
        self._turns = 0
        """State changes so far: how a call ended says nothing of a state that began after it."""
        self._state = BreakerState.CLOSED
        self._changed: list[Callable[[BreakerState], None]] = []
        self._breaker = pybreaker.CircuitBreaker(
            fail_max=failures, reset_timeout=reset_s, name=name, listeners=[_Listener(self)],
            throw_new_error_on_trip=False,
        )  # fmt: skip
        metrics.BREAKER_STATE.labels(breaker=name).set(GAUGE[self.state])

    @property
    def state(self) -> BreakerState:
        """Open stays open until somebody calls after the time is up."""
        return self._state

    @property
    def retry_in_s(self) -> float:
        """Seconds until a call is let through; 0: now, infinite: not before an operator lets go of it."""
        if self.state == BreakerState.CLOSED:
            return 0.0
        if self._held == "open":
            return math.inf
        return max(0.0, self._opened_at + self._reset_s - self._clock())

    def on_change(self, listener: Callable[[BreakerState], None]) -> None:
        """Call it with each new state; it must not block or raise."""
        self._changed.append(listener)

    @asynccontextmanager
    async def calling(self) -> AsyncIterator[None]:
        """Guard one call.

        Raises:
            BreakerOpen: the call must not be made.
        """
        turn = self._admit()
        try:
            yield
        except Transient:
            self._settle(turn, failed=True)
            raise
        except BaseException:
            self._withdraw(turn)
            raise
        else:
            self._settle(turn, failed=False)

    def open(self) -> None:
        """Open it, as failures would."""
        self._breaker.open()

    def close(self) -> None:
        """Close it, as a success would."""
        self._breaker.close()

    @property
    def reason(self) -> str:
        """Why it is not closed, for people."""
        if self._held == "open":
            return "held open by an operator"
        return f"the provider failed too often; tried again in {self.retry_in_s:.0f} s"

    def hold(self, state: Hold) -> None:
        """Keep it open or closed, whatever calls do, as an operator may; auto: let go, and the next call decides."""
        held, self._held = self._held, state
        if state == "open" and self.state != BreakerState.OPEN:
            self._breaker.open()
        elif state == "closed" and self.state != BreakerState.CLOSED:
            self._breaker.close()
        elif state == "auto" and held == "open":
            self._opened_at = self._clock() - self._reset_s

    def _admit(self) -> int:
        if self.state == BreakerState.OPEN and not self.retry_in_s:
            self._breaker.half_open()
        if self.state == BreakerState.OPEN or self._probing:
            raise BreakerOpen(f"{self.name} is {self.state}: {self.reason}")
        self._probing = self.state == BreakerState.HALF_OPEN
        return self._turns

    def _settle(self, turn: int, *, failed: bool) -> None:
        if turn != self._turns or self._held != "auto":
            return  # it was made before the state changed, or an operator decides
        with suppress(_Failed):
            self._breaker.call(_fail if failed else _succeed)

    def _withdraw(self, turn: int) -> None:
        if turn == self._turns:
            self._probing = False  # the next call is the probe

    def _turned(self, state: BreakerState) -> None:
        self._state = state
        self._turns += 1
        self._probing = False
        if state == BreakerState.OPEN:
            self._opened_at = self._clock()
            metrics.BREAKER_OPENED.labels(breaker=self.name).inc()
        metrics.BREAKER_STATE.labels(breaker=self.name).set(GAUGE[state])
        level = logging.WARNING if state == BreakerState.OPEN else logging.INFO
        log.log(level, "circuit breaker %s is %s", self.name, state)
        for listener in self._changed:
            listener(state)


class Breakers:
    """The breakers of a process, each made when it is first asked for."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._made: dict[str, Breaker] = {}
        self._held: Mapping[str, Hold] = {}

    def of(self, settings: Settings, provider: str, account_class: str = "") -> Breaker:
        """The breaker of a provider (gmail, imap, crew, webhook) and a class of accounts; both from bounded sets."""
        name = f"{provider}/{account_class}" if account_class else provider
        if name not in self._made:
            self._made[name] = Breaker(
                name, failures=settings.breaker_failures, reset_s=settings.breaker_reset_s, clock=self._clock
            )
            self._made[name].hold(self._hold_of(name))
        return self._made[name]

    def hold(self, held: Mapping[str, Hold]) -> None:
        """Keep breakers as an operator says, by name or provider; all others go by their own judgement."""
        self._held = held
        for name, breaker in self._made.items():
            breaker.hold(self._hold_of(name))

    def _hold_of(self, name: str) -> Hold:
        return self._held.get(name) or self._held.get(name.partition("/")[0]) or "auto"

    def states(self) -> dict[str, BreakerState]:
        """Each by its name."""
        return {name: one.state for name, one in self._made.items()}

    def checks(self) -> tuple[Check, ...]:
        """One check for each that is not closed."""
        return tuple(
            Check(
                name=f"breaker {one.name}",
                ok=False,
                reason=f"{one.state}: {one.reason}",
            )
            for one in self._made.values()
            if one.state != BreakerState.CLOSED
        )


BREAKERS = Breakers()
"""This process's."""


def account_class(account: Account) -> str:
    """Accounts that a provider treats alike: its trouble with one class need not be its trouble with another."""
    return "service" if account.gmail and account.gmail.service_account else "user"


class _Listener(pybreaker.CircuitBreakerListener):
    def __init__(self, breaker: Breaker) -> None:
        self._of = breaker

    def state_change(self, cb: object, old_state: object, new_state: pybreaker.CircuitBreakerState) -> None:
        """Told before `current_state` says so: pybreaker notifies first and stores afterwards."""
        del cb, old_state
        self._of._turned(BreakerState(new_state.name))  # noqa: SLF001 - the two are one


def _succeed() -> None: ...


def _fail() -> None:
    raise _Failed
