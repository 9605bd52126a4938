"""A push on its way: to the mailbox here, or to the process that owns it; done when its mails are on Kafka."""

from __future__ import annotations

import asyncio
from enum import StrEnum

from agents.push.directory import Directory
from agents.push.message import Malformed, decode
from agents.push.relay import Relay
from agents.sources.gmail.hints import Hints
from monitoring import metrics

LOOK_AGAIN_S = 5.0
"""An owner may change while a push waits."""


class Outcome(StrEnum):
    """What became of a push."""

    COMMITTED = "committed"
    UNKNOWN = "unknown"
    """No account reads this mailbox (any more)."""
    MALFORMED = "malformed"
    LATE = "late"
    """Not committed in time: it has to come again."""


class Dispatcher:
    """`take` each push; duplicates and pushes in any order are harmless, for only the highest historyId counts."""

    def __init__(self, hints: Hints, directory: Directory, relay: Relay, *, commit_s: float) -> None:
        self._hints, self._directory, self._relay, self._commit_s = hints, directory, relay, commit_s
        self.waiting = 0
        """Pushes whose mails are not committed yet."""

    async def take(self, way: str, data: bytes) -> Outcome:
        """Return when the push may be acknowledged, or must come again (`LATE`). Never raises."""
        self.waiting += 1
        try:
            async with asyncio.timeout(self._commit_s):
                outcome = await self._take(data)
        except TimeoutError:
            outcome = Outcome.LATE
        finally:
            self.waiting -= 1
        metrics.PUSHES.labels(way=way, outcome=outcome).inc()
        return outcome

    async def _take(self, data: bytes) -> Outcome:
        try:
            email, history_id = decode(data)
        except Malformed:
            return Outcome.MALFORMED
        await self._directory.loaded.wait()
        accounts = self._directory.accounts_of(email)
        await asyncio.gather(*(self._until_committed(account, history_id) for account in accounts))
        return Outcome.COMMITTED if accounts else Outcome.UNKNOWN

    async def _until_committed(self, account: str, history_id: int) -> None:
        while True:
            try:
                async with asyncio.timeout(LOOK_AGAIN_S):
                    if listener := self._hints.of(account):
                        listener.hint(history_id)
                        await listener.until_committed(history_id)
                    else:
                        await self._relay.until_committed(account, history_id)
                    return
            except TimeoutError:
                continue
