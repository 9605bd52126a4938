"""Asking a person for access: the authorization code grant (RFC 6749 §4.1), native app (RFC 8252), PKCE (RFC 7636)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from agents.oauth.endpoint import Granted, GrantRefused, clean, request
from agents.oauth.providers import Client
from infra.errors import Permanent

MAX_REDIRECT = 8192
_SAID = {"access_denied": "access was denied", "admin_policy_enforced": "the administrator does not allow it"}


class LoginFailed(Permanent):
    """No access was granted; the message says what helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """One request for access that waits for its answer."""

    url: str = field(repr=False)
    """What the person opens in a browser."""
    redirect_uri: str
    state: str = field(repr=False)
    """The answer carries it, so that nobody else's is taken for it (RFC 6749 §10.12)."""
    verifier: str = field(repr=False)
    """Proves to the token endpoint that who redeems the code also asked for it (RFC 7636 §4.1)."""


def ask(client: Client, scopes: tuple[str, ...], redirect_uri: str, mailbox: str) -> Authorization:
    """A new request for these scopes, with the mailbox's address as a hint to the provider."""
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    query: Mapping[str, str] = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": redirect_uri,
        "scope": " ".join((*client.sign_in_scopes, *scopes)),
        "state": state,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
        "login_hint": mailbox,
        **client.sign_in_parameters,
    }
    joint = "&" if urlsplit(client.auth_url).query else "?"
    return Authorization(
        url=f"{client.auth_url}{joint}{urlencode(query)}", redirect_uri=redirect_uri, state=state, verifier=verifier
    )


def challenge(verifier: str) -> str:
    """RFC 7636 §4.2, S256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode()


def code_in(pasted: str, state: str) -> str:
    """The code in what a person pasted: the address that the browser was sent to, its query, or the code itself.

    A bare code comes without a state; PKCE still binds it to this request.

    Raises:
        LoginFailed: the message repeats nothing of it.
    """
    text = pasted.strip()
    if not text or len(text) > MAX_REDIRECT or not text.isprintable():
        raise LoginFailed("nothing usable was pasted: paste the whole address that the browser ended at")
    if "?" in text or "=" in text.rstrip("="):
        return code_of(text.partition("?")[2].partition("#")[0] if "?" in text else text, state)
    if ":" in text or " " in text:
        raise LoginFailed("that address holds no answer: paste the whole one that the browser ended at")
    return unquote(text)


def code_of(query: str, state: str) -> str:
    """The code in the query of a redirect (RFC 6749 §4.1.2).

    Raises:
        LoginFailed: another state, an error, no code, or a parameter twice.
    """
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        raise LoginFailed("the answer is not readable: start again") from None
    found = dict(pairs)
    if len(found) != len(pairs):  # RFC 6749 §3.1
        raise LoginFailed("the answer names a parameter twice: start again")
    if not hmac.compare_digest(found.get("state", "").encode(), state.encode()):
        raise LoginFailed("the answer belongs to another login: start again and use the newest address")
    if error := clean(found.get("error")):
        raise LoginFailed(f"the provider says no: {_SAID.get(error, error)}")
    if not found.get("code"):
        raise LoginFailed("the answer holds no code: start again")
    return found["code"]


async def redeem(client: Client, authorization: Authorization, code: str, timeout_s: float) -> Granted:
    """Exchange the code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5).

    Raises:
        LoginFailed: the provider refuses it.
        ProviderTransient, ConfigError
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": authorization.redirect_uri,
        "code_verifier": authorization.verifier,
        **client.credentials,
    }
    try:
        return await request(client.token_url, form, timeout_s)
    except GrantRefused as error:
        remedy = (
            f"check the OAuth client's id and secret in the settings ({client.provider})"
            if error.error in {"invalid_client", "unauthorized_client"}
            else "start again: an answer is good once, for a few minutes, and for its own login"
        )
        raise LoginFailed(f"{client.provider} refused the login ({error}); {remedy}") from None
