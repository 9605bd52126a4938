"""When a worker counts as out of its group, which ends it: never while it waits for something that others must do."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from faust.types import TP

from infra.settings import load
from streams import group_watch, process
from streams.controls import Controls
from streams.group_watch import Standing
from streams.transport import driver

IN = TP("in", 0)
LET_IN = Standing("", 3)


class Client:
    """The group's client as its thread has it, which knows `topics`."""

    def __init__(self, seen: Standing, topics: tuple[str, ...] = ("in",)) -> None:
        self.seen = seen
        self._client = SimpleNamespace(cluster=SimpleNamespace(_partitions={topic: {0: None} for topic in topics}))

    def subscription(self) -> frozenset[str]:
        return frozenset({"in"})


def consumer(client: Client | None, *, share: set[TP], opened: bool = False, opening: bool = False) -> Any:
    made: Any = driver.Consumer.__new__(driver.Consumer)
    made._thread = driver.ConsumerThread.__new__(driver.ConsumerThread)
    made._thread._consumer = client
    made.app = SimpleNamespace(input_topics={"in"})
    made.ownership = SimpleNamespace(opened=opened, opening={("in", 0): 1.0} if opening else {})
    made.assignment = lambda: share
    return made


@pytest.mark.parametrize(
    ("made", "seen"),
    [
        (consumer(None, share=set()), Standing()),
        (consumer(Client(LET_IN), share={IN}, opened=True), LET_IN),
        (consumer(Client(LET_IN), share={IN}, opening=True), LET_IN),
        (consumer(Client(LET_IN), share=set()), LET_IN),
        (consumer(Client(LET_IN), share={TP("a changelog", 0)}), LET_IN),
        (consumer(Client(LET_IN), share={IN}), Standing("its share is not taken up", 3)),
        (consumer(Client(Standing("it waits", 3)), share={IN}), Standing("it waits", 3)),
        (consumer(Client(Standing("it waits", 3)), share={IN}, opened=True), Standing("it waits", 3)),
        (consumer(Client(Standing("it waits", 3), topics=()), share=set()), Standing()),
    ],
    ids=[
        "not started", "works", "recovers its tables", "a spare one", "a spare one with a changelog",
        "Faust never hands the share on", "joins", "put out while it works", "topics are missing",
    ],
)  # fmt: skip
def test_a_worker_stands_as_its_client_knows_and_as_its_share_is_worked_on(
    monkeypatch: pytest.MonkeyPatch, made: Any, seen: Standing
) -> None:
    monkeypatch.setattr(driver, "standing", lambda client: client.seen)
    assert made.standing() == seen


async def test_a_process_whose_app_is_given_up_fails_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    async def yes(*_: object) -> bool:
        return True

    monkeypatch.setattr(group_watch, "answers", yes)
    monkeypatch.setattr(group_watch, "LOOK_S", 0.001)
    settings, stop = load(), asyncio.Event()
    running = process.Running(settings, "group", [], stop, Controls(settings, []))
    waits: Any = SimpleNamespace(standing=Standing("it waits", 3), start=lambda: asyncio.sleep(0))
    running.app = waits
    running.watch._patience = group_watch.Patience(0.05)
    with pytest.raises(group_watch.OutOfGroup, match="group group: it waits"):
        await running.watch.beside(running.until_stopped(), lambda: running.app.standing)
    assert not stop.is_set(), "the process ends it in order"
