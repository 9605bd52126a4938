"""Everything about pushes in an ingest process."""

from __future__ import annotations

import asyncio
import time

from agents.push.directory import Directory
from agents.push.dispatch import Dispatcher
from agents.push.endpoint import Endpoint
from agents.push.pull import Pull
from agents.push.relay import Relay
from agents.sources.gmail.service import Service
from infra.settings import Settings
from monitoring import metrics
from streams.status import Check


class Push:
    """`run` beside the mailboxes until cancelled; without GMAIL_SUBSCRIPTION and PUSH_PORT there is nothing to do."""

    def __init__(self, settings: Settings, gmail: Service) -> None:
        """Check the settings.

        Raises:
            ConfigError
        """
        directory = Directory()
        self._relay = Relay(settings, gmail.hints, directory)
        self._dispatcher = Dispatcher(gmail.hints, directory, self._relay, commit_s=settings.push_commit_s)
        self._pull = Pull(settings, self._dispatcher, gmail.watches) if settings.gmail_subscription else None
        self._endpoint = Endpoint(settings, self._dispatcher) if settings.push_port else None

    async def run(self) -> None:
        """Take pushes.

        Raises:
            ConfigError: the endpoint cannot listen.
        """
        if not (self._pull or self._endpoint):
            return
        try:
            if self._endpoint:
                await self._endpoint.start()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._relay.run(), name="hints")
                if self._pull:
                    tasks.create_task(self._pull.run(), name="pull")
        finally:
            if self._endpoint:
                await self._endpoint.close()

    def checks(self) -> tuple[Check, ...]:
        """How it is, and the gauges."""
        if not (self._pull or self._endpoint):
            return ()
        metrics.PUSHES_WAITING.set(self._dispatcher.waiting)
        if self._pull:
            metrics.PUSH_PROOF_OF_LIFE_AGE.set(time.monotonic() - self._pull.alive_at)
        trouble = self._relay.trouble or (self._pull.trouble if self._pull else "")
        return (Check(name="push", ok=not trouble, reason=trouble),)
