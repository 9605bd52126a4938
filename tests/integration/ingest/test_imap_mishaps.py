"""Two ingest processes on a real Dovecot, killed and stopped at random while mail comes: each mail is on the log once."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import pytest

from agents.accounts import Account, ImapServer, save_account
from streams.reading import Record
from tests.integration.ingest.conftest import SESSION_S, Ingest, Site
from tests.services.dovecot import Dovecot

FOLDERS = ("INBOX", "Entw&APw-rfe")
"""As Dovecot spells them on disk."""
MISHAPS = ("kill", "kill", "sleep through", "kill", "kick", "nap", "kill", "sleep through", "kill")


class Delivery:
    """Mails that differ in their Message-ID, and which were delivered."""

    def __init__(self, server: Dovecot, users: list[str]) -> None:
        self.server, self.users = server, users
        self.delivered: list[str] = []
        self._places: dict[str, str] = {}
        self._numbers = itertools.count()

    def one(self, user: str, folder: str = "INBOX", size: int = 0) -> None:
        name = f"{user}-{next(self._numbers)}@example.org"
        raw = f"From: <a@example.org>\r\nMessage-ID: <{name}>\r\nSubject: x\r\n\r\n".encode()
        self.server.deliver(user, raw.ljust(size, b"x"), folder)
        self.delivered.append(name)
        self._places[name] = f"{user}/{folder}"

    def missing(self, records: list[Record]) -> str:
        """How many mails of which folder are not on the log, and how many are there too often."""
        found = message_ids(records)
        lost = Counter(self._places[name] for name in (Counter(self.delivered) - found).elements())
        return f"missing: {dict(lost)}; too many: {(found - Counter(self.delivered)).total()}"

    async def steadily(self, chance: random.Random) -> None:
        while True:
            self.one(chance.choice(self.users), chance.choice(FOLDERS), chance.choice((0, 0, 0, 3000, 400_000)))
            await asyncio.sleep(0.02)


def message_ids(records: list[Record]) -> Counter[str]:
    return Counter((record.value or b"").split(b"Message-ID: <")[1].split(b">")[0].decode() for record in records)


@pytest.fixture
def delivery(dovecot: Dovecot, unique: str) -> Delivery:
    users = [f"u{number}{unique}" for number in range(5)]
    for user in users:
        dovecot.add_user(user, "secret")
    return Delivery(dovecot, users)


async def start(site: Site, delivery: Delivery) -> Iterator[Ingest]:
    for user in delivery.users:
        server = ImapServer(
            host="127.0.0.1", port=delivery.server.tls_port, username=user, folders=("inbox", "Entwürfe"),
            cafile=str(delivery.server.ca_file),
        )  # fmt: skip
        for folder in FOLDERS:
            delivery.one(user, folder)
        await save_account(site.settings, Account(id=user, kind="imap", imap=server, secret="env:PASSWORD"))
    return (
        site.ingest(f"ingest-{number}", PASSWORD="secret", IMAP_TIMEOUT_S="5", IMAP_IDLE_S="2")
        for number in itertools.count()
    )


async def test_each_mail_is_on_the_log_once_whatever_happens_to_the_processes(site: Site, delivery: Delivery) -> None:
    seed = int(os.environ.get("SEED") or random.randrange(10**6))
    print(f"seed {seed}")
    chance = random.Random(seed)
    processes = await start(site, delivery)
    running = [next(processes), next(processes)]
    await site.until_received(len(delivery.delivered))
    coming = asyncio.create_task(delivery.steadily(chance))
    for mishap in MISHAPS:
        await asyncio.sleep(chance.uniform(0.2, 1.5))
        victim = running.pop(chance.randrange(2))
        if mishap == "kill":
            victim.kill()
            victim = next(processes)
        elif mishap == "kick":
            with suppress(subprocess.CalledProcessError):  # just now nobody is logged in
                await asyncio.to_thread(delivery.server.kick, chance.choice(delivery.users))
        else:
            victim.signal(signal.SIGSTOP)
            await asyncio.sleep(chance.uniform(0.1, 1.0) if mishap == "nap" else SESSION_S + 3)
            victim.signal(signal.SIGCONT)
        running.append(victim)
    coming.cancel()
    records = await site.until_received(len(delivery.delivered), 90, delivery.missing)
    assert message_ids(records) == Counter(delivery.delivered)
    assert len({dict(record.headers)["ce_id"] for record in records}) == len(records)
    assert [process.process.poll() for process in running] == [None, None]


async def test_point_4_a_rebuilt_folder_is_compared_with_what_the_log_remembers(site: Site, delivery: Delivery) -> None:
    """The whole way: UIDVALIDITY changes under a running process, and again while none runs."""
    processes = await start(site, delivery)
    first, user = next(processes), delivery.users[0]
    await site.until_received(len(delivery.delivered))
    await site.until_status(lambda said: (said.counts or {})["in_step"] == 10, "ingest-0")
    delivery.server.set_uidvalidity(user, 4242)
    delivery.server.kick(user)
    delivery.one(user)
    await site.until_received(len(delivery.delivered))
    status = await site.until_status(lambda said: (said.counts or {})["passed_over"] > 0, "ingest-0")
    assert (status.counts or {})["passed_over"] == 1
    first.kill()
    delivery.server.set_uidvalidity(user, 4243)
    delivery.one(user)
    next(processes)
    records = await site.until_received(len(delivery.delivered))
    await site.until_status(lambda said: (said.counts or {})["in_step"] == 10, "ingest-1")
    assert message_ids(await site.received()) == Counter(delivery.delivered)
    assert message_ids(records) == Counter(delivery.delivered)


async def test_point_8_a_wrong_password_is_tried_once_for_all_folders(
    site: Site, dovecot: Dovecot, unique: str
) -> None:
    """Fifteen refusals in a second are what locks an account."""
    user = f"refused{unique}"
    dovecot.add_user(user, "right")
    server = ImapServer(
        host="127.0.0.1", port=dovecot.port, security="plain", username=user, folders=tuple(f"F{n}" for n in range(15))
    )
    await save_account(site.settings, Account(id=user, kind="imap", imap=server, secret="env:PASSWORD"))
    process = site.ingest(PASSWORD="wrong", AUTH_RETRY_S="2")
    await site.until_status(lambda said: (said.counts or {})["auth_failed"] == 15)
    first = (await site.until_status(lambda said: (said.counts or {})["failures"] >= 60)).counts or {}
    refused = dovecot.refused_logins(user)  # at some time before the next word
    second = (await site.until_status(lambda said: (said.counts or {})["failures"] > first["failures"])).counts or {}
    process.stop()
    assert 2 <= refused <= second["failures"] / 15 + 2
