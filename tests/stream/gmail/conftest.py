"""A Gmail mailbox of the fake server, read by the real source with real tokens' stand-ins."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from agents.breakers import Breaker
from agents.sources.base import Announced, Room, unbounded
from agents.sources.gmail import Gmail, GmailLimits
from agents.sources.gmail.api import GmailApi
from agents.sources.gmail.hints import Listener
from agents.sources.gmail.quota import Quota
from agents.sources.gmail.watching import Watches, Watching
from tests.integration.following import nothing_announced
from tests.integration.source_conformance import FIRST_CONTACT_DAYS
from tests.services.google_here import GoogleHere

ACCOUNT = "box"


class ConsentedTokens:
    """`AccessTokens` of a user of the fake: a consent beforehand, a new one after a 401."""

    def __init__(self, google: GoogleHere, user: str) -> None:
        self._google, self._user = google, user
        self._token = ""
        self.asked = 0

    async def token(self) -> str:
        if not self._token:
            self.asked += 1
            self._token = (await asyncio.to_thread(self._google.consent, self._user)).access_token
        return self._token

    def refused(self, token: str) -> None:
        if token == self._token:
            self._token = ""


@dataclass
class GmailMailbox:
    """One mailbox and what can happen to it."""

    google: GoogleHere
    user: str
    http: aiohttp.ClientSession
    labels: tuple[str, ...] = ("INBOX",)
    topic: str = ""
    root: str = ""
    watched_every_s: float = 86400
    limits: dict[str, Any] = field(default_factory=dict)
    listener: Listener = field(default_factory=Listener)
    watches: Watches = field(default_factory=Watches)
    announced: Announced = nothing_announced
    room: Room = unbounded
    user_per_minute: float = 1e6
    breaker: Breaker = field(default_factory=lambda: Breaker("test", failures=1000, reset_s=1))

    def __post_init__(self) -> None:
        self.tokens = ConsentedTokens(self.google, self.user)

    async def deliver(self, raw: bytes, age: timedelta = timedelta()) -> None:
        await asyncio.to_thread(self._deliver, raw, age)

    def api(self) -> GmailApi:
        quota = Quota(user_per_minute=self.user_per_minute, project_per_minute=1e7)
        root = self.root or self.google.url
        return GmailApi(self.http, root, self.tokens, quota.of(self.user), timeout_s=30, breaker=self.breaker)

    def source(self) -> Gmail:
        api = self.api()
        return Gmail(
            ACCOUNT,
            self.labels,
            api,
            limits=GmailLimits(**{"first_contact_days": FIRST_CONTACT_DAYS, "silence_s": 0.3, **self.limits}),
            announced=self.announced,
            listener=self.listener,
            watching=Watching(ACCOUNT, self.labels, api, self.watches, topic=self.topic, every_s=self.watched_every_s),
            room=self.room,
        )

    async def break_off(self) -> None:
        self.root = "http://127.0.0.1:9"

    def _deliver(self, raw: bytes, age: timedelta) -> None:
        self.google.deliver(self.user, raw, internal_ms=int((time.time() - age.total_seconds()) * 1000))


@pytest.fixture(scope="session")
def shared_google_here() -> Iterator[GoogleHere]:
    server = GoogleHere()
    server.start()
    yield server
    server.close()


@pytest.fixture
def google(shared_google_here: GoogleHere) -> GoogleHere:
    """The fake, empty."""
    shared_google_here.reset()
    shared_google_here.pushed.clear()
    shared_google_here.missing_topics.clear()
    return shared_google_here


@pytest.fixture
async def make_mailbox(google: GoogleHere, unique: str) -> AsyncIterator[Callable[..., GmailMailbox]]:
    """`make_mailbox(labels=..., topic=..., limits={...})`: an empty mailbox of this test's own."""
    async with aiohttp.ClientSession() as http:

        def make(**changes: Any) -> GmailMailbox:
            user = f"{unique}@example.org"
            google.create(user)
            return GmailMailbox(google=google, user=user, http=http, **changes)

        yield make


@pytest.fixture
def mailbox(make_mailbox: Callable[..., GmailMailbox]) -> GmailMailbox:
    return make_mailbox()
