"""Access tokens that stay alive: refreshed before they expire, once for all who ask, never again after a final no."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from typing import Protocol

from agents.accounts import Account
from agents.oauth.grants import Clock, FinalRefusal, Grant, ServiceGrant, StoredGrant
from agents.oauth.providers import client_of, mailbox_of, needed_scopes, provider_of
from agents.oauth.store import TokenStore
from agents.oauth.token import AccessToken
from agents.sources.base import AuthFailed, ProviderTransient
from infra.errors import ConfigError
from infra.settings import Settings

LEAST_S = 60.0
"""A token that is handed out is valid for this long, if the provider issues such."""
EARLY_S = (300.0, 600.0)
"""How long before its end a token is refreshed: drawn between these per account, so that not all come at once; more
than clocks are apart."""
PAUSE_S = 15.0
"""After a failed early refresh, while the old token is still good."""
MISCONFIGURED_S = 60.0
"""So long a refusal holds that a change of the settings, not of the stored token, would end."""


class AccessTokens(Protocol):
    """The tokens of one account."""

    async def token(self) -> str:
        """An access token that is valid for at least a minute; who asks meanwhile shares one refresh.

        Raises:
            AuthFailed: access was refused for good, or never granted; the message names the account and the remedy.
                Asking again costs nothing: the provider is asked again only after the stored token changed.
            ProviderTransient: the token endpoint is away.
        """
        ...

    def refused(self, token: str) -> None:
        """The provider did not take this token (401): the next call gets another."""
        ...


class SharedTokens:
    """See `AccessTokens`."""

    def __init__(self, grant: Grant, *, clock: Clock = time.time, draw: Callable[[], float] = random.random) -> None:
        self._grant, self._clock = grant, clock
        self._early_s = EARLY_S[0] + (EARLY_S[1] - EARLY_S[0]) * draw()
        self._held: AccessToken | None = None
        self._refused = ""
        self._pause_until = 0.0
        self._obtaining: asyncio.Task[AccessToken] | None = None
        self._final: tuple[object, str, float] | None = None
        """Mark of the grant, message, until when it holds without a change."""

    async def token(self) -> str:
        """See `AccessTokens`."""
        return (await self.current()).value

    async def current(self) -> AccessToken:
        """The same with its expiry."""
        held = self._held
        if held and (self._is_fresh(held) or (self._is_valid(held) and self._clock() < self._pause_until)):
            return held
        self._raise_final()
        try:
            return await self._obtain(anew=False)
        except ProviderTransient:
            if self._held is None or not self._is_valid(self._held):
                raise
            self._pause_until = self._clock() + PAUSE_S
            return self._held

    def refused(self, token: str) -> None:
        """See `AccessTokens`."""
        self._refused = token
        if self._held and self._held.value == token:
            self._held = None

    async def refresh(self) -> AccessToken:
        """Ask the provider now, whatever is held or was refused.

        Raises:
            AuthFailed, ProviderTransient
        """
        return await self._obtain(anew=True)

    async def _obtain(self, *, anew: bool) -> AccessToken:
        """Join the refresh that runs, or start one. It outlives a cancelled caller: a rotated token must get stored."""
        if self._obtaining is None or self._obtaining.done():
            self._obtaining = asyncio.create_task(self._renew(anew=anew))
            self._obtaining.add_done_callback(_retrieve)
        return await asyncio.shield(self._obtaining)

    async def _renew(self, *, anew: bool) -> AccessToken:
        try:
            self._held = await self._grant.obtain(self._is_usable, anew=anew)
        except AuthFailed as error:
            self._held = None
            until = float("inf") if isinstance(error, FinalRefusal) else self._clock() + MISCONFIGURED_S
            mark = self._grant.mark()  # after the refusal itself was noted in the file
            self._final = (mark, str(error), until)
            error.mended = lambda: self._grant.mark() != mark
            raise
        self._final, self._pause_until = None, 0.0
        return self._held

    def _raise_final(self) -> None:
        if self._final is None:
            return
        mark, message, until = self._final
        if self._clock() < until and self._grant.mark() == mark:
            error = AuthFailed(message)
            error.mended = lambda: self._grant.mark() != mark
            raise error
        self._final = None

    def _is_usable(self, token: AccessToken) -> bool:
        return token.value != self._refused and self._is_fresh(token)

    def _is_fresh(self, token: AccessToken) -> bool:
        return token.expires_at - self._clock() > min(self._early_s, token.lifetime_s / 2)

    def _is_valid(self, token: AccessToken) -> bool:
        return token.expires_at - self._clock() > LEAST_S


def access_tokens(settings: Settings, account: Account, *, clock: Clock = time.time) -> SharedTokens:
    """The tokens of an account of kind gmail, or whose secret is oauth:google or oauth:microsoft.

    Raises:
        ConfigError: TOKEN_KEY or the OAuth client is missing, or the account uses no tokens.
    """
    provider = provider_of(account)
    if not provider:
        raise ConfigError(f"account {account.id} uses no OAuth: its secret is a reference of its own")
    return SharedTokens(_grant(settings, account, provider, clock), clock=clock)


def _grant(settings: Settings, account: Account, provider: str, clock: Clock) -> Grant:
    needed, timeout_s = needed_scopes(account), settings.oauth_timeout_s
    if account.gmail and account.gmail.service_account:
        key, mailbox = account.gmail.service_account, mailbox_of(account)
        url = settings.google_token_url
        return ServiceGrant(account.id, key, mailbox, url, needed, timeout_s=timeout_s, clock=clock)
    store, client = TokenStore.of(settings), client_of(settings, provider)
    return StoredGrant(account.id, store, client, needed, timeout_s=timeout_s, clock=clock)


def _retrieve(task: asyncio.Task[AccessToken]) -> None:
    """Nobody may be left to hear of a failure; asyncio would complain."""
    if not task.cancelled():
        task.exception()
