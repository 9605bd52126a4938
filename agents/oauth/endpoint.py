"""One request to a token endpoint (RFC 6749 §3.2) and what its answer means."""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import orjson

from agents.sources.base import ProviderTransient
from infra.errors import ConfigError, Permanent

MAX_ANSWER_BYTES = 64 * 1024
MAX_SAID = 200
SECRET_LEAST = 8
"""Shorter values that are sent are words, not secrets."""
PASSING = frozenset({"temporarily_unavailable", "server_error", "internal_failure", "slow_down", "rate_limit_exceeded"})
"""Error codes of conditions that pass."""


class GrantRefused(Permanent):
    """The endpoint says no (RFC 6749 §5.2)."""

    def __init__(self, error: str, said: str) -> None:
        super().__init__(f"{error}: {said}" if said else error)
        self.error = error
        """invalid_grant, invalid_client, unauthorized_client, invalid_scope, ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A successful answer (RFC 6749 §5.1)."""

    access_token: str = field(repr=False)
    expires_in_s: float
    refresh_token: str = field(default="", repr=False)
    """A new one that replaces the old (RFC 6749 §6); empty: the old one stays."""
    scopes: tuple[str, ...] | None = None
    """None: what was asked for."""
    email: str = ""
    """Whose it is, by the ID token; empty: it does not say."""


async def request(url: str, form: Mapping[str, str], timeout_s: float) -> Granted:
    """Ask for a token.

    Raises:
        GrantRefused
        ProviderTransient: unreachable, slow, or an answer that is none.
        ConfigError: the URL would send secrets in the clear.
    """
    check_url(url)
    where = urlsplit(url).netloc
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
            # A redirect would carry the secrets on to somebody else.
            session.post(url, data=form, allow_redirects=False, headers={"accept": "application/json"}) as response,
        ):
            body = await response.content.read(MAX_ANSWER_BYTES)
            while chunk := await response.content.read(MAX_ANSWER_BYTES - len(body)):
                body += chunk
            return read_answer(where, response.status, body, secrets=form.values())
    except TimeoutError:
        raise ProviderTransient(f"{where} does not answer within {timeout_s:g} s") from None
    except aiohttp.ClientError as error:
        raise ProviderTransient(f"{where} cannot be reached ({type(error).__name__}); check network and URL") from None


def read_answer(where: str, status: int, body: bytes, secrets: Iterable[str] = ()) -> Granted:
    """What an answer means. An error's description may quote what was sent: `secrets` are struck from it.

    Raises:
        GrantRefused, ProviderTransient
    """
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        data = None
    if not isinstance(data, dict):
        raise ProviderTransient(f"{where} answered {status} without JSON; is the URL of the token endpoint right?")
    error = data.get("error")
    if status != 200 or error:
        said = data.get("error_description")
        _raise(where, status, error, _without(secrets, said) if isinstance(said, str) else "")
    return _granted(where, data)


def check_url(url: str) -> None:
    """Secrets go over TLS, or stay on this machine.

    Raises:
        ConfigError
    """
    parts = urlsplit(url)
    if not (parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and _is_local(parts.hostname)))):
        raise ConfigError(f"{url}: an https URL is needed (http only on this machine): secrets are sent there")


def _raise(where: str, status: int, error: Any, said: Any) -> None:
    code = clean(error)
    if not code or status not in {200, 400, 401, 403} or code in PASSING:
        raise ProviderTransient(f"{where} answered {status}{f' ({code})' if code else ''}")
    raise GrantRefused(code, clean(said))


def _without(secrets: Iterable[str], said: str) -> str:
    for secret in secrets:
        if len(secret) >= SECRET_LEAST:
            said = said.replace(secret, "***")
    return said


def _granted(where: str, data: Mapping[str, Any]) -> Granted:
    token, refresh, scope = data.get("access_token"), data.get("refresh_token", ""), data.get("scope")
    kind, expires = str(data.get("token_type", "Bearer")), data.get("expires_in", 3600)
    try:
        seconds = float(expires)
    except (TypeError, ValueError):
        seconds = 0.0
    # RFC 6750 §2.1: what a bearer token may consist of; anything else could end a header or a SASL message.
    usable = all(isinstance(one, str) and one.isascii() and one.isprintable() for one in (token, refresh))
    if not token or not usable or " " in token or kind.lower() != "bearer" or not 0 < seconds < 1e8:
        raise ProviderTransient(f"{where} answered with something that is no bearer token")
    return Granted(
        access_token=token,
        expires_in_s=seconds,
        refresh_token=refresh,
        scopes=tuple(scope.split()) if isinstance(scope, str) else None,
        email=email_of(data.get("id_token")),
    )


def email_of(id_token: Any) -> str:
    """Whose an ID token is. It came over TLS from the endpoint itself, so its signature may go unchecked
    (OpenID Connect Core §3.1.3.7, 6); it only serves to tell a person that the wrong account was chosen."""
    try:
        payload = id_token.split(".")[1]
        claims = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        found = claims.get("email") or claims.get("preferred_username") or ""
    except (AttributeError, IndexError, ValueError):
        return ""
    return clean(found)


def clean(text: Any) -> str:
    """What a server said, harmless for a log line."""
    if not isinstance(text, str):
        return ""
    return "".join(one if one.isprintable() else " " for one in text[:MAX_SAID])


def _is_local(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
