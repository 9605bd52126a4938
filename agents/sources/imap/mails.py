"""UIDs → mails: sizes and dates first, then bodies by BODY.PEEK (RFC 3501 §6.4.5: it sets no flag), huge ones cut."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from agents.sources.base import FoundMail, ProviderTransient
from agents.sources.imap.account import ImapLimits
from agents.sources.imap.connection import Connection
from agents.sources.imap.fingerprint import fingerprint
from agents.sources.imap.framing import Literal
from agents.sources.imap.responses import Fetched
from streams.events import event_id

REFUSED_MAX = 3
"""Connections on which a server may refuse to hand out a mail before it is announced without content."""

log = logging.getLogger(__name__)


class Mails:
    """Fetches one folder's mails. What a server refused is remembered across its connections."""

    def __init__(self, account: str, folder: str, limits: ImapLimits) -> None:
        self._account = account
        self.extra = {"account": account}
        """Of log lines."""
        self.folder = folder
        self._limits = limits
        self._refused: Counter[tuple[int, int]] = Counter()

    async def describe(self, connection: Connection, uids: Sequence[int]) -> list[Fetched]:
        """Size and date of each of the UIDs that still exists, ascending. Raises ProviderTransient."""
        gmail = " X-GM-MSGID" if connection.is_gmail else ""
        found, complete = await connection.fetch(uids, f"(UID RFC822.SIZE INTERNALDATE{gmail})")
        if not complete and not found:
            raise ProviderTransient("the server lists no sizes")
        if not complete:  # NO, after some of them (RFC 2180 §4.1): the others need not be gone, their bodies will tell
            return [found.get(uid) or Fetched(uid=uid) for uid in uids]
        return [found[uid] for uid in uids if uid in found]

    async def take(
        self, connection: Connection, uidvalidity: int, described: Sequence[Fetched], found_at: datetime
    ) -> list[FoundMail]:
        """The mails, ascending; those that were expunged meanwhile are left out. Raises ProviderTransient."""
        bodies = await self._bodies(connection, uidvalidity, described)
        return [self._mail(uidvalidity, one, bodies[one.uid], found_at) for one in described if one.uid in bodies]

    def fetch_size(self, described: Fetched) -> int:
        """Bytes that taking it will need."""
        limit = self._limits.mail_max_bytes
        return limit if described.size is None else min(described.size, limit)

    async def _bodies(
        self, connection: Connection, uidvalidity: int, described: Sequence[Fetched]
    ) -> dict[int, Literal | None]:
        limit = self._limits.mail_max_bytes
        bodies: dict[int, Literal | None] = {}
        whole = [one.uid for one in described if one.size is not None and one.size <= limit]
        huge = [one.uid for one in described if one.size is None or one.size > limit]
        refused = await self._fetch(connection, whole, "(UID BODY.PEEK[])", bodies) if whole else []
        for uid in [*refused, *huge]:  # one by one: a server may refuse all because of one (RFC 2180 §4.1)
            items = f"(UID BODY.PEEK[]<0.{limit}>)" if uid in huge else "(UID BODY.PEEK[])"
            for _ in await self._fetch(connection, [uid], items, bodies):
                self._give_up_at_last(uidvalidity, uid)
                bodies[uid] = None
        return bodies

    async def _fetch(
        self, connection: Connection, uids: list[int], items: str, bodies: dict[int, Literal | None]
    ) -> list[int]:
        """Add what comes to `bodies`. Returns the UIDs that were refused; those that are merely missing are gone."""
        found, complete = await connection.fetch(uids, items)
        bodies |= {uid: one.body for uid, one in found.items()}
        return [] if complete else [uid for uid in uids if uid not in found]

    def _give_up_at_last(self, uidvalidity: int, uid: int) -> None:
        self._refused[uidvalidity, uid] += 1
        if self._refused[uidvalidity, uid] < REFUSED_MAX:
            raise ProviderTransient(f"the server does not hand out UID {uid}")
        del self._refused[uidvalidity, uid]
        log.warning("UID %d is announced empty: it is not handed out", uid, extra={"account": self._account})

    def _mail(self, uidvalidity: int, described: Fetched, body: Literal | None, found_at: datetime) -> FoundMail:
        raw = body.data if body else b""  # NIL: the server has the mail's place, but no content
        return FoundMail(
            event_id=self.identity(uidvalidity, described),
            raw=raw,
            size=described.size if described.size is not None else len(raw),
            truncated=self._is_cut(described, body),
            location=f"{quote(self.folder, safe='/', errors='replace')};UIDVALIDITY={uidvalidity};UID={described.uid}",
            found_at=found_at,
            fingerprint=fingerprint(raw),
        )

    def identity(self, uidvalidity: int, described: Fetched) -> str:
        """The mail's event id; Gmail's own number is the same in every folder and over its API."""
        if described.gmail_id is not None:
            return event_id(self._account, "gmail", f"{described.gmail_id:x}")
        return event_id(self._account, "imap", self.folder, uidvalidity, described.uid)

    def _is_cut(self, described: Fetched, body: Literal | None) -> bool:
        """Whether bytes are missing. RFC822.SIZE is an estimate at some servers; what came is not."""
        if body is None or not body.data:
            return bool(described.size)
        if body.size > len(body.data):
            return True
        limit = self._limits.mail_max_bytes
        return len(body.data) >= limit and (described.size is None or described.size > limit)
