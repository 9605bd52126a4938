"""Trying a mailbox of any kind."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path

from agents.accounts import Account, resolve
from agents.accounts.account import OAUTH_SECRETS
from agents.probing.steps import Steps
from agents.sources.base import ProviderError
from infra.errors import TriageError
from infra.settings import Settings


async def probe(settings: Settings, account: Account) -> Steps:
    """The steps up to the first failure. Never raises for what a provider or a file system does."""
    steps = Steps()
    try:
        await _probe(settings, account, steps)
    except TriageError as error:
        steps.note("account", str(error), ok=False)
    return steps


async def _probe(settings: Settings, account: Account, steps: Steps) -> None:
    if account.gmail:
        from agents.probing.gmail import probe as probe_gmail

        watch = partial(_watch_expiry, settings, account) if settings.gmail_topic else None
        await probe_gmail(settings, account, steps, watch_expiry=watch)
        steps.prefix = "imap "
    if account.imap:
        await _imap(settings, account, steps)
    if account.maildir:
        await _maildir(Path(account.maildir), steps)


async def _watch_expiry(settings: Settings, account: Account) -> datetime | None:
    """By the cursor that ingest stored."""
    from agents.ingest import cursors as cursor_log
    from agents.ingest.records import FolderKey
    from agents.sources.gmail import watch
    from streams.partitioning import partition_of

    cursors = await cursor_log.load(settings, partition_of(account.id.encode(), settings.topic_partitions))
    found = watch.Watch.decode(cursors.of(FolderKey(account.id, "")).get(watch.ENTRY))
    return found.expires_at if found and found.topic == settings.gmail_topic else None


async def _imap(settings: Settings, account: Account, steps: Steps) -> None:
    from agents.ingest.sources import imap_account
    from agents.sources.imap import ImapLimits
    from agents.sources.imap import probe as probe_imap

    assert account.imap is not None
    server = imap_account(settings, account, account.imap)
    if account.secret in OAUTH_SECRETS:
        from agents.oauth import access_tokens

        with suppress(ProviderError):  # the login says it again, after the steps before it
            await steps.take("token", access_tokens(settings, account).token(), lambda _: "an access token is at hand")
    else:
        resolve(account.secret)
    await probe_imap(server, ImapLimits.of(settings), steps)


async def _maildir(path: Path, steps: Steps) -> None:
    from agents.sources.maildir import probe as probe_folder

    try:
        found = await asyncio.to_thread(probe_folder, path)
    except OSError as error:
        steps.note("folder", f"{path}: {error.strerror}; it must exist and be readable", ok=False)
        return
    steps.note("folder", f"{found.layout} with {found.mails} mails")
    for why in found.closed:
        steps.note("folder", why, ok=False)
