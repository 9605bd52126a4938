"""FALLBACK_PROVIDER=imap as people run it: Gmail's API fails, its mails come over IMAP, and later over the API again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from agents.accounts import ImapServer
from agents.fakes.google.faults import Fault
from streams.control import writer
from tests.integration.gmail.conftest import GmailSite, event_ids, ids
from tests.integration.ingest.conftest import Ingest, until
from tests.integration.source_conformance import mail
from tests.stream.gmail.imap_side import ImapSide


async def test_mails_come_over_imap_while_gmail_is_away_and_none_comes_twice(gmail_site: GmailSite) -> None:
    site = gmail_site
    async with ImapSide(site.google, "box@example.org") as side:
        imap = ImapServer(host="127.0.0.1", port=side.port, security="plain", username="box@example.org")
        await site.gmail("box", imap=imap, secret="env:IMAP_SECRET")
        process = site.ingest(
            FALLBACK_PROVIDER="imap",
            IMAP_SECRET="s3cret",
            BREAKER_FAILURES="2",
            BREAKER_RESET_S="1",
            GMAIL_SILENCE_S="1",
            IMAP_POLL_S="0.2",
        )
        sent: list[str] = []
        for round_ in range(2):
            sent += await asyncio.to_thread(side.deliver, *(mail(f"api{round_}-{number}") for number in range(5)))
            await site.until_received(len(sent))
            site.google.set_faults(Fault(error="503"))
            sent += await asyncio.to_thread(side.deliver, *(mail(f"imap{round_}-{number}") for number in range(5)))
            await site.until_received(len(sent))
            await site.until_status(
                lambda said: not all(one.ok for one in said.checks)
            )  # its word of now, not of before
            site.google.set_faults()
            await site.until_status(lambda said: all(one.ok for one in said.checks))
            await until(_back(process), lambda times: times == round_ + 1, 60)  # noqa: B023 - awaited here
        sent += await asyncio.to_thread(side.deliver, mail("last"))
        records = await site.until_received(len(sent))
        assert sorted(ids(records)) == sorted(event_ids("box", sent))
        assert (await asyncio.to_thread(site.prove, "box"))["ok"]
        log = process.log.read_text()
        assert log.count("Gmail is away: going on over IMAP") == log.count("Gmail is back") == 2
        assert "s3cret" not in log


def _back(process: Ingest) -> Callable[[], Awaitable[int]]:
    async def look() -> int:
        return process.log.read_text().count("Gmail is back")

    return look


async def test_an_operator_opens_the_breaker_and_turns_the_fallback_on_without_a_restart(gmail_site: GmailSite) -> None:
    """Gmail itself is well: the mails come the way that the control topic says."""
    site = gmail_site
    async with ImapSide(site.google, "box@example.org") as side:
        imap = ImapServer(host="127.0.0.1", port=side.port, security="plain", username="box@example.org")
        await site.gmail("box", imap=imap, secret="env:IMAP_SECRET")
        site.ingest(IMAP_SECRET="s3cret", BREAKER_RESET_S="1", GMAIL_SILENCE_S="1", IMAP_POLL_S="0.2")
        sent = await asyncio.to_thread(side.deliver, mail("api"))
        await site.until_received(len(sent))
        await writer.put(site.settings, "BREAKER:gmail", "open", who="op@example", why="a test")
        await site.until_status(lambda said: any("held open by an operator" in one.reason for one in said.checks))
        sent += await asyncio.to_thread(side.deliver, mail("waits"))
        await writer.put(site.settings, "FALLBACK_PROVIDER", "imap", who="op@example", why="a test")
        places = [dict(record.headers)["ce_subject"] for record in await site.until_received(len(sent))]
        assert [b"UID=" in place for place in places] == [False, True]
        await writer.clear(site.settings, "BREAKER:gmail", who="op@example", why="a test")
        await site.until_status(lambda said: all(one.ok for one in said.checks))
        await writer.clear(site.settings, "FALLBACK_PROVIDER", who="op@example", why="a test")
        sent += await asyncio.to_thread(side.deliver, mail("last"))
        records = await site.until_received(len(sent))
        assert sorted(ids(records)) == sorted(event_ids("box", sent))
