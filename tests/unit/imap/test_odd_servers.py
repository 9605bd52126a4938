"""Answers that no Dovecot gives, by a scripted server. Tests name the point of MAIL.md's IMAP section that they add to."""

from __future__ import annotations

import asyncio
import base64
import errno
import socket
import time
from contextlib import suppress
from dataclasses import replace
from types import SimpleNamespace

import pytest

from agents.sources.base import AuthFailed, ProviderTransient
from agents.sources.imap import ImapFolder, dial, list_folders, probe, reading, wire
from agents.sources.imap.connection import connect
from agents.sources.imap.listing import BATCH_BYTES
from agents.sources.imap.position import Position
from streams.events import event_id
from tests.integration.following import Follower, nothing_announced, read_all
from tests.unit.imap.scripted import CLOSE, GREETING, HANG, LIMITS, ONE_MAIL, Answers, ScriptedServer

SASL = base64.b64encode(b"\x00u\x00s3cret")
META = b'* %d FETCH (UID %d RFC822.SIZE 5 INTERNALDATE "24-Nov-2099 10:00:00 +0000")\r\n'


def source(server: ScriptedServer, folder: str = "INBOX", **changes: object) -> ImapFolder:
    return ImapFolder(server.account(**changes), folder, LIMITS, nothing_announced)


async def rounds(follower: Follower, count: int) -> None:
    for _ in range(count):
        await follower.until_in_step()


def body(uid: int, raw: bytes = b"A: b\n") -> bytes:
    return b"* 1 FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (uid, len(raw), raw)


def mails(*uids: int, said: bytes | None = None) -> Answers:
    """A folder with these UIDs; `said` answers the fetch of bodies."""
    return {
        **ONE_MAIL,
        "EXAMINE": b"* %d EXISTS\r\n* OK [UIDVALIDITY 5] ok\r\n* OK [UIDNEXT %d] ok\r\n" % (len(uids), max(uids) + 1),
        "UID SEARCH": b"* SEARCH " + b" ".join(b"%d" % uid for uid in uids) + b"\r\n",
        "UID FETCH META": b"".join(META % (number, uid) for number, uid in enumerate(uids, 1)),
        "UID FETCH BODY": b"".join(map(body, uids)) if said is None else said,
    }


async def test_point_2_a_server_that_refuses_idle_is_polled():
    """It has the capability and says NO."""
    answers = ONE_MAIL | {"IDLE": b"TAG NO not today\r\n"}
    async with ScriptedServer(answers) as server, Follower(source(server)) as follower:
        await rounds(follower, 3)
    assert len(server.commands("IDLE")) == 1
    assert server.commands("NOOP")


async def test_point_3_bye_wakes_idle_while_the_connection_stays_open():
    async with ScriptedServer(ONE_MAIL) as server, Follower(source(server)) as follower:
        await follower.until_in_step()
        waiting = asyncio.create_task(follower.next(60))
        await server.until_heard("IDLE")
        server.say(b"* BYE idle for too long\r\n")
        with pytest.raises(ProviderTransient, match="BYE: idle for too long"):
            await asyncio.wait_for(waiting, 60)


@pytest.mark.parametrize(
    "command",
    ["CAPABILITY", "AUTHENTICATE", "EXAMINE", "UID SEARCH", "UID FETCH META", "UID FETCH BODY", "NOOP", "IDLE"],
)
@pytest.mark.parametrize("answer", [HANG, CLOSE], ids=["silent", "closed"])
async def test_point_3_no_call_waits_for_ever(command, answer):
    """Whatever the command to which the server falls silent or hangs up."""
    greeting = (
        b"* OK hello\r\n"
        if command == "CAPABILITY"
        else GREETING.replace(b" IDLE", b"" if command == "NOOP" else b" IDLE")
    )
    async with ScriptedServer(ONE_MAIL | {command: answer}, greeting) as server:
        limits = replace(LIMITS, timeout_s=1) if answer == HANG else LIMITS
        # On a busy machine it may be the thread that looks the name up which takes longer than that.
        late = "no answer to|the name server does not answer" if answer == HANG else "the server closed"
        async with Follower(ImapFolder(server.account(), "INBOX", limits, nothing_announced)) as follower:
            with pytest.raises(ProviderTransient, match=rf"a, INBOX: ({late})"):
                await rounds(follower, 5)


