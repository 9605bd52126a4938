"""MAIL.md, IMAP: 3 BYE, a lost and a silent connection during IDLE are noticed; 8 what the ingest loop needs to back off."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import replace

import pytest
import uvloop

from agents.sources.base import AuthFailed, ProviderTransient
from agents.sources.imap.connection import Connection
from tests.integration.following import Follower, read_all
from tests.integration.imap.conftest import ImapMailbox
from tests.integration.source_conformance import mail, subjects


async def idling(follower: Follower) -> asyncio.Task[object]:
    """A follower that waits inside IDLE."""
    await follower.until_in_step()
    waiting = asyncio.create_task(follower.next(60))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    return waiting


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second for IDLE and for its end; the way there may take as long as a busy machine makes it."""
    wait = Connection.wait_for_mail

    async def hastily(self: Connection) -> None:
        self._limits = replace(self._limits, idle_s=0.5, timeout_s=0.5)
        await wait(self)

    monkeypatch.setattr(Connection, "wait_for_mail", hastily)


async def test_point_3_bye_during_idle_is_noticed(mailbox: ImapMailbox):
    async with Follower(mailbox.source()) as follower:
        waiting = await idling(follower)
        await asyncio.to_thread(mailbox.server.kick, mailbox.user)
        with pytest.raises(ProviderTransient):
            await asyncio.wait_for(waiting, 60)


@pytest.mark.parametrize("way", ["drop_all", "reset"])
async def test_point_3_a_dropped_connection_during_idle_is_noticed(mailbox: ImapMailbox, tcp_proxy, way):
    """FIN and RST, long before the IDLE interval ends."""
    proxy = await tcp_proxy(mailbox.port)
    async with Follower(mailbox.source(port=proxy.port)) as follower:
        waiting = await idling(follower)
        await getattr(proxy, way)()
        with pytest.raises(ProviderTransient):
            await asyncio.wait_for(waiting, 60)


async def test_point_3_a_connection_that_goes_silent_during_idle_is_noticed(mailbox: ImapMailbox, tcp_proxy, impatient):
    """Nothing is closed and nothing comes: the answer to DONE is the only proof of life."""
    proxy = await tcp_proxy(mailbox.port)
    async with Follower(mailbox.source(port=proxy.port)) as follower:
        await follower.until_in_step()
        proxy.blackhole()
        with pytest.raises(ProviderTransient, match="no answer to IDLE"):
            await follower.next()


async def test_point_3_a_frozen_server_is_noticed_over_tls(make_dovecot, unique, impatient):
    """The whole server stops (SIGSTOP) while its sockets stay open."""
    server = make_dovecot()
    mailbox = ImapMailbox(server, f"u{unique}")
    changes = {"port": server.tls_port, "security": "tls", "cafile": server.ca_file}
    async with Follower(mailbox.source(**changes)) as follower:
        await follower.until_in_step()
        server.freeze()
        with pytest.raises(ProviderTransient, match="no answer"):
            await follower.next()
    server.thaw()


async def test_point_3_nothing_is_missed_over_a_reconnect(mailbox: ImapMailbox, tcp_proxy):
    """Mail that came while the line was dead is found by the next connection from the stored cursor."""
    proxy = await tcp_proxy(mailbox.port)
    async with Follower(mailbox.source(port=proxy.port)) as follower:
        waiting = await idling(follower)
        await proxy.refuse()
        with pytest.raises(ProviderTransient):
            await waiting
    await mailbox.deliver(mail("meanwhile"))
    with pytest.raises(ProviderTransient, match="cannot be reached"):
        await read_all(mailbox.source(port=proxy.port), follower.cursor)
    await proxy.restore()
    second = await read_all(mailbox.source(port=proxy.port), follower.cursor)
    assert subjects([one.raw for one in second.mails]) == ["meanwhile"]


async def test_point_8_refused_credentials_are_no_transient_error(mailbox: ImapMailbox):
    """One attempt, one error of its own type that names mailbox and remedy; the source never tries again by itself."""
    source = mailbox.source(secret=lambda: "wrong")
    with pytest.raises(
        AuthFailed, match=rf"acc-{mailbox.user}, INBOX: .*AUTHENTICATIONFAILED.*check username and secret"
    ):
        await read_all(source)


async def test_point_8_a_server_that_is_away_is_transient_and_names_the_remedy(mailbox: ImapMailbox):
    await mailbox.break_off()
    with pytest.raises(ProviderTransient, match=r"127\.0\.0\.1:1 cannot be reached .*check host, port"):
        await read_all(mailbox.source())


async def test_a_folder_that_does_not_exist_is_transient_and_says_so(mailbox: ImapMailbox):
    with pytest.raises(ProviderTransient, match=r"Nowhere: cannot be opened .*account test"):
        await read_all(mailbox.source("Nowhere"))


async def test_a_cancelled_connection_attempt_leaves_nothing_open(mailbox: ImapMailbox, tcp_proxy):
    """Before the greeting, and in the middle of the TLS handshake."""
    proxy = await tcp_proxy(mailbox.port)
    proxy.blackhole()
    for security in ("plain", "tls"):
        before = asyncio.all_tasks()
        async with Follower(
            mailbox.source(port=proxy.port, security=security, cafile=mailbox.server.ca_file)
        ) as follower:
            waiting = asyncio.create_task(follower.next(60))
            await asyncio.sleep(0.2)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        async with asyncio.timeout(60):
            while {one for one in asyncio.all_tasks() - before if not _of_the_proxy(one)}:  # noqa: ASYNC110 - the tasks
                await asyncio.sleep(0.01)
        gc.collect()  # a socket left open warns here, and warnings are errors


def _of_the_proxy(task: asyncio.Task[object]) -> bool:
    return "_serve" in repr(task) or "_forward" in repr(task)


@pytest.mark.parametrize("security", ["plain", "starttls", "tls"])
@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_both_event_loops_follow_lose_and_close(mailbox: ImapMailbox, run, security):
    """A loop of its own for each, so that what is left open at its end is seen."""

    async def follow() -> None:
        port = mailbox.server.tls_port if security == "tls" else mailbox.server.port
        changes = {"port": port, "security": security, "cafile": mailbox.server.ca_file}
        async with Follower(mailbox.source(**changes)) as follower:
            await follower.until_in_step()
            mailbox.server.deliver(mailbox.user, mail("one"))
            await follower.until_found(1)
            await follower.until_in_step()
            waiting = asyncio.create_task(follower.next(60))
            await asyncio.sleep(0.2)
            await asyncio.to_thread(mailbox.server.kick, mailbox.user)
            with pytest.raises(ProviderTransient):
                await asyncio.wait_for(waiting, 60)
        async with Follower(mailbox.source(**changes), follower.cursor) as again:
            assert await again.until_in_step() == []
        assert len(asyncio.all_tasks()) == 1

    run(follow())
    gc.collect()
