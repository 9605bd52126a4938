"""Where an account's access tokens come from: a stored refresh token, or a service account's key."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import orjson

from agents.accounts import SecretUnavailable, resolve
from agents.oauth.endpoint import Granted, GrantRefused, request
from agents.oauth.providers import Client, missing_scopes
from agents.oauth.seal import Unsealable
from agents.oauth.store import TokenStore
from agents.oauth.token import AccessToken, StoredToken
from agents.sources.base import AuthFailed, ProviderTransient
from infra.errors import ConfigError
from monitoring import metrics

log = logging.getLogger(__name__)

Clock = Callable[[], float]
"""Seconds since the epoch."""
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
JWT_LIFETIME_S = 3600
_WHERE_DELEGATED = "Google Admin console → Security → API controls → Domain-wide delegation"


class FinalRefusal(AuthFailed):
    """The grant is lost: nothing but a new login brings it back."""


class Grant(Protocol):
    """One way to an access token."""

    def mark(self) -> object:
        """Changes when what it rests on was changed; a final refusal holds as long as this stays the same."""
        ...

    async def obtain(self, usable: Callable[[AccessToken], bool], *, anew: bool = False) -> AccessToken:
        """One that is usable: somebody else's, just made and stored, or a new one; `anew`: in any case a new one.

        Raises:
            FinalRefusal: asking again is no use until `mark` changes.
            AuthFailed: something else than time must help: a setting, a person.
            ProviderTransient
        """
        ...


class StoredGrant:
    """The refresh token in the store (RFC 6749 §6)."""

    def __init__(
        self,
        account_id: str,
        store: TokenStore,
        client: Client,
        needed: tuple[str, ...],
        *,
        timeout_s: float,
        clock: Clock = time.time,
    ) -> None:
        self._account_id, self._store, self._client, self._needed = account_id, store, client, needed
        self._timeout_s, self._clock = timeout_s, clock
        self._newest: tuple[object, StoredToken] | None = None
        """What could not be written, and the file's mark then."""
        self._remedy = f"run `triage auth login {account_id}`"

    def mark(self) -> object:
        """Of the stored file."""
        return self._store.mark(self._account_id)

    async def obtain(self, usable: Callable[[AccessToken], bool], *, anew: bool = False) -> AccessToken:
        """See `Grant`."""
        async with self._store.locked(self._account_id):
            stored = self._read()
            if stored.refused and not anew:
                raise FinalRefusal(str(self._failed(_lost(stored.provider, stored.refused))))
            if stored.access and usable(stored.access) and not anew:
                return stored.access
            return await self._refresh(stored)

    def _read(self) -> StoredToken:
        if self._newest and self._newest[0] == self.mark():
            return self._newest[1]
        try:
            stored = self._store.read(self._account_id)
        except Unsealable as error:
            raise self._failed(f"its stored token cannot be read: {error}") from None
        if stored is None:
            raise self._failed("nobody has granted access yet")
        if (stored.provider, stored.client_id) != (self._client.provider, self._client.id):
            raise self._failed("its token was given to another OAuth client than the one in the settings")
        return stored

    async def _refresh(self, stored: StoredToken) -> AccessToken:
        form = {"grant_type": "refresh_token", "refresh_token": stored.refresh_token, **self._client.credentials}
        try:
            granted = await _counted(self._client.provider, self._client.token_url, form, self._timeout_s)
        except GrantRefused as error:
            raise self._refused(stored, error) from None
        fresh = refreshed(stored, granted, self._clock())
        self._write(fresh)
        if missing := missing_scopes(fresh.scopes, self._needed):
            raise self._failed(f"its grant does not include {', '.join(missing)}")
        assert fresh.access is not None
        return fresh.access

    def _refused(self, stored: StoredToken, error: GrantRefused) -> AuthFailed:
        where = self._client.provider
        if error.error == "invalid_grant":  # final: revoked, expired or the password was changed (RFC 6749 §5.2)
            self._write(replace(stored, refused=str(error), access_token=""))
            failure = FinalRefusal(str(self._failed(_lost(where, error))))
            log.error("%s", failure, extra={"account": self._account_id})
            return failure
        upper = where.upper()
        if error.error in {"invalid_client", "unauthorized_client"}:
            return AuthFailed(
                f"{self._account_id}: {where} refused this program's OAuth client ({error}); check {upper}_CLIENT_ID"
                f" and {upper}_CLIENT_SECRET, then `triage auth refresh {self._account_id}`"
            )
        return self._failed(f"{where} refused to refresh its token ({error})")

    def _write(self, token: StoredToken) -> None:
        try:
            self._store.write(self._account_id, token)
            self._newest = None
        except OSError as error:
            self._newest = (self.mark(), token)
            path = self._store.path(self._account_id)
            log.error(  # noqa: TRY400 - the trace says nothing more
                "%s cannot be written (%s): the refreshed token is kept in memory only", path, error.strerror,
                extra={"account": self._account_id},
            )  # fmt: skip

    def _failed(self, what: str) -> AuthFailed:
        return AuthFailed(f"{self._account_id}: {what}; {self._remedy}")


