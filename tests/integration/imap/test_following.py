"""MAIL.md, IMAP: 1 sync before IDLE, 2 intervals, 5 UIDs only, 11 proof of life, 12 isolation. On a real Dovecot."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agents.sources.base import ProviderTransient
from agents.sources.imap.connection import Connection
from tests.integration.following import Follower, read_all
from tests.integration.imap.conftest import ImapMailbox
from tests.integration.source_conformance import mail, subjects


async def test_point_1_mail_between_connect_and_idle_is_not_missed(mailbox: ImapMailbox, monkeypatch):
    """It comes after the last sync of a round and before IDLE is sent."""
    late = iter([mail("between")])
    wait = Connection.wait_for_mail

    async def deliver_first(self: Connection) -> None:
        if raw := next(late, None):
            await mailbox.deliver(raw)
        await wait(self)

    monkeypatch.setattr(Connection, "wait_for_mail", deliver_first)
    async with Follower(mailbox.source()) as follower:
        (found,) = await follower.until_found(1, seconds=60)
    assert subjects([found.raw]) == ["between"]


async def test_point_1_mail_that_came_while_away_is_found_before_idle(mailbox: ImapMailbox, monkeypatch):
    first = await read_all(mailbox.source())
    await mailbox.deliver(mail("away"))

    async def never(self: Connection) -> None:
        pytest.fail("IDLE before the sync")

    monkeypatch.setattr(Connection, "wait_for_mail", never)
    async with Follower(mailbox.source(), first.cursor) as follower:
        assert subjects([one.raw for one in (await follower.next()).mails]) == ["away"]


async def test_point_2_idle_is_issued_again_after_its_interval_and_goes_on_hearing(mailbox: ImapMailbox):
    """Each empty batch stands for one IDLE that ended by DONE."""
    async with Follower(mailbox.source(limits=replace(mailbox.limits, idle_s=0.2))) as follower:
        await follower.until_in_step()
        for _ in range(3):
            assert (await follower.next()).mails == ()
        await mailbox.deliver(mail("later"))
        assert len(await follower.until_found(1)) == 1


async def test_point_2_a_server_without_idle_is_polled(make_dovecot, unique):
    mailbox = ImapMailbox(make_dovecot(capability="IMAP4rev1 UIDPLUS"), f"u{unique}")
    async with Follower(mailbox.source()) as follower:
        await follower.until_in_step()
        await mailbox.deliver(mail("polled"))
        (found,) = await follower.until_found(1)
    assert subjects([found.raw]) == ["polled"]


async def test_point_2_tcp_keepalive_is_60_20_3(mailbox: ImapMailbox, monkeypatch):
    connections: list[Connection] = []
    examine = Connection.examine

    async def watched(self: Connection, folder: str):
        connections.append(self)
        return await examine(self, folder)

    monkeypatch.setattr(Connection, "examine", watched)
    async with Follower(mailbox.source()) as follower:
        await follower.until_in_step()
        sock = connections[0].wire.transport.get_extra_info("socket")
        options = [
            sock.getsockopt(socket.IPPROTO_TCP, getattr(socket, f"TCP_KEEP{name}")) for name in ("IDLE", "INTVL", "CNT")
        ]
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    assert options == [60, 20, 3]


async def test_point_5_the_last_message_that_n_star_returns_is_not_announced_again(mailbox: ImapMailbox):
    """Every round asks for n:* and the server answers with the last mail, whose UID is below n."""
    await mailbox.deliver(mail("only"))
    async with Follower(mailbox.source(limits=replace(mailbox.limits, idle_s=0.1))) as follower:
        await follower.until_found(1)
        for _ in range(4):
            await follower.next()
    assert len(follower.mails) == 1


async def test_point_5_expunged_mails_shift_nothing(mailbox: ImapMailbox):
    """Sequence numbers move when earlier mails go; what arrives then is still found once."""
    for number in range(4):
        await mailbox.deliver(mail(f"m{number}"))
    async with Follower(mailbox.source()) as follower:
        await follower.until_found(4)
        with mailbox.client() as client:
            client.select("INBOX")
            client.store("1:3", "+FLAGS", "\\Deleted")
            client.expunge()
        await mailbox.deliver(mail("after"))
        assert subjects([one.raw for one in await follower.until_found(1)]) == ["after"]
        await mailbox.deliver(mail("again"))
        assert subjects([one.raw for one in await follower.until_found(1)]) == ["again"]


async def test_point_5_a_mail_that_is_expunged_before_it_is_fetched_is_passed_over(mailbox: ImapMailbox, monkeypatch):
    await mailbox.deliver(mail("gone"))
    await mailbox.deliver(mail("stays"))
    fetch = Connection.fetch

    async def expunge_first(self: Connection, uids, items):
        if "BODY" in items:
            with mailbox.client() as client:
                client.select("INBOX")
                client.store("1", "+FLAGS", "\\Deleted")
                client.expunge()
            monkeypatch.setattr(Connection, "fetch", fetch)
            await self.call("NOOP")  # so that Dovecot notices before the FETCH
        return await fetch(self, uids, items)

    monkeypatch.setattr(Connection, "fetch", expunge_first)
    follower = await read_all(mailbox.source())
    assert subjects([one.raw for one in follower.mails]) == ["stays"]
    assert (await read_all(mailbox.source(), follower.cursor)).mails == []


async def test_point_11_every_idle_and_every_poll_proves_life(mailbox: ImapMailbox):
    """An empty batch comes at least as often as IDLE is re-issued, without any mail."""
    async with Follower(mailbox.source(limits=replace(mailbox.limits, idle_s=0.1))) as follower:
        for _ in range(5):
            batch = await follower.next()
            assert batch.mails == ()
            assert batch.remaining == 0


async def test_point_12_a_silent_account_does_not_delay_another(mailbox: ImapMailbox, dovecot, unique, tcp_proxy):
    other = ImapMailbox(dovecot, f"v{unique}")
    proxy = await tcp_proxy(dovecot.port)
    async with Follower(mailbox.source(port=proxy.port)) as silent, Follower(other.source()) as healthy:
        await silent.until_in_step()
        await healthy.until_in_step()
        proxy.blackhole()
        stuck = asyncio.create_task(silent.next(60))
        await other.deliver(mail("on time"))
        assert len(await healthy.until_found(1)) == 1
        assert not stuck.done()
        stuck.cancel()
        await asyncio.gather(stuck, return_exceptions=True)


async def test_point_12_every_call_is_bounded(mailbox: ImapMailbox, tcp_proxy):
    """A server that accepts and never says a word."""
    proxy = await tcp_proxy(mailbox.port)
    proxy.blackhole()
    source = mailbox.source(port=proxy.port, limits=replace(mailbox.limits, timeout_s=3))
    with pytest.raises(ProviderTransient, match="does not greet within 3 s"):
        await read_all(source)


async def test_found_at_is_the_moment_of_the_announcement(mailbox: ImapMailbox):
    """Not the moment of the fetch: latency is measured from it."""
    async with Follower(mailbox.source()) as follower:
        await follower.until_in_step()
        waiting = asyncio.create_task(follower.until_found(1))
        await asyncio.sleep(0.2)
        before = datetime.now(UTC)
        await mailbox.deliver(mail("announced"))
        (found,) = await waiting
    assert before <= found.found_at <= datetime.now(UTC)
    assert datetime.now(UTC) - found.found_at < timedelta(seconds=60)
