"""SIGUSR1 shows where a process stands, also one whose event loop hangs; it goes on as before."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import asyncio, os, signal, time
import uvloop
from infra import logging
from infra.stacks import show_on_signal

async def waits_for_ever():
    await asyncio.Event().wait()

def hangs():
    os.kill(os.getpid(), signal.SIGUSR1)
    os._exit(3) if {hang} else None

async def main():
    logging.configure("test", form="text")
    show_on_signal()
    waiting = asyncio.create_task(waits_for_ever(), name="idle")
    await asyncio.sleep(0)
    hangs()
    await asyncio.sleep(0.2)
    os._exit(4)

{run}(main())
"""


@pytest.mark.parametrize("run", ["asyncio.run", "uvloop.run"])
@pytest.mark.parametrize("hang", [True, False])
def test_the_threads_are_shown_at_once_and_the_tasks_when_the_loop_turns(run: str, *, hang: bool) -> None:
    program = PROGRAM.format(hang=hang, run=run)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == (3 if hang else 4), done.stderr
    assert "in hangs" in done.stderr
    assert ("task idle: " in done.stderr and "waits_for_ever" in done.stderr) is not hang