@pytest.mark.parametrize("command", ["NOOP", "AUTHENTICATE"])
async def test_point_3_a_connection_that_is_lost_in_the_moment_in_which_the_time_is_up_is_no_refusal(command):
    async with ScriptedServer(ONE_MAIL | {command: HANG}) as server:
        account = server.account()
        connection = await connect(account, LIMITS)
        connection._limits = replace(LIMITS, timeout_s=0.05)
        asking = asyncio.create_task(connection.ask("NOOP") if command == "NOOP" else connection.log_in(account))
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(0, connection.wire.connection_lost, ConnectionResetError())
        time.sleep(0.1)  # noqa: ASYNC251 - the loop learns of both in one turn, of the loss first
        with pytest.raises(ProviderTransient, match="the connection was lost"):
            await asking
        connection.wire.transport.abort()


async def test_a_slow_answer_that_keeps_coming_in_is_waited_for():
    """A big mail over a thin line takes longer than the bound of a silent call."""
    async with ScriptedServer(ONE_MAIL | {"UID FETCH BODY": HANG}) as server:
        limits = replace(LIMITS, timeout_s=3)  # less than all pieces take, more than a busy machine holds one back
        async with Follower(ImapFolder(server.account(), "INBOX", limits, nothing_announced)) as follower:
            waiting = asyncio.create_task(follower.next())
            await server.until_heard("BODY")
            tag = server.commands("BODY")[0].split()[0]
            for piece in [
                b"* 1 FETCH (UID 7 BODY[] {5}\r\n",
                b"A",
                b":",
                b" ",
                b"b",
                b"\n",
                b")\r\n",
                tag + b" OK done\r\n",
            ]:
                await asyncio.sleep(0.5)
                server.say(piece)
            assert [found.raw for found in (await waiting).mails] == [b"A: b\n"]


async def test_point_4_uids_that_went_backwards_are_compared_like_a_rebuild():
    """A restored backup: UIDVALIDITY is the same, UIDNEXT is behind what was read already."""
    async with ScriptedServer(mails(7)) as server:
        entry = b'{"uidvalidity": 5, "uid": 90, "synced_at": "2026-11-24T12:00:00+00:00"}'
        follower = await read_all(source(server), {"INBOX": entry})
    assert len(follower.mails) == 1


async def test_a_cursor_that_cannot_be_read_is_made_up_for_from_the_log():
    async with ScriptedServer(mails(7)) as server:
        first = await read_all(source(server), {"INBOX": b"\xff"})
        known = frozenset(mail.fingerprint for mail in first.mails)

        async def announced() -> frozenset[str]:
            return known

        again = await read_all(ImapFolder(server.account(), "INBOX", LIMITS, announced), {"INBOX": b"\xff"})
    assert (len(first.mails), again.mails) == (1, [])
    assert Position.decode(again.cursor["INBOX"]) is not None


async def test_point_5_uidnext_may_be_missing():
    """The last mail's UID is asked for instead; a mail that comes later is found."""
    answers = mails(7, 9) | {
        "EXAMINE": b"* 2 EXISTS\r\n* OK [UIDVALIDITY 5] ok\r\n",
        "UID FETCH LAST": b"* 2 FETCH (UID 9)\r\n",
        "UID SEARCH": lambda line: b"* SEARCH 7 9\r\n" if b"1:9" in line else b"* SEARCH 9\r\n",
    }
    async with ScriptedServer(answers) as server, Follower(source(server)) as follower:
        assert len(await follower.until_in_step()) == 2
        server.answers |= mails(10) | {"UID SEARCH": b"* SEARCH 10\r\n"}
        server.say(b"* 3 EXISTS\r\n")
        assert len(await follower.until_found(1)) == 1


async def test_point_5_an_empty_folder_without_uidnext():
    async with ScriptedServer(
        {"EXAMINE": b"* 0 EXISTS\r\n* OK [UIDVALIDITY 5]\r\n", "UID SEARCH": b"* SEARCH\r\n"}
    ) as server:
        assert (await read_all(source(server))).mails == []


async def test_point_5_exists_may_jump_and_mails_below_n_are_ignored():
    """One announcement for many mails; the answer to n:* also names what is known."""
    async with ScriptedServer(mails(7)) as server, Follower(source(server)) as follower:
        await follower.until_in_step()
        server.answers |= mails(*range(8, 60)) | {
            "UID SEARCH": b"* SEARCH " + b" ".join(b"%d" % uid for uid in range(7, 60)) + b"\r\n"
        }
        server.say(b"* 53 EXISTS\r\n* 1 RECENT\r\n")
        found = await follower.until_found(52)
        assert [int(one.location.rpartition("=")[2]) for one in found] == list(range(8, 60))


