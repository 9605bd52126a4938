"""The folders of one account log in so that a wrong password is tried once, not once a folder."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from agents.ingest import door as subject
from agents.ingest.door import Door
from agents.sources.base import AuthFailed, ProviderTransient


class Server:
    """Lets folders in or refuses them, one after the other as told, and counts."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.error: Exception | None = None
        self.logins = self.at_once = self.most_at_once = 0
        self.greets = asyncio.Event()
        self.greets.set()
        self.ends = asyncio.Event()

    async def visit(self) -> None:
        """One folder's session."""
        async with self.door.entering() as let_in:
            self.logins += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            await self.greets.wait()
            self.at_once -= 1
            if self.error:
                raise self.error
            let_in()
            await self.ends.wait()


async def visits(server: Server, count: int) -> list[BaseException | None]:
    return await asyncio.gather(*(server.visit() for _ in range(count)), return_exceptions=True)


async def soon(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - what is watched has no event
            await asyncio.sleep(0.005)


async def test_a_refused_password_is_tried_once_however_many_folders_there_are() -> None:
    server = Server(Door(60))
    server.error = AuthFailed("box: wrong password")
    said = await visits(server, 15)
    assert server.logins == 1
    assert {str(error) for error in said} == {"box: wrong password"}
    assert 30 < server.door.closed_for_s <= 60


async def test_after_the_pause_it_is_tried_once_more() -> None:
    server = Server(Door(1.0))
    server.error = AuthFailed("wrong")
    await visits(server, 5)
    await asyncio.sleep(server.door.closed_for_s + 0.01)
    await visits(server, 5)
    assert server.logins == 2


async def test_once_one_is_in_the_others_enter_side_by_side() -> None:
    server = Server(Door(60))
    server.greets.clear()
    tasks = [asyncio.create_task(server.visit()) for _ in range(5)]
    await soon(lambda: server.logins > 0)
    await asyncio.sleep(0.01)
    assert server.logins == 1
    server.greets.set()
    server.greets.clear()  # only the first was greeted
    await soon(lambda: server.logins == 5)
    assert server.at_once == 4
    server.greets.set()
    server.ends.set()
    await asyncio.gather(*tasks)


async def test_a_password_that_was_changed_meanwhile_is_tried_once_after_all_sessions_ended() -> None:
    """Providers end the sessions when the password changes: every folder comes back at the same time."""
    server = Server(Door(60))
    tasks = [asyncio.create_task(server.visit()) for _ in range(5)]
    await asyncio.sleep(0.01)
    server.ends.set()
    await asyncio.gather(*tasks)
    server.error = AuthFailed("wrong")
    server.logins = 0
    await visits(server, 5)
    assert server.logins == 1


@pytest.mark.parametrize("end", [lambda task: task.cancel(), lambda _: None], ids=["cancelled", "transient"])
async def test_whoever_gives_up_lets_the_next_one_try(end: Callable[[asyncio.Task[None]], object]) -> None:
    server = Server(Door(60))
    server.greets.clear()
    server.error = ProviderTransient("away")
    first, second = asyncio.create_task(server.visit()), asyncio.create_task(server.visit())
    await asyncio.sleep(0.01)
    end(first)
    server.greets.set()
    await asyncio.gather(first, second, return_exceptions=True)
    assert (server.logins, server.door.closed_for_s) == (2, 0.0)


async def test_a_door_opens_as_soon_as_what_was_refused_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "LOOK_S", 0.01)
    replaced = asyncio.Event()
    server = Server(Door(60))
    server.error = AuthFailed("revoked")
    server.error.mended = replaced.is_set
    await visits(server, 3)
    opened = asyncio.create_task(server.door.until_open())
    await asyncio.sleep(0.05)
    assert not opened.done()
    replaced.set()
    await asyncio.wait_for(opened, 60)
    server.error = None
    server.ends.set()
    assert await visits(server, 3) == [None, None, None]
