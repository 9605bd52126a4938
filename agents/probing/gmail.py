"""The way to a Gmail mailbox, step by step: network, token, scopes, whose mailbox, quota, labels, watch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import orjson

from agents.accounts import Account, GmailMailbox
from agents.oauth import access_tokens
from agents.oauth.endpoint import check_url
from agents.oauth.providers import missing_scopes, needed_scopes
from agents.oauth.report import granted_scopes
from agents.probing.https import reach
from agents.probing.steps import Steps
from agents.sources.base import AuthFailed, ProviderError, ProviderTransient
from infra.settings import Settings

WATCH_LEAST = timedelta(hours=48)
"""Watches last seven days and are renewed daily: less than this means that the renewal fails."""
RATES = (b"rateLimitExceeded", b"userRateLimitExceeded", b"quotaExceeded", b"RATE_LIMIT_EXCEEDED")

WatchExpiry = Callable[[], Awaitable[datetime | None]]
"""When the mailbox's watch ends by what ingest has stored; None: there is no watch."""


async def probe(settings: Settings, account: Account, steps: Steps, *, watch_expiry: WatchExpiry | None = None) -> None:
    """Try every step up to the first failure.

    Raises:
        ConfigError: no key, no OAuth client or a URL that would send the token in the clear.
    """
    assert account.gmail is not None
    check_url(settings.gmail_api_root)
    with suppress(ProviderError):  # it is the last step then
        await reach(steps, settings.gmail_api_root, settings.oauth_timeout_s)
        token = await steps.take(
            "auth", access_tokens(settings, account).token(), lambda _: "an access token is at hand"
        )
        await steps.take("scopes", _scopes(settings, account), ", ".join)
        timeout = aiohttp.ClientTimeout(total=settings.oauth_timeout_s)
        async with aiohttp.ClientSession(
            timeout=timeout, headers={"authorization": f"Bearer {token}", "accept": "application/json"}
        ) as session:
            root = f"{settings.gmail_api_root.rstrip('/')}/gmail/v1/users/me"
            await steps.take("mailbox", _mailbox(session, root, account.gmail), str)
            steps.note("quota", "not used up: the call was answered")
            await steps.take("labels", _labels(session, root, account.gmail), ", ".join)
        if watch_expiry:
            await steps.take("watch", _watch(watch_expiry), str)


async def _scopes(settings: Settings, account: Account) -> tuple[str, ...]:
    granted = granted_scopes(settings, account)
    if missing := missing_scopes(granted, needed_scopes(account)):
        raise AuthFailed(f"{', '.join(missing)} was not granted; run `triage auth login {account.id}`")
    return granted


async def _mailbox(session: aiohttp.ClientSession, root: str, mailbox: GmailMailbox) -> str:
    found = await _get(session, f"{root}/profile")
    email = found.get("emailAddress")
    if str(email).lower() != mailbox.email.lower():
        raise AuthFailed(f"the token opens another mailbox than {mailbox.email}; log in with that account")
    return f"{mailbox.email}, {found.get('messagesTotal')} mails, historyId {found.get('historyId')}"


async def _labels(session: aiohttp.ClientSession, root: str, mailbox: GmailMailbox) -> tuple[str, ...]:
    found = await _get(session, f"{root}/labels")
    known = {str(one.get("id")) for one in found.get("labels", ()) if isinstance(one, Mapping)}
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


async def _get(session: aiohttp.ClientSession, url: str) -> Mapping[str, Any]:
    try:
        async with session.get(url, allow_redirects=False) as response:
            return read_answer(response.status, await response.read())
    except (aiohttp.ClientError, TimeoutError) as error:
        raise ProviderTransient(f"no answer ({type(error).__name__}); check network and GMAIL_API_ROOT") from None


def read_answer(status: int, body: bytes) -> Mapping[str, Any]:
    """An answer of the Gmail API.

    Raises:
        AuthFailed, ProviderTransient
    """
    if status == 429 or (status == 403 and any(reason in body for reason in RATES)):
        raise ProviderTransient(f"HTTP {status}: the quota is used up; wait a minute, or ask Google for more")
    if status in {401, 403}:
        disabled = b"accessNotConfigured" in body or b"SERVICE_DISABLED" in body
        remedy = "enable the Gmail API in the Google Cloud project" if disabled else "run `triage auth refresh`"
        raise AuthFailed(f"HTTP {status}: access refused; {remedy}")
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        data = None
    if status != 200 or not isinstance(data, Mapping):
        raise ProviderTransient(f"HTTP {status}: not an answer of the Gmail API; check GMAIL_API_ROOT")
    return data
