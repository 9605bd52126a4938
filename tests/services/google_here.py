"""The fake of Gmail and Google's OAuth in a thread of the test's own process: at once, and its pushes go into a list."""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import Future

from aiohttp import web

from agents.fakes.google.client import Remote
from agents.fakes.google.server import Server
from infra.stack.ports import LOOPBACK, any_free


class GoogleHere(Remote):
    """`start`, `close`. The thread lives on an event loop of its own, so that blocking commands may be given."""

    def __init__(self) -> None:
        self.port = any_free()[0]
        super().__init__(f"http://{LOOPBACK}:{self.port}")
        self.pushed: list[tuple[str, str, int]] = []
        """Topic, address and historyId of every push."""
        self.missing_topics: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()
        self._stop = asyncio.Event()

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(60)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(60)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        runner = web.AppRunner(
            Server(self.url, self._publish).app(), handler_cancellation=True, access_log=None, shutdown_timeout=0.1
        )
        await runner.setup()
        await web.TCPSite(runner, LOOPBACK, self.port).start()
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()

    def _publish(self, topic: str, data: bytes) -> Future[str]:
        sent: Future[str] = Future()
        if topic in self.missing_topics:
            sent.set_exception(_NoTopic())
        else:
            push = json.loads(data)
            self.pushed.append((topic, push["emailAddress"], push["historyId"]))
            sent.set_result("1")
        return sent


class _NoTopic(Exception):
    code = 404
