"""Pauses grow with jitter up to a cap; memory is shared in order and never over-promised."""

from __future__ import annotations

import asyncio

import pytest

from agents.ingest.backoff import STABLE_S, Backoff
from agents.ingest.budget import ByteBudget


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
    assert await asyncio.wait_for(behind, 1) == 10
    assert budget.used == 10


async def test_an_exchange_takes_effect_at_once() -> None:
    budget = ByteBudget(10)
    reserved = await budget.acquire(10)
    waiting = asyncio.create_task(budget.acquire(7))
    await asyncio.sleep(0)
    assert budget.exchange(reserved, 3) == 3
    assert await waiting == 7
