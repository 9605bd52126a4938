"""How the access to a mailbox stands: what `triage auth check` shows. No secret is in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from agents.accounts import Account
from agents.oauth.providers import mailbox_of, missing_scopes, needed_scopes, provider_of
from agents.oauth.seal import Unsealable
from agents.oauth.store import TokenStore
from agents.oauth.token import StoredToken
from agents.oauth.tokens import access_tokens
from agents.sources.base import ProviderError
from infra.errors import ConfigError
from infra.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One account's access."""

    account: str
    ok: bool
    provider: str
    mailbox: str
    """The address that the account names."""
    belongs_to: str = ""
    """The address that the token opens, as the provider says; empty: it does not say."""
    by: str = "login"
    """How it was granted: by login, or to a service account."""
    scopes: tuple[str, ...] = ()
    expires_at: str = ""
    """Of the access token, RFC 3339."""
    login_at: str = ""
    findings: tuple[str, ...] = ()
    """What must be done."""


async def check(settings: Settings, account: Account, *, anew: bool = False) -> Access:
    """Get a token as ingest would (`anew`: from the provider in any case) and say what is wrong, if anything."""
    findings: list[str] = []
    try:
        tokens = access_tokens(settings, account)
        held = await (tokens.refresh() if anew else tokens.current())
        expires_at = held.expires_at
    except (ProviderError, ConfigError) as error:
        findings.append(str(error))
        expires_at = 0.0
    stored = _stored(settings, account)
    if stored and not findings:
        findings = judge(account, stored)
    by_service = bool(account.gmail and account.gmail.service_account)
    return Access(
        account=account.id,
        ok=not findings,
        provider=provider_of(account),
        mailbox=mailbox_of(account),
        belongs_to=stored.email if stored else (mailbox_of(account) if by_service and not findings else ""),
        by="service account" if by_service else "login",
        scopes=stored.scopes if stored else needed_scopes(account) if by_service else (),
        expires_at=_when(expires_at),
        login_at=_when(stored.login_at if stored else 0.0),
        findings=tuple(findings),
    )


def judge(account: Account, stored: StoredToken) -> list[str]:
    """What is wrong with a stored token whatever the provider says of it."""
    findings, remedy = [], f"run `triage auth login {account.id}`"
    if missing := missing_scopes(stored.scopes, needed_scopes(account)):
        findings.append(f"{account.id}: {', '.join(missing)} was not granted; {remedy}")
    if is_anothers(account, stored.email):
        wanted = f"not {mailbox_of(account)}"
        findings.append(
            f"{account.id}: the token opens {stored.email}, {wanted}; {remedy} and choose the right account"
        )
    return findings


def is_anothers(account: Account, email: str) -> bool:
    """Whether the token opens the mailbox of somebody else. At Microsoft one may have been given a shared mailbox."""
    return bool(email) and provider_of(account) == "google" and email.lower() != mailbox_of(account).lower()


def granted_scopes(settings: Settings, account: Account) -> tuple[str, ...]:
    """What was granted; of a service account, which is told no, what it asks for.

    Raises:
        ConfigError: no key.
    """
    stored = _stored(settings, account)
    return stored.scopes if stored else needed_scopes(account)


def _stored(settings: Settings, account: Account) -> StoredToken | None:
    if account.gmail and account.gmail.service_account:
        return None
    try:
        return TokenStore.of(settings).read(account.id)
    except (Unsealable, ConfigError):
        return None  # getting a token has said so


def _when(seconds: float) -> str:
    if not seconds:
        return ""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
