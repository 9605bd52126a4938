"""Keeping one mailbox watched: made when there is none, renewed daily, replaced when its pushes do not come."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from agents.sources.base import AuthFailed, Cursor, ProviderTransient
from agents.sources.gmail import watch as watches
from agents.sources.gmail.api import GmailApi, Watched
from agents.sources.gmail.failures import Refused
from agents.sources.gmail.watch import Watch
from monitoring import metrics

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
MISSED_MAX = 2
"""So many times in a row a mailbox had changed although no push had said so: then the watch is in doubt."""


class Watches:
    """All watches of a process, for the gauge; and since when older ones are void."""

    def __init__(self, wake: Callable[[], None] = lambda: None) -> None:
        self._wake = wake
        self._expiries: dict[str, datetime] = {}
        self.stale_before = self.ready_at = datetime.min.replace(tzinfo=UTC)

    def ready(self, *, made: bool) -> None:
        """Topic and subscription are there: what failed without them is tried again. If they were `made` just now, what
        was watched before is pushed nowhere, and is watched anew."""
        self.ready_at = datetime.now(UTC)
        if made:
            self.stale_before = self.ready_at
        self._wake()

    def set(self, account: str, expires_at: datetime | None) -> None:
        """An account is watched until then; None: by this process no more."""
        if expires_at is None:
            self._expiries.pop(account, None)
        else:
            self._expiries[account] = expires_at

    def measure(self) -> None:
        """Set the gauges: the first watch to expire, seconds from now."""
        metrics.WATCHES.set(len(self._expiries))
        now = datetime.now(UTC)
        left = min(((one - now).total_seconds() for one in self._expiries.values()), default=math.nan)
        metrics.WATCH_EXPIRY_SECONDS.set(left)


class Watching:
    """One account's watch. Without a topic nothing is watched, and the mailbox is polled."""

    def __init__(
        self,
        account: str,
        labels: tuple[str, ...],
        api: GmailApi,
        watches_: Watches,
        *,
        topic: str,
        every_s: float,
        clock: Clock = lambda: datetime.now(UTC),
    ) -> None:
        self._account, self._labels, self._api, self._watches = account, labels, api, watches_
        self._topic, self._every, self._clock = topic, timedelta(seconds=every_s), clock
        self._watch: Watch | None = None
        self._stored: Watch | None = None
        self._failed_at: datetime | None = None
        self._pause = watches.RETRY
        self._missed = 0
        self.complaint = ""
        """Why there is no watch; empty when there is one or none is wanted."""

    def resume(self, cursor: Cursor) -> None:
        """Take over the watch that an earlier process made; one of our own that was not stored yet is newer."""
        self._stored = Watch.decode(cursor.get(watches.ENTRY))
        if self._stored and (self._watch is None or self._stored.made_at > self._watch.made_at):
            self._watch = self._stored
        if self._watch and self._topic:
            self._watches.set(self._account, self._watch.expires_at)

    def due_s(self) -> float:
        """Seconds until the watch wants attention."""
        if not self._topic:
            return float("inf")
        due = self._renew_at()
        if self._failed_at is not None and self._failed_at >= self._watches.ready_at:
            due = max(due, self._failed_at + self._pause)
        return max(0.0, (due - self._clock()).total_seconds())

    def pushed(self) -> None:
        """A push came: the watch works."""
        self._missed = 0

    def missed(self) -> None:
        """The mailbox had changed, and no push had said so."""
        self._missed += 1
        doubtful = self._missed >= MISSED_MAX and self._watch is not None
        if doubtful and self._watch and self._clock() - self._watch.made_at > watches.DOUBT:
            log.warning("pushes of this mailbox do not come: it is watched anew", extra={"account": self._account})
            self._watch, self._missed = None, 0

    async def renew(self) -> Mapping[str, bytes | None]:
        """Make or renew the watch when it is time; the cursor entry to store. A failure is a complaint, no error: mail
        comes by polling, too.

        Raises:
            AuthFailed: Gmail refuses the account.
        """
        if not self._topic:
            return {}
        if self.due_s() > 0:
            return self._entry()
        now = self._clock()
        try:
            granted = await self._ask()
        except (ProviderTransient, AuthFailed) as error:
            self._failed_at = now
            self._pause = watches.RETRY_REFUSED if isinstance(error, Refused | AuthFailed) else watches.RETRY
            self.complaint = f"not watched, only polled: {error}; `triage provider test {self._account}` says more"
            metrics.WATCH_RENEWALS.labels(outcome="failed").inc()
            return self._entry()
        self.complaint, self._failed_at = "", None
        metrics.WATCH_RENEWALS.labels(outcome="ok").inc()
        self._watch = Watch(topic=self._topic, labels=self._labels, made_at=now, expires_at=granted.expires_at)
        self._watches.set(self._account, granted.expires_at)
        return self._entry()

    def _entry(self) -> Mapping[str, bytes | None]:
        """The watch, unless it was handed out to be stored since the last `resume`."""
        if self._watch is None or self._watch == self._stored:
            return {}
        self._stored = self._watch
        return {watches.ENTRY: self._watch.encode()}

    async def _ask(self) -> Watched:
        try:
            return await self._api.watch(self._topic, self._labels)
        except Refused as error:
            if error.status != 400:
                raise
            await self._api.stop()  # Gmail pushes a mailbox to one topic of a project: the former one has to end first
            return await self._api.watch(self._topic, self._labels)

    def _renew_at(self) -> datetime:
        return watches.renew_at(
            self._watch, self._topic, self._labels, every=self._every, stale_before=self._watches.stale_before
        )
