"""The process ends when a part of it does: one that reads no mailbox any more must not look alive."""

from __future__ import annotations

import asyncio
from typing import Any, Self

import pytest

from agents.ingest import process
from infra.settings import load


class Beside:
    """What is needed around it, and does nothing here."""

    def __init__(self, *_: object) -> None: ...

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def caught_up(self, _: object) -> None: ...


class Part:
    """Of the process."""

    fails = False
    leases: tuple[object, ...] = ()

    def __init__(self, *_: object) -> None: ...

    async def run(self) -> None:
        if self.fails:
            raise ZeroDivisionError
        await asyncio.Event().wait()


@pytest.mark.parametrize("part", ["Membership", "Push"])
async def test_a_part_that_fails_ends_the_process_with_its_error(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    for name in ("Membership", "Push"):
        monkeypatch.setattr(process, name, type(name, (Part,), {"fails": name == part}))
    for name in ("Follower", "StatusPublisher"):
        monkeypatch.setattr(process, name, Beside)
    for name in ("end_within", "show_on_signal", "follow_disk"):
        monkeypatch.setattr(process, name, lambda *_, **__: None)
    monkeypatch.setattr(process, "stop_signal", asyncio.Event)
    nothing: Any = type("Nothing", (), {"serve": lambda *_: None, "follow": lambda *_: None})()
    monkeypatch.setattr(process, "metrics_server", nothing)
    monkeypatch.setattr(process, "controls", nothing)
    async with asyncio.timeout(60):
        with pytest.raises(ZeroDivisionError):
            await process.ingest(load())
