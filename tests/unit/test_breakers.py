"""A breaker opens after failures in a row, lets one probe through, and counts nothing but the provider's own failures."""

from __future__ import annotations

import asyncio
import logging

import pytest
from prometheus_client import REGISTRY

from agents.accounts import Account, GmailMailbox
from agents.breakers import Breaker, BreakerOpen, Breakers, BreakerState, account_class
from agents.sources.base import AuthFailed, CursorExpired, ProviderTransient
from infra.errors import Permanent
from infra.settings import load
from tests.clock import Clock

CLOSED, HALF_OPEN, OPEN = BreakerState.CLOSED, BreakerState.HALF_OPEN, BreakerState.OPEN


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock, unique: str) -> Breaker:
    return Breaker(f"test/{unique}", failures=3, reset_s=60, clock=clock)


async def call(breaker: Breaker, outcome: BaseException | None = None) -> None:
    async with breaker.calling():
        if outcome:
            raise outcome


async def failing(breaker: Breaker, times: int = 1, error: type[BaseException] = ProviderTransient) -> None:
    for _ in range(times):
        with pytest.raises(error):
            await call(breaker, error("for the test"))


async def test_failures_in_a_row_open_it_and_the_call_is_not_made(breaker: Breaker, clock: Clock) -> None:
    await failing(breaker, 2)
    assert breaker.state == CLOSED
    await failing(breaker)
    assert breaker.state == OPEN
    clock.now += 18
    with pytest.raises(BreakerOpen, match="tried again in 42 s"):
        await call(breaker, AssertionError("it was called"))


async def test_a_success_starts_the_count_anew(breaker: Breaker) -> None:
    for _ in range(5):
        await failing(breaker, 2)
        await call(breaker)
    assert breaker.state == CLOSED


@pytest.mark.parametrize("error", [AuthFailed, Permanent, ValueError, asyncio.CancelledError])
async def test_what_says_nothing_of_the_provider_neither_counts_nor_resets(
    breaker: Breaker, error: type[BaseException]
) -> None:
    await failing(breaker, 2)
    await failing(breaker, 10, error)
    assert breaker.state == CLOSED
    await failing(breaker, 1, CursorExpired)
    assert breaker.state == OPEN


@pytest.mark.parametrize(
    ("outcome", "then"), [(None, CLOSED), (ProviderTransient("x"), OPEN), (AuthFailed("x"), HALF_OPEN)]
)
async def test_a_probe_decides(breaker: Breaker, clock: Clock, outcome: Exception | None, then: BreakerState) -> None:
    await failing(breaker, 3)
    clock.now += 60
    try:
        await call(breaker, outcome)
    except (ProviderTransient, AuthFailed):
        pass
    assert breaker.state == then
    assert breaker.retry_in_s == (60 if then == OPEN else 0)


async def test_there_is_one_probe_at_a_time_and_a_cancelled_one_is_made_up_for(breaker: Breaker, clock: Clock) -> None:
    await failing(breaker, 3)
    clock.now += 61

    async def probe() -> None:
        async with breaker.calling():
            await asyncio.Event().wait()

    probing = asyncio.create_task(probe())
    await asyncio.sleep(0)
    with pytest.raises(BreakerOpen):
        await call(breaker)
    probing.cancel()
    await asyncio.wait([probing])
    await call(breaker)
    assert breaker.state == CLOSED


async def test_calls_from_before_it_opened_say_nothing_of_a_later_state(breaker: Breaker, clock: Clock) -> None:
    late_success, late_failure = breaker.calling(), breaker.calling()
    await late_success.__aenter__()
    await late_failure.__aenter__()
    await failing(breaker, 3)
    await late_success.__aexit__(None, None, None)
    assert breaker.state == OPEN
    clock.now += 60
    probe = breaker.calling()
    await probe.__aenter__()
    error = ProviderTransient("late")
    assert not await late_failure.__aexit__(type(error), error, None)
    assert breaker.state == HALF_OPEN
    await probe.__aexit__(None, None, None)
    assert breaker.state == CLOSED


async def test_the_metric_the_log_and_listeners_follow(
    breaker: Breaker, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    def gauge() -> float | None:
        return REGISTRY.get_sample_value("crewai_breaker_state", {"breaker": breaker.name})

    caplog.set_level(logging.INFO)
    seen: list[tuple[BreakerState, float | None]] = []
    breaker.on_change(lambda state: seen.append((state, gauge())))
    assert gauge() == 0
    await failing(breaker, 3)
    clock.now += 60
    await call(breaker)
    assert seen == [(OPEN, 2), (HALF_OPEN, 1), (CLOSED, 0)]
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO", "INFO"]
    assert REGISTRY.get_sample_value("crewai_breaker_opened_total", {"breaker": breaker.name}) == 1


async def test_an_operator_opens_and_closes_it(breaker: Breaker) -> None:
    breaker.open()
    with pytest.raises(BreakerOpen):
        await call(breaker)
    breaker.close()
    await call(breaker)


async def test_what_an_operator_holds_stays_so_whatever_calls_do(breaker: Breaker, clock: Clock) -> None:
    breaker.hold("closed")
    await failing(breaker, 10)
    assert breaker.state == CLOSED
    breaker.hold("open")
    clock.now += 10_000
    with pytest.raises(BreakerOpen, match="held open by an operator"):
        await call(breaker)
    breaker.hold("auto")
    await call(breaker)
    assert breaker.state == CLOSED
    await failing(breaker, 3)
    assert breaker.state == OPEN


async def test_all_breakers_of_a_provider_are_held_by_its_name_and_one_by_its_own(clock: Clock) -> None:
    breakers, settings = Breakers(clock=clock), load()
    user = breakers.of(settings, "gmail", "user")
    breakers.hold({"gmail": "open", "gmail/service": "closed"})
    service = breakers.of(settings, "gmail", "service")
    assert (user.state, service.state) == (OPEN, CLOSED)
    (check,) = breakers.checks()
    assert (check.name, check.reason) == ("breaker gmail/user", "open: held open by an operator")
    breakers.hold({})
    await call(user)
    assert user.state == CLOSED


async def test_a_process_has_one_per_provider_and_class_and_reports_those_that_are_not_closed(clock: Clock) -> None:
    breakers, settings = Breakers(clock=clock), load(breaker_failures=1, breaker_reset_s=30)
    gmail = breakers.of(settings, "gmail", "user")
    assert breakers.of(settings, "gmail", "user") is gmail
    assert breakers.of(settings, "gmail", "service") is not gmail
    assert breakers.checks() == ()
    await failing(gmail)
    (check,) = breakers.checks()
    assert (check.name, check.ok) == ("breaker gmail/user", False)
    assert "tried again in 30 s" in check.reason


def test_accounts_of_a_service_account_are_a_class_of_their_own() -> None:
    mine = GmailMailbox(email="a@b.example")
    delegated = GmailMailbox(email="a@b.example", service_account="env:KEY")
    classes = [account_class(Account(id="a", kind="gmail", gmail=one)) for one in (mine, delegated)]
    assert classes == ["user", "service"]
