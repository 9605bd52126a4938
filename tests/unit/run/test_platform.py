"""What the processes stand on ends in order, however long that takes on a busy machine, and at once when told twice."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.stack import Endpoints, LocalStack
from monitoring.run import platform
from monitoring.run.home import Home
from monitoring.run.platform import Platform

WAIT_S = 60.0


class Service:
    """One of the two: it stops when `may_stop` says so."""

    def __init__(self, may_stop: threading.Event) -> None:
        self._may_stop = may_stop
        self.told = threading.Event()

    def stop(self) -> None:
        self.told.set()
        assert self._may_stop.wait(WAIT_S)


class Both:
    """Kafka and PostgreSQL of a stack that is up, and what is done to them."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.may_stop = threading.Event()
        self.services = (Service(self.may_stop), Service(self.may_stop))
        self.said: list[str] = []
        self.killed = 0
        monkeypatch.setattr(LocalStack, "_last_ports", lambda _: object())
        monkeypatch.setattr(LocalStack, "_services", lambda *_: self.services)
        self.platform = Platform(home=Home(root=home), own_stack=True, say=self.said.append)
        monkeypatch.setattr(self.platform, "_kill", self._kill)

    def _kill(self) -> None:
        self.killed += 1
        self.may_stop.set()

    async def up(self) -> None:
        async def started() -> Endpoints:
            return Endpoints(kafka_bootstrap="127.0.0.1:1", database_url="postgresql://127.0.0.1:2/x")

        self.platform._starting = asyncio.ensure_future(started())
        await self.platform._starting

    async def told(self) -> None:
        for service in self.services:
            assert await asyncio.to_thread(service.told.wait, WAIT_S), "both are told, neither waits for the other"


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    made = Both(tmp_path, monkeypatch)
    yield made
    made.may_stop.set()


async def test_both_are_told_at_once_and_waited_for(both: Both) -> None:
    await both.up()
    ending = asyncio.create_task(both.platform.down())
    await both.told()
    both.may_stop.set()
    await ending
    assert (both.killed, both.said) == (0, [])


async def test_who_does_not_end_is_killed_and_that_is_said(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "STOP_S", 0.05)
    await both.up()
    await both.platform.down()
    assert (both.killed, both.said) == (1, ["Kafka or PostgreSQL did not stop in time: killed"])


async def test_told_twice_nothing_is_waited_for(both: Both) -> None:
    await both.up()
    await both.platform.down(at_once=True)
    assert (both.killed, both.said) == (1, [])
