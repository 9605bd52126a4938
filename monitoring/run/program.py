"""The order of things in `triage run`: stack, topics, mailbox, processes, view; and all of it back again."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import orjson

from agents.accounts import Account
from infra.errors import ConfigError
from infra.settings import Settings
from monitoring.health.follower import follow
from monitoring.health.instances import Instances
from monitoring.run import logs, mailbox
from monitoring.run.accounting import Outcome
from monitoring.run.children import end_leftovers
from monitoring.run.crew_demo import CrewDemo
from monitoring.run.fake_gmail import FakeGmail, forget
from monitoring.run.guard import Guard
from monitoring.run.home import Home
from monitoring.run.picture import Scene
from monitoring.run.platform import Platform
from monitoring.run.programs import free_port, programs
from monitoring.run.queues import Queues
from monitoring.run.reader import Reader
from monitoring.run.screen import Screen, where
from monitoring.run.settling import Settling
from monitoring.run.shelf import Shelf
from monitoring.run.supervisor import Supervisor
from monitoring.run.tally import Tally
from monitoring.run.threads import Interrupted, unless

INTERRUPTED = 130
"""The exit code of a run that was to end by itself and was stopped before (128 + SIGINT, as shells have it)."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was asked for."""

    home: Home
    maildir: Path | None = None
    sample: bool = False
    fake_gmail: bool = False
    crew_demo: bool = False
    exit_when_idle: bool = False
    machine: bool = False
    workers: int = 1
    own_stack: bool = True
    patience_s: float = 120.0
    """Without any progress for this long, a run that is to end by itself gives up."""


def execute(request: Request) -> int:
    """Run to the end; the exit code.

    Raises:
        TriageError: something could not be started or kept alive. Everything is stopped by then.
    """
    screen = Screen(machine=request.machine)
    if request.maildir is not None:
        mailbox.folder_account(request.maildir, request.home)  # a wrong folder is told before anything starts
    with request.home.alone(say=screen.say):
        logs.keep_own(request.home.place.log("run"))
        guard = Guard(request.home.root, stack=request.own_stack)
        try:
            if left := end_leftovers(request.home.place):
                screen.say(f"the last run was killed; ended what it left: {', '.join(left)}")
            return asyncio.run(Run(request, screen).run())
        finally:
            guard.dismiss()


def leave(code: int) -> None:
    """End the process, also when a thread still waits for a server that will not answer."""
    sys.stdout.flush()
    sys.stderr.flush()
    if any(one is not threading.main_thread() and not one.daemon for one in threading.enumerate()):
        os._exit(code)
    sys.exit(code)