def _lost(provider: str, why: object) -> str:
    return f"{provider} no longer honours its grant ({why})"


def refreshed(stored: StoredToken, granted: Granted, now: float) -> StoredToken:
    """What is stored after a refresh: a rotated refresh token replaces the old one, absent fields stay as they were."""
    return replace(
        stored,
        access_token=granted.access_token,
        expires_at=now + granted.expires_in_s,
        lifetime_s=granted.expires_in_s,
        refresh_token=granted.refresh_token or stored.refresh_token,
        scopes=stored.scopes if granted.scopes is None else granted.scopes,
        email=granted.email or stored.email,
        refreshed_at=now,
        refused="",
    )


class ServiceGrant:
    """A service account that may act for every user of its domain: a signed JWT for each token (RFC 7523 §2.1)."""

    def __init__(
        self,
        account_id: str,
        key_reference: str,
        mailbox: str,
        token_url: str,
        scopes: tuple[str, ...],
        *,
        timeout_s: float,
        clock: Clock = time.time,
    ) -> None:
        self._account_id, self._reference, self._mailbox = account_id, key_reference, mailbox
        self._token_url, self._scopes = token_url, scopes
        self._timeout_s, self._clock = timeout_s, clock

    def mark(self) -> object:
        """Of the key."""
        try:
            return hash(resolve(self._reference))
        except SecretUnavailable:
            return None

    async def obtain(self, usable: Callable[[AccessToken], bool], *, anew: bool = False) -> AccessToken:
        """See `Grant`. Nothing is stored, so it is always a new one."""
        del usable, anew
        now = self._clock()
        form = {"grant_type": JWT_GRANT, "assertion": self._assertion(now)}
        try:
            granted = await _counted("google", self._token_url, form, self._timeout_s)
        except GrantRefused as error:
            raise self._refused(error) from None
        if granted.scopes is not None and (missing := missing_scopes(granted.scopes, self._scopes)):
            raise AuthFailed(
                f"{self._account_id}: {', '.join(missing)} is not delegated: add it in the {_WHERE_DELEGATED}"
            )
        return AccessToken(
            value=granted.access_token, expires_at=now + granted.expires_in_s, lifetime_s=granted.expires_in_s
        )

    def _assertion(self, now: float) -> str:
        from google.auth import crypt, jwt

        try:
            key = orjson.loads(resolve(self._reference))
            signer = crypt.RSASigner.from_service_account_info(key)
            issuer = str(key["client_email"])
        except SecretUnavailable as error:
            raise AuthFailed(f"{self._account_id}: {error}") from None
        except (ValueError, KeyError, TypeError, AttributeError):  # its text may quote the key
            raise AuthFailed(
                f"{self._account_id}: {self._reference} is no service account's JSON key; download it again from"
                " Google's console"
            ) from None
        claims = {
            "iss": issuer,
            "sub": self._mailbox,
            "scope": " ".join(self._scopes),
            "aud": self._token_url,
            "iat": int(now),
            "exp": int(now) + JWT_LIFETIME_S,
        }
        signed: bytes = jwt.encode(signer, claims)
        return signed.decode()

    def _refused(self, error: GrantRefused) -> AuthFailed:
        remedy = {
            "unauthorized_client": f"delegate {' '.join(self._scopes)} to its client id in the {_WHERE_DELEGATED}",
            "invalid_grant": f"check its key {self._reference}, this machine's clock, and that {self._mailbox} exists",
        }.get(error.error, f"check its key {self._reference}")
        return AuthFailed(f"{self._account_id}: google refused the service account ({error}); {remedy}")


async def _counted(provider: str, url: str, form: dict[str, str], timeout_s: float) -> Granted:
    outcome = "error"
    try:
        with metrics.PROVIDER_RESPONSE_SECONDS.labels(provider, "token").time():
            granted = await request(url, form, timeout_s)
        outcome = "ok"
        return granted
    except GrantRefused as error:
        outcome = "refused" if error.error == "invalid_grant" else "misconfigured"
        raise
    except ProviderTransient:
        outcome = "transient"
        raise
    except ConfigError as error:
        raise AuthFailed(str(error)) from None
    finally:
        metrics.TOKEN_REFRESHES.labels(provider=provider, outcome=outcome).inc()
