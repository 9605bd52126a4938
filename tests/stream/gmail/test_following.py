"""What a Gmail mailbox does that others do not. Tests name the point of MAIL.md's Gmail section."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from agents.fakes.google.faults import Fault
from agents.sources.base import AuthFailed, ProviderTransient
from agents.sources.gmail.api import GmailApi
from agents.sources.gmail.fetch import identity
from agents.sources.gmail.position import ENTRY, Position
from agents.sources.gmail.watch import Watch
from tests.integration.following import Follower, read_all
from tests.integration.source_conformance import mail, subjects
from tests.services.google_here import GoogleHere
from tests.stream.gmail.conftest import ACCOUNT, GmailMailbox

MakeMailbox = Callable[..., GmailMailbox]


class OnLog(set[str]):
    """Event ids that the log has, as a source asks for them."""

    async def announced(self) -> frozenset[str]:
        return frozenset(self)


def event_ids(ids: list[str]) -> list[str]:
    return [identity(ACCOUNT, int(one, 16)) for one in ids]


def gets(google: GoogleHere) -> int:
    return int(google.counters().requests.get("users.messages.get", 0))


async def test_point_5_a_history_that_is_gone_loses_nothing_and_repeats_nothing(
    google: GoogleHere, make_mailbox: MakeMailbox
) -> None:
    on_log = OnLog()
    mailbox = make_mailbox(announced=on_log.announced)
    before = google.deliver(mailbox.user, generated=5)
    first = await read_all(mailbox.source())
    on_log.update(one.event_id for one in first.mails)
    google.relabel(mailbox.user, before[0], remove=["UNREAD"])
    missed = google.deliver(mailbox.user, generated=70)
    google.expire_history(mailbox.user)
    late = google.deliver(mailbox.user, generated=3)
    second = await read_all(mailbox.source(), first.cursor)
    assert [one.event_id for one in second.mails] == event_ids([*missed, *late])
    assert (await read_all(mailbox.source(), second.cursor)).mails == []


async def test_point_5_a_history_that_goes_again_while_it_is_made_up_for_loses_nothing(
    google: GoogleHere, make_mailbox: MakeMailbox
) -> None:
    on_log = OnLog()
    mailbox = make_mailbox(announced=on_log.announced)
    first = await read_all(mailbox.source())
    missed = google.deliver(mailbox.user, generated=120)
    google.expire_history(mailbox.user)
    cursor, found = first.cursor, []
    for _ in range(4):
        async with Follower(mailbox.source(), cursor) as follower:
            batch = await follower.next()
        found += [one.event_id for one in batch.mails]
        on_log.update(found)
        cursor = follower.cursor
        missed += google.deliver(mailbox.user, generated=2)
        google.expire_history(mailbox.user)
    found += [one.event_id for one in (await read_all(mailbox.source(), cursor)).mails]
    assert sorted(found) == sorted(event_ids(missed))


async def test_a_mail_that_arrives_while_the_first_list_is_read_comes_once(
    google: GoogleHere, mailbox: GmailMailbox
) -> None:
    old = google.deliver(mailbox.user, generated=60)
    async with Follower(mailbox.source()) as follower:
        await follower.next()
        new = google.deliver(mailbox.user, generated=2)
        await follower.until_in_step()
    assert [one.event_id for one in follower.mails] == event_ids([*old, *new])


async def test_point_6_mails_that_vanish_are_passed_over_and_counted(google: GoogleHere, mailbox: GmailMailbox) -> None:
    first = await read_all(mailbox.source())
    ids = google.deliver(mailbox.user, generated=10)
    google.set_faults(Fault(method="users.messages.get", error="404", times=3))
    second = await read_all(mailbox.source(), first.cursor)
    google.set_faults()
    assert len(second.mails) == 7
    assert second.skipped == 3
    google.delete(mailbox.user, *ids[:5])
    assert (await read_all(mailbox.source(), second.cursor)).mails == []


async def test_what_a_person_does_is_told_with_the_cursor(google: GoogleHere, mailbox: GmailMailbox) -> None:
    ids = google.deliver(mailbox.user, generated=6)
    first = await read_all(mailbox.source())
    google.relabel(mailbox.user, ids[0], remove=["INBOX"])
    google.relabel(mailbox.user, ids[1], add=["SPAM"], remove=["INBOX"])
    google.relabel(mailbox.user, ids[2], add=["STARRED", "IMPORTANT"])
    google.relabel(mailbox.user, ids[3], remove=["UNREAD"])
    google.delete(mailbox.user, ids[4])
    second = await read_all(mailbox.source(), first.cursor)
    told = [(move.event_id, move.action) for batch in second.batches for move in batch.moves]
    one, two, three, _, five, _ = event_ids(ids)
    assert told == [
        (one, "archived"),
        (two, "spam"),
        (three, "important"),
        (three, "starred"),
        (five, "deleted_unread"),
    ]
    assert [batch.moves for batch in (await read_all(mailbox.source(), second.cursor)).batches] == [()]


async def test_a_mail_taken_out_of_spam_is_new_one_that_was_archived_is_not(
    google: GoogleHere, make_mailbox: MakeMailbox
) -> None:
    on_log = OnLog()
    mailbox = make_mailbox(announced=on_log.announced)
    (known,) = google.deliver(mailbox.user, generated=1)
    (junk,) = google.deliver(mailbox.user, generated=1, labels=["SPAM"])
    first = await read_all(mailbox.source())
    on_log.update(one.event_id for one in first.mails)
    assert on_log == set(event_ids([known]))
    google.relabel(mailbox.user, known, remove=["INBOX"])
    second = await read_all(mailbox.source(), first.cursor)
    google.relabel(mailbox.user, known, add=["INBOX"])
    google.relabel(mailbox.user, junk, add=["INBOX"], remove=["SPAM"])
    third = await read_all(mailbox.source(), second.cursor)
    assert [one.event_id for one in third.mails] == event_ids([junk])


async def test_the_labels_of_the_account_say_which_mails_count(google: GoogleHere, make_mailbox: MakeMailbox) -> None:
    mailbox = make_mailbox(labels=("INBOX", "Label_1"))
    google.add_label(mailbox.user, "Label_1", "team")
    both = google.deliver(mailbox.user, generated=1, labels=["INBOX", "Label_1"])
    filed = google.deliver(mailbox.user, generated=1, labels=["Label_1"])
    google.deliver(mailbox.user, generated=1, labels=["SENT"])
    first = await read_all(mailbox.source())
    assert sorted(one.event_id for one in first.mails) == sorted(event_ids(both + filed))
    more = google.deliver(mailbox.user, generated=1, labels=["Label_1"])
    google.deliver(mailbox.user, generated=1, labels=["DRAFT"])
    assert [one.event_id for one in (await read_all(mailbox.source(), first.cursor)).mails] == event_ids(more)


async def test_a_history_that_names_no_labels_loses_no_mail_and_announces_none_of_others(
    google: GoogleHere, make_mailbox: MakeMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Google documents of these messages that they typically only have an id and a thread's."""
    history = GmailApi.history

    async def bare(api: GmailApi, start: int, token: str = "") -> Mapping[str, object]:
        answer = await history(api, start, token)
        for record in answer.get("history", ()):
            for one in record.get("messagesAdded", ()):
                del one["message"]["labelIds"]
        return answer

    monkeypatch.setattr(GmailApi, "history", bare)
    mailbox = make_mailbox()
    first = await read_all(mailbox.source())
    mine = google.deliver(mailbox.user, generated=2)
    google.deliver(mailbox.user, generated=1, labels=["SENT"])
    google.deliver(mailbox.user, generated=1, labels=["DRAFT"])
    mine += google.deliver(mailbox.user, generated=1)
    second = await read_all(mailbox.source(), first.cursor)
    assert [one.event_id for one in second.mails] == event_ids(mine)
    assert second.skipped == 2


