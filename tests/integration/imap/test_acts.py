"""What another program does to mail on a real Dovecot is told: once, as what it was, and taught from."""

from __future__ import annotations

import asyncio
import imaplib
from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from agents.evaluation.simulate import ACCOUNT, OWNER, Mailbox, senders, written
from agents.sources.base import FoundMail, Move
from agents.sources.imap.acts import Watch
from agents.sources.imap.observer import ENTRY
from streams.events import Received, VerdictRecord
from streams.feedback import Action, Feedback
from streams.topics import FEEDBACK, RECEIVED
from streams.triage.verdict import Lane
from tests.integration.following import Follower
from tests.integration.imap.conftest import ImapMailbox
from tests.integration.source_conformance import mail

WITHOUT_CONDSTORE = "IMAP4rev1 IDLE UIDPLUS MOVE NAMESPACE"
AT = "2026-03-02T09:00:00.000Z"


def observed(mailbox: ImapMailbox) -> ImapMailbox:
    mailbox.limits = replace(mailbox.limits, acts_s=0.1)
    return mailbox


def by_client(mailbox: ImapMailbox, act: Callable[[imaplib.IMAP4], object]) -> None:
    with mailbox.client() as client:
        for folder in ("Junk", "Trash", "Archive"):
            client.create(folder)
        client.select("INBOX")
        act(client)


def expunged(client: imaplib.IMAP4) -> None:
    client.uid("STORE", "1", "+FLAGS", "(\\Deleted)")
    client.expunge()


def moved_to(folder: str) -> Callable[[imaplib.IMAP4], object]:
    return lambda client: client.uid("MOVE", "1", folder)


def set_flag(flag: str) -> Callable[[imaplib.IMAP4], object]:
    return lambda client: client.uid("STORE", "1", "+FLAGS", f"({flag})")


def read_then(act: Callable[[imaplib.IMAP4], object]) -> Callable[[imaplib.IMAP4], object]:
    def both(client: imaplib.IMAP4) -> None:
        client.uid("FETCH", "1", "(BODY[])")
        act(client)

    return both


ACTS: dict[str, tuple[Callable[[imaplib.IMAP4], object], Action]] = {
    "answered": (set_flag("\\Answered"), "replied"),
    "starred": (set_flag("\\Flagged"), "starred"),
    "marked as junk": (set_flag("$Junk"), "spam"),
    "marked as no junk": (set_flag("NonJunk"), "not_spam"),
    "moved to junk": (moved_to("Junk"), "spam"),
    "moved to the archive": (moved_to("Archive"), "archived"),
    "thrown away unread": (moved_to("Trash"), "deleted_unread"),
    "read and thrown away": (read_then(moved_to("Trash")), "trashed"),
    "expunged unread": (expunged, "deleted_unread"),
}


async def moves_of(follower: Follower) -> tuple[Move, ...]:
    async with asyncio.timeout(60):
        while not (moves := (await follower.next()).moves):
            pass
    return moves


@pytest.mark.parametrize(("act", "action"), ACTS.values(), ids=ACTS)
async def test_an_act_is_told_as_what_it_was(mailbox: ImapMailbox, act, action):
    observed(mailbox)
    await mailbox.deliver(mail("one"))
    async with Follower(mailbox.source()) as follower:
        (found,) = await follower.until_found(1)
        await follower.until_in_step()
        waiting = asyncio.create_task(moves_of(follower))
        await asyncio.to_thread(by_client, mailbox, act)
        assert await waiting == (Move(found.event_id, action),)
        await mailbox.deliver(mail("two"))
        assert len(await follower.until_found(1)) == 1, "reading goes on"


async def test_what_was_seen_to_be_read_before_it_was_expunged_was_not_deleted_unread(mailbox: ImapMailbox):
    observed(mailbox)
    await mailbox.deliver(mail("one"))
    async with Follower(mailbox.source()) as follower:
        (found,) = await follower.until_found(1)
        await follower.until_in_step()
        await asyncio.to_thread(by_client, mailbox, lambda client: client.uid("FETCH", "1", "(BODY[])"))
        async with asyncio.timeout(60):
            while b'[1,"s"' not in follower.cursor[ENTRY + "INBOX"]:
                await follower.next()
        await asyncio.to_thread(by_client, mailbox, expunged)
        assert await moves_of(follower) == (Move(found.event_id, "deleted"),)


