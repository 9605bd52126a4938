"""Who issues an account's tokens, to which client, and what they must allow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from agents.accounts import Account
from infra import secret_files
from infra.errors import ConfigError
from infra.settings import Settings

GMAIL_READONLY = "https://www.googleapis.com/auth/gmail.readonly"
GMAIL_ALL = "https://mail.google.com/"
"""What Google asks for IMAP with XOAUTH2; it includes every narrower scope of Gmail."""
OUTLOOK_IMAP = "https://outlook.office.com/IMAP.AccessAsUser.All"

IDENTITY = ("openid", "email")
"""So that the answer says whose mailbox was opened (OpenID Connect Core §3.1.2.1, §5.4)."""
_SIGN_IN: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    # Google gives a refresh token only when asked for one, and again only after a new consent.
    "google": (IDENTITY, {"access_type": "offline", "prompt": "consent"}),
    "microsoft": ((*IDENTITY, "offline_access"), {"prompt": "select_account"}),
}
"""Per provider: scopes beside those of the mailbox, and parameters of the authorization request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """This program as the provider knows it (RFC 6749 §2)."""

    provider: str
    id: str
    secret: str = field(default="", repr=False)
    """Empty for a public client."""
    auth_url: str
    token_url: str
    sign_in_scopes: tuple[str, ...] = ()
    sign_in_parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def credentials(self) -> dict[str, str]:
        """How the client names itself to the token endpoint (RFC 6749 §2.3.1)."""
        return {"client_id": self.id, **({"client_secret": self.secret} if self.secret else {})}


def provider_of(account: Account) -> str:
    """Name of the provider, google or microsoft; empty: the account needs no token."""
    if account.gmail:
        return "google"
    scheme, _, name = account.secret.partition(":")
    return name if scheme == "oauth" else ""


def mailbox_of(account: Account) -> str:
    """The address whose mailbox the token must open."""
    if account.gmail:
        return account.gmail.email
    return account.imap.username if account.imap else ""


def needed_scopes(account: Account) -> tuple[str, ...]:
    """What the account's tokens must allow; the least that does."""
    over_imap = account.secret.startswith("oauth:")
    if provider_of(account) == "microsoft":
        return (OUTLOOK_IMAP,)
    return ((GMAIL_READONLY,) if account.gmail else ()) + ((GMAIL_ALL,) if over_imap else ())


def missing_scopes(granted: Iterable[str], needed: Iterable[str]) -> tuple[str, ...]:
    """Needed scopes that nothing granted includes."""
    have = {scope.lower() for scope in granted}  # Microsoft does not keep the case
    return tuple(
        scope
        for scope in needed
        if scope.lower() not in have
        and not (scope == GMAIL_READONLY and have & {GMAIL_ALL, "https://www.googleapis.com/auth/gmail.modify"})
    )


def client_of(settings: Settings, provider: str) -> Client:
    """The client that the settings name for a provider.

    Raises:
        ConfigError: there is none, or its file cannot be read.
    """
    if provider == "google":
        client_id, secret = _google_client(settings)
        urls = (settings.google_auth_url, settings.google_token_url)
    else:
        client_id = settings.microsoft_client_id
        secret = secret_files.value(
            settings.microsoft_client_secret, "MICROSOFT_CLIENT_SECRET", settings.microsoft_client_secret_file
        )
        urls = (settings.microsoft_auth_url, settings.microsoft_token_url)
    if not client_id:
        file = "GOOGLE_CLIENT_FILE or " if provider == "google" else ""
        raise ConfigError(
            f"{file}{provider.upper()}_CLIENT_ID is not set: the OAuth client made in {provider}'s console"
        )
    scopes, parameters = _SIGN_IN[provider]
    return Client(
        provider=provider,
        id=client_id,
        secret=secret,
        auth_url=urls[0],
        token_url=urls[1],
        sign_in_scopes=scopes,
        sign_in_parameters=parameters,
    )


def _google_client(settings: Settings) -> tuple[str, str]:
    path = settings.google_client_file
    if path is None:
        return settings.google_client_id, settings.google_client_secret.get_secret_value()
    try:
        return _read_client(path)
    except OSError as error:
        raise ConfigError(f"GOOGLE_CLIENT_FILE={path}: cannot be read ({error.strerror})") from None
    except (ValueError, KeyError, TypeError):
        raise ConfigError(
            f"GOOGLE_CLIENT_FILE={path}: not the JSON of an OAuth client of type desktop app ('installed')"
        ) from None


def _read_client(path: Path) -> tuple[str, str]:
    installed = orjson.loads(path.read_bytes())["installed"]
    return str(installed["client_id"]), str(installed.get("client_secret", ""))
