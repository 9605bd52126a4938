"""Whichever comes first ends the wait, and nothing is left behind that the caller does not hold."""

from __future__ import annotations

import asyncio

import pytest

from infra.waiting import first, until_set


async def test_the_first_ends_the_wait_and_the_others_are_cancelled() -> None:
    event, never = asyncio.Event(), asyncio.Event()
    event.set()
    await asyncio.wait_for(first(event.wait(), never.wait()), 60)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_the_time_ends_it_too() -> None:
    await asyncio.wait_for(first(asyncio.Event().wait(), within_s=0.01), 60)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_task_that_the_caller_holds_goes_on() -> None:
    held = asyncio.ensure_future(asyncio.Event().wait())
    await first(held, asyncio.sleep(0))
    await asyncio.sleep(0)
    assert not held.done()
    held.cancel()


async def test_a_wait_that_is_cancelled_leaves_nothing_behind() -> None:
    waiting = asyncio.ensure_future(first(asyncio.Event().wait()))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_what_it_raises_is_the_callers_to_look_at() -> None:
    async def fails() -> None:
        raise OSError("disk")

    held = asyncio.ensure_future(fails())
    await first(held)
    with pytest.raises(OSError, match="disk"):
        held.result()


async def test_an_event_is_waited_for_no_longer_than_said() -> None:
    event = asyncio.Event()
    assert not await until_set(event, 0.01)
    event.set()
    assert await until_set(event, 0.01)


async def test_who_is_cancelled_in_the_moment_in_which_the_event_is_set_ends() -> None:
    event = asyncio.Event()
    waiting = asyncio.create_task(until_set(event, 60))
    await asyncio.sleep(0)
    event.set()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
