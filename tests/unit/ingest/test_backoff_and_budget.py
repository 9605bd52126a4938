"""Pauses grow with jitter up to a cap; memory is shared in order and never over-promised."""

from __future__ import annotations

import asyncio

import pytest

from agents.ingest.backoff import STABLE_S, Backoff, Soon
from agents.ingest.budget import ByteBudget, Reservation


def test_the_bound_doubles_up_to_the_cap() -> None:
    backoff = Backoff(10, first_s=1, draw=lambda: 1.0)
    assert [backoff.next_s() for _ in range(6)] == [1, 2, 4, 8, 10, 10]


def test_jitter_is_full() -> None:
    assert Backoff(10, draw=lambda: 0.0).next_s() == 0


def test_a_long_time_without_failure_starts_anew() -> None:
    backoff = Backoff(10, first_s=1, draw=lambda: 1.0)
    assert [backoff.next_s(0), backoff.next_s(STABLE_S - 1), backoff.next_s(STABLE_S), backoff.next_s(0)] == [
        1,
        2,
        1,
        2,
    ]


def test_attempts_without_number_do_not_overflow() -> None:
    backoff = Backoff(30, draw=lambda: 1.0)
    assert {backoff.next_s() for _ in range(5000)} >= {30}


async def test_a_mailbox_that_is_stopped_in_the_moment_in_which_it_is_to_try_again_stops() -> None:
    soon = Soon()
    waiting = asyncio.create_task(soon.sleep(60))
    for _ in range(3):
        await asyncio.sleep(0)
    soon.now()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_reservation_waits_until_bytes_are_free() -> None:
    budget = ByteBudget(10)
    first = await budget.acquire(8)
    waiting = asyncio.create_task(budget.acquire(5))
    await asyncio.sleep(0)
    assert not waiting.done()
    budget.release(first)
    assert await waiting == 5
    assert budget.used == 5


async def test_more_than_everything_is_granted_alone() -> None:
    budget = ByteBudget(10)
    assert await budget.acquire(1000) == 10
    assert budget.used == 10


async def test_a_large_reservation_is_not_overtaken_for_ever() -> None:
    budget = ByteBudget(10)
    held = await budget.acquire(6)
    large, small = asyncio.create_task(budget.acquire(9)), asyncio.create_task(budget.acquire(1))
    await asyncio.sleep(0)
    assert not small.done()
    budget.release(held)
    assert await large == 9
    assert await small == 1


@pytest.mark.parametrize("granted_first", [False, True])
async def test_a_cancelled_reservation_gives_its_bytes_back(granted_first: bool) -> None:
    budget = ByteBudget(10)
    held = await budget.acquire(10)
    cancelled, behind = asyncio.create_task(budget.acquire(4)), asyncio.create_task(budget.acquire(10))
    await asyncio.sleep(0)
    if granted_first:
        budget.release(held)
        cancelled.cancel()
    else:
        cancelled.cancel()
        budget.release(held)
    await asyncio.wait([cancelled])
    assert await asyncio.wait_for(behind, 60) == 10
    assert budget.used == 10


async def test_many_that_wait_are_cancelled_at_once_and_stay_cancelled() -> None:
    """The process stops while Kafka is away: one gives back what it holds while the others are on their way out."""
    budget = ByteBudget(10)

    async def hold() -> None:
        amount = await budget.acquire(10)
        try:
            await asyncio.Event().wait()
        finally:
            budget.release(amount)

    tasks = [asyncio.create_task(hold()) for _ in range(5)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(one) for one in ended} == {asyncio.CancelledError}
    assert budget.used == 0


async def test_a_mailbox_gives_back_what_it_held_before_it_asks_again() -> None:
    """Otherwise two of them could wait for each other."""
    budget = ByteBudget(10)
    one, other = Reservation(budget), Reservation(budget)
    await one.renew(6)
    waiting = asyncio.create_task(other.renew(6))
    await asyncio.sleep(0)
    assert not waiting.done()
    renewed = asyncio.create_task(one.renew(4))
    await asyncio.wait_for(asyncio.gather(waiting, renewed), 60)
    assert budget.used == 10


async def test_a_batch_that_is_larger_than_was_asked_for_counts_in_full() -> None:
    budget = ByteBudget(10)
    held = Reservation(budget)
    await held.renew(2)
    held.cover(1)
    assert budget.used == 2
    held.cover(25)
    assert budget.used == 25
    held.release()
    assert budget.used == 0


async def test_a_mailbox_in_step_holds_nothing() -> None:
    budget = ByteBudget(10)
    held = Reservation(budget)
    await held.renew(5)
    held.cover(0)
    assert budget.used == 0