async def test_point_5_a_server_that_repeats_the_count_does_not_make_us_spin():
    """EXISTS with the number that is known is no news, after an EXPUNGE it is."""
    async with ScriptedServer(mails(7)) as server, Follower(source(server)) as follower:
        await follower.until_in_step()
        waiting = asyncio.create_task(follower.next(60))
        await server.until_heard("IDLE")
        searches = len(server.commands("SEARCH"))
        server.say(b"* 1 EXISTS\r\n* OK Still here\r\n* 1 FETCH (FLAGS (\\Seen))\r\n")
        await asyncio.sleep(0.2)
        assert len(server.commands("SEARCH")) == searches
        server.answers |= mails(8)
        server.say(b"* 1 EXPUNGE\r\n* 1 EXISTS\r\n")
        assert len((await waiting).mails) == 1


async def test_point_6_only_examine_and_peek_are_ever_sent():
    async with ScriptedServer(mails(7, 8)) as server:
        await read_all(source(server))
    fetches = [line for line in server.heard if b"BODY" in line]
    assert fetches
    assert all(b"BODY.PEEK[" in line for line in fetches)
    assert not [line for line in server.heard if b"SELECT" in line or b"STORE" in line]


async def test_point_6_a_server_that_understates_sizes_cannot_fill_memory():
    """Each mail is cut at the bound while it is read, and a batch is split by what really came."""
    raw = b"x" * (600 * 1024)
    async with ScriptedServer(mails(*range(1, 8), said=b"".join(body(uid, raw) for uid in range(1, 8)))) as server:
        follower = await read_all(source(server))
    assert len(follower.mails) == 7
    assert all(len(one.raw) == LIMITS.mail_max_bytes and one.truncated for one in follower.mails)
    assert all(sum(len(one.raw) for one in batch.mails) <= BATCH_BYTES for batch in follower.batches)


async def test_point_6_a_server_that_overstates_a_size_marks_nothing_as_cut():
    """RFC822.SIZE is an estimate at some servers: what came is shorter than the bound, so it is whole."""
    huge = b'* 1 FETCH (UID 7 RFC822.SIZE 9999999 INTERNALDATE "24-Nov-2099 10:00:00 +0000")\r\n'
    answers = mails(7) | {"UID FETCH META": huge, "UID FETCH BODY": b"* 1 FETCH (UID 7 BODY[]<0> {5}\r\nA: b\n)\r\n"}
    async with ScriptedServer(answers) as server:
        (found,) = (await read_all(source(server))).mails
    assert (found.raw, found.truncated) == (b"A: b\n", False)
    assert b"BODY.PEEK[]<0.%d>" % LIMITS.mail_max_bytes in server.commands("BODY")[0]


async def test_point_7_nil_instead_of_a_body_is_announced_without_content():
    async with ScriptedServer(mails(7, said=b"* 1 FETCH (UID 7 BODY[] NIL)\r\n")) as server:
        (found,) = (await read_all(source(server))).mails
    assert (found.raw, found.size, found.truncated, found.fingerprint) == (b"", 5, True, "")


async def test_point_7_a_folder_whose_name_the_server_spells_in_its_own_way():
    """UTF-8 where modified UTF-7 belongs: its own spelling is used."""
    own = "Entwürfe".encode()
    answers = ONE_MAIL | {
        "LIST": b'* LIST () "/" "' + own + b'"\r\n',
        "EXAMINE": lambda line: ONE_MAIL["EXAMINE"] if own in line else b"TAG NO [NONEXISTENT] no\r\n",
    }
    async with ScriptedServer(answers) as server:
        assert await list_folders(server.account(), LIMITS) == ["Entwürfe"]
        assert len((await read_all(source(server, "Entwürfe"))).mails) == 1


async def test_answers_out_of_order_with_gaps_and_interjections_are_put_right():
    """Another client's flags in between, a mail twice, one expunged meanwhile, one that nobody asked for."""
    said = (
        body(9) + b"* 1 FETCH (UID 7 FLAGS (\\Seen))\r\n* 2 EXPUNGE\r\n" + body(7)
        + b"* 1 FETCH (UID 7 FLAGS ())\r\n* OK [NOTICE] ((( {9}\r\n* 4 EXISTS\r\n" + body(400)
    )  # fmt: skip
    async with ScriptedServer(mails(7, 8, 9, said=said)) as server:
        follower = await read_all(source(server))
    assert [one.location for one in follower.mails] == ["INBOX;UIDVALIDITY=5;UID=7", "INBOX;UIDVALIDITY=5;UID=9"]


