"""A folder of mail files as a source. Cursor: one small entry per file that was announced or passed over, so neither a
restart nor a file's times can announce a mail twice or hide one; the entry goes some time after its file has gone."""

# ruff: noqa: PTH118 - strings and os.path, see `tree`

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from agents.sources.base import Batch, Cursor, FoundMail, ProviderTransient, Room, unbounded
from agents.sources.maildir import files
from agents.sources.maildir.tree import Look, MailFile, key_of, mails_below
from agents.sources.maildir.watch import Watch
from streams.events import event_id

CONTACT = "contact"
"""Cursor entry: set once the first contact has decided which of the old mails are passed over."""
ANNOUNCED, PASSED_OVER = b"1", b"0"
ENTRIES_PER_BATCH = 1000
LOOK_AGAIN_S = 0.25
LOOKS_UNSETTLED = 20
"""After so many looks the source says that it is alive although a file is still being written."""


Entries = dict[str, bytes | None]


class Waiting(NamedTuple):
    """A mail that is to be announced. Many of these live at once."""

    modified_ns: int
    path: str
    key: str
    mail: MailFile
    size: int


class Maildir:
    """Mail below one directory, see `tree` for what counts. A mail's id: account, "maildir", its name."""

    def __init__(
        self,
        account: str,
        root: Path,
        *,
        max_bytes: int,
        since_days: float | None = None,
        rescan_s: float = 10.0,
        forget_after_s: float = 3600.0,
        batch_mails: int = 200,
        batch_bytes: int = 1024 * 1024,
        room: Room = unbounded,
    ) -> None:
        """Bounds are keyword-only.

        Args:
            account: id of the account.
            root: the directory.
            max_bytes: longer mails are cut here and marked.
            since_days: at the first contact, files modified longer ago are passed over; None takes everything.
            rescan_s: the tree is looked at this often even without a notification.
            forget_after_s: how long after a file has gone its cursor entry goes.
            batch_mails: most mails of a batch.
            batch_bytes: most bytes of a batch, but one mail always fits.
            room: asked before a batch is read.
        """
        self._account, self._root = account, os.path.realpath(root)
        self._max_bytes, self._since_days = max_bytes, since_days
        self._rescan_s, self._forget_after_s = rescan_s, forget_after_s
        self._batch_mails, self._batch_bytes, self._room = batch_mails, batch_bytes, room
        self._known: set[str] = set()
        self._missing: dict[str, float] = {}
        self._settling = files.Settling()
        self._unsettled = self._looks_unsettled = 0
        self._unreadable: dict[str, str] = {}
        self._look = Look()

    @property
    def complaint(self) -> str:
        """What cannot be read, for the status; empty when all is well."""
        if closed := self._look.closed:
            return f"{len(closed)} folders cannot be listed, first {closed[0][0]!r}: {closed[0][1]}"
        if self._unreadable:
            path, reason = next(iter(self._unreadable.items()))
            return f"{len(self._unreadable)} files cannot be read, first {path!r}: {reason}"
        return ""

    @property
    def unreadable(self) -> int:
        """How many files cannot be read at the moment."""
        return len(self._unreadable)

    async def changes(self, cursor: Cursor) -> AsyncIterator[Batch]:
        """See `Source.changes`. Raises ProviderTransient when the root cannot be listed."""
        self._known = {name for name in cursor if name != CONTACT}
        await asyncio.to_thread(self._require_root)
        async with Watch(self._root) as watch:
            entries: Entries = {}  # what the next batch says beside its mails
            if CONTACT not in cursor:
                *earlier, entries = await asyncio.to_thread(self._first_contact)
                for part in earlier:
                    yield Batch(cursor=part, skipped=len(part))
            while True:
                started = time.monotonic()
                waiting: Sequence[Waiting] = await asyncio.to_thread(self._find_new)
                self._unsettled = 0
                while waiting:
                    await self._room(self._size_of_next(waiting))
                    mails, keys, waiting = await asyncio.to_thread(self._read, waiting)
                    if keys:
                        entries |= dict.fromkeys(keys, ANNOUNCED)
                        yield Batch(mails=mails, cursor=entries, remaining=len(waiting), skipped=_skipped(entries))
                        self._known.update(keys)
                        entries = {}
                    del mails  # not while waiting for the next one
                for gone in self._forgettable():
                    yield Batch(cursor=dict.fromkeys(gone))
                    self._known.difference_update(gone)
                if self._in_step():
                    yield Batch(cursor=entries, remaining=self._unsettled, skipped=_skipped(entries))
                    entries = {}
                await self._pause(watch, time.monotonic() - started)

    def _in_step(self) -> bool:
        """Whether all that is there was announced; a file that is written for ever counts only for a while."""
        self._looks_unsettled = self._looks_unsettled + 1 if self._unsettled else 0
        return self._looks_unsettled % LOOKS_UNSETTLED == 0

    async def _pause(self, watch: Watch, took: float) -> None:
        if self._unsettled:
            await asyncio.sleep(LOOK_AGAIN_S)
            return
        await asyncio.sleep(min(2 * took, 5.0))  # a huge tree under steady change must not eat the machine
        await watch.changed(max(self._rescan_s, 20 * took))

    def _first_contact(self) -> list[Entries]:
        """Entries for everything too old to announce, in parts; the last says that the first contact is over."""
        old = self._older_than_limit()
        self._known.update(old)
        parts = [_passed_over(part) for part in _parts(old, ENTRIES_PER_BATCH)] or [{}]
        parts[-1][CONTACT] = ANNOUNCED
        return parts

    def _older_than_limit(self) -> list[str]:
        if self._since_days is None:
            return []
        horizon = (time.time() - self._since_days * 86400) * 1e9
        facts = ((mail, files.facts(os.path.join(self._root, mail.path))) for mail in self._mails())
        return [key_of(mail.name) for mail, fact in facts if fact and fact.modified_ns < horizon]

    def _require_root(self) -> None:
        try:
            os.scandir(self._root).close()
        except OSError as error:
            raise self._no_root(error) from None

    def _no_root(self, error: OSError) -> ProviderTransient:
        reason = error.strerror or type(error).__name__
        return ProviderTransient(f"{self._root}: {reason}; the folder must exist and be readable for ingest")

    def _mails(self) -> Iterable[MailFile]:
        look = Look()
        try:
            yield from mails_below(self._root, look)
        except OSError as error:
            raise self._no_root(error) from None
        finally:
            self._look = look

    def _find_new(self) -> list[Waiting]:
        """Unknown mails, oldest first; notes which known ones are missing."""
        seen: set[str] = set()
        found: list[Waiting] = []
        for mail in self._mails():
            key = key_of(mail.name)
            if key not in self._known and key not in seen:
                fact = files.facts(os.path.join(self._root, mail.path)) or files.Facts(0, 0)
                found.append(Waiting(fact.modified_ns, mail.path, key, mail, fact.size))
            seen.add(key)
        self._note_missing(seen)
        paths = {one.path for one in found}
        self._unreadable = {path: why for path, why in self._unreadable.items() if path in paths}
        found.sort(key=itemgetter(0, 1))
        return found

    def _note_missing(self, seen: set[str]) -> None:
        """An empty tree or a closed folder tells of the file system, not of the mails: forget nothing then."""
        if self._look.closed or not seen:
            self._missing.clear()
            return
        now = time.monotonic()
        self._missing = {key: self._missing.get(key, now) for key in self._known - seen}

    def _forgettable(self) -> list[list[str]]:
        limit = time.monotonic() - self._forget_after_s
        return list(_parts([key for key, since in self._missing.items() if since <= limit], ENTRIES_PER_BATCH))

    def _size_of_next(self, waiting: Sequence[Waiting]) -> int:
        """Bytes that the next batch takes at most."""
        sizes = (min(one.size, self._max_bytes) for one in islice(waiting, self._batch_mails))
        return min(sum(sizes), max(self._batch_bytes, min(waiting[0].size, self._max_bytes)))

    def _read(self, waiting: Sequence[Waiting]) -> tuple[tuple[FoundMail, ...], list[str], Sequence[Waiting]]:
        """One batch from the front of `waiting`: its mails, their keys, and what is left."""
        mails: list[FoundMail] = []
        keys: list[str] = []
        room, taken = self._batch_bytes, 0
        for one in waiting:
            if taken >= self._batch_mails or (mails and min(one.size, self._max_bytes) > room):
                break
            taken += 1
            if found := self._found(one.mail):
                mails.append(found)
                keys.append(one.key)
                room -= len(found.raw)
        return tuple(mails), keys, waiting[taken:]

    def _found(self, mail: MailFile) -> FoundMail | None:
        path = os.path.join(self._root, mail.path)
        try:
            content = files.read(path, self._max_bytes, None if mail.in_maildir else self._settling)
        except (FileNotFoundError, files.Unsettled):  # moved, removed or not complete: the next look decides
            self._unsettled += 1
            return None
        except OSError as error:
            self._unreadable[mail.path] = error.strerror or str(error)
            return None
        self._unreadable.pop(mail.path, None)
        return FoundMail(
            event_id=event_id(self._account, "maildir", mail.name),
            raw=content.raw,
            size=content.size,
            truncated=content.size > len(content.raw),
            location=mail.path,
            found_at=datetime.now(UTC),
            fingerprint=blake2b(content.raw, digest_size=16).hexdigest(),
        )


def _passed_over(keys: Iterable[str]) -> Entries:
    return {**dict.fromkeys(keys, PASSED_OVER)}


def _skipped(entries: Mapping[str, bytes | None]) -> int:
    return sum(value == PASSED_OVER for value in entries.values())


def _parts(keys: Iterable[str], size: int) -> Iterable[list[str]]:
    iterator = iter(keys)
    while part := list(islice(iterator, size)):
        yield part
