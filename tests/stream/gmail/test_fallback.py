"""While Gmail's API is away its mails come over IMAP, and then over the API again: none lost, none twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import aclosing, suppress
from datetime import UTC, datetime, timedelta

import pytest

from agents.breakers import Breaker, BreakerOpen, BreakerState
from agents.fakes.google.faults import Fault
from agents.sources.base import AuthFailed, ProviderTransient
from agents.sources.fallback import WithFallback
from agents.sources.gmail.fetch import identity
from agents.sources.imap import ImapFolder
from agents.sources.imap.account import ImapLimits
from infra.errors import ConfigError
from tests.integration.following import nothing_announced
from tests.integration.source_conformance import mail
from tests.services.google_here import GoogleHere
from tests.stream.gmail.conftest import ACCOUNT, GmailMailbox
from tests.stream.gmail.imap_side import GREETING, ImapSide

LIMITS = ImapLimits(poll_s=0.1, timeout_s=20)


class Reader:
    """Reads the way ingest does, for ever: every batch is on the log with its cursor, failures are tried again."""

    def __init__(self, mailbox: GmailMailbox, side: ImapSide) -> None:
        self.log: list[str] = []
        self.told: list[tuple[str, str]] = []
        self.cursor: dict[str, bytes] = {}
        self.ways: Counter[str] = Counter()
        self.wanted = True
        self.ended = 0
        mailbox.announced = self.announced
        self._mailbox, self._side = mailbox, side

    async def announced(self) -> frozenset[str]:
        return frozenset(self.log)

    def source(self) -> WithFallback:
        def imap(since: datetime | None) -> ImapFolder:
            days = (datetime.now(UTC) - since) / timedelta(days=1) if since else 7.0
            limits = ImapLimits(first_contact_days=days, poll_s=LIMITS.poll_s, timeout_s=LIMITS.timeout_s)
            return ImapFolder(self._side.account(account=ACCOUNT), "INBOX", limits, nothing_announced, gmail_ids=True)

        return WithFallback(
            ACCOUNT, self._mailbox.source(), self._mailbox.api(), self._mailbox.breaker,
            imap=imap, folder="INBOX", announced=self.announced,
            wanted=lambda: self.wanted,
        )  # fmt: skip

    async def run(self) -> None:
        while True:
            with suppress(ProviderTransient):
                async with aclosing(self.source().changes(self.cursor)) as batches:
                    async for batch in batches:
                        self.log += [one.event_id for one in batch.mails]
                        self.told += [(one.event_id, one.action) for one in batch.moves]
                        self.ways.update("imap" if "UID=" in one.location else "gmail" for one in batch.mails)
                        for name, entry in batch.cursor.items():
                            self.cursor.pop(name, None)
                            self.cursor |= {} if entry is None else {name: entry}
            self.ended += 1
            await asyncio.sleep(0.05)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - what it looks at has no event
            await asyncio.sleep(0.02)


@pytest.fixture
def breaker() -> Breaker:
    return Breaker("gmail-test", failures=3, reset_s=0.3)


async def test_what_is_answered_while_gmail_is_away_is_told_once_when_it_is_back(
    google: GoogleHere, make_mailbox: Callable[..., GmailMailbox], breaker: Breaker
) -> None:
    mailbox = make_mailbox(breaker=breaker, limits={"silence_s": 0.2})
    async with ImapSide(google, mailbox.user) as side:
        reader = Reader(mailbox, side)
        reading = asyncio.create_task(reader.run())
        ids = await asyncio.to_thread(side.deliver, mail("one"))
        await until(lambda: len(reader.log) == 1)
        await asyncio.to_thread(google.set_faults, Fault(error="503"))
        ids += await asyncio.to_thread(side.deliver, mail("two"))
        await until(lambda: reader.ways["imap"] == 1)
        for name, one in zip(("one", "two"), ids, strict=True):
            answer = f"To: sender@example.org\r\nIn-Reply-To: <{name}@example.org>\r\n\r\nYes\r\n".encode()
            await asyncio.to_thread(google.send, mailbox.user, answer, thread_id=one)
        await asyncio.to_thread(google.set_faults)
        await until(lambda: breaker.state == BreakerState.CLOSED and len(reader.told) == 2)
        ids += await asyncio.to_thread(side.deliver, mail("three"))
        await until(lambda: len(reader.log) == 3)
        reading.cancel()
        await asyncio.wait([reading])
    assert reader.told == [(identity(ACCOUNT, int(one, 16)), "replied") for one in ids[:2]]


async def test_to_imap_and_back_under_load_and_restarts(
    google: GoogleHere, make_mailbox: Callable[..., GmailMailbox], breaker: Breaker
) -> None:
    mailbox = make_mailbox(breaker=breaker, limits={"silence_s": 0.2})
    sent: list[str] = []
    enough = asyncio.Event()  # not a cancellation: it would leave the last delivery to a thread, and its ids to nobody
    async with ImapSide(google, mailbox.user) as side:
        reader = Reader(mailbox, side)

        async def load() -> None:
            while not enough.is_set():
                sent.extend(await asyncio.to_thread(side.deliver, *(mail(f"m{len(sent) + n}") for n in range(3))))
                await asyncio.sleep(0.05)

        loading = asyncio.create_task(load())
        reading = asyncio.create_task(reader.run())
        for _ in range(3):
            over_gmail = reader.ways["gmail"]
            await until(lambda before=over_gmail: reader.ways["gmail"] > before)  # type: ignore[misc]
            await asyncio.to_thread(google.set_faults, Fault(error="503"))
            over_imap = reader.ways["imap"]
            await until(lambda before=over_imap: reader.ways["imap"] > before + 5)  # type: ignore[misc]
            reading.cancel()  # a kill in the middle of it
            await asyncio.wait([reading])
            reading = asyncio.create_task(reader.run())
            over_imap = reader.ways["imap"]
            await until(lambda before=over_imap: reader.ways["imap"] > before)  # type: ignore[misc]
            await asyncio.to_thread(google.set_faults)
            await until(lambda: breaker.state == BreakerState.CLOSED)
        enough.set()
        await loading
        await until(lambda: len(reader.log) >= len(sent) and "fallback" not in reader.cursor)
        reading.cancel()
        await asyncio.wait([reading])
    assert sorted(reader.log) == sorted(identity(ACCOUNT, int(one, 16)) for one in sent)
    assert "INBOX" not in reader.cursor


async def test_gmail_is_gone_back_to_although_imap_refuses_the_login(
    google: GoogleHere, make_mailbox: Callable[..., GmailMailbox], breaker: Breaker
) -> None:
    """IMAP fails at once, so nobody is left who waits for Gmail: whoever begins anew has to ask."""
    mailbox = make_mailbox(breaker=breaker)
    new = google.deliver(mailbox.user, generated=1)
    breaker.hold("open")
    async with ImapSide(google, mailbox.user) as side:
        side.answers["AUTHENTICATE"] = b"TAG NO [AUTHENTICATIONFAILED] no\r\n"
        source = Reader(mailbox, side).source()
        with pytest.raises(AuthFailed):
            await anext(source.changes({}))
        breaker.hold("auto")  # as when its time is up
        async with aclosing(source.changes({})) as batches:
            batch = await anext(batches)
    assert [one.event_id for one in batch.mails] == [identity(ACCOUNT, int(new[0], 16))]
    assert breaker.state == BreakerState.CLOSED


async def test_a_server_that_does_not_show_gmails_numbers_cannot_stand_in(
    google: GoogleHere, make_mailbox: Callable[..., GmailMailbox], breaker: Breaker
) -> None:
    mailbox = make_mailbox(breaker=breaker)
    breaker.hold("open")
    async with ImapSide(google, mailbox.user, GREETING.replace(b" X-GM-EXT-1", b"")) as side:
        with pytest.raises(ConfigError, match="X-GM-MSGID"):
            await anext(Reader(mailbox, side).source().changes({}))


async def test_an_operator_may_turn_it_on_and_off_while_gmail_is_away(
    google: GoogleHere, make_mailbox: Callable[..., GmailMailbox], breaker: Breaker
) -> None:
    """Held open, so that Gmail cannot come back by itself; let go, it does."""
    mailbox = make_mailbox(breaker=breaker)
    breaker.hold("open")
    async with ImapSide(google, mailbox.user) as side:
        side.deliver(mail("one"))
        reader = Reader(mailbox, side)
        reader.wanted = False
        source = reader.source()
        with pytest.raises(BreakerOpen, match="held open by an operator"):
            await anext(source.changes({}))
        reader.wanted = True
        running = asyncio.create_task(reader.run())
        await until(lambda: reader.ways == {"imap": 1})
        assert source.complaint == "Gmail is away: read over IMAP"
        reader.wanted = False
        await until(lambda: reader.ended > 0)
        side.deliver(mail("two"))
        breaker.hold("auto")
        await until(lambda: reader.ways == {"imap": 1, "gmail": 1})
        running.cancel()
        await asyncio.wait([running])
    assert breaker.state == BreakerState.CLOSED
