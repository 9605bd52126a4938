"""A real IMAP mailbox per test."""

from __future__ import annotations

import asyncio
import imaplib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agents.sources.base import Announced
from agents.sources.imap import ImapAccount, ImapFolder, ImapLimits
from tests.integration.following import nothing_announced
from tests.services.dovecot import Dovecot

PASSWORD = 'p "q\\ä'
"""Every character here has to be quoted, escaped or encoded somewhere."""


class ImapMailbox:
    """One user of a Dovecot."""

    def __init__(self, server: Dovecot, user: str, password: str = PASSWORD) -> None:
        self.server = server
        self.user = user
        self.password = password
        self.port = server.port
        self.home = server.add_user(user, password)
        self.limits = ImapLimits(idle_s=120, poll_s=0.3, timeout_s=30)

    def account(self, **changes: Any) -> ImapAccount:
        made = ImapAccount(
            account=f"acc-{self.user}",
            host=self.server.host,
            port=self.port,
            security="plain",
            username=self.user,
            secret=lambda: self.password,
        )
        return replace(made, **changes)

    def source(
        self,
        folder: str = "INBOX",
        *,
        announced: Announced = nothing_announced,
        limits: ImapLimits | None = None,
        **changes: Any,
    ) -> ImapFolder:
        return ImapFolder(self.account(**changes), folder, limits or self.limits, announced)

    async def deliver(self, raw: bytes, age: timedelta = timedelta(), folder: str = "INBOX") -> None:
        await asyncio.to_thread(self.append, raw, age, folder)

    def append(self, raw: bytes, age: timedelta = timedelta(), folder: str = "INBOX") -> None:
        with self.client() as client:
            status, _ = client.append(f'"{folder}"', "", (datetime.now(UTC) - age).astimezone(), raw)
            assert status == "OK"

    def client(self) -> imaplib.IMAP4:
        """An independent client: what another program sees."""
        client = imaplib.IMAP4(self.server.host, self.server.port, timeout=60)
        client.authenticate("PLAIN", lambda _: f"\0{self.user}\0{self.password}".encode())
        return client

    async def break_off(self) -> None:
        self.port = 1  # nothing listens there


@pytest.fixture
def mailbox(dovecot: Dovecot, unique: str) -> ImapMailbox:
    return ImapMailbox(dovecot, f"u{unique}")
