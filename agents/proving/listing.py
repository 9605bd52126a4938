"""What a provider lists of a mailbox since a moment: event id → where the mail is. Nothing is fetched or changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agents.accounts import Account
from agents.ingest.cursors import Cursors
from agents.ingest.records import FolderKey
from agents.ingest.sources import imap_account, since_days
from infra.settings import Settings

Progress = Callable[[int], None]
Listed = Mapping[str, str]
IMAP_CHUNK = 500


def beginning(settings: Settings, account: Account, cursors: Cursors) -> datetime:
    """From when on ingest takes the account's mails: as its cursors say, else by the account's record."""
    from agents.sources.gmail import position as gmail_positions
    from agents.sources.imap.position import Position as ImapPosition

    entry = cursors.of(FolderKey(account.id, "")).get(gmail_positions.ENTRY)
    if account.gmail and (read := gmail_positions.Position.decode(entry)):
        return read.begins
    found = [
        position.begins
        for folder in account.folders
        for entry in cursors.of(FolderKey(account.id, folder)).values()
        if account.kind == "imap" and (position := ImapPosition.decode(entry)) and position.begins
    ]
    if found:
        return max(found)
    days = since_days(settings, account)
    if days is None:
        return datetime(1971, 1, 1, tzinfo=UTC)
    created = datetime.fromisoformat(account.created_at) if account.created_at else datetime.now(UTC)
    return created - timedelta(days=days)


async def listing(
    settings: Settings, account: Account, cursors: Cursors, since: datetime, progress: Progress
) -> Listed:
    """Ask the provider.

    Raises:
        ProviderTransient, AuthFailed, ConfigError
    """
    if account.gmail:
        return await _gmail(settings, account, since, progress)
    if account.imap:
        return await _imap(settings, account, since, progress)
    return await asyncio.to_thread(_maildir, account, cursors, progress)


async def _gmail(settings: Settings, account: Account, since: datetime, progress: Progress) -> Listed:
    from agents.sources.gmail import Service
    from agents.sources.gmail.fetch import identity
    from agents.sources.gmail.history import message_number

    assert account.gmail is not None
    service = Service(settings)
    found: dict[str, str] = {}
    try:
        api = service.api(account)
        for label in account.gmail.labels:
            token = ""
            while True:
                page = await api.messages(label, since, token)
                found |= {identity(account.id, message_number(one)): f"gmail;{one}" for one in page.ids}
                progress(len(found))
                if not (token := page.next_token):
                    break
    finally:
        await service.close()
    return found


async def _imap(settings: Settings, account: Account, since: datetime, progress: Progress) -> Listed:
    from agents.accounts.account import canonical
    from agents.sources.imap.account import ImapLimits
    from agents.sources.imap.connection import open_connection
    from agents.sources.imap.listing import imap_date
    from agents.sources.imap.mails import Mails

    assert account.imap is not None
    limits = ImapLimits.of(settings)
    found: dict[str, str] = {}
    connection = await open_connection(imap_account(settings, account, account.imap), limits)
    try:
        for folder in account.imap.folders:
            mails = Mails(account.id, canonical(folder), limits)
            state = await connection.examine(canonical(folder))
            uids = await connection.search(f"SINCE {imap_date(since - timedelta(days=1))}")
            for at in range(0, len(uids), IMAP_CHUNK):
                for one in await mails.describe(connection, uids[at : at + IMAP_CHUNK]):
                    if one.internal_date is None or one.internal_date >= since:
                        found[mails.identity(state.uidvalidity, one)] = f"{folder};UID={one.uid}"
                progress(len(found))
    finally:
        await connection.close()
    return found


def _maildir(account: Account, cursors: Cursors, progress: Progress) -> Listed:
    from agents.sources.maildir.source import PASSED_OVER
    from agents.sources.maildir.tree import Look, key_of, mails_below
    from streams.events import event_id

    entries = cursors.of(FolderKey(account.id, ""))
    found = {
        event_id(account.id, "maildir", mail.name): mail.path
        for mail in mails_below(str(Path(account.maildir or "").resolve()), Look())
        if entries.get(key_of(mail.name)) != PASSED_OVER
    }
    progress(len(found))
    return found
