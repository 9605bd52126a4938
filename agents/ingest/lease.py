"""Holding one partition of `accounts`: fence the former owner, then read the cursors, then read the mailboxes.

The order makes ingest exactly once: after the fence nobody else can move the cursors, so what is read is true."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from functools import partial

from agents.accounts import Account
from agents.ingest import cursors as cursor_log
from agents.ingest.announced import AnnouncedOnLog
from agents.ingest.backoff import Backoff
from agents.ingest.committer import RETRY_MAX_S, Committer, Log
from agents.ingest.cursors import Cursors
from agents.ingest.door import Door
from agents.ingest.log_writer import Fenced, LogWriter
from agents.ingest.mailbox import Mailbox, Surroundings
from agents.ingest.records import FolderKey
from agents.ingest.roster import Roster
from agents.ingest.sources import make_source
from infra.errors import Transient
from streams.tracing import SPANS

log = logging.getLogger(__name__)

END_S = 1.5
"""When a lease ends, a transaction that is on its way gets this long; mailboxes close their connections meanwhile."""


class Lease:
    """One partition's mailboxes and their way to Kafka."""

    def __init__(
        self, partition: int, roster: Roster, confirm: Callable[[], Awaitable[None]], around: Surroundings
    ) -> None:
        settings = around.settings
        self._partition, self._roster, self._around = partition, roster, around
        self.committer = Committer(
            partition,
            Log(
                writer=lambda batch_bytes: LogWriter(settings, partition, batch_bytes=batch_bytes),
                confirm=confirm,
                cursors_since=partial(cursor_log.since, settings, partition),
            ),
            mail_max_bytes=settings.mail_max_bytes,
            trace_ratio=settings.trace_ratio if SPANS.on else 0.0,
        )
        self._reading: dict[FolderKey, tuple[Account, asyncio.Task[None]]] = {}
        self._ending: dict[FolderKey, asyncio.Task[None]] = {}
        self._doors: dict[str, tuple[Account, Door]] = {}

    async def run(self) -> None:
        """Hold the partition until cancelled.

        Raises:
            Fenced: somebody else holds it.
        """
        lost: BaseException | None = None
        try:
            await self.committer.open()
            cursors = await self._load()
            log.info("partition taken over", extra={"partition": self._partition})
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.committer.run(cursors), name=f"commit-{self._partition}")
                tasks.create_task(self._follow(cursors), name=f"accounts-{self._partition}")
        except* Fenced as group:
            lost = group.exceptions[0]
        finally:
            await self._end()
        if lost:
            raise Fenced(str(lost))

    async def _load(self) -> Cursors:
        backoff = Backoff(RETRY_MAX_S)
        while True:
            try:
                return await cursor_log.load(self._around.settings, self._partition)
            except Transient as error:
                self.committer.trouble = str(error)
                await asyncio.sleep(backoff.next_s())

    async def _follow(self, cursors: Cursors) -> None:
        while True:
            await self._roster.changed.wait()
            self._roster.changed.clear()
            self._apply(self._roster.accounts, cursors)

    def _apply(self, accounts: Mapping[str, Account], cursors: Cursors) -> None:
        """Make the running mailboxes those of the enabled accounts. A removed account's cursors stay: when it comes
        back, nothing is announced twice."""
        wanted = {
            FolderKey(account.id, folder): account
            for account in accounts.values()
            if account.enabled
            for folder in account.folders
        }
        for key, (account, task) in list(self._reading.items()):
            if wanted.get(key) != account:
                task.cancel()
                self._ending[key] = task
                del self._reading[key]
        self._ending = {key: task for key, task in self._ending.items() if not task.done()}
        self._doors = {name: door for name, door in self._doors.items() if accounts.get(name) == door[0]}
        for key, account in wanted.items():
            if key not in self._reading:
                task = asyncio.create_task(self._read(account, key, cursors), name=f"mailbox {key.label}")
                self._reading[key] = (account, task)

    async def _read(self, account: Account, key: FolderKey, cursors: Cursors) -> None:
        if former := self._ending.pop(key, None):
            await asyncio.wait([former])
        await self.committer.quiet(key)
        announced = AnnouncedOnLog(self._around.settings, account.id, self.committer.partitions)
        mailbox = Mailbox(
            account,
            key,
            lambda room: make_source(
                self._around.settings, account, key.folder, announced, self._around.gmail, room=room
            ),
            door=self._door(account),
            cursor=lambda: cursors.of(key),
            submit=self.committer.submit,
            around=self._around,
        )
        with self._around.gmail.hints.owned(account.id) if account.gmail else nullcontext():
            await mailbox.run()

    def _door(self, account: Account) -> Door:
        """The account's folders share it; a changed record, perhaps with another secret, gets a new one."""
        made = (account, Door(self._around.settings.auth_retry_s))
        return self._doors.setdefault(account.id, made)[1]

    async def _end(self) -> None:
        tasks = [task for _, task in self._reading.values()] + list(self._ending.values())
        for task in tasks:
            task.cancel()
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=END_S)
            if left:
                log.warning("%d mailboxes did not close in time", len(left), extra={"partition": self._partition})
        await self.committer.close()
