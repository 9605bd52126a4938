"""A push is answered when its mails are committed, whichever way it comes; nobody but Google may push over HTTP."""

from __future__ import annotations

import asyncio
import json
import time
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.accounts import Account, GmailMailbox
from agents.push.directory import Directory
from agents.push.dispatch import Dispatcher, Outcome
from agents.push.endpoint import PATH, Endpoint
from agents.push.message import Malformed, PushedChange, decode
from agents.push.oidc import Verifier
from agents.push.relay import Relay
from agents.sources.base import ProviderTransient
from agents.sources.gmail.hints import Hints
from infra.errors import ConfigError
from infra.settings import Settings, load
from infra.stack.ports import any_free
from tests.services.google_here import GoogleHere

AUDIENCE = "https://triage.example.org/push/gmail"
SENDER = "push@project.iam.gserviceaccount.example"


def push(email: str = "Box@example.org", history_id: object = 50) -> bytes:
    return json.dumps({"emailAddress": email, "historyId": history_id}).encode()


@dataclass
class Desk:
    """A dispatcher with one own account, and one that nobody here owns."""

    hints: Hints
    dispatcher: Dispatcher


@pytest.fixture
def desk() -> Desk:
    settings, hints, directory = load(), Hints(), Directory()
    for name, enabled in (("box", True), ("elsewhere", True), ("off", False)):
        account = Account(id=name, kind="gmail", gmail=GmailMailbox(email=f"{name}@example.org"), enabled=enabled)
        directory.take_in(name.encode(), account.encode())
    directory.take_in(b"broken", b"{}")
    directory.loaded.set()
    return Desk(hints, Dispatcher(hints, directory, Relay(settings, hints, directory), commit_s=60))


async def test_point_8_a_push_waits_for_the_commit_of_its_history_id(desk: Desk) -> None:
    with desk.hints.owned("box") as listener:
        waiting = asyncio.create_task(desk.dispatcher.take("pull", push(history_id=50)))
        assert await listener.until_hinted(5)
        listener.commit(49)
        await asyncio.sleep(0)
        assert (waiting.done(), desk.dispatcher.waiting) == (False, 1)
        listener.commit(50)
        assert await waiting is Outcome.COMMITTED
    assert desk.dispatcher.waiting == 0


async def test_point_3_duplicates_and_late_ones_are_answered_at_once(desk: Desk) -> None:
    with desk.hints.owned("box") as listener:
        listener.commit(50)
        for history_id in (50, 50, 3):
            assert await desk.dispatcher.take("pull", push(history_id=history_id)) is Outcome.COMMITTED
        assert not await listener.until_hinted(0)


@pytest.mark.parametrize("account", ["box", "elsewhere"])
async def test_point_8_what_is_not_committed_in_time_has_to_come_again(desk: Desk, account: str) -> None:
    desk.dispatcher._commit_s = 0.3
    with desk.hints.owned("box"):
        assert await desk.dispatcher.take("pull", push(f"{account}@example.org")) is Outcome.LATE


@pytest.mark.parametrize(
    ("data", "outcome"),
    [
        (push("nobody@example.org"), Outcome.UNKNOWN),
        (push("off@example.org"), Outcome.UNKNOWN),
        (b"", Outcome.MALFORMED),
        (push(history_id="soon"), Outcome.MALFORMED),
        (push(history_id=-1), Outcome.MALFORMED),
        (push(history_id=10**30), Outcome.MALFORMED),
    ],
)
async def test_what_concerns_no_mailbox_is_done_with(desk: Desk, data: bytes, outcome: Outcome) -> None:
    assert await desk.dispatcher.take("pull", data) is outcome


@given(st.binary() | st.from_type(dict).map(lambda value: repr(value).encode()))
def test_whatever_a_push_holds_it_is_read_or_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        decode(data)


def test_a_history_id_may_be_a_number_or_its_digits() -> None:
    assert decode(push(history_id=7)) == decode(push(history_id="7")) == PushedChange("box@example.org", 7)


@pytest.fixture
def settings(google: GoogleHere) -> Settings:
    return load(
        push_port=any_free()[0],
        push_audience=AUDIENCE,
        push_service_account=SENDER,
        push_certs_url=f"{google.url}/oauth2/v1/certs",
    )


