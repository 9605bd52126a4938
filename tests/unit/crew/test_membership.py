"""A crew that its group does not let in again starts over, though a poll of its consumer never ends."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from agents.crew import reading as module
from agents.crew.backlog import Backlog
from agents.crew.cache import Cache
from agents.crew.reading import Reading
from infra.settings import load
from streams import group_watch
from streams.group_watch import OutOfGroup, Patience, Standing


class Unheard:
    """aiokafka's consumer in a rebalance without an end."""

    stopped = False

    def assignment(self) -> set[Any]:
        return set()

    def pause(self, *_: object) -> None: ...

    def resume(self, *_: object) -> None: ...

    async def getmany(self, **_: object) -> dict[Any, Any]:
        await asyncio.Event().wait()
        return {}

    async def stop(self) -> None:
        self.stopped = True


async def test_who_is_not_let_in_is_given_up_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    async def yes(*_: object) -> bool:
        return True

    async def join() -> None:
        reading._consumer = consumer

    settings, consumer = load(), Unheard()
    reading: Any = Reading(settings, Cache.of(settings), Backlog(expire_s=60))
    reading._watch._patience = Patience(0.05)
    monkeypatch.setattr(reading, "_join", join)
    monkeypatch.setattr(module, "standing", lambda _: Standing("it waits to be let in"))
    monkeypatch.setattr(group_watch, "LOOK_S", 0.01)
    monkeypatch.setattr(group_watch, "TELL_AFTER_S", 0.0)
    monkeypatch.setattr(group_watch, "answers", yes)
    async with asyncio.timeout(60):
        with pytest.raises(OutOfGroup, match="triage-crew: it waits to be let in"):
            await reading.run()
    assert reading.trouble == "group triage-crew: it waits to be let in"
    await reading.close()
    assert consumer.stopped