async def test_flags_that_change_while_sizes_are_listed_hide_no_size():
    answers = mails(7) | {"UID FETCH META": META % (1, 7) + b"* 1 FETCH (UID 7 FLAGS (\\Seen))\r\n"}
    async with ScriptedServer(answers) as server:
        (found,) = (await read_all(source(server))).mails
    assert found.size == 5
    assert server.commands("BODY")[0].endswith(b"(UID BODY.PEEK[])")


async def test_one_mail_that_the_server_does_not_hand_out_blocks_no_other(caplog):
    """NO to a group: they are asked for one by one. Refused on three connections, the bad one is announced empty."""

    def refuse(line: bytes) -> bytes:
        return (
            b"TAG NO some messages could not be fetched\r\n"
            if b" 8 " in line or b":" in line
            else body(int(line.split()[3]))
        )

    async with ScriptedServer(mails(7, 8, 9) | {"UID FETCH BODY": refuse}) as server:
        reader = source(server)
        for _ in range(2):
            with pytest.raises(ProviderTransient, match="does not hand out UID 8"):
                await read_all(reader)
        follower = await read_all(reader)
    assert [(len(one.raw), one.truncated) for one in follower.mails] == [(5, False), (0, True), (5, False)]
    assert "UID 8 is announced empty" in caplog.text


async def test_mails_whose_sizes_are_not_listed_are_not_taken_for_gone():
    """NO behind some of the sizes: the cursor must not pass the others."""
    answers = mails(7, 8, 9)
    answers["UID FETCH META"] = b"* 1 FETCH (UID 7 RFC822.SIZE 5)\r\nTAG NO some messages are locked\r\n"
    async with ScriptedServer(answers) as server:
        follower = await read_all(source(server))
    assert len({one.event_id for one in follower.mails}) == 3


@pytest.mark.parametrize(
    "odd",
    [
        {"UID FETCH META": b"* 1 FETCH (UID\r\n"},
        {"UID FETCH BODY": b"* 1 FETCH UID 7\r\n"},
        {"UID SEARCH": b"TAG NO [SERVERBUG] search is broken\r\n"},
        {"UID SEARCH": b"TAG BAD what?\r\n"},
        {"EXAMINE": b"* 1 EXISTS\r\n"},
        {"EXAMINE": b"TAG NO [NOPERM] no\r\n"},
        {"UID FETCH META": b"TAG NO no\r\n"},
    ],
)
async def test_nonsense_and_refusals_are_transient(odd):
    async with ScriptedServer(ONE_MAIL | odd) as server:
        with pytest.raises(ProviderTransient, match="a, INBOX: "):
            await read_all(source(server))


@pytest.mark.parametrize(
    ("greeting", "says"),
    [
        (b"* BYE too many connections\r\n", "BYE: too many connections"),
        (b"220 mail.example.org ESMTP\r\n", "not IMAP"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "not IMAP"),
    ],
)
async def test_a_greeting_that_is_none(greeting, says):
    async with ScriptedServer({}, greeting) as server:
        with pytest.raises(ProviderTransient, match=says):
            await read_all(source(server))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"TAG NO [AUTHENTICATIONFAILED] no\r\n", AuthFailed),
        (b"TAG NO [AUTHORIZATIONFAILED] no\r\n", AuthFailed),
        (b"TAG NO [EXPIRED] no\r\n", AuthFailed),
        (b"TAG NO [ALERT] Application-specific password required\r\n", AuthFailed),
        (b"TAG NO invalid\r\n", AuthFailed),
        (b"TAG BAD invalid\r\n", AuthFailed),
        (b"TAG NO [UNAVAILABLE] database is away\r\n", ProviderTransient),
        (b"TAG NO [INUSE] try later\r\n", ProviderTransient),
        (b"TAG NO [LIMIT] too many connections\r\n", ProviderTransient),
        (b"* BYE bad\r\n", ProviderTransient),
        (CLOSE, ProviderTransient),
    ],
)
async def test_point_8_refused_logins_are_told_apart_by_their_codes(answer, error):
    """What may pass is transient; everything else slows down hard."""
    async with ScriptedServer(ONE_MAIL | {"AUTHENTICATE": answer}) as server:
        with pytest.raises(error) as raised:
            await read_all(source(server))
    assert type(raised.value) is error
    assert len(server.commands("AUTHENTICATE")) == 1


