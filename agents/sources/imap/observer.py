"""Looks at what people did to a folder's newest mails: flags (by CONDSTORE, RFC 7162, where the server has it), where
mails went that vanished. Nothing is changed at the server, and no failure of a look keeps mail from being read."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence

from agents.sources.base import Move, ProviderTransient
from agents.sources.imap import responses
from agents.sources.imap.acts import (
    AT_ONCE,
    WATCHED,
    Place,
    Watch,
    Watched,
    flagged,
    hashed,
    letters,
    newest,
    vanished,
)
from agents.sources.imap.connection import Connection, said
from agents.sources.imap.dial import hang_up
from agents.sources.imap.elsewhere import Found, look_elsewhere
from agents.sources.imap.listing import sequence_set
from agents.sources.imap.mails import Mails
from agents.sources.imap.responses import Fetched, Marked

log = logging.getLogger(__name__)

ENTRY = "acts of "
"""The cursor entry's name begins so, then comes the folder's."""
TICK_S = 0.01
"""A timer may fire so much too early."""


class Observer:
    """Looks over one connection, from the last look that was stored on."""

    def __init__(
        self, connection: Connection, mails: Mails, uidvalidity: int, stored: Watch | None, *, interval_s: float
    ) -> None:
        self._connection, self._mails = connection, mails
        self._interval_s = interval_s
        self._watch = stored if stored and stored.uidvalidity == uidvalidity else None
        self._uidvalidity = uidvalidity
        self._counts = bool({"CONDSTORE", "QRESYNC"} & connection.wire.capabilities)
        self._due = 0.0
        self._is_first = True
        """Nobody knows what was opened while there was no connection."""
        self._off = interval_s <= 0

    async def look(self, up_to: int) -> tuple[tuple[Move, ...], dict[str, bytes]]:
        """What was done since the last look to mails up to a UID, and the cursor entry to store with it.

        Raises:
            ProviderTransient: the connection is of no use any more.
        """
        clock = asyncio.get_running_loop().time
        if self._off or clock() < self._due:
            return (), {}
        self._due = clock() + self._interval_s
        before, wire = self._watch, self._connection.wire
        was_read, wire.was_read = wire.was_read, False
        try:
            moves = tuple(await self._look(up_to, sure=not (was_read or self._is_first)))
        except ProviderTransient as error:
            wire.check()
            self._off = True
            log.warning("%s: acts are not observed: %s", self._mails.folder, error, extra=self._mails.extra)
            return (), {}
        self._is_first = False
        wire.wakes_from = self._due + TICK_S
        changed = self._watch is not None and self._watch != before
        return moves, {ENTRY + self._mails.folder: self._watch.encode()} if changed and self._watch else {}

    async def _look(self, up_to: int, *, sure: bool) -> list[Move]:
        before = self._watch
        present = await self._present(before, up_to)
        known = {one.uid: one for one in before.mails} if before else {}
        marked, modseq = await self._marked(before, present)
        new = await self._described([uid for uid in present[-WATCHED:] if uid not in known])
        moves, mails = [], []
        for uid in present:
            old = known.get(uid) or new.get(uid)
            if old is None:
                continue
            flags = letters(marked[uid].flags) if uid in marked else old.flags
            mails.append(Watched(uid, flags, old.message, old.gmail))
            if before and (uid in known or uid > before.last):
                told = flagged(known[uid].flags if uid in known else None, flags)
                moves += [Move(self._identity(old), action) for action in told]
        gone = [one for one in known.values() if one.uid not in set(present)]
        moves += await self._gone(gone, sure=sure)
        self._watch = Watch(uidvalidity=self._uidvalidity, last=up_to, modseq=modseq, mails=newest(mails))
        return moves

    async def _present(self, before: Watch | None, up_to: int) -> list[int]:
        """UIDs, ascending: from the first that is watched on, or the newest of a folder that never was."""
        exists = self._connection.wire.exists
        if before is None and not exists:
            return []
        # A sequence number means one of the last mails, whatever was expunged meanwhile (RFC 3501 §6.4.4).
        asked = f"UID {before.first}:*" if before else f"{max(1, exists - WATCHED + 1)}:*"
        first = before.first if before else 0
        return [uid for uid in await self._connection.search(asked) if first <= uid <= up_to]

    async def _marked(self, before: Watch | None, present: Sequence[int]) -> tuple[dict[int, Marked], int]:
        """What may have changed of the mails, and the highest modification sequence there is among them."""
        modseq = before.modseq if before else 0
        if not present:
            return {}, modseq
        items = f"{sequence_set(present[-WATCHED:])} (UID FLAGS{' MODSEQ' if self._counts else ''})"
        if self._counts and modseq:
            items += f" (CHANGEDSINCE {modseq})"  # RFC 7162 §3.1.4.1
        call = await self._connection.call("UID FETCH", items.encode("ascii"))
        if call.status != "OK" and self._counts:  # NOMODSEQ: not in this folder (RFC 7162 §3.1.2.2)
            self._counts = False
            return await self._marked(before, present)
        if call.status != "OK":
            raise ProviderTransient(f"flags are refused ({self._connection.wire.quote(call.text)})")
        found = {one.uid: one for one in await said(call, b"FETCH", responses.marked) if one}
        return found, max((one.modseq for one in found.values()), default=0) or modseq if self._counts else 0

    async def _described(self, uids: Sequence[int]) -> dict[int, Watched]:
        """Mails at their first look."""
        if not uids:
            return {}
        gmail = " X-GM-MSGID" if self._connection.is_gmail else ""
        items = f"{sequence_set(uids)} (UID FLAGS{gmail} BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"
        call = await self._connection.ask("UID FETCH", items.encode("ascii"))
        found: dict[int, Watched] = {}
        for one in await said(call, b"FETCH", responses.marked):
            if one and (one.message_id or one.uid not in found):  # a change of flags may be told in between
                gmail_id = f"{one.gmail_id:x}" if one.gmail_id else ""
                found[one.uid] = Watched(one.uid, letters(one.flags), hashed(one.message_id), gmail_id)
        return found

    async def _gone(self, gone: Sequence[Watched], *, sure: bool) -> list[Move]:
        if not gone or len(gone) > AT_ONCE:
            return []
        found = await self._find(gone)
        return list(self._told(gone, found, sure=sure))

    def _told(self, gone: Iterable[Watched], found: Found, *, sure: bool) -> Iterable[Move]:
        for one in gone:
            there, flags = found.at.get(one.message, (None, one.flags))
            if there is None and not (found.complete and one.message):
                continue  # it may be anywhere
            unread = "s" not in flags and (sure or there is Place.TRASH)
            action = vanished(one.flags, found.here, there, unread=unread)
            if action:
                yield Move(self._identity(one), action)

    async def _find(self, gone: Sequence[Watched]) -> Found:
        connection, folder = self._connection, self._mails.folder
        wire = connection.wire
        try:
            return await look_elsewhere(connection, folder, {one.message for one in gone})
        finally:
            if not wire.ended:
                await self._return()

    async def _return(self) -> None:
        """Open the folder again; without it the connection is of no use."""
        wire = self._connection.wire
        try:
            state = await self._connection.examine(self._mails.folder)
        except ProviderTransient:
            hang_up(wire)
            raise
        if state.uidvalidity != self._uidvalidity:
            hang_up(wire)
        wire.take_announcement()
        wire.stirred.set()  # mail may have come meanwhile

    def _identity(self, one: Watched) -> str:
        gmail_id = int(one.gmail, 16) if one.gmail else None
        return self._mails.identity(self._uidvalidity, Fetched(uid=one.uid, gmail_id=gmail_id))
