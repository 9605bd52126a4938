"""What all Gmail mailboxes of a process share: connections, the quota, hints, watches; and how one is made of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import aiohttp

from agents.accounts import Account
from agents.breakers import BREAKERS, Breaker, account_class
from agents.oauth import AccessTokens, access_tokens
from agents.oauth.endpoint import check_url
from agents.sources.base import Announced, Room
from agents.sources.gmail.api import ATTEMPTS, GmailApi
from agents.sources.gmail.hints import Hints, Listener
from agents.sources.gmail.mailbox import Gmail, GmailLimits
from agents.sources.gmail.quota import Quota
from agents.sources.gmail.watching import Watches, Watching
from infra.settings import Settings

CONNECTIONS = 200
"""To Gmail, of all mailboxes together."""


class Service:
    """Make it in the running event loop; `close` at the end."""

    def __init__(self, settings: Settings, *, share: Callable[[], float] = lambda: 1.0) -> None:
        """Args are few.

        Args:
            settings: roots, limits, topic.
            share: this process's part of the project's quota, 0..1.
        """
        self._settings = settings
        self.fallback = settings.fallback_provider == "imap"
        """Whether accounts that have an IMAP server are read over it while Gmail is away; an operator may change it."""
        self.hints = Hints()
        self.watches = Watches(self.hints.wake_all)
        self.quota = Quota(
            user_per_minute=settings.gmail_user_units,
            project_per_minute=settings.gmail_project_units,
            message_units=settings.gmail_message_units,
            share=share,
        )
        self._slots = asyncio.Semaphore(CONNECTIONS)
        self._http: aiohttp.ClientSession | None = None

    def api(
        self,
        account: Account,
        tokens: AccessTokens | None = None,
        *,
        attempts: int = ATTEMPTS,
        breaker: Breaker | None = None,
    ) -> GmailApi:
        """The calls of one mailbox; with tokens, a breaker and a number of attempts of the caller's own.

        Raises:
            ConfigError: the account's tokens cannot be had (no key, no OAuth client), or would be sent in the clear.
        """
        assert account.gmail is not None
        check_url(self._settings.gmail_api_root)
        return GmailApi(
            self._session(),
            self._settings.gmail_api_root,
            tokens or access_tokens(self._settings, account),
            self.quota.of(account.gmail.email),
            timeout_s=self._settings.gmail_timeout_s,
            breaker=breaker or self.breaker(account),
            slots=self._slots,
            attempts=attempts,
        )

    def breaker(self, account: Account) -> Breaker:
        """The circuit breaker of Gmail for accounts like this."""
        return BREAKERS.of(self._settings, "gmail", account_class(account))

    def mailbox(self, account: Account, announced: Announced, *, since_days: float | None, room: Room) -> Gmail:
        """The source of an account.

        Raises:
            ConfigError: see `api`.
        """
        assert account.gmail is not None
        settings, api = self._settings, self.api(account)
        pushed = bool(settings.gmail_topic)
        return Gmail(
            account.id,
            account.gmail.labels,
            api,
            limits=GmailLimits(
                first_contact_days=since_days,
                mail_max_bytes=settings.mail_max_bytes,
                silence_s=settings.gmail_silence_s if pushed else settings.gmail_poll_s,
                answers=settings.gmail_answers,
            ),
            announced=announced,
            listener=self.hints.of(account.id) or Listener(),
            watching=Watching(
                account.id,
                account.gmail.labels,
                api,
                self.watches,
                topic=settings.gmail_topic,
                every_s=settings.gmail_watch_s,
            ),
            room=room,
        )

    @contextmanager
    def owned(self, account_id: str) -> Iterator[None]:
        """This process reads the account while the context lasts: it gets its hints and sees to its watch."""
        with self.hints.owned(account_id):
            try:
                yield
            finally:
                self.watches.set(account_id, None)

    def measure(self) -> None:
        """Set the gauges."""
        self.quota.measure()
        self.watches.measure()

    async def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.close()

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=60)
            # A proxy of the environment is used; cookies and redirects have no place here.
            self._http = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=True, auto_decompress=True
            )
        return self._http