async def test_a_huge_mail_is_cut_without_reading_all_of_it(google: GoogleHere, make_mailbox: MakeMailbox) -> None:
    mailbox = make_mailbox(limits={"mail_max_bytes": 4096})
    raw = mail("huge") + b"x" * 3_000_000
    await mailbox.deliver(raw)
    await mailbox.deliver(mail("small"))
    huge, small = (await read_all(mailbox.source())).mails
    assert (huge.raw, huge.truncated, huge.size) == (raw[:4096], True, len(raw))
    assert (small.truncated, subjects([small.raw])) == (False, ["small"])


@pytest.mark.parametrize("error", ["429", "429-user", "403-user", "403-project"])
async def test_point_7_a_refused_rate_is_waited_out_and_costs_nothing_that_was_fetched(
    google: GoogleHere, mailbox: GmailMailbox, error: str
) -> None:
    google.deliver(mailbox.user, generated=12)
    google.set_faults(Fault(method="users.messages.get", error=error, times=3, retry_after_s=0.1))
    google.clear_counters()
    assert len((await read_all(mailbox.source())).mails) == 12
    assert google.counters().requests["users.messages.get"] == 15


@pytest.mark.parametrize(("effect", "times"), [("truncate", 1), ("junk", 1), ("drop", 2)])  # aiohttp itself asks twice
async def test_a_broken_answer_is_transient_and_the_next_reading_has_all(
    google: GoogleHere, mailbox: GmailMailbox, effect: str, times: int
) -> None:
    first = await read_all(mailbox.source())
    google.deliver(mailbox.user, generated=4)
    google.set_faults(Fault(effect=effect, times=times))  # type: ignore[arg-type]
    with pytest.raises(ProviderTransient, match=r"box: users\.history\.list"):
        await read_all(mailbox.source(), first.cursor)
    assert len((await read_all(mailbox.source(), first.cursor)).mails) == 4


