"""What the processes stand on: Kafka and PostgreSQL, topics and tables. Ours to start and stop, or somebody else's."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from infra.database import migrate
from infra.errors import Fatal
from infra.settings import Settings, load
from infra.stack import Endpoints, LocalStack, StartFailed
from infra.stack.process import Daemon
from monitoring.run.home import Home
from monitoring.run.threads import in_thread
from streams.admin import create_topics

Say = Callable[[str], None]
SERVICES = ("kafka", "postgres")
LOOK_S = 1.0
DEATHS, WINDOW_S = 5, 60.0
"""So many deaths within so many seconds are too many."""
STOP_S = 20.0
"""Then Kafka and PostgreSQL are killed. Both recover at the next start, but that takes long then, and a lone broker may
lose the ends of transactions (`infra.stack.crash`): what kills them is a second Ctrl-C, not a busy machine."""
SOON_S = 3.5
"""The same while they start, and for what was killed to be gone."""


@dataclass(kw_only=True)
class Platform:
    """`up` once, then `down`, whatever came of `up`."""

    home: Home
    own_stack: bool
    say: Say
    _starting: asyncio.Task[Endpoints] | None = None
    _given_up: bool = False
    _at: Endpoints | None = None
    _stack: LocalStack = field(init=False)

    def __post_init__(self) -> None:
        self._stack = LocalStack(state_dir=self.home.root)

    async def up(self) -> Settings:
        """Settings with the right endpoints, once topics and tables are there.

        Raises:
            Fatal, Transient: the message says what to do.
        """
        settings = load(**await self._endpoints())
        self.say("creating topics and tables")
        await asyncio.gather(in_thread(create_topics, settings), migrate(settings))
        return settings

    async def keep(self) -> None:
        """Start again what dies; the processes wait for it meanwhile. Ends only by an error.

        Raises:
            Fatal: a service cannot be kept alive, or came back in another place.
        """
        deaths: deque[float] = deque(maxlen=DEATHS)
        while True:
            await asyncio.sleep(LOOK_S)
            dead = [one.name for one in self._daemons() if one.find() is None] if self.own_stack else []
            if not dead:
                continue
            deaths.append(time.monotonic())
            if len(deaths) == DEATHS and deaths[-1] - deaths[0] < WINDOW_S:
                raise Fatal(f"{' and '.join(dead)} died {DEATHS} times within {WINDOW_S:.0f} s: see `triage doctor`")
            self.say(f"{' and '.join(dead)} died")
            if await self._start() != self._at:
                raise Fatal("the ports of Kafka or PostgreSQL were taken by another program while they were down")

    async def down(self, *, at_once: bool = False) -> None:
        """Stop what `up` has started; by SIGKILL when it takes too long."""
        if not self.own_stack or self._starting is None:
            return
        self._given_up = True
        stopping = asyncio.ensure_future(in_thread(self._stack.stop))
        patience = STOP_S if self._starting.done() else SOON_S
        await asyncio.wait([stopping], timeout=0 if at_once else patience)
        if not stopping.done():
            if not at_once:
                self.say("Kafka or PostgreSQL did not stop in time: killed")
            await in_thread(self._kill)
            await asyncio.wait([stopping], timeout=SOON_S)
        await asyncio.wait([self._starting], timeout=1)
        if self._starting.done() and not self._starting.cancelled():
            self._starting.exception()  # it was told already, or nobody wants to know any more

    async def _endpoints(self) -> dict[str, Any]:
        if not self.own_stack:
            return {"triage_home": self.home.root}
        self._at = endpoints = await self._start()
        return {
            "triage_home": self.home.root,
            "kafka_bootstrap_servers": endpoints.kafka_bootstrap,
            "database_url": endpoints.database_url,
            # What the environment may say of another cluster does not hold for this one.
            "kafka_security_protocol": "PLAINTEXT",
            "topic_replication_factor": 1,
        }

    async def _start(self) -> Endpoints:
        self._starting = asyncio.ensure_future(in_thread(self._stack.start, self._tell))
        return await asyncio.shield(self._starting)

    def _tell(self, line: str) -> None:
        if self._given_up:
            raise StartFailed("given up, because the run was interrupted")
        self.say(line)

    def _kill(self) -> None:
        for daemon in self._daemons():
            daemon.kill()

    def _daemons(self) -> list[Daemon]:
        return [Daemon(name=name, directory=self.home.root / "stack" / name) for name in SERVICES]