class Run:
    """One run."""

    def __init__(self, request: Request, screen: Screen) -> None:
        self._request = request
        self._home = request.home
        self._say = screen.say
        self._screen = screen
        self._began = time.monotonic()
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()
        self._platform = Platform(home=self._home, own_stack=request.own_stack, say=screen.say)
        self._supervisor: Supervisor | None = None
        self._demo = CrewDemo(screen.say) if request.crew_demo else None
        self._gmail = FakeGmail(request.home, screen.say) if request.fake_gmail else None

    async def run(self) -> int:
        """From nothing to nothing."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self._asked_to_stop)
        try:
            settings = await unless(self._stop, self._platform.up())
            return await self._go(settings)
        except Interrupted:
            return INTERRUPTED if self._request.exit_when_idle else 0
        finally:
            await self._end()

    def _asked_to_stop(self) -> None:
        """The first signal stops in order, a second one at once."""
        (self._hurry if self._stop.is_set() else self._stop).set()

    async def _go(self, settings: Settings) -> int:
        request = self._request
        account = None
        if request.own_stack or request.fake_gmail:  # otherwise somebody who shares the brokers may be looking at one
            await unless(self._stop, forget(settings))
        if not request.fake_gmail:
            account = await unless(
                self._stop, mailbox.chosen(settings, self._home, maildir=request.maildir, sample=request.sample)
            )
        if request.exit_when_idle and account is None:
            raise ConfigError("--exit-when-idle needs a mailbox that has an end: give --maildir DIR or --sample")
        settings = self._with_ports(settings)
        async with AsyncExitStack() as stack:
            scene = await self._open(settings, account, stack)
            self._start(scene, settings, account)
            tasks = [
                asyncio.create_task(work, name=name)
                for name, work in (
                    ("view", self._screen.show(scene.picture)),
                    ("queues", scene.queues.run()),
                    ("status", follow(settings, scene.instances)),
                    *((("gmail", self._gmail.live(settings)),) if self._gmail else ()),
                    *((("crew", self._demo.live(settings)),) if self._demo else ()),
                )
            ]
            stack.push_async_callback(_cancel, *tasks)
            outcome = await unless(self._stop, self._until_over(scene))
            seconds = time.monotonic() - self._began
            if outcome is not None and outcome.complete:
                with suppress(Interrupted):  # the last picture stays: it shall be true
                    await unless(self._stop, scene.queues.drained())
        if outcome is None:
            return 0
        self._tell(outcome, seconds)
        return 0 if outcome.accounted_for else 1

    async def _open(self, settings: Settings, account: Account | None, stack: AsyncExitStack) -> Scene:
        """Everything that looks, before anything moves: so nothing is missed, and nothing old is taken for new."""
        tally = Tally(account=account.id if account else None, begun_ms=time.time_ns() // 1_000_000)
        reader, shelf = Reader(settings, tally), Shelf(settings, tally.account)
        stack.push_async_callback(reader.close)
        stack.push_async_callback(shelf.close)
        await unless(self._stop, reader.open())
        stack.push_async_callback(_cancel, asyncio.create_task(reader.run()), asyncio.create_task(shelf.run()))
        self._supervisor = Supervisor(
            programs(
                settings, self._home, workers=self._request.workers, own_stack=self._request.own_stack,
                beside=self._gmail, demo=self._demo,
            ),
            self._home.place,
            self._say,
        )  # fmt: skip
        settling = None
        if account and self._request.exit_when_idle:
            settling = Settling(
                account=account, tally=tally, reader=reader, shelf=shelf, patience_s=self._request.patience_s
            )
        return Scene(
            tally=tally, shelf=shelf, instances=Instances(interval_s=settings.status_interval_s),
            queues=Queues(f"http://{settings.bind_host}:{settings.metrics_port}/metrics"),
            supervisor=self._supervisor, settling=settling, began=self._began,
        )  # fmt: skip

    def _start(self, scene: Scene, settings: Settings, account: Account | None) -> None:
        names = [one.program.name for one in scene.supervisor.kept]
        self._say(f"starting {', '.join(names)}")
        scene.supervisor.start()
        self._say(where(settings, self._home, account))
        if not self._request.exit_when_idle:
            self._say("Ctrl-C stops all of it")

    async def _until_over(self, scene: Scene) -> Outcome | None:
        """The outcome of a run that ends by itself; without one only a failure ends this.

        Raises:
            Fatal: a process, Kafka or PostgreSQL cannot be kept alive.
        """
        failing = asyncio.create_task(scene.supervisor.gave_up())
        keeping = asyncio.create_task(self._platform.keep())
        waiting: list[asyncio.Task[Any]] = [failing, keeping]
        if scene.settling:
            waiting.append(asyncio.create_task(scene.settling.run()))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if failing.done():
                raise failing.result()
            if keeping.done():
                keeping.result()  # raises
            outcome: Outcome = waiting[-1].result()
            return outcome
        finally:
            await _cancel(*waiting)

    def _with_ports(self, settings: Settings) -> Settings:
        """Health and metrics on their ports, or on the next free ones."""
        health = free_port(settings.health_port, but=[settings.metrics_port])
        metrics = free_port(settings.metrics_port, but=[health])
        for what, wanted, got in (
            ("health", settings.health_port, health),
            ("metrics", settings.metrics_port, metrics),
        ):
            if wanted != got:
                self._say(f"port {wanted} is taken: {what} listens on {got}")
        return settings.model_copy(update={"health_port": health, "metrics_port": metrics})

    def _tell(self, outcome: Outcome, seconds: float) -> None:
        if self._request.machine:
            click.echo(orjson.dumps(outcome.as_json(seconds)))
        else:
            self._say(outcome.as_text(seconds))
        for problem in outcome.problems:
            self._say(f"problem: {problem}")

    async def _end(self) -> None:
        self._say("stopping")
        began = time.monotonic()
        steps = asyncio.create_task(self._stop_all())
        hurrying = asyncio.create_task(self._hurry.wait())
        await asyncio.wait([steps, hurrying], return_when=asyncio.FIRST_COMPLETED)
        if not steps.done():
            await _cancel(steps)
            await self._stop_all(at_once=True)
        else:
            steps.result()
        hurrying.cancel()
        self._say(f"stopped after {time.monotonic() - began:.1f} s")

    async def _stop_all(self, *, at_once: bool = False) -> None:
        if self._supervisor is not None:
            await self._supervisor.stop(at_once=at_once)
        await self._platform.down(at_once=at_once)


async def _cancel(*tasks: asyncio.Task[Any]) -> None:
    for one in tasks:
        one.cancel()
    await asyncio.wait(tasks, timeout=2)
