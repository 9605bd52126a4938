"""A process ends in bounded time, whatever holds it up, and says where it stood."""

from __future__ import annotations

import subprocess
import sys

import pytest

BEGUN = """
import asyncio, logging, os, signal, threading, time
from infra import shutdown
from infra.shutdown import end_within, stop_signal
logging.basicConfig()
shutdown.TELL_S = {tell_s}

async def main():
    stop = stop_signal()
    os.kill(os.getpid(), signal.{signal})
    await stop.wait()
    end_within({seconds}, code=7)
    {then}

asyncio.run(main())
{after}
"""
BLOCKED_LOOP = "time.sleep(60)"
BLOCKED_LOG = "[logging.error('x' * 1000) for _ in range(1000)]"
"""More than a pipe takes that nobody reads; whoever writes holds the lock of the log."""
PATIENT_S = 30
"""For the last words on a busy machine."""


def program(
    seconds: float, then: str, signal: str = "SIGTERM", after: str = "", tell_s: float = PATIENT_S
) -> list[str]:
    made = BEGUN.format(seconds=seconds, then=then, signal=signal, after=after, tell_s=tell_s)
    return [sys.executable, "-c", made]


@pytest.mark.parametrize("signal", ["SIGTERM", "SIGINT"])
def test_an_event_loop_that_is_blocked_is_ended_with_the_code_and_says_where_it_stood(signal: str) -> None:
    done = subprocess.run(program(0.2, BLOCKED_LOOP, signal), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 7
    assert "did not end within 0.2 s" in done.stderr
    assert "in main" in done.stderr.partition("Thread")[2]


def test_a_thread_that_does_not_end_does_not_hold_up_the_end_of_the_interpreter() -> None:
    after = f"threading.Thread(target=lambda: {BLOCKED_LOOP}).start()"
    done = subprocess.run(program(0.5, "pass", after=after), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 7


def test_a_log_that_nobody_reads_holds_up_nothing() -> None:
    with subprocess.Popen(program(0.2, BLOCKED_LOG, tell_s=0.2), stderr=subprocess.PIPE) as process:
        try:
            assert process.wait(60) == 7
        finally:
            process.kill()


def test_what_ends_in_time_is_let_go() -> None:
    done = subprocess.run(program(60, "pass"), capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