@pytest.mark.parametrize(
    ("greeting", "repeated"),
    [
        (GREETING, b"s3cret"),
        (GREETING, b"x" * 180 + b" s3cret"),  # where a long answer is cut
        (GREETING, SASL),
        (GREETING.replace(b"AUTH=PLAIN ", b""), b"s3cret"),
    ],
)
async def test_point_8_a_server_that_repeats_the_secret_is_not_quoted(greeting, repeated):
    refused = b"TAG NO wrong password " + repeated + b"\r\n"
    async with ScriptedServer({"AUTHENTICATE": refused, "LOGIN": refused}, greeting) as server:
        with pytest.raises(AuthFailed, match="wrong password") as raised:
            await read_all(source(server))
    assert not [part for part in ("s3c", SASL[:8].decode()) if part in str(raised.value)]


async def test_point_8_nor_is_one_that_repeats_it_in_parting():
    async with ScriptedServer({"AUTHENTICATE": lambda line: b"* BYE go away " + line.split()[-1] + b"\r\n"}) as server:
        with pytest.raises(ProviderTransient, match=r"BYE: go away \*\*\*"):
            await read_all(source(server))


async def test_point_9_gmail_ids_are_the_same_in_every_label():
    """And the same as a source on the Gmail API gives them: hex digits of X-GM-MSGID."""
    meta = b"* 1 FETCH (X-GM-MSGID 1278455344230334865 UID 7 RFC822.SIZE 5)\r\n"
    answers = ONE_MAIL | {"UID FETCH META": meta}
    greeting = GREETING.replace(b"IDLE", b"IDLE X-GM-EXT-1")
    async with ScriptedServer(answers, greeting) as server:
        ids = [(await read_all(source(server, folder))).mails[0].event_id for folder in ("INBOX", "[Gmail]/All Mail")]
    assert ids == [event_id("a", "gmail", "11bdfc5cae0c8191")] * 2
    assert b"X-GM-MSGID" in server.commands("RFC822.SIZE")[0]


@pytest.mark.parametrize("initial", [True, False], ids=["SASL-IR", "continuation"])
async def test_point_9_xoauth2_sends_its_message_with_or_after_the_command(initial):
    """RFC 4959: with the command only where the server has SASL-IR."""
    message = base64.b64encode(b"user=u\x01auth=Bearer s3cret\x01\x01")
    greeting = GREETING if initial else GREETING.replace(b" SASL-IR", b"")
    async with ScriptedServer(
        ONE_MAIL | {"AUTHENTICATE": b"" if initial else b"+ \r\nTAG OK in\r\n"}, greeting
    ) as server:
        await read_all(source(server, auth="xoauth2"))
    (command,) = server.commands("AUTHENTICATE XOAUTH2")
    assert command.endswith(message) is initial
    assert (message in server.heard) is not initial


async def test_point_9_a_server_that_goes_on_asking_is_cancelled():
    """Challenge after challenge: empty lines, at last a cancel, and the call stays bounded."""

    class Asking(ScriptedServer):
        def _answer(self, line: bytes) -> bytes:
            if b"AUTHENTICATE" in line:
                self.tag = line.split()[0]
            return self.tag + b" BAD cancelled\r\n" if line == b"*" else b"+ eyJzdGF0dXMiOiI0MDAifQ==\r\n"

        async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.writers.append(writer)
            writer.write(self.greeting)
            while line := await reader.readline():
                self.heard.append(line.rstrip(b"\r\n"))
                writer.write(self._answer(line.rstrip(b"\r\n")))
            writer.close()

    async with Asking({}) as server:
        with pytest.raises(AuthFailed):
            await read_all(source(server, auth="xoauth2"))
    assert server.heard[1:6] == [b"", b"", b"", b"", b"*"]


async def test_point_10_a_password_is_quoted_where_only_login_is_there():
    async with ScriptedServer(ONE_MAIL, GREETING.replace(b"AUTH=PLAIN", b"")) as server:
        await read_all(source(server, username="a b", secret=lambda: 'x "y\\'))
    assert server.commands("LOGIN")[0].endswith(b'LOGIN "a b" "x \\"y\\\\"')


