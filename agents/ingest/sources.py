"""From an account's record to the source that reads one of its folders."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from agents.accounts import Account, SecretUnavailable, resolve
from agents.accounts.account import OAUTH_SECRETS, SETTING, ImapServer, canonical
from agents.ingest.announced import AnnouncedOnLog
from agents.sources.base import Announced, ProviderTransient, Room, Source
from infra.settings import Settings

if TYPE_CHECKING:
    from agents.sources.gmail import Service
    from agents.sources.imap.account import ImapAccount, ImapLimits, Secret

ALL_DAYS = 36500.0


def make_source(
    settings: Settings, account: Account, folder: str, log: AnnouncedOnLog, gmail: Service, *, room: Room
) -> Source:
    """The source of one folder; it connects only when it is read.

    Raises:
        ConfigError: the record asks for what this version refuses.
    """
    if account.kind == "imap" and account.imap:
        return _imap(settings, account, account.imap, folder, log.fingerprints, room=room)
    if account.gmail:
        return _gmail(settings, account, log, gmail, room)
    from agents.sources.maildir import Maildir

    assert account.maildir is not None
    return Maildir(
        account.id,
        Path(account.maildir),
        max_bytes=settings.mail_max_bytes,
        since_days=since_days(settings, account),
        room=room,
    )


def since_days(settings: Settings, account: Account) -> float | None:
    """How far back the first contact reads; None: everything."""
    days = account.since_days
    if days is None:
        return None
    return settings.first_contact_days if days == SETTING else float(days)


def imap_account(settings: Settings, account: Account, server: ImapServer) -> ImapAccount:
    """The record in the words of the IMAP source.

    Raises:
        ConfigError: plain text to another machine; no key or OAuth client where the secret is oauth:...
    """
    from agents.sources.imap.account import ImapAccount

    secret, refused = _secret(settings, account)
    return ImapAccount(
        account=account.id,
        host=server.host,
        port=server.port,
        security=cast("Literal['tls', 'starttls', 'plain']", server.security),
        username=server.username,
        auth=cast("Literal['password', 'xoauth2']", server.auth),
        secret=secret,
        refused=refused,
        owner=account.owner,
        folders=server.folders,
        cafile=Path(server.cafile) if server.cafile else None,
        allow_plaintext=server.allow_plaintext,
    )


def _imap(
    settings: Settings, account: Account, server: ImapServer, folder: str, announced: Announced, *, room: Room
) -> Source:
    from agents.sources.imap.folder import ImapFolder

    limits = _imap_limits(settings, since_days(settings, account))
    return ImapFolder(imap_account(settings, account, server), folder, limits, announced, room=room)


def _imap_limits(settings: Settings, days: float | None) -> ImapLimits:
    from agents.sources.imap.account import ImapLimits

    return dataclasses.replace(ImapLimits.of(settings), first_contact_days=ALL_DAYS if days is None else days)


def _gmail(settings: Settings, account: Account, log: AnnouncedOnLog, gmail: Service, room: Room) -> Source:
    source = gmail.mailbox(account, log.ids, since_days=since_days(settings, account), room=room)
    if account.imap is None:
        return source
    from agents.sources.fallback import WithFallback
    from agents.sources.imap.folder import ImapFolder

    other, folder = account.imap, canonical(account.imap.folders[0])

    def imap(since: datetime | None) -> Source:
        days = since_days(settings, account) if since is None else (datetime.now(UTC) - since) / timedelta(days=1)
        server = imap_account(settings, account, other)
        return ImapFolder(server, folder, _imap_limits(settings, days), log.fingerprints, gmail_ids=True, room=room)

    return WithFallback(
        account.id,
        source,
        gmail.api(account),
        gmail.breaker(account),
        imap=imap,
        folder=folder,
        announced=log.ids,
        wanted=lambda: gmail.fallback,
    )


def _secret(settings: Settings, account: Account) -> tuple[Secret, Callable[[str], None] | None]:
    """What yields the secret of a login, and what wants to know that it was refused."""
    if account.secret in OAUTH_SECRETS:
        from agents.oauth import access_tokens

        tokens = access_tokens(settings, account)
        return tokens.token, tokens.refused
    return partial(_current, account.secret), None


def _current(reference: str) -> str:
    try:
        return resolve(reference)
    except SecretUnavailable as error:  # nobody was asked yet, so no account gets locked: soon again
        raise ProviderTransient(str(error)) from None
