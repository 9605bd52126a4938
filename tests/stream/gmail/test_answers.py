"""An owner's answers in Gmail, from the mail that is sent to the act that is told, over the real API client."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.message import EmailMessage
from typing import Any

import pytest

from agents.fakes.google.faults import Fault
from agents.sources.base import AuthFailed, ProviderTransient
from agents.sources.gmail import answers, api
from agents.sources.gmail.fetch import identity
from agents.sources.gmail.sent import AT_ONCE, ATTEMPTS
from tests.integration.following import Follower, read_all
from tests.services.google_here import GoogleHere
from tests.stream.gmail.conftest import ACCOUNT, GmailMailbox

THREAD = "users.threads.get"
Told = list[tuple[str, str]]


def raw(name: str, answers: str = "", **headers: str) -> bytes:
    mail = EmailMessage()
    people = ("b@example.org", "a@example.org") if answers else ("a@example.org", "b@example.org")
    (mail["From"], mail["To"]), mail["Subject"] = people, f"about {name}"
    mail["Message-ID"] = f"<{name}@example.org>"
    if answers:
        mail["In-Reply-To"] = mail["References"] = f"<{answers}@example.org>"
    for header, value in headers.items():
        del mail[header.replace("_", "-")]
        mail[header.replace("_", "-")] = value
    mail.set_content("what only the two of them shall read")
    return mail.as_bytes()


def told(follower: Follower) -> Told:
    return [(move.event_id, move.action) for batch in follower.batches for move in batch.moves]


def replied(*ids: str) -> Told:
    return [(identity(ACCOUNT, int(one, 16)), "replied") for one in ids]


def lookups(google: GoogleHere) -> int:
    return int(google.counters().requests.get(THREAD, 0))


@pytest.fixture
async def known(google: GoogleHere, mailbox: GmailMailbox) -> tuple[list[str], Mapping[str, bytes]]:
    """Two mails that were received, and the cursor behind them."""
    ids = google.deliver(mailbox.user, raw("one"), raw("two"))
    return ids, (await read_all(mailbox.source())).cursor


Known = tuple[list[str], Mapping[str, bytes]]


@pytest.mark.parametrize("drafted", [False, True])
async def test_an_answer_is_told_once(google: GoogleHere, mailbox: GmailMailbox, known: Known, drafted: bool) -> None:
    (one, _), cursor = known
    google.send(mailbox.user, raw("answer", "one"), thread_id=one, drafted=drafted)
    lost = await read_all(mailbox.source(), cursor)  # killed before it was stored
    second = await read_all(mailbox.source(), cursor)
    assert told(lost) == told(second) == replied(one)
    assert second.mails == []
    google.send(mailbox.user, raw("again", "one"), thread_id=one)
    third = await read_all(mailbox.source(), second.cursor)
    assert told(third) == []
    assert told(await read_all(mailbox.source(), third.cursor)) == []


async def test_answers_to_several_mails_stand_among_the_other_acts_in_their_order(
    google: GoogleHere, mailbox: GmailMailbox, known: Known
) -> None:
    (one, two), cursor = known
    google.relabel(mailbox.user, two, add=["STARRED"])
    google.send(mailbox.user, raw("answer", "two"), thread_id=two)
    google.relabel(mailbox.user, one, remove=["INBOX"])
    (new,) = google.deliver(mailbox.user, raw("three", "answer"))
    google.send(mailbox.user, raw("other", "one"), thread_id=one)
    second = await read_all(mailbox.source(), cursor)
    assert [mail.event_id for mail in second.mails] == [identity(ACCOUNT, int(new, 16))]
    named = {identity(ACCOUNT, int(id_, 16)): name for id_, name in ((one, "one"), (two, "two"))}
    assert [(named[event], action) for event, action in told(second)] == [
        ("two", "starred"),
        ("two", "replied"),
        ("one", "archived"),
        ("one", "replied"),
    ]


async def test_a_mail_that_comes_and_is_answered_before_anybody_looked_is_told_with_it(
    google: GoogleHere, mailbox: GmailMailbox, known: Known
) -> None:
    _, cursor = known
    (new,) = google.deliver(mailbox.user, raw("new"))
    google.send(mailbox.user, raw("answer", "new"), thread_id=new)
    second = await read_all(mailbox.source(), cursor)
    assert ([mail.event_id for mail in second.mails], told(second)) == (
        [identity(ACCOUNT, int(new, 16))],
        replied(new),
    )


@pytest.mark.parametrize(
    ("why", "arguments", "asked"),
    [
        ("begins a thread", {"mail": raw("x")}, 0),
        ("begins a thread after it was drafted", {"mail": raw("x"), "drafted": True}, 1),
        ("names what was deleted long ago", {"mail": raw("x", "gone"), "drafted": True}, 1),
        ("is a forward of the conversation", {"mail": raw("x", References="<one@example.org>"), "thread": True}, 1),
        ("is a forward that names it", {"mail": raw("x", "one", To="c@example.org"), "thread": True}, 1),
        ("was sent by a program", {"mail": raw("x", "one", Auto_Submitted="auto-replied"), "thread": True}, 1),
        ("is a draft still", {"mail": raw("x", "one"), "thread": True, "labels": ["DRAFT"]}, 0),
    ],
)
async def test_a_mail_is_no_answer_that(
    google: GoogleHere, mailbox: GmailMailbox, known: Known, why: str, arguments: dict[str, Any], asked: int
) -> None:
    (one, _), cursor = known
    thread = one if arguments.pop("thread", False) else None
    google.send(mailbox.user, thread_id=thread, **arguments)
    second = await read_all(mailbox.source(), cursor)
    assert (told(second), second.mails, lookups(google)) == ([], [], asked), why


async def test_what_is_sent_to_oneself_is_a_mail_and_an_answer(
    google: GoogleHere, mailbox: GmailMailbox, known: Known
) -> None:
    (one, _), cursor = known
    sent = google.send(mailbox.user, raw("note", "one"), thread_id=one, labels=["SENT", "INBOX", "UNREAD"])
    second = await read_all(mailbox.source(), cursor)
    assert [mail.event_id for mail in second.mails] == [identity(ACCOUNT, int(sent, 16))]
    assert told(second) == replied(one)


async def test_of_a_thread_only_ids_labels_and_these_headers_are_fetched(
    google: GoogleHere, mailbox: GmailMailbox, known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one, _), cursor = known
    google.send(
        mailbox.user,
        raw("answer", "one", Auto_Submitted="no", Reply_To="b@example.org", Cc="c@example.org"),
        thread_id=one,
    )
    seen: list[str] = []
    parse = api.parse

    def spied(method: str, text: bytes) -> Mapping[str, object]:
        found = parse(method, text)
        if method == THREAD:
            assert found.keys() == {"messages"}
            for message in found["messages"]:
                assert message.keys() == {"id", "labelIds", "payload"}
                assert message["payload"].keys() == {"headers"}
                seen.extend(header["name"] for header in message["payload"]["headers"])
        return found

    monkeypatch.setattr(api, "parse", spied)
    gets = google.counters().requests["users.messages.get"]
    assert told(await read_all(mailbox.source(), cursor)) == replied(one)
    assert set(seen) == set(answers.HEADERS)
    counted = google.counters()
    assert (counted.requests["users.messages.get"], counted.units[THREAD]) == (gets, 40)


async def test_a_thread_that_was_deleted_says_nothing(google: GoogleHere, mailbox: GmailMailbox, known: Known) -> None:
    (one, two), cursor = known
    google.send(mailbox.user, raw("answer", "one"), thread_id=one)
    google.send(mailbox.user, raw("other", "two"), thread_id=two)
    google.set_faults(Fault(method=THREAD, error="404", times=1))
    assert told(await read_all(mailbox.source(), cursor)) == replied(one)  # the newest thread is asked for first


@pytest.mark.parametrize("error", ["429-user", "403-user", "403-project"])
async def test_a_refusal_for_the_rate_is_waited_out(
    google: GoogleHere, mailbox: GmailMailbox, known: Known, error: str
) -> None:
    (one, _), cursor = known
    google.send(mailbox.user, raw("answer", "one"), thread_id=one)
    google.set_faults(Fault(method=THREAD, error=error, times=2, retry_after_s=0.1))
    assert told(await read_all(mailbox.source(), cursor)) == replied(one)
    assert lookups(google) == 3


async def test_a_missing_scope_is_told_with_the_remedy(google: GoogleHere, mailbox: GmailMailbox, known: Known) -> None:
    (one, _), cursor = known
    google.send(mailbox.user, raw("answer", "one"), thread_id=one)
    google.set_faults(Fault(method=THREAD, error="403-scope"))
    with pytest.raises(AuthFailed, match=r"lacks the scope gmail\.readonly"):
        await read_all(mailbox.source(), cursor)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(method=THREAD, error="500"),
        Fault(method=THREAD, effect="junk"),
        Fault(method=THREAD, effect="truncate"),
        Fault(method=THREAD, effect="drop"),
    ],
)
async def test_a_failure_that_passes_loses_no_answer(
    google: GoogleHere, mailbox: GmailMailbox, known: Known, fault: Fault
) -> None:
    (one, _), cursor = known
    google.send(mailbox.user, raw("answer", "one"), thread_id=one)
    google.set_faults(fault)
    source = mailbox.source()
    with pytest.raises(ProviderTransient):
        await read_all(source, cursor)
    google.set_faults()
    assert told(await read_all(source, cursor)) == replied(one)


async def test_a_thread_that_fails_again_and_again_keeps_no_mail_from_being_read(
    google: GoogleHere, mailbox: GmailMailbox, known: Known, caplog: pytest.LogCaptureFixture
) -> None:
    (one, _), cursor = known
    google.send(mailbox.user, raw("answer", "one"), thread_id=one)
    (new,) = google.deliver(mailbox.user, raw("new"))
    google.set_faults(Fault(method=THREAD, error="500"))
    source, readings = mailbox.source(), []
    with caplog.at_level(logging.WARNING):
        for _ in range(ATTEMPTS):
            with suppress(ProviderTransient):
                readings.append(await read_all(source, cursor))
    (last,) = readings
    assert [mail.event_id for mail in last.mails] == [identity(ACCOUNT, int(new, 16))]
    assert told(last) == []
    assert "whom a mail that was sent answers cannot be found out" in caplog.text


async def test_after_a_long_absence_only_the_last_threads_are_asked_for(
    google: GoogleHere, mailbox: GmailMailbox, known: Known
) -> None:
    _, cursor = known
    names = [f"mail{number}" for number in range(AT_ONCE + 5)]
    ids = google.deliver(mailbox.user, *(raw(name) for name in names), labels=["Label_1"])
    for name, id_ in zip(names, ids, strict=True):
        google.send(mailbox.user, raw(f"answer to {name}", name), thread_id=id_)
    assert told(await read_all(mailbox.source(), cursor)) == replied(*ids[5:])
    assert lookups(google) == AT_ONCE


async def test_where_it_is_not_wanted_sent_mail_is_not_looked_at(
    google: GoogleHere, make_mailbox: Callable[..., GmailMailbox]
) -> None:
    mailbox = make_mailbox(limits={"answers": False})
    (one,) = google.deliver(mailbox.user, raw("one"))
    first = await read_all(mailbox.source())
    google.send(mailbox.user, raw("answer", "one"), thread_id=one)
    assert told(await read_all(mailbox.source(), first.cursor)) == []
    assert lookups(google) == 0


async def test_answers_from_before_the_first_contact_and_from_a_lost_history_are_not_told(
    google: GoogleHere, mailbox: GmailMailbox
) -> None:
    (one, two) = google.deliver(mailbox.user, raw("one"), raw("two"))
    google.send(mailbox.user, raw("answer", "one"), thread_id=one)
    first = await read_all(mailbox.source())
    google.send(mailbox.user, raw("other", "two"), thread_id=two)
    google.expire_history(mailbox.user)
    second = await read_all(mailbox.source(), first.cursor)
    google.send(mailbox.user, raw("again", "one"), thread_id=one)
    third = await read_all(mailbox.source(), second.cursor)
    assert told(first) + told(second) + told(third) == []
