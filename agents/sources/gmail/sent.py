"""Mail that the owner sent → which received mails were answered by it: one users.threads.get for each thread.

Nothing of the thread is asked for but ids, labels, who writes to whom, Message-ID, In-Reply-To and Auto-Submitted, and
none of that is kept. An answer is worth less than mail that comes: where it cannot be found out, it is passed over."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from agents.sources.base import ProviderTransient
from agents.sources.gmail import answers
from agents.sources.gmail.api import GmailApi
from agents.sources.gmail.failures import Gone, Refused
from agents.sources.gmail.history import Moved, Sent

log = logging.getLogger(__name__)

AT_ONCE = 50
"""Threads that are asked for at once, the newest ones: after a long absence mail comes first."""
ATTEMPTS = 3
"""So often a thread may fail and end the reading; then it is passed over, for it would keep mail from being read."""


class Answers:
    """Of one account, for as long as the process reads it. `wanted`: whether sent mail is looked at at all."""

    def __init__(self, account: str, api: GmailApi, *, wanted: bool = True) -> None:
        self._account, self._api, self._wanted = account, api, wanted
        self._failed: Counter[int] = Counter()
        """Threads that failed, so often."""

    async def by(self, sent: Sequence[Sent]) -> list[Moved]:
        """The answers among these mails.

        Raises:
            ProviderTransient, AuthFailed
        """
        threads: defaultdict[int, list[Sent]] = defaultdict(list)
        for one in sorted(sent, key=lambda one: one.record, reverse=True) if self._wanted else ():
            threads[one.thread].append(one)
        if len(threads) > AT_ONCE:
            said = "%s: mail was sent in %d threads meanwhile; whom it answers is looked up in the last %d"
            log.info(said, self._account, len(threads), AT_ONCE, extra={"account": self._account})
        moves: list[Moved] = []
        for thread, mails in list(threads.items())[:AT_ONCE]:
            found = await self._answered(thread, [one.message for one in mails])
            moves += [Moved(one.record, number, "replied") for one in mails for number in found.get(one.message, ())]
        return moves

    async def _answered(self, thread: int, sent: Sequence[int]) -> Mapping[int, tuple[int, ...]]:
        try:
            found = _understood(await self._api.thread(f"{thread:x}", answers.HEADERS, answers.FIELDS), sent)
        except Gone:  # all of it was deleted meanwhile
            return {}
        except ProviderTransient as error:
            self._failed[thread] += 1
            if self._failed[thread] < ATTEMPTS and not isinstance(error, Refused):
                raise
            said = "%s: whom a mail that was sent answers cannot be found out: %s"
            log.warning(said, self._account, error, extra={"account": self._account})
            return {}
        self._failed.pop(thread, None)
        return found


def _understood(thread: Mapping[str, Any], sent: Sequence[int]) -> Mapping[int, tuple[int, ...]]:
    try:
        return answers.answered(thread, sent)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProviderTransient(f"a thread that is not what Gmail documents ({type(error).__name__})") from None
