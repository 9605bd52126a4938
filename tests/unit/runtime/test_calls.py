"""Blocking calls on a thread of their own: in order, and with a bound that holds even when the call does not return."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from streams.transport.calls import BlockingCalls


async def test_calls_run_one_after_another_in_order_on_one_thread() -> None:
    calls, seen = BlockingCalls("ordered"), []

    def note(number: int) -> int:
        time.sleep(0.002 if number % 3 else 0)
        seen.append((number, threading.current_thread().name))
        return number * 2

    results = await asyncio.gather(*(calls.run(note, number, seconds=60) for number in range(20)))
    assert results == [2 * number for number in range(20)]
    assert seen == [(number, "ordered") for number in range(20)]
    calls.close()


async def test_a_calls_own_error_comes_back_and_the_thread_goes_on() -> None:
    calls = BlockingCalls("errors")

    def fail() -> None:
        raise KeyError("gone")

    with pytest.raises(KeyError, match="gone"):
        await calls.run(fail, seconds=60)
    assert await calls.run(lambda: 1, seconds=60) == 1
    calls.close()


async def test_a_call_that_does_not_return_is_left_and_what_waited_behind_it_too() -> None:
    calls, release = BlockingCalls("stuck"), threading.Event()
    ran: list[str] = []
    started = threading.Event()

    def stay_away() -> None:
        started.set()
        release.wait()

    with pytest.raises(TimeoutError):
        await calls.run(stay_away, seconds=0.05)
    assert started.is_set()
    with pytest.raises(TimeoutError):
        await calls.run(ran.append, "given up before its turn", seconds=0.05)
    release.set()
    await calls.run(ran.append, "after it", seconds=60)
    assert ran == ["after it"], "a call that nobody waits for any more is not begun"
    calls.close()


async def test_close_ends_the_thread_after_what_is_queued() -> None:
    calls = BlockingCalls("closing")
    seen: list[int] = []
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "closing"]
    assert thread.daemon, "the process does not wait for it"
    queued = asyncio.ensure_future(calls.run(seen.append, 1, seconds=60))
    await asyncio.sleep(0)
    calls.close()
    await queued
    await asyncio.to_thread(thread.join, 5)
    assert not thread.is_alive()
    assert seen == [1]