async def test_point_10_a_line_break_in_a_secret_injects_no_command():
    async with ScriptedServer(ONE_MAIL, GREETING.replace(b"AUTH=PLAIN", b"")) as server:
        with pytest.raises(AuthFailed, match="line break"):
            await read_all(source(server, secret=lambda: "x\r\nA9 DELETE INBOX"))
    assert not server.commands("DELETE")


async def test_point_10_logindisabled_sends_no_secret():
    async with ScriptedServer(ONE_MAIL, b"* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hi\r\n") as server:
        with pytest.raises(AuthFailed, match="set security to tls or starttls"):
            await read_all(source(server))
    assert not [line for line in server.heard if b"s3cret" in line]


@pytest.mark.parametrize(
    ("greeting", "answer", "says"),
    [
        (b"* PREAUTH welcome\r\n", b"", "PREAUTH before STARTTLS"),
        (GREETING, b"TAG NO not here\r\n", "STARTTLS refused"),
        (GREETING, b"TAG OK go\r\n* CAPABILITY IMAP4rev1 AUTH=EVIL", "clear text behind STARTTLS"),
        (GREETING, b"TAG OK go\r\nnot tls", "clear text behind STARTTLS"),
    ],
)
async def test_point_10_tampering_with_starttls_is_noticed_before_the_login(greeting, answer, says):
    async with ScriptedServer({"STARTTLS": answer}, greeting) as server:
        with pytest.raises(ProviderTransient, match=says):
            await read_all(source(server, security="starttls"))
    assert not server.commands("AUTHENTICATE")


async def test_capabilities_are_asked_for_where_they_do_not_come_along():
    async with ScriptedServer(
        ONE_MAIL | {"CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"}, b"* OK hi\r\n"
    ) as server:
        await read_all(source(server))
    assert len(server.commands("CAPABILITY")) == 2


async def test_preauth_needs_no_login():
    async with ScriptedServer(ONE_MAIL, GREETING.replace(b"OK", b"PREAUTH")) as server:
        assert len((await read_all(source(server))).mails) == 1
    assert not server.commands("AUTHENTICATE")


async def test_we_introduce_ourselves_where_the_server_wants_it():
    """RFC 2971; some providers open no folder for a stranger."""
    async with ScriptedServer(ONE_MAIL, GREETING.replace(b"IDLE", b"IDLE ID")) as server:
        await read_all(source(server))
    assert b' ID ("name" "crewai-email-triage")' in server.commands(" ID ")[0]


async def test_closing_says_done_and_logout():
    async with ScriptedServer(ONE_MAIL) as server:
        async with Follower(source(server)) as follower:
            await follower.until_in_step()
            waiting = asyncio.create_task(follower.next(60))
            await server.until_heard("IDLE")
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        assert server.heard[-2] == b"DONE"
        assert server.heard[-1].endswith(b" LOGOUT")


async def test_a_probe_of_a_server_without_idle_says_so():
    async with ScriptedServer(
        ONE_MAIL | {"LIST": b'* LIST () "/" INBOX\r\n'}, GREETING.replace(b" IDLE", b"")
    ) as server:
        steps = await probe(server.account(), LIMITS)
    assert all(step.ok for step in steps)
    assert "no IDLE" in {step.name: step.detail for step in steps}["capabilities"]
    assert {step.name: step.detail for step in steps}["tls"] == "none: plain text"


async def test_point_5_a_uid_that_the_server_names_twice_is_announced_once():
    async with ScriptedServer(mails(7, 8) | {"UID SEARCH": b"* SEARCH 8 7 8 7\r\n* SEARCH 8\r\n"}) as server:
        follower = await read_all(source(server))
    assert [one.location.rpartition("=")[2] for one in follower.mails] == ["7", "8"]


