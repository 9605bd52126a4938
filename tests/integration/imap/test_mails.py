"""MAIL.md, IMAP: 6 nothing is marked read, huge mails are cut; 7 literals, odd bytes, odd folder names. On a real Dovecot."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from agents.sources.imap import list_folders, listing
from agents.sources.imap.names import encode, quoted
from tests.integration.following import Follower, read_all
from tests.integration.imap.conftest import ImapMailbox
from tests.integration.source_conformance import mail, subjects

FOLDERS = ["Entwürfe", "日本語", "R&D", "a b", 'say "hi"', "back\\slash", "emoji 😀", "Tom & Jörg", "per%cent*"]


async def test_point_6_no_mail_is_ever_marked_read(mailbox: ImapMailbox):
    """Neither at first contact nor while following nor when a mail is cut."""
    await mailbox.deliver(mail("small"))
    await mailbox.deliver(mail("huge") + b"x" * 20_000)
    async with Follower(mailbox.source(limits=replace(mailbox.limits, mail_max_bytes=4096))) as follower:
        await follower.until_found(2)
        await mailbox.deliver(mail("live"))
        await follower.until_found(1)
    with mailbox.client() as client:
        client.select("INBOX", readonly=True)
        assert client.search(None, "SEEN")[1] == [b""]
        assert client.search(None, "ALL")[1] == [b"1 2 3"]


async def test_point_6_reading_keeps_the_folder_as_it_is(mailbox: ImapMailbox):
    """EXAMINE, not SELECT: mail stays \\Recent for the person's own program."""
    await mailbox.deliver(mail("one"))
    await read_all(mailbox.source())
    with mailbox.client() as client:
        client.select("INBOX", readonly=True)
        assert client.search(None, "RECENT")[1] == [b"1"]


async def test_point_6_a_huge_mail_is_cut_and_marked(mailbox: ImapMailbox):
    raw = mail("huge") + b"0123456789\r\n" * 100_000
    await mailbox.deliver(raw)
    await mailbox.deliver(mail("small"))
    huge, small = (await read_all(mailbox.source(limits=replace(mailbox.limits, mail_max_bytes=4096)))).mails
    assert (huge.raw, huge.size, huge.truncated) == (raw[:4096], len(raw), True)
    assert (small.raw, small.size, small.truncated) == (mail("small"), len(mail("small")), False)


async def test_point_6_a_mail_of_exactly_the_bound_is_whole(mailbox: ImapMailbox):
    raw = mail("exact").ljust(4096, b"x")
    await mailbox.deliver(raw)
    (found,) = (await read_all(mailbox.source(limits=replace(mailbox.limits, mail_max_bytes=4096)))).mails
    assert (found.raw, found.truncated) == (raw, False)


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: \xff\xfe raw latin \xe9\r\nFrom: \x80@x\r\n\r\nbody \xf0\x28",
        b"Subject: * 5 EXISTS\r\n\r\n* BYE (((\r\nA1 OK done\r\n+ go on {12}\r\n)))",
        b"Subject: ends with literal {99}\r\n\r\n{99}",
        b"no header at all",
        b"\r\n",
        b"Subject: lists ) UID 7 BODY[] {3}\r\n\r\n)\r\n",
    ],
    ids=["bytes", "looks-like-imap", "looks-like-literal", "no-header", "empty-header", "parentheses"],
)
async def test_point_7_any_bytes_arrive_as_they_are(mailbox: ImapMailbox, raw):
    """Literals and non-UTF-8 headers; content that looks like protocol is content."""
    await mailbox.deliver(raw)
    await mailbox.deliver(mail("next"))
    first, second = (await read_all(mailbox.source())).mails
    assert first.raw == raw
    assert second.raw == mail("next")


@pytest.mark.parametrize("folder", FOLDERS)
async def test_point_7_folder_names_of_any_kind_are_read(mailbox: ImapMailbox, folder):
    """Modified UTF-7, spaces, quotes, backslashes; the cursor is named as people read it."""
    with mailbox.client() as client:
        status, said = client.create(quoted(encode(folder)).decode())
        assert status == "OK", said
    await mailbox.deliver(mail("there"), folder=quoted(encode(folder)).decode()[1:-1])
    assert folder in await list_folders(mailbox.account(), mailbox.limits)
    follower = await read_all(mailbox.source(folder))
    assert subjects([one.raw for one in follower.mails]) == ["there"]
    assert list(follower.cursor) == [folder]
    assert (await read_all(mailbox.source(folder), follower.cursor)).mails == []


async def test_several_folders_of_an_account_have_ids_of_their_own(mailbox: ImapMailbox):
    with mailbox.client() as client:
        client.create("Other")
    await mailbox.deliver(mail("same"))
    await mailbox.deliver(mail("same"), folder="Other")
    (inbox,), (other,) = (await read_all(mailbox.source())).mails, (await read_all(mailbox.source("Other"))).mails
    assert inbox.event_id != other.event_id
    assert inbox.fingerprint == other.fingerprint


async def test_a_folder_beyond_every_bound_is_read_in_windows(mailbox: ImapMailbox, monkeypatch):
    """Searches, lists and descriptions are cut several times; a stop in the middle of it loses and repeats nothing."""
    for bound, value in (("SEARCH_MAX", 20), ("LISTED_MAX", 30), ("DESCRIBED_MAX", 8), ("BATCH_MAILS", 5)):
        monkeypatch.setattr(listing, bound, value)
    for number in range(10):
        await mailbox.deliver(mail(f"old{number}"), age=timedelta(days=30))
    for number in range(100):
        mailbox.server.deliver(mailbox.user, mail(f"m{number}"))
    cursor: dict[str, bytes] = {}
    found: list[bytes] = []
    for _ in range(3):
        async with Follower(mailbox.source(), cursor) as follower:
            for _ in range(6):
                await follower.next()
        cursor = follower.cursor
        found += [one.raw for one in follower.mails]
    found += [one.raw for one in (await read_all(mailbox.source(), cursor)).mails]
    assert sorted(subjects(found)) == sorted(f"m{number}" for number in range(100))


async def test_more_than_a_thousand_mails_are_all_found(mailbox: ImapMailbox):
    for number in range(1200):
        mailbox.server.deliver(mailbox.user, mail(f"m{number}"))
    follower = await read_all(mailbox.source())
    assert sorted(subjects([one.raw for one in follower.mails])) == sorted(f"m{number}" for number in range(1200))
