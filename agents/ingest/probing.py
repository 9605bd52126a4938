"""Trying a mailbox without reading it: what `triage account test` and `doctor` show."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from agents.accounts import Account
from agents.ingest.sources import imap_account
from infra.errors import TriageError
from infra.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One step on the way to a mailbox."""

    name: str
    ok: bool
    detail: str
    """What was found; on failure the reason and the remedy."""


async def probe(settings: Settings, account: Account) -> tuple[Finding, ...]:
    """The steps up to the first failure. Never raises for what a provider or a file system does."""
    try:
        return await (_imap(settings, account) if account.imap else _maildir(account))
    except TriageError as error:
        return (Finding(name="account", ok=False, detail=str(error)),)


async def _imap(settings: Settings, account: Account) -> tuple[Finding, ...]:
    from agents.accounts import resolve
    from agents.sources.imap import ImapLimits
    from agents.sources.imap import probe as probe_imap

    assert account.imap is not None
    resolve(account.secret)
    steps = await probe_imap(imap_account(account, account.imap), ImapLimits.of(settings))
    return tuple(Finding(name=step.name, ok=step.ok, detail=step.detail) for step in steps)


async def _maildir(account: Account) -> tuple[Finding, ...]:
    from agents.sources.maildir import probe as probe_folder

    path = Path(account.maildir or "")
    try:
        found = await asyncio.to_thread(probe_folder, path)
    except OSError as error:
        return (Finding(name="folder", ok=False, detail=f"{path}: {error.strerror}; it must exist and be readable"),)
    closed = tuple(Finding(name="folder", ok=False, detail=why) for why in found.closed)
    return (Finding(name="folder", ok=True, detail=f"{found.layout} with {found.mails} mails"), *closed)
