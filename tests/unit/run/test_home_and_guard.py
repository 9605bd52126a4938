"""One run per directory; a run that is killed leaves nothing for long."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from monitoring.run import home as homes
from monitoring.run import tether
from monitoring.run.home import CLEANING, Home, HomeInUse

RUN = """
import asyncio, sys, time
from pathlib import Path
from monitoring.run.children import Program, spawn
from monitoring.run.guard import Guard
from monitoring.run.home import Home

home = Home(root=Path(sys.argv[1]))
with home.alone():
    guard = Guard(home.root, stack=False)
    async def main():
        script = 'trap "" TERM; while :; do sleep 0.05; done' if sys.argv[2] == "deaf" else "sleep 600"
        process = await spawn(Program(name="works", argv=("/bin/sh", "-c", script)), home.place)
        await asyncio.sleep(0.3)
        print(process.pid, guard._process.pid, flush=True)
        if sys.argv[2] == "orderly":
            process.terminate()
            await process.wait()
        else:
            await asyncio.sleep(600)
    asyncio.run(main())
    guard.dismiss()
"""


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_gone(*pids: int, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while left := [pid for pid in pids if alive(pid)]:
        assert time.monotonic() < deadline, f"still running: {left}"
        time.sleep(0.05)


def start(home: Path, how: str) -> tuple[subprocess.Popen[str], int, int]:
    run = subprocess.Popen([sys.executable, "-c", RUN, str(home), how], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    process, guard = map(int, run.stdout.readline().split())
    return run, process, guard


@pytest.mark.parametrize("how", ["well-behaved", "deaf"])
def test_a_killed_run_leaves_no_process(tmp_path: Path, how: str) -> None:
    run, process, guard = start(tmp_path, how)
    assert alive(process)
    run.kill()
    run.communicate()
    wait_gone(process, guard)


def test_the_processes_of_a_killed_run_end_even_when_its_guard_was_killed_too(tmp_path: Path) -> None:
    run, process, guard = start(tmp_path, "well-behaved")
    os.kill(guard, signal.SIGKILL)
    run.kill()
    run.communicate()
    wait_gone(process, guard)


def test_the_guard_of_an_orderly_run_goes_with_it(tmp_path: Path) -> None:
    run, process, guard = start(tmp_path, "orderly")
    run.communicate(timeout=60)
    assert run.returncode == 0
    wait_gone(process, guard)


def test_a_second_run_is_refused_and_names_the_first(tmp_path: Path) -> None:
    expected = rf"pid {os.getpid()}\).*--home"
    with Home(root=tmp_path).alone(), pytest.raises(HomeInUse, match=expected), Home(root=tmp_path).alone():
        pass


def test_a_run_waits_for_the_guard_that_is_cleaning_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(homes, "CLEANED_WITHIN_S", 0.3)
    with Home(root=tmp_path).alone(CLEANING), pytest.raises(HomeInUse), Home(root=tmp_path).alone(say=said.append):
        pass
    assert len(said) == 1
    with Home(root=tmp_path).alone():
        pass


def test_a_tethered_program_does_not_start_when_its_parent_has_gone() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", tether.__file__, "1", "/bin/echo", "started"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "the parent is gone" in done.stderr