@pytest.fixture
async def endpoint(desk: Desk, settings: Settings) -> AsyncIterator[Any]:
    """`await endpoint(token, body)` → status."""
    made = Endpoint(settings, desk.dispatcher)
    await made.start()
    async with aiohttp.ClientSession() as http:

        async def post(token: str, body: bytes | None = None) -> int:
            body = body or json.dumps({"message": {"data": b64encode(push()).decode()}, "subscription": "s"}).encode()
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            async with http.post(f"http://127.0.0.1:{settings.push_port}{PATH}", data=body, headers=headers) as answer:
                return answer.status

        yield post
    await made.close()


async def test_point_8_the_endpoint_answers_after_the_commit_or_asks_for_another_try(
    google: GoogleHere, desk: Desk, endpoint: Any
) -> None:
    token = await asyncio.to_thread(google.sign_id_token, AUDIENCE, email=SENDER)
    with desk.hints.owned("box") as listener:
        desk.dispatcher._commit_s = 0.3
        assert await endpoint(token) == 503
        desk.dispatcher._commit_s = 60
        listener.commit(50)
        assert await endpoint(token) == 204
    assert await endpoint(token, b"nonsense") == 204


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"email": SENDER}, 204),
        ({"email": "somebody@else.example"}, 403),
        ({"email": SENDER, "email_verified": False}, 403),
        ({"email": SENDER, "aud": "https://else.example"}, 403),
        ({"email": SENDER, "iss": "https://else.example"}, 401),
        ({"email": SENDER, "exp": 1_000_000_000}, 401),
        ({"email": SENDER, "exp": None}, 401),
        ({"email": None}, 403),
    ],
)
async def test_only_our_own_subscription_may_push(
    google: GoogleHere, desk: Desk, endpoint: Any, claims: dict[str, Any], status: int
) -> None:
    token = await asyncio.to_thread(google.sign_id_token, AUDIENCE, **claims)
    with desk.hints.owned("box") as listener:
        listener.commit(50)
        assert await endpoint(token) == status


@pytest.mark.parametrize("spoil", [lambda _: "", lambda _: "a.b.c", lambda token: token[:-8] + "AAAAAAAA"])
async def test_a_token_that_google_did_not_sign_is_refused(google: GoogleHere, endpoint: Any, spoil: Any) -> None:
    token = await asyncio.to_thread(google.sign_id_token, AUDIENCE, email=SENDER)
    assert await endpoint(spoil(token)) == 401


async def test_while_googles_certificates_cannot_be_had_those_at_hand_are_good_and_nobody_asks_for_each_push(
    google: GoogleHere, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await asyncio.to_thread(google.sign_id_token, AUDIENCE, email=SENDER)
    verifier = Verifier(certs_url=settings.push_certs_url, audience=AUDIENCE, service_account=SENDER)
    await verifier.verify(f"Bearer {token}")
    asked: list[float] = []

    async def away(_verifier: Verifier) -> dict[str, str]:
        asked.append(time.monotonic())
        raise ProviderTransient("no answer")

    monkeypatch.setattr(Verifier, "_fetch", away)
    monkeypatch.setattr("agents.push.oidc.CERTS_S", 0.0)
    monkeypatch.setattr("agents.push.oidc.CERTS_PAUSE_S", -1.0)
    await verifier.verify(f"Bearer {token}")
    monkeypatch.setattr("agents.push.oidc.CERTS_PAUSE_S", 10.0)
    stranger = Verifier(certs_url=settings.push_certs_url, audience=AUDIENCE, service_account=SENDER)
    for _ in range(5):
        await verifier.verify(f"Bearer {token}")
        with pytest.raises(ProviderTransient, match="no answer"):
            await stranger.verify(f"Bearer {token}")
    assert len(asked) == 2  # once each


def test_an_endpoint_that_could_not_tell_google_from_anybody_is_refused(desk: Desk) -> None:
    with pytest.raises(ConfigError, match="PUSH_AUDIENCE"):
        Endpoint(load(push_port=1), desk.dispatcher)
