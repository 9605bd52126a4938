"""Where load is written: a Maildir, IMAP mailboxes, or Kafka itself. Each writes one mail at a time per writer."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from infra.errors import ConfigError
from infra.settings import Settings
from streams.events import Received, event_id

KAFKA_ACCOUNTS = 16
"""Accounts load-0, load-1, ... that mails on Kafka are of: several, so that all partitions have work."""
FORMS = "maildir:DIR, imap:ACCOUNT[,ACCOUNT...] or kafka"


class Writer(Protocol):
    """What one of the concurrent writers does."""

    async def write(self, number: int, raw: bytes) -> None:
        """Hand over a mail; it has been taken when this returns."""
        ...


class Target(Protocol):
    """`async with target.writer(n) as writer:` for each of the concurrent writers."""

    def writer(self, number: int) -> AbstractAsyncContextManager[Writer]:
        """The writer of this number; it may raise whatever says that the target cannot be written."""
        ...


def target(settings: Settings, to: str) -> Target:
    """The target of --to.

    Raises:
        ConfigError: another form.
    """
    kind, _, where = to.partition(":")
    if kind == "maildir" and where:
        return MaildirTarget(Path(where))
    if kind == "imap" and all(where.split(",")):
        return ImapTarget(settings, where.split(","))
    if to == "kafka":
        return KafkaTarget(settings)
    raise ConfigError(f"--to {to}: {FORMS} is allowed")


class MaildirTarget:
    """Delivers as a mail server does: written to tmp/, renamed into new/."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._run = f"{int(time.time())}.P{os.getpid()}"

    @asynccontextmanager
    async def writer(self, number: int) -> AsyncIterator[Writer]:
        """Makes the folder when it is not there."""
        del number
        for part in ("cur", "new", "tmp"):
            (self._folder / part).mkdir(parents=True, exist_ok=True)
        yield self

    async def write(self, number: int, raw: bytes) -> None:
        """Whole or not at all."""
        name = f"{self._run}Q{number}.load"
        await asyncio.to_thread(self._deliver, name, raw)

    def _deliver(self, name: str, raw: bytes) -> None:
        draft = self._folder / "tmp" / name
        draft.write_bytes(raw)
        draft.rename(self._folder / "new" / name)


class ImapTarget:
    """APPENDs to the first folder of mailboxes on record, with their own logins (RFC 3501 §6.3.11)."""

    def __init__(self, settings: Settings, accounts: Sequence[str]) -> None:
        self._settings, self._names = settings, accounts
        self._known: dict[str, Any] | None = None
        self._looking = asyncio.Lock()

    @asynccontextmanager
    async def writer(self, number: int) -> AsyncIterator[Writer]:
        """A connection of its own. Writers share out the mailboxes."""
        from agents.ingest.sources import imap_account
        from agents.sources.imap.account import ImapLimits
        from agents.sources.imap.connection import open_connection

        account = await self._account(self._names[number % len(self._names)])
        server = imap_account(self._settings, account, account.imap)
        connection = await open_connection(server, ImapLimits.of(self._settings))
        try:
            yield _Appending(connection, server.folders[0])
        finally:
            await connection.close()

    async def _account(self, name: str) -> Any:
        from agents.accounts import list_accounts

        async with self._looking:
            if self._known is None:
                accounts, _ = await list_accounts(self._settings)
                self._known = {one.id: one for one in accounts if one.imap}
        if name not in self._known:
            raise ConfigError(f"--to imap:{name}: no such IMAP account; `triage account list` shows those on record")
        return self._known[name]


class _Appending:
    def __init__(self, connection: Any, folder: str) -> None:
        from agents.sources.imap.names import encode, quoted

        self._connection, self._folder = connection, quoted(encode(folder))

    async def write(self, number: int, raw: bytes) -> None:
        """The literal follows the server's continuation; the line's end behind it ends the command."""
        from agents.sources.base import ProviderTransient

        del number
        wire = self._connection.wire
        call = await self._connection.finish(wire.begin("APPEND", self._folder + b" {%d}" % len(raw), replies=(raw,)))
        if call.status != "OK":
            raise ProviderTransient(f"APPEND was refused ({wire.quote(call.text)})")


class KafkaTarget:
    """Writes to `mail.received` as ingest does, but for the cursor: there is no mailbox behind it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._run = f"{time.time_ns()}"
        self._producer: Any = None
        self._starting, self._users = asyncio.Lock(), 0

    @asynccontextmanager
    async def writer(self, number: int) -> AsyncIterator[Writer]:
        """All writers share a producer; records of several are sent together."""
        del number
        from streams.closing import close_within

        async with self._starting:
            self._users += 1
            if self._producer is None:
                self._producer = await self._started()
        try:
            yield self
        finally:
            self._users -= 1
            if not self._users:
                await close_within(self._producer, 5)

    async def _started(self) -> Any:
        from aiokafka import AIOKafkaProducer

        from infra.kafka import aiokafka_options

        producer = AIOKafkaProducer(
            **aiokafka_options(self._settings),
            client_id=f"{self._settings.instance_id}-load",
            enable_idempotence=True,
            acks="all",
            max_request_size=2 * 1024 * 1024,
        )
        await producer.start()
        return producer

    async def write(self, number: int, raw: bytes) -> None:
        """Acknowledged by all replicas in sync when it returns."""
        from streams.partitioning import partition_of
        from streams.topics import RECEIVED

        account = f"load-{number % KAFKA_ACCOUNTS}"
        received = Received(
            event_id=event_id(account, "load", self._run, number),
            account=account,
            raw=raw,
            received_at=datetime.now(UTC),
            location=f"load;number={number}",
        )
        key = account.encode()
        await self._producer.send_and_wait(
            RECEIVED.name,
            raw,
            key=key,
            partition=partition_of(key, self._settings.topic_partitions),
            headers=list(received.headers()),
        )
