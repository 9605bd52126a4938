"""Proving who we are: AUTHENTICATE PLAIN (RFC 4616), LOGIN (RFC 3501 §6.2.3) or XOAUTH2, and telling refusals apart."""

from __future__ import annotations

import base64
import inspect

from agents.sources.base import AuthFailed, ProviderTransient
from agents.sources.imap import responses
from agents.sources.imap.account import ImapAccount
from agents.sources.imap.names import quoted
from agents.sources.imap.wire import Call, Wire

BUSY = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"})
"""RFC 5530 codes with which a login is refused for reasons that pass."""

_PLAIN = "AUTH=PLAIN"

_REMEDY = {
    "password": "check username and secret; providers with two-step login want an app password",
    "xoauth2": "refresh the access token (`triage auth refresh`), or grant access anew (`triage auth login`)",
}


async def read_secret(account: ImapAccount) -> str:
    """The current secret.

    Raises:
        AuthFailed: there is none, or it cannot be read.
    """
    try:
        given = account.secret()
        secret = await given if inspect.isawaitable(given) else given
    except (AuthFailed, ProviderTransient):
        raise
    except Exception as error:  # its text may hold the secret or its path's content
        raise AuthFailed(f"the secret cannot be read ({type(error).__name__}); check where it is kept") from None
    if not secret:
        raise AuthFailed("the secret is empty; check the environment variable or file that it refers to")
    return secret


def begin_login(wire: Wire, account: ImapAccount, secret: str) -> Call:
    """Send the login that account and server have in common.

    Raises:
        AuthFailed: the server takes none over this connection.
    """
    wire.secrets = (secret.encode(),)
    if account.auth == "xoauth2":
        return _authenticate(wire, "XOAUTH2", f"user={account.username}\x01auth=Bearer {secret}\x01\x01")
    if _PLAIN in wire.capabilities:
        return _authenticate(wire, "PLAIN", f"\x00{account.username}\x00{secret}")
    if "LOGINDISABLED" in wire.capabilities:
        raise AuthFailed("the server takes no password over this connection; set security to tls or starttls")
    try:
        username, password = quoted(account.username.encode()), quoted(secret.encode())
    except ValueError:
        raise AuthFailed("username or secret hold a line break; check the file the secret is read from") from None
    wire.secrets = (password[1:-1], *wire.secrets)
    return wire.begin("LOGIN", b" ".join((username, password)))


def refusal(wire: Wire, account: ImapAccount, call: Call) -> AuthFailed | ProviderTransient:
    """Why a login was not taken. No code counts as refused credentials: waiting too long beats locking the account."""
    name, _ = responses.code(call.text)
    said = wire.quote(call.text)
    if name in BUSY:
        return ProviderTransient(f"the server takes no login now ({said})")
    return AuthFailed(f"the server refused the login of {account.username} ({said}); {_REMEDY[account.auth]}")


def _authenticate(wire: Wire, mechanism: str, message: str) -> Call:
    packed = base64.b64encode(message.encode())
    wire.secrets = (packed, *wire.secrets)
    if "SASL-IR" in wire.capabilities:  # RFC 4959: the first message with the command
        return wire.begin("AUTHENTICATE", mechanism.encode() + b" " + packed)
    return wire.begin("AUTHENTICATE", mechanism.encode(), replies=(packed,))
