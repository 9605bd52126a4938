"""What a mailbox looks like to the ingest loop. A source knows nothing of Kafka and never logs mail content."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from infra.errors import Permanent, Transient
from streams.feedback import Action


class ProviderError(Exception):
    """Root of what a source may raise. The message names the mailbox and the remedy, never a secret or mail content."""


class ProviderTransient(ProviderError, Transient):
    """The provider is away, slow or closed the connection: reconnect with backoff."""


class AuthFailed(ProviderError, Permanent):
    """The provider refused the credentials. Retrying soon could lock the account: slow down hard and say so."""

    mended: Callable[[], bool] | None = None
    """Whether the credentials were replaced since; cheap. None: nobody can tell but by trying again."""


class CursorExpired(ProviderError, Transient):
    """The provider no longer knows the cursor (folder rebuilt, history gone): start over from a resync."""


Cursor = Mapping[str, bytes]
"""How far a mailbox was read: small named entries. A source decides what they hold; ingest only stores them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMail:
    """One mail as the provider holds it."""

    event_id: str
    raw: bytes
    """RFC 5322 bytes, cut to the configured bound when `truncated`."""
    size: int
    """Bytes at the provider, before any cut."""
    truncated: bool
    location: str
    """Where the provider keeps it, RFC 5092 notation for IMAP; a file's name for Maildir."""
    found_at: datetime
    """When the source learned of it (for IMAP: of the announcement), UTC."""
    fingerprint: str = ""
    """Hash over Message-ID and content, by which a rebuilt folder's mails are recognised."""


@dataclass(frozen=True, slots=True)
class Move:
    """A person's act in the mailbox."""

    event_id: str
    """Of the mail."""
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Mails and the cursor entries that stand for having them: they are stored together or not at all.

    An empty batch is a proof of life: the mailbox was in step with the provider when it was made.
    """

    mails: tuple[FoundMail, ...] = ()
    cursor: Mapping[str, bytes | None] = field(default_factory=dict)
    """Entries to set; None removes one."""
    moves: tuple[Move, ...] = ()
    """What people did to earlier mails; stored with the cursor, too."""
    remaining: int | None = None
    """How many mails are known to wait behind this batch (progress of a first contact); None: unknown."""
    skipped: int = 0
    """Mails passed over on purpose since the last batch (already announced before a folder was rebuilt)."""


class Room(Protocol):
    """The process's memory, which a source asks before it takes mails into it."""

    async def __call__(self, size: int, /) -> None:
        """Return when `size` bytes of mail may be fetched. Asking gives back what was granted before: a source asks
        only when all that it had fetched is stored."""
        ...


async def unbounded(_size: int, /) -> None:
    """Room for everything: for readers that keep nothing."""


class Source(Protocol):
    """One mailbox folder that is read forever."""

    def changes(self, cursor: Cursor) -> AsyncIterator[Batch]:
        """Batches from `cursor` on, oldest first, then as mail arrives, without end.

        The caller asks for the next batch only after the last one is stored.
        Closing the iterator closes the connection.

        Raises:
            ProviderTransient, AuthFailed
        """
        ...


class Announced(Protocol):
    """The ingest log's memory, which a source asks after it lost its place."""

    async def __call__(self) -> frozenset[str]:
        """Of this account's mails that are on the log already, the fingerprints (IMAP) or event ids (Gmail).
        May take seconds."""
        ...
