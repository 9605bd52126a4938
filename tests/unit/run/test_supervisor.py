"""The supervisor with tiny programs: what dies comes back, what cannot live ends the run, nothing is left."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from monitoring.run.children import Place, Program, end_leftovers, spawn
from monitoring.run.supervisor import GaveUp, Patience, Supervisor, ending

QUICK = Patience(deaths=3, window_s=60, pause_s=0.05, pause_max_s=0.1, stop_each_s=0.5, stop_all_s=3.0)
PATIENT = replace(QUICK, stop_each_s=60, stop_all_s=120)
SLEEP = "while :; do sleep 0.02; done"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(logs=tmp_path / "logs", pids=tmp_path / "run")


def shell(name: str, script: str, **env: str) -> Program:
    return Program(name=name, argv=("/bin/sh", "-c", script), env=env)


async def until(holds, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "did not happen in time"
        await asyncio.sleep(0.02)


def mark(text: str, file: Path) -> str:
    """A script that writes down when it is told to stop, and then stops."""
    return f'trap "echo {text} >> {file}; exit 0" TERM; touch {file}.{text}; {SLEEP}'


async def test_processes_stop_group_by_group_in_the_given_order(place: Place, tmp_path: Path) -> None:
    order = tmp_path / "order"
    names = [["reads"], ["works-1", "works-2"], ["keeps"]]
    supervisor = Supervisor([[shell(one, mark(one, order)) for one in group] for group in names], place, print, PATIENT)
    supervisor.start()
    await until(lambda: all(Path(f"{order}.{one}").exists() for group in names for one in group))
    await supervisor.stop()
    first, *middle, last = order.read_text().split()
    assert (first, sorted(middle), last) == ("reads", ["works-1", "works-2"], "keeps")
    assert [one.pid for one in supervisor.kept] == [None] * 4
    assert list(place.pids.glob("*.pid")) == []


async def test_a_killed_process_is_started_again_and_that_is_said(place: Place) -> None:
    said: list[str] = []
    supervisor = Supervisor([[shell("works", SLEEP)]], place, said.append, QUICK)
    supervisor.start()
    (kept,) = supervisor.kept
    await until(lambda: kept.pid is not None)
    before = kept.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    await until(lambda: kept.pid not in {None, before})
    assert kept.restarts == 1
    assert said == ["works was ended by SIGKILL; starting it again in 0.1 s"]
    await supervisor.stop()


async def test_a_process_that_dies_again_and_again_ends_the_run_with_the_errors_of_its_log(place: Place) -> None:
    lines = '{"level":"INFO","message":"begins"}\n{"level":"ERROR","message":"no \\u001b[31mluck","error":"OSError"}'
    supervisor = Supervisor([[shell("works", f"printf '%s\\n' '{lines}'; exit 1")]], place, lambda _: None, QUICK)
    supervisor.start()
    failure = await asyncio.wait_for(supervisor.gave_up(), 60)
    assert isinstance(failure, GaveUp)
    assert "works died 3 times within 60 s" in str(failure)
    assert "no ␛[31mluck (OSError)" in str(failure)
    assert "begins" not in str(failure)
    await supervisor.stop()


async def test_a_process_that_refuses_its_settings_is_not_tried_again(place: Place) -> None:
    supervisor = Supervisor([[shell("works", "echo BATCH_SIZE=0: too small; exit 2")]], place, print, QUICK)
    supervisor.start()
    failure = await asyncio.wait_for(supervisor.gave_up(), 60)
    assert "refuses its settings" in str(failure)
    assert "BATCH_SIZE=0: too small" in str(failure)
    assert supervisor.kept[0].restarts == 0
    await supervisor.stop()


async def test_a_program_that_does_not_exist_ends_the_run(place: Place) -> None:
    supervisor = Supervisor([[Program(name="works", argv=("/no/such/program",))]], place, lambda _: None, QUICK)
    supervisor.start()
    assert "died 3 times" in str(await asyncio.wait_for(supervisor.gave_up(), 60))
    await supervisor.stop()


async def test_what_ignores_sigterm_is_killed_with_what_it_has_started(place: Place, tmp_path: Path) -> None:
    said: list[str] = []
    deaf = f'trap "" TERM; sleep 600 & echo $! > {tmp_path}/grandchild; {SLEEP}'
    supervisor = Supervisor([[shell("deaf", deaf)], [shell("works", SLEEP)]], place, said.append, QUICK)
    supervisor.start()
    await until(lambda: (tmp_path / "grandchild").exists() and (tmp_path / "grandchild").read_text().strip() != "")
    pids = [one.pid for one in supervisor.kept]
    began = time.monotonic()
    await supervisor.stop()
    assert time.monotonic() - began < 30
    grandchild = int((tmp_path / "grandchild").read_text())
    assert said == ["deaf did not stop in time: killed"]
    await until(lambda: not any(alive(pid) for pid in (*pids, grandchild)))


async def test_stopping_while_a_process_is_being_started_leaves_nothing(place: Place) -> None:
    supervisor = Supervisor([[shell("works", SLEEP)]], place, print, QUICK)
    supervisor.start()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await supervisor.stop()
    assert below(place) == []


async def test_stopping_does_not_wait_for_the_pause_before_a_restart(place: Place) -> None:
    slow = Patience(deaths=3, pause_s=60, pause_max_s=60)
    supervisor = Supervisor([[shell("works", "exit 1")]], place, lambda _: None, slow)
    supervisor.start()
    await until(lambda: len(supervisor.kept[0].deaths) == 1)
    await asyncio.wait_for(supervisor.stop(), 30)


async def test_stopping_at_once_kills(place: Place) -> None:
    patient = Patience(stop_each_s=60, stop_all_s=60)
    supervisor = Supervisor([[shell("deaf", f'trap "" TERM; {SLEEP}')]], place, lambda _: None, patient)
    supervisor.start()
    await until(lambda: supervisor.kept[0].pid is not None)
    await asyncio.wait_for(supervisor.stop(at_once=True), 30)
    assert below(place) == []


async def test_a_process_gets_its_own_environment_and_writes_into_its_own_log(place: Place) -> None:
    place.logs.mkdir()
    place.log("works").write_text("the last run's\n")
    supervisor = Supervisor(
        [[shell("works", f"echo instance $INSTANCE_ID; {SLEEP}", INSTANCE_ID="works-7")]], place, print, QUICK
    )
    supervisor.start()
    await until(lambda: place.log("works").exists() and "works-7" in place.log("works").read_text())
    await supervisor.stop()
    assert place.log("works").read_text() == "instance works-7\n"
    assert (place.logs / "works.log.1").read_text() == "the last run's\n"


async def test_leftovers_are_found_by_pid_and_start_time_and_ended(place: Place) -> None:
    process = await spawn(shell("works", SLEEP), place)
    pid = process.pid
    assert psutil.pid_exists(pid)
    assert await asyncio.to_thread(end_leftovers, place) == ["works"]
    assert await asyncio.wait_for(process.wait(), 60) != 0
    assert not alive(pid)
    assert end_leftovers(place) == []


def test_a_pid_that_belongs_to_somebody_else_by_now_is_left_alone(place: Place) -> None:
    place.pids.mkdir(parents=True)
    place.pidfile("works").write_text(f'{{"pid": {os.getpid()}, "started": 1.0}}')
    place.pidfile("torn").write_text('{"pid": ')
    assert end_leftovers(place) == []
    assert list(place.pids.glob("*.pid")) == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "ended with code 0"),
        (1, "ended with code 1"),
        (-9, "was ended by SIGKILL"),
        (-200, "was ended by signal 200"),
    ],
)
def test_endings_are_told_in_words(code: int, words: str) -> None:
    assert ending(code) == words


def alive(pid: int | None) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def below(place: Place) -> list[int]:
    """Processes of ours that are children of this one and still run a shell."""
    return [
        one.pid
        for one in psutil.Process().children()
        if one.status() != psutil.STATUS_ZOMBIE and "sleep" in " ".join(one.cmdline())
    ]