async def test_without_condstore_acts_are_told_all_the_same(make_dovecot, unique):
    mailbox = observed(ImapMailbox(make_dovecot(capability=WITHOUT_CONDSTORE), f"u{unique}"))
    await mailbox.deliver(mail("one"))
    async with Follower(mailbox.source()) as follower:
        (found,) = await follower.until_found(1)
        await follower.until_in_step()
        for act, action in (ACTS["answered"], ACTS["moved to junk"]):
            waiting = asyncio.create_task(moves_of(follower))
            await asyncio.to_thread(by_client, mailbox, act)
            assert await waiting == (Move(found.event_id, action),)


async def test_what_was_done_while_nobody_looked_is_told_once(mailbox: ImapMailbox):
    """Whether it was read before it was expunged, nobody saw."""
    observed(mailbox)
    for number in range(3):
        await mailbox.deliver(mail(f"m{number}"))
    async with Follower(mailbox.source()) as follower:
        found = await follower.until_found(3)
        await follower.until_in_step()
        assert [batch.moves for batch in follower.batches if batch.moves] == []
        look = Watch.decode(follower.cursor[ENTRY + "INBOX"])
        assert look is not None
        assert look.modseq > 0, "Dovecot counts changes (CONDSTORE)"

    def act(client: imaplib.IMAP4) -> None:
        client.uid("STORE", "2", "+FLAGS", "(\\Answered \\Seen)")
        client.uid("MOVE", "3", "Junk")
        expunged(client)

    await asyncio.to_thread(by_client, mailbox, act)
    ids = [one.event_id for one in found]
    cursor = follower.cursor
    async with Follower(mailbox.source(), cursor) as again:
        told = await moves_of(again)
    assert set(told) == {Move(ids[0], "deleted"), Move(ids[1], "replied"), Move(ids[2], "spam")}
    async with Follower(mailbox.source(), again.cursor) as third:
        await third.until_in_step()
        assert [batch.moves for batch in third.batches if batch.moves] == []
    async with Follower(mailbox.source(), cursor) as not_stored:
        assert await moves_of(not_stored) == told, "what was not stored is told again, and not otherwise"


async def test_looking_changes_no_flag(mailbox: ImapMailbox):
    observed(mailbox)
    await mailbox.deliver(mail("one"))
    async with Follower(mailbox.source()) as follower:
        await follower.until_found(1)
        await follower.until_in_step()
        waiting = asyncio.create_task(moves_of(follower))
        await asyncio.to_thread(by_client, mailbox, set_flag("\\Answered"))
        await waiting
    with mailbox.client() as client:
        client.select("INBOX", readonly=True)
        _, flags = client.uid("FETCH", "1", "(FLAGS)")
    assert b"\\Seen" not in flags[0]


def lane_of(triage: Mailbox, found: FoundMail) -> VerdictRecord:
    """The verdict of a mail, by the agent of `triage worker`."""
    received = Received(
        event_id=found.event_id,
        account=ACCOUNT,
        raw=found.raw,
        received_at=found.found_at,
        location=found.location,
        owner=(OWNER,),
        traceparent="-",
    )
    (record,) = triage._take(RECEIVED.name, found.raw, received.headers())
    return record


def teach(triage: Mailbox, move: Move) -> None:
    told = Feedback(event_id=move.event_id, account=ACCOUNT, action=move.action, at=AT, provider="imap")
    triage._take(FEEDBACK.name, told.encode(), told.headers())


@pytest.mark.parametrize(
    ("act", "lane"), [("moved to junk", Lane.LOW), ("answered", Lane.NORMAL)], ids=["junk", "one answer is no order"]
)
async def test_the_next_mail_of_the_sender_is_judged_by_what_was_done(mailbox: ImapMailbox, act: str, lane: Lane):
    observed(mailbox)
    triage, alice, chance = Mailbox(), senders()[0], Random(3)
    await mailbox.deliver(written(alice, chance, "the audit"))
    async with Follower(mailbox.source(account=ACCOUNT)) as follower:
        (first,) = await follower.until_found(1)
        before = lane_of(triage, first)
        assert before.lane is Lane.NORMAL
        await follower.until_in_step()
        waiting = asyncio.create_task(moves_of(follower))
        await asyncio.to_thread(by_client, mailbox, ACTS[act][0])
        for move in await waiting:
            teach(triage, move)
        await mailbox.deliver(written(alice, chance, "crane four", number=1))
        (second,) = await follower.until_found(1)
    after = lane_of(triage, second)
    assert after.lane is lane
    assert after.reasons != before.reasons