@pytest.mark.parametrize("command", ["UID SEARCH", "UID FETCH BODY", "IDLE"])
@pytest.mark.parametrize(
    "piece",
    [b"* OK Still here\r\n" * 1000, b"* 3 FETCH (X {9}\r\n123456789)\r\n" * 1000, b"* LIST () NIL " + b"x" * 50_000 + b"\r\n"],
    ids=["short", "literals", "long"],
)  # fmt: skip
async def test_a_flood_ends_the_connection_before_it_fills_memory(monkeypatch, command, piece):
    """Answers without end, each of them well-formed."""
    monkeypatch.setattr(wire, "MAX_ANSWER", 2_000_000)

    class Flooding(ScriptedServer):
        sent = 0

        def _answer(self, line: bytes) -> bytes:
            wanted = command.split()[-1].encode()
            if wanted in line and (command != "UID FETCH BODY" or b"PEEK" in line):
                self.flood = asyncio.create_task(self._flood())
                return b"+ idling\r\n" if command == "IDLE" else b""
            return super()._answer(line)

        async def _flood(self) -> None:
            with suppress(ConnectionError):
                while self.sent < 50_000_000:
                    self.writers[-1].write(piece)
                    self.sent += len(piece)
                    await self.writers[-1].drain()

    async with Flooding(ONE_MAIL) as server:
        limits = replace(LIMITS, mail_max_bytes=4096)
        async with Follower(ImapFolder(server.account(), "INBOX", limits, nothing_announced)) as follower:
            with pytest.raises(ProviderTransient, match=r"not IMAP .*bytes between two commands"):
                await rounds(follower, 5)
        server.flood.cancel()
        await asyncio.wait([server.flood])
    assert server.sent < 10_000_000


async def test_point_12_an_address_of_a_family_that_the_machine_lacks_is_passed_over(monkeypatch):
    """A name with an IPv6 address in a container without IPv6: the kernel refuses the very socket."""
    made = socket.socket

    def without_ipv6(family: int = -1, *rest: int, **more: object) -> socket.socket:
        if family == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
        return made(family, *rest, **more)  # type: ignore[arg-type]

    async with ScriptedServer(ONE_MAIL) as server:
        both = [
            (socket.AF_INET6, ("::1", server.port, 0, 0)),
            (socket.AF_INET, ("127.0.0.1", server.port)),
        ]
        monkeypatch.setattr(socket, "socket", without_ipv6)
        reader, writer = await asyncio.open_connection(sock=await dial.dial(server.account(), both, 2.0))
        assert await reader.readline() == GREETING
        writer.close()
        with pytest.raises(ProviderTransient, match=r"cannot be reached .*not supported"):
            await dial.dial(server.account(), both[:1], 2.0)


async def test_no_mail_is_fetched_before_there_is_room_for_it():
    asked, granted = [], asyncio.Event()

    async def room(size: int, /) -> None:
        asked.append(size)
        await granted.wait()

    async with ScriptedServer(mails(7, 8)) as server:
        reader = ImapFolder(server.account(), "INBOX", LIMITS, nothing_announced, room=room)
        async with Follower(reader) as follower:
            waiting = asyncio.create_task(follower.next())
            async with asyncio.timeout(60):
                while not asked:  # noqa: ASYNC110 - what is watched has no event
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.2)
            assert (asked, server.commands("BODY")) == ([10], [])
            granted.set()
            assert len((await waiting).mails) == 2


async def test_point_12_a_server_that_announces_without_end_what_it_does_not_have_does_not_make_us_spin(monkeypatch):
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    ours = SimpleNamespace(sleep=sleep, get_running_loop=asyncio.get_running_loop)
    monkeypatch.setattr(reading, "asyncio", ours)
    monkeypatch.setattr(reading, "FRUITLESS_S", 60.0)  # so that no busy machine makes a round one that was worth it

    class Crying(ScriptedServer):
        count = 1

        def _answer(self, line: bytes) -> bytes:
            said = super()._answer(line)
            if line.endswith(b"IDLE"):
                self.count += 1
                said += b"* %d EXISTS\r\n" % self.count
            return said

    async with Crying(mails(7)) as server, Follower(source(server)) as follower:
        await follower.until_in_step()
        for _ in range(reading.FRUITLESS_MAX + 1):
            await follower.next()
        assert pauses == []
        for _ in range(3):
            await follower.next()
        assert pauses == [60.0] * 3


async def test_a_batch_of_the_largest_mails_whose_sizes_were_understated_is_no_flood():
    """Refused, it would be asked for again for ever."""
    limits = replace(LIMITS, mail_max_bytes=1024 * 1024)
    raw = b"x" * limits.mail_max_bytes
    uids = range(1, 51)
    async with ScriptedServer(mails(*uids, said=b"".join(body(uid, raw) for uid in uids))) as server:
        follower = await read_all(ImapFolder(server.account(), "INBOX", limits, nothing_announced))
    assert len(follower.mails) == 50
