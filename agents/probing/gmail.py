"""The way to a Gmail mailbox, step by step: network, token, scopes, whose mailbox, quota, labels, watch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from agents.accounts import Account, GmailMailbox
from agents.breakers import Breaker
from agents.oauth import access_tokens
from agents.oauth.endpoint import check_url
from agents.oauth.providers import missing_scopes, needed_scopes
from agents.oauth.report import granted_scopes
from agents.probing.https import reach
from agents.probing.steps import Steps
from agents.sources.base import AuthFailed, ProviderError, ProviderTransient
from agents.sources.gmail import Service
from agents.sources.gmail.api import GmailApi
from infra.settings import Settings

WATCH_LEAST = timedelta(hours=48)
"""Watches last seven days and are renewed daily: less than this means that the renewal fails."""

WatchExpiry = Callable[[], Awaitable[datetime | None]]
"""When the mailbox's watch ends by what ingest has stored; None: there is no watch."""


async def probe(settings: Settings, account: Account, steps: Steps, *, watch_expiry: WatchExpiry | None = None) -> None:
    """Try every step up to the first failure.

    Raises:
        ConfigError: no key, no OAuth client or a URL that would send the token in the clear.
    """
    assert account.gmail is not None
    check_url(settings.gmail_api_root)
    service, tokens = Service(settings), access_tokens(settings, account)
    # One answer says it: no second try, and none that the trouble of other accounts forbids.
    breaker = Breaker(f"probe {account.id}", failures=1000, reset_s=1)
    api = service.api(account, tokens, attempts=1, breaker=breaker)
    try:
        with suppress(ProviderError):  # it is the last step then
            await reach(steps, settings.gmail_api_root, settings.oauth_timeout_s)
            await steps.take("auth", tokens.token(), lambda _: "an access token is at hand")
            await steps.take("scopes", _scopes(settings, account), ", ".join)
            await steps.take("mailbox", _mailbox(api, account.gmail), str)
            steps.note("quota", "not used up: the call was answered")
            await steps.take("labels", _labels(api, account.gmail), ", ".join)
            if watch_expiry:
                await steps.take("watch", _watch(watch_expiry), str)
    finally:
        await service.close()


async def _scopes(settings: Settings, account: Account) -> tuple[str, ...]:
    granted = granted_scopes(settings, account)
    if missing := missing_scopes(granted, needed_scopes(account)):
        raise AuthFailed(f"{', '.join(missing)} was not granted; run `triage auth login {account.id}`")
    return granted


async def _mailbox(api: GmailApi, mailbox: GmailMailbox) -> str:
    found = await api.profile()
    if found.email.lower() != mailbox.email.lower():
        raise AuthFailed(f"the token opens another mailbox than {mailbox.email}; log in with that account")
    return f"{mailbox.email}, {found.messages} mails, historyId {found.history_id}"


async def _labels(api: GmailApi, mailbox: GmailMailbox) -> tuple[str, ...]:
    known = await api.labels()
    if missing := [label for label in mailbox.labels if label not in known]:
        raise ProviderTransient(f"no label {', '.join(missing)}: name ids as users.labels.list shows them")
    return mailbox.labels


async def _watch(expiry: WatchExpiry) -> str:
    return judge_watch(await expiry(), datetime.now(UTC))


def judge_watch(expires: datetime | None, now: datetime) -> str:
    """What the end of a watch means.

    Raises:
        ProviderTransient: pushes do not come, or soon will not.
    """
    if expires is None:
        raise ProviderTransient("no watch: only polled; does ingest run, and are topic and subscription configured?")
    hours = (expires - now) / timedelta(hours=1)
    if expires - now < WATCH_LEAST:
        ended = f"ended {-hours:.0f} h ago" if hours < 0 else f"ends in {hours:.0f} h"
        raise ProviderTransient(f"{ended}: its daily renewal fails; see ingest's log")
    return f"ends in {hours:.0f} h"
