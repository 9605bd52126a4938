"""What PostgreSQL holds: asked again and again, never more often than its answers are quick."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from importlib import resources
from typing import TYPE_CHECKING, Any

from infra.database.errors import failure
from infra.database.pool import connect_once
from infra.database.queries import split
from infra.errors import TriageError
from infra.settings import Settings
from streams.triage.verdict import Lane

if TYPE_CHECKING:
    from infra.database.pool import Connection

log = logging.getLogger(__name__)

QUERIES = split((resources.files(__package__) / "queries.sql").read_text("utf-8"))
EVERY_S = 0.5
PACE = 10
"""A question that takes long is asked more rarely: it may use a tenth of the time."""


class Shelf:
    """The last answer about all accounts, and about the one that the run accounts for."""

    def __init__(self, settings: Settings, account: str | None) -> None:
        self._settings = settings
        self._account = account
        self._connection: Connection | None = None
        self._asking = asyncio.Lock()
        self.lanes: Counter[Lane] = Counter()
        """Mails of all accounts by lane."""
        self.ours: Counter[Lane] = Counter()
        """Mails of the account by lane."""
        self.trouble = ""
        """Why there is no newer answer."""

    async def run(self) -> None:
        """Ask until cancelled."""
        while True:
            started = time.monotonic()
            try:
                await self.look()
            except TriageError as error:
                self.trouble = str(error)
            await asyncio.sleep(max(EVERY_S, PACE * (time.monotonic() - started)))

    async def look(self) -> None:
        """Ask once.

        Raises:
            TriageError: the database is away, or its tables are missing.
        """
        rows = await self._fetch("archived_by_lane")
        known = [(Lane(row["lane"]), row["mails"], row["ours"]) for row in rows if row["lane"] in set(Lane)]
        self.lanes = Counter({lane: mails for lane, mails, _ in known})
        self.ours = Counter({lane: ours for lane, _, ours in known})
        self.trouble = ""

    async def ids(self) -> frozenset[bytes]:
        """Event ids of the account, 16 bytes each. Raises as `look` does."""
        return frozenset(bytes.fromhex(row["event_id"]) for row in await self._fetch("archived_ids"))

    async def close(self) -> None:
        """Disconnect."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def _fetch(self, query: str) -> list[dict[str, Any]]:
        async with self._asking:
            try:
                if self._connection is None:
                    self._connection = await connect_once(self._settings)
                rows = await self._connection.fetch(
                    QUERIES[query], self._account or "", timeout=self._settings.database_timeout_s
                )
            except Exception as error:
                await self.close()
                raise failure(error) from None
            return [dict(row) for row in rows]