@pytest.mark.parametrize("refused", [1, 2])  # the second may be one that another process stored meanwhile
async def test_point_9_a_refused_token_is_renewed(google: GoogleHere, mailbox: GmailMailbox, refused: int) -> None:
    google.deliver(mailbox.user, generated=1)
    first = await read_all(mailbox.source())
    google.set_faults(Fault(error="401", times=refused))
    await read_all(mailbox.source(), first.cursor)
    assert mailbox.tokens.asked == 1 + refused


async def test_point_9_tokens_that_are_refused_again_and_again_are_final(
    google: GoogleHere, mailbox: GmailMailbox
) -> None:
    google.set_faults(Fault(error="401"))
    with pytest.raises(AuthFailed, match="triage auth check"):
        await read_all(mailbox.source())
    assert mailbox.tokens.asked == 3


async def test_point_9_an_expired_token_is_renewed(google: GoogleHere, mailbox: GmailMailbox) -> None:
    google.deliver(mailbox.user, generated=1)
    first = await read_all(mailbox.source())
    google.expire_access(mailbox.user)
    await read_all(mailbox.source(), first.cursor)
    assert mailbox.tokens.asked == 2


async def test_point_9_a_missing_scope_is_told_with_the_remedy(google: GoogleHere, mailbox: GmailMailbox) -> None:
    google.set_faults(Fault(error="403-scope"))
    with pytest.raises(AuthFailed, match=r"lacks the scope gmail\.readonly"):
        await read_all(mailbox.source())


async def test_point_7_the_quota_of_a_mailbox_is_kept_to(google: GoogleHere, make_mailbox: MakeMailbox) -> None:
    google.set_quota(user_per_minute=2400)
    mailbox = make_mailbox(user_per_minute=2400)
    google.deliver(mailbox.user, generated=30)
    started = time.monotonic()
    assert len((await read_all(mailbox.source())).mails) == 30
    assert google.counters().refused == {}
    assert time.monotonic() - started > 5  # 600 units, 400 of them at once, then 33 a second


async def test_point_3_a_hint_brings_the_mail_and_is_answered_by_the_commit(
    google: GoogleHere, make_mailbox: MakeMailbox
) -> None:
    mailbox = make_mailbox(limits={"silence_s": 60})
    async with Follower(mailbox.source()) as follower:
        await follower.until_in_step()
        waiting = asyncio.create_task(follower.next())
        await asyncio.sleep(0)
        google.deliver(mailbox.user, generated=1)
        pushed = google.history_id(mailbox.user)
        mailbox.listener.hint(pushed)
        committed = asyncio.create_task(mailbox.listener.until_committed(pushed))
        assert len((await waiting).mails) == 1
        await asyncio.sleep(0.05)
        assert not committed.done()  # the batch is not stored yet
        await follower.next()
        await asyncio.wait_for(committed, 60)


