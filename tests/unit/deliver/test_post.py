"""One attempt against real servers on this machine: what is sent, and what is never done."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from multidict import CIMultiDict

from agents.deliver import signature
from agents.deliver.answer import Fate
from agents.deliver.endpoints import Endpoint
from agents.deliver.post import MOST_ANSWER_BYTES, Post
from agents.deliver.schedule import Delivery
from agents.deliver.undelivered import delivery_of
from tests.services import certificates
from tests.unit.deliver.rows import LaneRecord, lane_record

SECRET, OLD = signature.new_secret(), signature.new_secret()
HERE = ("127.0.0.0/8",)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    monkeypatch.setenv("HOOK_OLD", OLD)


@pytest.fixture
def delivery() -> Delivery:
    record = lane_record("home", 3, subject="Žluťoučký kůň")
    return delivery_of(LaneRecord(**{**vars(record), "headers": (*record.headers, ("traceparent", TRACE.encode()))}))


class Receiver:
    """Keeps what it is sent; answers as `answer` says."""

    def __init__(self) -> None:
        self.got: list[tuple[str, CIMultiDict[str], bytes]] = []
        self.answer: Callable[[web.Request], Awaitable[web.StreamResponse]] = self._fine
        self.port = 0

    @staticmethod
    async def _fine(_: web.Request) -> web.Response:
        return web.Response(text="thanks")

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.got.append((request.path, CIMultiDict(request.headers), await request.read()))
        return await self.answer(request)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


@asynccontextmanager
async def receiving(context: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    receiver, app = Receiver(), web.Application()
    app.router.add_route("*", "/{tail:.*}", receiver.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    receiver.port = runner.addresses[0][1]
    try:
        yield receiver
    finally:
        await runner.cleanup()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as one:
        yield one


class Rebinding(AbstractResolver):
    """A name server that answers differently each time."""

    def __init__(self, *answers: str) -> None:
        self.answers, self.asked = list(answers), 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked += 1
        address = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None: ...


@asynccontextmanager
async def posting(url: str, **fields: Any) -> AsyncIterator[Post]:
    beside = {name: fields.pop(name) for name in ("resolver", "ssl") if name in fields}
    given = {"name": "hook", "url": url, "secrets": ("env:HOOK_SECRET",), "allow_networks": HERE, "timeout_s": 5}
    post = Post(Endpoint.model_validate(given | fields), **beside)
    try:
        yield post
    finally:
        await post.close()


async def test_the_verdict_is_posted_as_it_is_signed_and_named(receiver: Receiver, delivery: Delivery) -> None:
    async with posting(receiver.url, secrets=("env:HOOK_SECRET", "env:HOOK_OLD")) as post:
        answer = await post.send(delivery)
        await post.send(delivery)
    assert answer.fate == Fate.DELIVERED
    (path, headers, body), (_, again, _) = receiver.got
    assert (path, body) == ("/hook", delivery.event.value)
    assert headers["webhook-id"] == again["webhook-id"] == f"{delivery.event_id}-0"
    assert (headers["Content-Type"], headers["traceparent"]) == ("application/json", TRACE)
    now = float(headers["webhook-timestamp"])
    for secret in (SECRET, OLD):
        assert signature.verify(headers, body, [signature.key(secret)], now=now) == headers["webhook-id"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(receiver: Receiver, delivery: Delivery, status: int) -> None:
    async def moved(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    receiver.answer = moved
    async with posting(receiver.url) as post:
        answer = await post.send(delivery)
    assert answer.fate == Fate.REFUSED
    assert [path for path, _, _ in receiver.got] == ["/hook"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
async def test_a_private_address_is_gets_no_connection(receiver: Receiver, delivery: Delivery, host: str) -> None:
    async with posting(f"https://{host}:{receiver.port}/hook", allow_networks=()) as post:
        answer = await post.send(delivery)
    assert (answer.fate, answer.sick) == (Fate.AGAIN, True)
    assert "not public" in answer.reason
    assert receiver.got == []


async def test_a_name_that_is_rebound_to_a_private_address_gets_no_connection(
    receiver: Receiver, delivery: Delivery
) -> None:
    resolver = Rebinding("127.0.0.1", "127.0.0.2")
    url = f"http://hooks.example.com:{receiver.port}/"
    async with posting(url, resolver=resolver, allow_networks=("127.0.0.1/32",)) as post:
        first = await post.send(delivery)
        await post._session.connector.close()  # type: ignore[union-attr]
    async with posting(url, resolver=resolver, allow_networks=("127.0.0.1/32",)) as post:
        second = await post.send(delivery)
    assert (first.fate, resolver.asked) == (Fate.DELIVERED, 2)
    assert second.reason.startswith("address 127.0.0.2 is not in allow_networks")
    assert len(receiver.got) == 1


async def test_in_the_clear_nothing_goes_to_a_public_address(delivery: Delivery) -> None:
    url, networks = "http://hooks.example.com:1/", ("10.0.0.0/8",)
    async with posting(url, resolver=Rebinding("93.184.215.14"), allow_networks=networks) as post:
        answer = await post.send(delivery)
    assert answer.reason == "address 93.184.215.14 is not in allow_networks, and http goes nowhere else: use https"


async def test_a_slow_answer_and_one_that_trickles_end_in_time(receiver: Receiver, delivery: Delivery) -> None:
    async def trickle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b".")
            await asyncio.sleep(0.05)

    receiver.answer = trickle
    async with posting(receiver.url, timeout_s=0.3) as post:
        answer = await post.send(delivery)
    assert (answer.fate, answer.reason) == (Fate.AGAIN, "no answer within 0.3 s")


async def test_an_endless_answer_is_cut_off(receiver: Receiver, delivery: Delivery) -> None:
    written = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal written
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * MOST_ANSWER_BYTES)
            written += MOST_ANSWER_BYTES

    receiver.answer = endless
    async with posting(receiver.url) as post:
        answer = await post.send(delivery)
    assert answer.fate == Fate.DELIVERED
    assert written < 1000 * MOST_ANSWER_BYTES


async def test_what_does_not_speak_http_is_sick(delivery: Delivery) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n")
        writer.write(b"SSH-2.0-what\r\n\x00\xff" * 9)
        writer.close()

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with posting(f"http://127.0.0.1:{port}/") as post:
            answer = await post.send(delivery)
    assert (answer.fate, answer.sick) == (Fate.AGAIN, True)
    assert "SSH" not in answer.reason


async def test_a_closed_port_is_sick(delivery: Delivery) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with posting(f"http://127.0.0.1:{port}/") as post:
        answer = await post.send(delivery)
    assert answer.sick
    assert "cannot be reached" in answer.reason


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path, delivery: Delivery) -> None:
    made = certificates.make(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made.certificate, made.key)
    async with receiving(context) as receiver:
        url = f"https://127.0.0.1:{receiver.port}/"
        async with posting(url) as post:
            refused = await post.send(delivery)
        async with posting(url, ssl=ssl.create_default_context(cafile=str(made.ca))) as post:
            taken = await post.send(delivery)
    assert refused.reason == "its TLS certificate was refused"
    assert (taken.fate, len(receiver.got)) == (Fate.DELIVERED, 1)


@pytest.mark.parametrize(("text", "said"), [(None, "is not set"), ("hunter2", "a signing secret is whsec_")])
async def test_without_its_secret_nothing_is_sent_and_the_secret_is_not_told(
    receiver: Receiver, delivery: Delivery, monkeypatch: pytest.MonkeyPatch, text: str | None, said: str
) -> None:
    monkeypatch.delenv("HOOK_SECRET")
    if text:
        monkeypatch.setenv("HOOK_SECRET", text)
    async with posting(receiver.url) as post:
        answer = await post.send(delivery)
    assert answer.fate == Fate.AGAIN
    assert said in answer.reason
    assert "hunter2" not in answer.reason
    assert receiver.got == []
