"""Who sends a push over HTTP: Google's OIDC token, verified (Pub/Sub, "Authentication for push subscriptions")."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import aiohttp

from agents.sources.base import ProviderTransient

ISSUERS = frozenset({"accounts.google.com", "https://accounts.google.com"})
CLOCK_SKEW_S = 60
CERTS_S = 3600.0
"""Google's certificates are fetched anew after this, or when a token names a key that is not among them."""
CERTS_PAUSE_S = 10.0
"""But not more often than this: an unknown key may be anybody's, and who is away stays so for a while."""
FETCH_S = 10.0
MOST_BYTES = 256 * 1024


class Unauthenticated(Exception):
    """401: no token, or none that Google signed and that is valid now."""


class Forbidden(Exception):
    """403: Google's, but for somebody else."""


class Verifier:
    """Holds the certificates."""

    def __init__(self, *, certs_url: str, audience: str, service_account: str) -> None:
        self._certs_url, self._audience, self._service_account = certs_url, audience, service_account
        self._certs: Mapping[str, str] = {}
        self._fetched_at = self._asked_at = float("-inf")
        self._trouble = ""
        self._fetching = asyncio.Lock()

    async def verify(self, authorization: str) -> None:
        """Return when the header proves that our own push subscription sends this.

        Raises:
            Unauthenticated, Forbidden
            ProviderTransient: Google's certificates cannot be had.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("no bearer token")
        claims = await self._claims(token)
        if claims.get("iss") not in ISSUERS:
            raise Unauthenticated("another issuer")
        if claims.get("aud") != self._audience:
            raise Forbidden("another audience")
        if claims.get("email") != self._service_account or claims.get("email_verified") is not True:
            raise Forbidden("another service account")

    async def _claims(self, token: str) -> Mapping[str, Any]:
        from google.auth import exceptions, jwt

        try:
            key = jwt.decode_header(token).get("kid")
            certs = await self._certificates(key)
            claims: Mapping[str, Any] = jwt.decode(token, certs=certs, clock_skew_in_seconds=CLOCK_SKEW_S)
        except (exceptions.GoogleAuthError, ValueError, TypeError, AttributeError) as error:
            raise Unauthenticated(type(error).__name__) from None
        return claims

    async def _certificates(self, key: object) -> Mapping[str, str]:
        async with self._fetching:
            now = time.monotonic()
            wanted = now - self._fetched_at > CERTS_S or key not in self._certs
            if wanted and now - self._asked_at > CERTS_PAUSE_S:
                self._asked_at = now
                await self._renew()
        if self._trouble and key not in self._certs:  # those at hand are good for whom they know
            raise ProviderTransient(self._trouble)
        return self._certs

    async def _renew(self) -> None:
        try:
            self._certs, self._fetched_at, self._trouble = await self._fetch(), time.monotonic(), ""
        except ProviderTransient as error:
            self._trouble = str(error)

    async def _fetch(self) -> Mapping[str, str]:
        timeout = aiohttp.ClientTimeout(total=FETCH_S)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
                session.get(self._certs_url, allow_redirects=False) as answer,
            ):
                if answer.status != 200 or (answer.content_length or 0) > MOST_BYTES:
                    raise ProviderTransient(f"{self._certs_url}: HTTP {answer.status}")
                found = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
            raise ProviderTransient(f"{self._certs_url}: {type(error).__name__}") from None
        if not isinstance(found, dict):
            raise ProviderTransient(f"{self._certs_url}: no certificates")
        return {str(name): str(pem) for name, pem in found.items()}