async def test_point_3_a_push_that_the_history_does_not_bear_out_is_let_go(
    mailbox: GmailMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.sources.gmail.mailbox.SETTLE_S", (0.01, 0.02))
    async with Follower(mailbox.source()) as follower:
        await follower.until_in_step()
        mailbox.listener.hint(10**15)
        for _ in range(4):
            await follower.next()
        assert mailbox.listener.wanted == mailbox.listener.reached < 10**15


async def test_point_1_a_mailbox_is_watched_once_and_renewed_when_the_topic_was_made_anew(
    google: GoogleHere, make_mailbox: MakeMailbox
) -> None:
    topic = "projects/p/topics/mail"
    mailbox = make_mailbox(topic=topic)
    first = await read_all(mailbox.source())
    assert google.watches()[mailbox.user]["topic"] == topic
    await read_all(mailbox.source(), first.cursor)
    assert google.counters().requests["users.watch"] == 1
    mailbox.watches.ready(made=True)
    await read_all(mailbox.source(), first.cursor)
    assert google.counters().requests["users.watch"] == 2
    mailbox.topic = "projects/p/topics/other"
    await read_all(mailbox.source(), first.cursor)
    assert google.watches()[mailbox.user]["topic"] == "projects/p/topics/other"


async def test_point_1_a_watch_is_renewed_by_the_clock(google: GoogleHere, make_mailbox: MakeMailbox) -> None:
    every_s, began = 0.2, time.monotonic()
    mailbox = make_mailbox(topic="projects/p/topics/mail", watched_every_s=every_s)
    async with Follower(mailbox.source()) as follower:
        await follower.until_in_step()
        await asyncio.sleep(every_s)
        await follower.next()
    assert 2 <= google.counters().requests["users.watch"] <= 1 + (time.monotonic() - began) / every_s


async def test_point_1_a_watch_that_was_granted_before_a_failure_is_stored_after_it(
    google: GoogleHere, make_mailbox: MakeMailbox
) -> None:
    mailbox = make_mailbox(topic="projects/p/topics/mail")
    source = mailbox.source()
    google.set_faults(Fault(method="users.getProfile", error="503", times=1))
    with pytest.raises(ProviderTransient):
        await read_all(source)
    assert list(google.watches()) == [mailbox.user]
    google.set_faults(Fault(method="users.watch", error="503"))
    follower = await read_all(source)
    assert Watch.decode(follower.cursor.get("watch")) is not None
    assert google.counters().requests["users.watch"] == 1


async def test_point_2_a_mailbox_whose_pushes_do_not_come_is_asked_all_the_same_and_watched_anew(
    google: GoogleHere, make_mailbox: MakeMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.sources.gmail.watch.DOUBT", timedelta())
    mailbox = make_mailbox(topic="projects/p/topics/mail", limits={"silence_s": 0.1})
    async with Follower(mailbox.source()) as follower:
        await follower.until_in_step()
        for number in range(1, 4):
            google.deliver(mailbox.user, generated=1)  # and no push says so
            await follower.until_found(1)
            await follower.until_in_step()
            assert google.counters().requests["users.watch"] == 1 + (number > 2)


async def test_point_1_without_its_topic_a_mailbox_is_polled_and_says_so(
    google: GoogleHere, make_mailbox: MakeMailbox
) -> None:
    topic = "projects/p/topics/mail"
    google.missing_topics.add(topic)
    mailbox = make_mailbox(topic=topic)
    await mailbox.deliver(mail("one"))
    source = mailbox.source()
    first = await read_all(source)
    assert len(first.mails) == 1
    assert "not watched, only polled" in source.complaint
    google.missing_topics.clear()
    await read_all(source, first.cursor)
    assert google.watches() == {}  # it failed a moment ago
    mailbox.watches.ready(made=False)
    await read_all(source, first.cursor)
    assert source.complaint == ""
    assert google.watches()[mailbox.user]["topic"] == topic


async def test_a_mail_with_an_old_date_is_found_in_the_history(mailbox: GmailMailbox) -> None:
    first = await read_all(mailbox.source())
    await mailbox.deliver(mail("import"), age=timedelta(days=400))
    assert len((await read_all(mailbox.source(), first.cursor)).mails) == 1


async def test_point_5_a_history_that_is_refused_again_and_again_is_not_listed_for_ever(
    google: GoogleHere, mailbox: GmailMailbox
) -> None:
    first = await read_all(mailbox.source())
    google.set_faults(Fault(method="users.history.list", error="404"))
    google.clear_counters()
    with pytest.raises(ProviderTransient, match="no longer kept"):
        await read_all(mailbox.source(), first.cursor)
    assert google.counters().requests["users.messages.list"] < 5


@pytest.mark.parametrize("refused", [True, False])
async def test_point_4_a_mailbox_that_was_made_anew_is_not_taken_for_an_empty_one(
    google: GoogleHere, make_mailbox: MakeMailbox, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    """Its historyIds are behind the cursor, which Gmail may refuse (404) or answer with nothing until they have caught up."""
    history = GmailApi.history

    async def lenient(api: GmailApi, start: int, token: str = "") -> Mapping[str, object]:
        return {"historyId": "5000"} if start == 10**9 else await history(api, start, token)

    mailbox = make_mailbox()
    first = await read_all(mailbox.source())
    position = Position.decode(first.cursor[ENTRY])
    assert position is not None
    former = {ENTRY: replace(position, history_id=10**9).encode()}
    new = google.deliver(mailbox.user, generated=3)
    if not refused:
        monkeypatch.setattr(GmailApi, "history", lenient)
    second = await read_all(mailbox.source(), former)
    assert [one.event_id for one in second.mails] == event_ids(new)
    assert (await read_all(mailbox.source(), second.cursor)).mails == []


async def test_point_4_an_answer_that_lags_behind_the_cursor_moves_nothing(
    google: GoogleHere, mailbox: GmailMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    google.deliver(mailbox.user, generated=2)
    first = await read_all(mailbox.source())
    position = Position.decode(first.cursor[ENTRY])
    assert position is not None

    async def lagging(_api: GmailApi, start: int, _token: str = "") -> dict[str, object]:
        return {"historyId": str(start - 1)}

    google.clear_counters()
    monkeypatch.setattr(GmailApi, "history", lagging)
    second = await read_all(mailbox.source(), first.cursor)
    assert (second.mails, google.counters().requests) == ([], {"users.getProfile": 1})
    assert second.cursor == first.cursor


async def test_a_cursor_that_cannot_be_read_is_made_up_for_from_the_log(
    google: GoogleHere, make_mailbox: MakeMailbox
) -> None:
    on_log = OnLog()
    mailbox = make_mailbox(announced=on_log.announced)
    google.deliver(mailbox.user, generated=3)
    on_log.update(one.event_id for one in (await read_all(mailbox.source())).mails)
    new = google.deliver(mailbox.user, generated=2)
    second = await read_all(mailbox.source(), {ENTRY: b"{}"})
    assert [one.event_id for one in second.mails] == event_ids(new)
    assert Position.decode(second.cursor[ENTRY]) is not None


async def test_a_push_that_comes_while_a_former_one_settles_is_not_kept_waiting(
    google: GoogleHere, make_mailbox: MakeMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.sources.gmail.mailbox.SETTLE_S", (60.0,))
    mailbox = make_mailbox(limits={"silence_s": 60})
    async with Follower(mailbox.source()) as follower:
        await follower.until_in_step()
        mailbox.listener.hint(10**9)  # ahead of what the history shows
        waiting = asyncio.create_task(follower.next())
        await asyncio.sleep(0)
        google.deliver(mailbox.user, generated=1)
        mailbox.listener.hint(10**9 + 1)
        assert len((await waiting).mails) == 1


async def test_no_mail_is_fetched_before_there_is_room_for_it_and_none_ahead_of_it(
    google: GoogleHere, make_mailbox: MakeMailbox
) -> None:
    asked, turns = asyncio.Queue[int](), asyncio.Semaphore(0)

    async def room(size: int, /) -> None:
        asked.put_nowait(size)
        await turns.acquire()

    mailbox = make_mailbox(room=room, limits={"mail_max_bytes": 4096})
    google.deliver(mailbox.user, generated=60)
    google.clear_counters()
    async with Follower(mailbox.source()) as follower, asyncio.timeout(60):
        fetched = 0
        for mails in (50, 10):
            batch = asyncio.create_task(follower.next())
            assert await asked.get() == mails * 4096
            await asyncio.sleep(0.1)
            assert await asyncio.to_thread(gets, google) == fetched
            turns.release()
            assert len((await batch).mails) == mails
            fetched += mails
            assert await asyncio.to_thread(gets, google) == fetched
