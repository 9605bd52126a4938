"""Keeps processes alive: starts them, starts what dies again, gives up on what cannot live, stops in order."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from infra.errors import Fatal
from infra.waiting import until_set
from monitoring.run import logs
from monitoring.run.children import Place, Program, forget, signal_group, spawn

USAGE = 2
"""The exit code by which our commands say that a setting is wrong: starting again cannot help."""
BOUND_EVERY_S = 10.0

Say = Callable[[str], None]


class GaveUp(Fatal):
    """A process cannot be kept alive; the message ends with the last errors of its log."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """What the supervisor bears with, in seconds."""

    deaths: int = 5
    """So many within `window_s` are too many."""
    window_s: float = 60.0
    pause_s: float = 0.5
    """Before a process is started again; doubles with every death in the window."""
    pause_max_s: float = 8.0
    stop_each_s: float = 2.5
    """A process that takes longer to stop no longer holds up the next one's SIGTERM."""
    stop_all_s: float = 5.5
    """Then SIGKILL."""


@dataclass(kw_only=True)
class Kept:
    """A process under supervision."""

    program: Program
    process: asyncio.subprocess.Process | None = None
    """None while it is not running."""
    deaths: deque[float] = field(default_factory=deque)
    """When it died within the last `window_s`."""
    restarts: int = 0
    task: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Of the running process."""
        return self.process.pid if self.process and self.process.returncode is None else None


class Supervisor:
    """`start`, `gave_up`, `stop`. The order of `groups` is the order of stopping; members of a group stop together."""

    def __init__(
        self, groups: Sequence[Sequence[Program]], place: Place, say: Say, patience: Patience | None = None
    ) -> None:
        self._groups = [[Kept(program=program) for program in group] for group in groups]
        self._place = place
        self._say = say
        self._patience = patience or Patience()
        self._stopping = asyncio.Event()
        self._failure: asyncio.Future[GaveUp] = asyncio.get_running_loop().create_future()
        self._tidying: asyncio.Task[None] | None = None

    @property
    def kept(self) -> list[Kept]:
        """Every process."""
        return [one for group in self._groups for one in group]

    def start(self) -> None:
        """Start all of them."""
        for one in self.kept:
            logs.begin(self._place.log(one.program.name))
            one.task = asyncio.create_task(self._keep(one), name=one.program.name)
        self._tidying = asyncio.create_task(self._bound_logs(), name="logs")

    async def gave_up(self) -> GaveUp:
        """Wait until one of them cannot be kept alive."""
        return await asyncio.shield(self._failure)

    async def stop(self, *, at_once: bool = False) -> None:
        """SIGTERM to one group after the other, SIGKILL to what is left when time is up. Nothing runs on return."""
        self._stopping.set()
        deadline = time.monotonic() + (0 if at_once else self._patience.stop_all_s)
        for group in self._groups:
            left = deadline - time.monotonic()
            if left <= 0:
                break
            _signal(group, signal.SIGTERM)
            await _ended(group, min(self._patience.stop_each_s, left))
        await _ended(self.kept, max(0.0, deadline - time.monotonic()))
        await self._kill()
        if self._tidying:
            self._tidying.cancel()

    async def _kill(self) -> None:
        while stubborn := [one for one in self.kept if one.task and not one.task.done()]:
            if names := [one.program.name for one in stubborn if one.pid]:
                self._say(f"{', '.join(names)} did not stop in time: killed")
            _signal(stubborn, signal.SIGKILL)
            await _ended(stubborn, 1.0)

    async def _keep(self, one: Kept) -> None:
        name = one.program.name
        while not self._stopping.is_set():
            try:
                one.process = await spawn(one.program, self._place)
            except OSError as error:
                self._give_up(one, f"cannot be started: {error.strerror or error}")
                return
            if self._stopping.is_set():  # asked to stop while it was being started
                signal_group(one.process, signal.SIGTERM)
            code = await one.process.wait()
            one.process = None
            forget(name, self._place)
            if self._stopping.is_set() or not self._may_live(one, code):
                return
            pause = min(self._patience.pause_s * 2 ** (len(one.deaths) - 1), self._patience.pause_max_s)
            self._say(f"{name} {ending(code)}; starting it again in {pause:.1f} s")
            await until_set(self._stopping, pause)
            one.restarts += 1

    def _may_live(self, one: Kept, code: int) -> bool:
        """Note a death; whether another try makes sense."""
        now = time.monotonic()
        one.deaths.append(now)
        while one.deaths[0] < now - self._patience.window_s:
            one.deaths.popleft()
        if code == USAGE:
            self._give_up(one, "refuses its settings")
        elif len(one.deaths) >= self._patience.deaths:
            self._give_up(one, f"died {len(one.deaths)} times within {self._patience.window_s:.0f} s")
        else:
            return True
        return False

    def _give_up(self, one: Kept, why: str) -> None:
        log = self._place.log(one.program.name)
        said = "".join(f"\n  {line}" for line in logs.last_errors(log)) or " nothing"
        if not self._failure.done():
            self._failure.set_result(GaveUp(f"{one.program.name} {why}; its log {log} says:{said}"))

    async def _bound_logs(self) -> None:
        while True:
            await asyncio.sleep(BOUND_EVERY_S)
            for one in self.kept:
                logs.bound(self._place.log(one.program.name))


def ending(code: int) -> str:
    """How a process ended, in words."""
    if code >= 0:
        return f"ended with code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


def _signal(processes: Sequence[Kept], number: signal.Signals) -> None:
    for one in processes:
        if one.process is not None:
            signal_group(one.process, number)


async def _ended(processes: Sequence[Kept], seconds: float) -> None:
    tasks = [one.task for one in processes if one.task is not None and not one.task.done()]
    if tasks:
        await asyncio.wait(tasks, timeout=seconds)
