"""A process ends when it is told to, also where a library keeps the cancellation to itself."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from typing import Any

import pytest

from infra.settings import load
from streams import process
from streams.controls import Controls

STUBBORN = """
import asyncio
from infra import shutdown
from streams import process

process.GIVE_UP_S = 0.3
shutdown.TELL_S = 30

async def for_ever():
    process._stop(asyncio.Event())
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            pass

asyncio.run(for_ever())
"""


def running_app() -> process.Running:
    settings = load()
    return process.Running(settings, "group", [], asyncio.Event(), Controls(settings, []))


async def test_an_app_that_keeps_its_cancellation_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    async def stop() -> None:
        while not let_go.is_set():
            try:
                await let_go.wait()
            except asyncio.CancelledError:
                refused.append(True)

    let_go, refused = asyncio.Event(), list[bool]()
    monkeypatch.setattr(process, "STOP_S", 0.05)
    running = running_app()
    stubborn: Any = type("Stubborn", (), {"stop": staticmethod(stop)})
    running.app = stubborn
    began = time.monotonic()
    await running.end()
    await asyncio.sleep(0)
    assert refused
    assert time.monotonic() - began < 60
    let_go.set()


async def test_what_goes_wrong_while_stopping_is_not_hidden() -> None:
    async def stop() -> None:
        raise OSError("disk")

    running = running_app()
    failing: Any = type("Failing", (), {"stop": staticmethod(stop)})
    running.app = failing
    with pytest.raises(OSError, match="disk"):
        await running.end()


def test_a_process_that_does_not_end_is_ended_and_says_so() -> None:
    done = subprocess.run([sys.executable, "-c", STUBBORN], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "did not end within 0.3 s" in done.stderr
    assert "Thread" in done.stderr, "where it stood"
