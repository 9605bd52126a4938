"""Prints figures, tests nothing: `python -m tests.integration.imap.measure [--folders 200] [--mails 100] [--uvloop]`.

From the server's announcement to the batch, and the memory of one process with many idle folders, without and with TLS."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import psutil
import uvloop

from tests.integration.following import Follower
from tests.integration.imap.conftest import ImapMailbox
from tests.integration.source_conformance import mail
from tests.services.dovecot import Dovecot
from tests.services.dovecot_config import Options


def resident_mb() -> float:
    """This process's memory."""
    return float(psutil.Process().memory_info().rss) / 1024 / 1024


async def latency(mailbox: ImapMailbox, mails: int) -> None:
    """Deliver one mail at a time to a folder in IDLE."""
    announced, delivered = [], []
    async with Follower(mailbox.source()) as follower:
        await follower.until_in_step()
        for number in range(mails):
            await follower.until_in_step() if number else None
            waiting = asyncio.create_task(follower.until_found(1))
            await asyncio.sleep(0.05)
            start = time.perf_counter()
            await asyncio.to_thread(mailbox.server.deliver, mailbox.user, mail(f"m{number}"))
            (found,) = await waiting
            delivered.append((time.perf_counter() - start) * 1000)
            announced.append((datetime.now(UTC) - found.found_at).total_seconds() * 1000)
    for name, times in (("announcement to batch", announced), ("delivery to batch", delivered)):
        cuts = statistics.quantiles(times, n=100, method="inclusive")
        print(f"{name}: p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms, {len(times)} mails")


async def memory(mailboxes: list[ImapMailbox], name: str, **changes: Any) -> None:
    """Follow every mailbox at once and let them idle."""
    before = resident_mb()
    async with AsyncExitStack() as stack:
        followers = [await stack.enter_async_context(Follower(one.source(**changes))) for one in mailboxes]
        for start in range(0, len(followers), 10):
            await asyncio.gather(*(follower.until_in_step() for follower in followers[start : start + 10]))
        waiting = [asyncio.create_task(follower.next(600)) for follower in followers]
        await asyncio.sleep(2)
        after = resident_mb()
        each = (after - before) * 1024 / len(mailboxes)
        print(f"{name}: {len(mailboxes)} idle folders, {after:.0f} MB in all, {each:.0f} KB each")
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def measure(server: Dovecot, folders: int, mails: int) -> None:
    """Everything."""
    mailboxes = [ImapMailbox(server, f"user{number}") for number in range(folders)]
    await memory(mailboxes, "plain text")
    await memory(mailboxes, "TLS", port=server.tls_port, security="tls", cafile=server.ca_file)
    await latency(mailboxes[0], mails)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folders", type=int, default=200)
    parser.add_argument("--mails", type=int, default=100)
    parser.add_argument("--uvloop", action="store_true")
    chosen = parser.parse_args()
    server = Dovecot(Options(connections=chosen.folders + 50))
    try:
        server.start()
        run = uvloop.run if chosen.uvloop else asyncio.run
        run(measure(server, chosen.folders, chosen.mails))
    finally:
        server.close()


if __name__ == "__main__":
    main()
