"""One folder of an IMAP account as a source: sync from the cursor, then IDLE; after every IDLE or NOOP sync again."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

from agents.accounts.account import canonical
from agents.sources.base import Announced, AuthFailed, Batch, Cursor, ProviderError, Room, unbounded
from agents.sources.imap.account import ImapAccount, ImapLimits
from agents.sources.imap.acts import Watch
from agents.sources.imap.connection import Connection, FolderState, open_connection
from agents.sources.imap.mails import Mails
from agents.sources.imap.observer import ENTRY, Observer
from agents.sources.imap.position import Position, after_rebuild, first_contact
from agents.sources.imap.reading import Clock, Reading
from infra.errors import ConfigError

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)


class ImapFolder:
    """A `Source`: one folder over a connection of its own, so that no other folder or account can delay it.

    It never loops over failures: the first one ends the iterator, and whoever asked decides when to ask again.
    """

    def __init__(
        self,
        account: ImapAccount,
        folder: str,
        limits: ImapLimits,
        announced: Announced,
        *,
        gmail_ids: bool = False,
        room: Room = unbounded,
        clock: Clock = utc_now,
    ) -> None:
        """Nothing is connected yet. `gmail_ids`: only a server that shows Gmail's own ids will do."""
        self._account = account
        self._folder = canonical(folder)
        self._limits = limits
        self._announced = announced
        self._gmail_ids = gmail_ids
        self._room = room
        self._clock = clock
        self._mails = Mails(account.account, self._folder, limits)

    async def changes(self, cursor: Cursor) -> AsyncIterator[Batch]:
        """See `Source.changes`. The cursor has an entry named like the folder, and one of the observer's."""
        try:
            entry = cursor.get(self._folder)
            stored = Position.decode(entry)
            connection = await open_connection(self._account, self._limits)
            try:
                watch = Watch.decode(cursor.get(ENTRY + self._folder))
                reading = await self._open(connection, stored, watch, lost=entry is not None and stored is None)
                while True:
                    yield await reading.next()
            finally:
                await connection.close()
        except ProviderError as error:
            named = type(error)(f"{self._account.account}, {self._folder}: {error}")
            if isinstance(named, AuthFailed) and isinstance(error, AuthFailed):
                named.mended = error.mended
            raise named from None

    async def _open(
        self, connection: Connection, stored: Position | None, watch: Watch | None, *, lost: bool
    ) -> Reading:
        if self._gmail_ids and not connection.is_gmail:
            raise ConfigError(f"{self._account.host} shows no X-GM-MSGID: it cannot stand in for the Gmail API")
        state = await connection.examine(self._folder)
        position = self._start(state, stored, lost=lost)
        known = await self._announced() if position.rebuilt else frozenset()
        # In Gmail's place nobody observes: its history tells the same acts again.
        interval_s = 0.0 if self._gmail_ids else self._limits.acts_s
        return Reading(
            connection,
            self._mails,
            state,
            position,
            stored=stored,
            known=known,
            room=self._room,
            clock=self._clock,
            observer=Observer(connection, self._mails, state.uidvalidity, watch, interval_s=interval_s),
        )

    def _start(self, state: FolderState, stored: Position | None, *, lost: bool) -> Position:
        if stored is None:
            if lost:
                said = "%s: its cursor cannot be read: the folder is read anew, mails are compared by fingerprint"
                log.warning(said, self._folder, extra={"account": self._account.account})
            first = first_contact(state.uidvalidity, state.highest, self._clock(), self._limits.first_contact_days)
            return replace(first, rebuilt=lost)
        reused = state.uidnext is not None and state.uidnext <= max(stored.uid, stored.until)
        if stored.uidvalidity == state.uidvalidity and not reused:
            return stored
        return self._rebuilt(state, stored)

    def _rebuilt(self, state: FolderState, stored: Position) -> Position:
        position = after_rebuild(stored, state.uidvalidity, state.highest)
        change = f"UIDVALIDITY {stored.uidvalidity}, now {state.uidvalidity}"
        said = "%s was rebuilt (%s): mails since %s are compared by fingerprint"
        log.warning(said, self._folder, change, position.since, extra={"account": self._account.account})
        return position
