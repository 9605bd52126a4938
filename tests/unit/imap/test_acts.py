"""Two looks at a folder → what was done: as a table, and over the wire with servers that no Dovecot is."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.sources.base import Move
from agents.sources.imap import ImapFolder
from agents.sources.imap.acts import (
    WATCHED,
    Place,
    Watch,
    Watched,
    flagged,
    letters,
    newest,
    place_of,
    vanished,
)
from agents.sources.imap.observer import ENTRY
from agents.sources.imap.responses import Listed
from tests.integration.following import Follower, nothing_announced
from tests.unit.imap.scripted import LIMITS, ScriptedServer

JUNK, TRASH, KEPT = Place.JUNK, Place.TRASH, Place.KEPT


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ([], ""),
        ([b"\\seen", b"\\answered", b"\\recent", b"$forwarded"], "as"),
        ([b"$junk", b"junk"], "j"),
        ([b"nonjunk"], "n"),
        ([b"\\flagged", b"$notjunk"], "fn"),
    ],
)
def test_flags_that_matter(flags: list[bytes], said: str) -> None:
    assert letters(flags) == said


@pytest.mark.parametrize(
    ("before", "after", "done"),
    [
        ("", "s", []),
        ("", "as", ["replied"]),
        ("a", "a", []),
        ("s", "fs", ["starred"]),
        ("f", "", ["unstarred"]),
        ("", "j", ["spam"]),
        ("j", "n", ["not_spam"]),
        (None, "a", ["replied"]),
        (None, "fjn", []),  # a filter may have set them when it delivered the mail
    ],
)
def test_what_changed_flags_say(before: str | None, after: str, done: list[str]) -> None:
    assert list(flagged(before, after)) == done


@pytest.mark.parametrize(
    ("before", "here", "there", "unread", "done"),
    [
        ("", KEPT, JUNK, True, "spam"),
        ("j", KEPT, JUNK, True, None),  # the mark has said so
        ("", KEPT, TRASH, True, "deleted_unread"),
        ("s", KEPT, TRASH, False, "trashed"),
        ("", KEPT, None, True, "deleted_unread"),
        ("s", KEPT, None, False, "deleted"),
        ("", KEPT, KEPT, True, "archived"),
        ("", JUNK, KEPT, True, "not_spam"),
        ("n", JUNK, KEPT, True, None),
        ("", JUNK, TRASH, True, None),
        ("", JUNK, None, True, None),  # emptied
        ("", TRASH, KEPT, True, "restored"),
        ("", TRASH, JUNK, True, "spam"),
        ("", TRASH, None, True, None),
    ],
)
def test_what_a_mail_that_left_says(before: str, here: Place, there: Place | None, unread: bool, done: str) -> None:
    assert vanished(before, here, there, unread=unread) == done


@pytest.mark.parametrize(
    ("name", "attributes", "place"),
    [
        (b"INBOX", (), KEPT),
        (b"Muell", ("\\hasnochildren", "\\junk"), JUNK),
        (b"Junk", (), JUNK),
        (b"INBOX.Spam", (), JUNK),
        (b"Deleted Items", (), TRASH),
        (b"Junk", ("\\archive",), JUNK),
        (b"Sent", (), Place.BESIDE),
        (b"Parent", ("\\noselect",), Place.BESIDE),
        (b"[Gmail]/All Mail", ("\\all",), KEPT),
    ],
)
def test_what_a_folder_is(name: bytes, attributes: tuple[str, ...], place: Place) -> None:
    assert place_of(Listed(wire_name=name, attributes=attributes)) is place


watched = st.builds(
    Watched,
    st.integers(1, 2**32 - 1),
    st.text("afjns", max_size=5),
    st.sampled_from(["", "0a1b2c3d4e5f"]),
    st.sampled_from(["", "18c2f00dcafe"]),
)


@given(st.integers(1, 2**32), st.integers(0, 2**63), st.lists(watched, max_size=9))
def test_a_look_is_read_back_as_it_was_stored(uidvalidity: int, modseq: int, mails: list[Watched]) -> None:
    look = Watch(uidvalidity=uidvalidity, last=7, modseq=modseq, mails=newest(mails))
    assert Watch.decode(look.encode()) == look


@pytest.mark.parametrize("entry", [None, b"", b"[]", b"{}", b'{"uidvalidity":1,"last":1,"modseq":1,"mails":[7]}'])
def test_a_look_that_cannot_be_read_is_none(entry: bytes | None) -> None:
    assert Watch.decode(entry) is None


def test_no_more_than_the_newest_are_watched_and_an_entry_stays_small() -> None:
    mails = newest([Watched(10**9 + uid, "afs", "0" * 12) for uid in range(WATCHED + 50)])
    assert len(mails) == WATCHED
    assert mails[0].uid == 10**9 + 50
    assert len(Watch(uidvalidity=1, mails=mails).encode()) < 8192


# Over the wire

Mails = dict[int, tuple[str, str]]
"""UID → flags, Message-ID."""


class Folders:
    """A server with folders, whose mails a test moves and marks between two looks."""

    def __init__(self, inbox: Mails, **others: Mails) -> None:
        self.folders: dict[str, Mails] = {"INBOX": inbox, **others}
        self.open = "INBOX"
        self.refuses: tuple[bytes, ...] = ()

    def server(self, capabilities: bytes = b"") -> ScriptedServer:
        answers: Any = {"EXAMINE": self.examine, "UID SEARCH": self.search, "LIST": self.list, "FETCH": self.fetch}
        answers |= {"UID FETCH META": self.fetch, "UID FETCH BODY": self.fetch}
        greeting = b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN" + capabilities + b"] hello\r\n"
        return ScriptedServer(answers, greeting)

    def examine(self, line: bytes) -> bytes:
        name = line.split(b'"')[1].decode()
        if any(word in line for word in self.refuses):
            return b"TAG NO not now\r\n"
        self.open = name
        exists, uidnext = len(self.folders[name]), max(self.folders[name], default=0) + 1
        return b"* %d EXISTS\r\n* OK [UIDVALIDITY 5] ok\r\n* OK [UIDNEXT %d] ok\r\n" % (exists, uidnext)

    def list(self, _line: bytes) -> bytes:
        return b"".join(b'* LIST () "/" "%s"\r\n' % name.encode() for name in self.folders)

    def search(self, line: bytes) -> bytes:
        mails = sorted(self.folders[self.open])
        by_uid = re.search(rb"UID (\d+):(\d+|\*)", line.partition(b"SEARCH ")[2])
        found = [uid for uid in mails if uid >= int(by_uid[1])] if by_uid else mails
        return b"* SEARCH %s\r\n" % b" ".join(b"%d" % uid for uid in found)

    def fetch(self, line: bytes) -> bytes:
        if any(word in line for word in self.refuses):
            return b"TAG BAD no such thing\r\n"
        said = b""
        for number, (uid, (flags, message)) in enumerate(sorted(self.folders[self.open].items()), start=1):
            items = b"UID %d FLAGS (%s)" % (uid, flags.encode())
            header = f"Message-ID: <{message}>\r\n\r\n".encode() if message else b"\r\n"
            if b"HEADER" in line:
                items += b" BODY[HEADER.FIELDS (MESSAGE-ID)] {%d}\r\n%s" % (len(header), header)
            elif b"BODY" in line:
                items += b" BODY[] {%d}\r\n%s" % (len(header), header)
            if b"RFC822.SIZE" in line:
                items += b' RFC822.SIZE %d INTERNALDATE "24-Nov-2099 10:00:00 +0000"' % len(header)
            said += b"* %d FETCH (%s)\r\n" % (number, items)
        return said


def source(server: ScriptedServer) -> ImapFolder:
    return ImapFolder(server.account(), "INBOX", replace(LIMITS, acts_s=0.01, poll_s=0.02), nothing_announced)


async def told(folders: Folders, change: Any, capabilities: bytes = b"") -> list[tuple[str, str]]:
    """Acts by subject of what `change` does between two looks: (Message-ID's first letters, action)."""
    async with folders.server(capabilities) as server, Follower(source(server)) as follower:
        await follower.until_in_step()
        names = {mail.event_id: mail.raw[13:16].decode() for mail in follower.mails}
        looks = folders_looked(follower)
        change(folders.folders)
        while folders_looked(follower) == looks and not follower.batches[-1].moves:
            await follower.next()
        moves: tuple[Move, ...] = follower.batches[-1].moves
    return sorted((names[move.event_id], move.action) for move in moves)


def folders_looked(follower: Follower) -> bytes:
    return follower.cursor.get(ENTRY + "INBOX", b"")


def three() -> Mails:
    return {1: ("", "m1@x"), 2: ("", "m2@x"), 3: ("", "m3@x")}


def move(uid: int, to: str) -> Any:
    def change(folders: dict[str, Mails]) -> None:
        folders[to][uid + 100] = folders["INBOX"].pop(uid)

    return change


def mark(uid: int, flags: str) -> Any:
    def change(folders: dict[str, Mails]) -> None:
        folders["INBOX"][uid] = (flags, folders["INBOX"][uid][1])

    return change


def remove(*uids: int) -> Any:
    def change(folders: dict[str, Mails]) -> None:
        for uid in uids:
            del folders["INBOX"][uid]

    return change


@pytest.mark.parametrize(
    ("change", "acts"),
    [
        (mark(2, "\\Answered"), [("m2@", "replied")]),
        (move(1, "Junk"), [("m1@", "spam")]),
        (move(3, "Trash"), [("m3@", "deleted_unread")]),
        (move(3, "Projects"), [("m3@", "archived")]),
        (remove(1), [("m1@", "deleted_unread")]),
        (remove(1, 2), [("m1@", "deleted_unread"), ("m2@", "deleted_unread")]),
    ],
)
async def test_acts_are_told(change: Any, acts: list[tuple[str, str]]) -> None:
    assert await told(Folders(three(), Junk={}, Trash={}, Projects={}), change) == acts


async def test_a_mail_without_message_id_that_vanished_says_nothing() -> None:
    folders = Folders({1: ("", ""), 2: ("", "m2@x")}, Junk={})
    assert await told(folders, remove(1)) == []


async def test_where_a_folder_cannot_be_searched_nothing_is_said_of_what_is_not_found() -> None:
    folders = Folders(three(), Junk={}, Private={})
    folders.refuses = (b"Private",)
    assert await told(folders, remove(1)) == []


async def test_a_folder_that_is_tidied_up_says_nothing() -> None:
    inbox = {uid: ("", f"{uid:03}@x") for uid in range(1, 60)}
    assert await told(Folders(inbox, Junk={}), remove(*range(1, 40))) == []


async def test_a_server_that_refuses_modification_sequences_is_asked_without() -> None:
    folders = Folders(three(), Junk={})
    folders.refuses = (b"MODSEQ",)
    assert await told(folders, mark(2, "\\Flagged"), b" CONDSTORE") == [("m2@", "starred")]


async def test_a_server_that_refuses_flags_is_read_all_the_same() -> None:
    folders = Folders(three(), Junk={})
    folders.refuses = (b"(UID FLAGS)",)
    async with folders.server() as server, Follower(source(server)) as follower:
        await follower.until_in_step()
        folders.folders["INBOX"][4] = ("", "m4@x")
        server.say(b"* 4 EXISTS\r\n")
        assert len(await follower.until_found(1)) == 1
        assert ENTRY + "INBOX" not in follower.cursor
