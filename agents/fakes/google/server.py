"""The HTTP server: Gmail and its batches, OAuth, and the control side under /_control/."""

from __future__ import annotations

import asyncio
import random
from email.utils import formatdate
from typing import Any

from aiohttp import web
from multidict import MultiDict

from agents.fakes.google import batch, gmail
from agents.fakes.google.call import Answer, Call, bearer
from agents.fakes.google.control import COMMANDS
from agents.fakes.google.errors import ApiError, named
from agents.fakes.google.faults import Faults
from agents.fakes.google.mailbox import NoSuchMessage
from agents.fakes.google.oauth import OAuth
from agents.fakes.google.pushes import Publish, Pushes
from agents.fakes.google.signing import Key
from agents.fakes.google.tokens import Authority
from agents.fakes.google.wire import Holder, send
from agents.fakes.google.world import NoSuchMailbox, World

MOST_BYTES = 256 * 1024 * 1024
DEFAULT_CLIENT = ("local-client.apps.googleusercontent.com", "GOCSPX-local")
"""client_id and client_secret that are known from the start."""


class Server:
    """All handlers, and the world behind them."""

    def __init__(self, url: str, publish: Publish | None) -> None:
        self._publish = publish
        self._url = url
        self._key = Key()
        self.holder = Holder(self._new_world(seed=0))

    def app(self) -> web.Application:
        """The application."""
        app = web.Application(client_max_size=MOST_BYTES)
        app.on_response_prepare.append(self._date)
        OAuth(self.holder).add_to(app.router)
        app.router.add_post("/_control/{name}", self.control)
        app.router.add_post("/batch/gmail/v1", self.batch)
        app.router.add_post("/batch", self.batch)
        app.router.add_route("*", "/gmail/{rest:.*}", self.single)
        return app

    async def single(self, request: web.Request) -> web.StreamResponse:
        """A call of its own."""
        body = await request.read()
        call = Call(request.method, request.path, MultiDict(request.query), _token(request), body)
        answer, fault = await gmail.answer(self.holder.world, call)
        return await send(request, answer.code, answer.body, answer.headers, fault=fault)

    async def batch(self, request: web.Request) -> web.StreamResponse:
        """Many at once; each part has its own answer, quota and errors."""
        world = self.holder.world
        world.requests["batch"] += 1
        fault = world.faults.draw("batch", "")
        try:
            if fault is not None and fault.delay_s:
                await asyncio.sleep(fault.delay_s)
            if fault is not None and fault.effect == "error":
                raise named(fault.error, fault.retry_after_s, world.clock.now())
            parts = batch.calls(request.headers.get("Content-Type", ""), await request.read(), _token(request))
        except ApiError as error:
            refused = Answer.of(error)
            return await send(request, refused.code, refused.body, refused.headers)
        answers = [(name, (await gmail.answer(world, call, ("error", "slow")))[0]) for name, call in parts]
        content_type, body = batch.render(answers)
        return await send(request, 200, body, {}, fault=fault, content_type=content_type)

    async def control(self, request: web.Request) -> web.Response:
        """A command by its name; 400 says what is wrong with it."""
        name = request.match_info["name"]
        arguments: dict[str, Any] = await request.json() if request.can_read_body else {}
        try:
            if name == "reset":
                self.holder.world = self._new_world(**arguments)
                return web.json_response(None)
            return web.json_response(COMMANDS[name](self.holder.world, **arguments))
        except (KeyError, TypeError, ValueError, NoSuchMailbox, NoSuchMessage) as error:
            return web.json_response({"error": f"{name}: {type(error).__name__}: {error}"}, status=400)

    async def _date(self, _request: web.Request, response: web.StreamResponse) -> None:
        """The Date header shows this server's clock, also when it was moved."""
        response.headers["Date"] = formatdate(self.holder.world.clock.now(), usegmt=True)

    def _new_world(self, *, seed: int = 0) -> World:
        return World(
            url=self._url,
            key=self._key,
            pushes=Pushes(self._publish, dice=random.Random(seed)),
            authority=Authority(clients=dict([DEFAULT_CLIENT])),
            faults=Faults(seed),
        )


def _token(request: web.Request) -> str:
    return bearer(request.headers.get("Authorization", ""))
