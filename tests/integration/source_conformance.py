"""What every source must do, whatever it reads. A source joins by a subclass with a `mailbox` fixture:

class TestMaildir(SourceConformance):
    @pytest.fixture
    def mailbox(self, tmp_path): return MaildirMailbox(tmp_path)
"""

from __future__ import annotations

import asyncio
import gc
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from agents.sources.base import ProviderError, Source
from tests.integration.following import Follower, read_all

BATCH_MAILS = 50
BATCH_BYTES = 2 * 1024 * 1024
FIRST_CONTACT_DAYS = 7.0


class Mailbox(Protocol):
    """One real mailbox and what can happen to it."""

    async def deliver(self, raw: bytes, age: timedelta = timedelta()) -> None:
        """One more mail, which arrived so long ago by the mailbox's own account."""
        ...

    def source(self) -> Source:
        """A fresh source on it, as after a restart; first contact reaches back FIRST_CONTACT_DAYS."""
        ...

    async def break_off(self) -> None:
        """The mailbox can no longer be reached."""
        ...


def mail(name: str, body: str = "Hello.\r\n") -> bytes:
    """A small mail with a Message-ID."""
    return (
        f"From: <sender@example.org>\r\nTo: <owner@example.org>\r\nSubject: {name}\r\n"
        f"Message-ID: <{name}@example.org>\r\n\r\n{body}"
    ).encode()


def subjects(raws: list[bytes]) -> list[str]:
    return [raw.split(b"Subject: ")[1].split(b"\r\n")[0].split(b"\n")[0].decode() for raw in raws]


class SourceConformance:
    """The suite."""

    async def test_everything_since_first_contact_is_found_once_oldest_first(self, mailbox: Mailbox) -> None:
        for number in range(7, 0, -1):
            await mailbox.deliver(mail(f"m{8 - number}"), age=timedelta(hours=number))
        follower = await read_all(mailbox.source())
        assert subjects([found.raw for found in follower.mails]) == [f"m{number}" for number in range(1, 8)]
        assert len({found.event_id for found in follower.mails}) == 7

    async def test_mail_from_before_first_contact_is_not_announced(self, mailbox: Mailbox) -> None:
        await mailbox.deliver(mail("old"), age=timedelta(days=FIRST_CONTACT_DAYS, hours=3))
        await mailbox.deliver(mail("new"), age=timedelta(days=FIRST_CONTACT_DAYS, hours=-3))
        assert subjects([found.raw for found in (await read_all(mailbox.source())).mails]) == ["new"]

    async def test_a_restart_announces_nothing_again(self, mailbox: Mailbox) -> None:
        await mailbox.deliver(mail("one"))
        first = await read_all(mailbox.source())
        assert (await read_all(mailbox.source(), first.cursor)).mails == []

    async def test_mail_that_came_while_away_is_found(self, mailbox: Mailbox) -> None:
        await mailbox.deliver(mail("before"))
        first = await read_all(mailbox.source())
        await mailbox.deliver(mail("away1"))
        await mailbox.deliver(mail("away2"))
        second = await read_all(mailbox.source(), first.cursor)
        assert sorted(subjects([found.raw for found in second.mails])) == ["away1", "away2"]

    async def test_mail_that_came_while_away_from_an_empty_mailbox_is_found_whatever_its_age(
        self, mailbox: Mailbox
    ) -> None:
        first = await read_all(mailbox.source())
        await mailbox.deliver(mail("late"), age=timedelta(days=FIRST_CONTACT_DAYS, hours=1))
        assert subjects([found.raw for found in (await read_all(mailbox.source(), first.cursor)).mails]) == ["late"]

    async def test_a_stop_after_any_batch_loses_and_repeats_nothing(self, mailbox: Mailbox) -> None:
        for number in range(BATCH_MAILS + 5):
            await mailbox.deliver(mail(f"m{number}"))
        cursor: dict[str, bytes] = {}
        found: list[bytes] = []
        while True:
            async with Follower(mailbox.source(), cursor) as follower:
                batch = await follower.next()
            cursor = follower.cursor
            found += [one.raw for one in batch.mails]
            if not batch.mails:
                break
        assert sorted(subjects(found)) == sorted(f"m{number}" for number in range(BATCH_MAILS + 5))

    async def test_a_batch_that_was_not_stored_comes_again(self, mailbox: Mailbox) -> None:
        await mailbox.deliver(mail("one"))
        first = await read_all(mailbox.source())
        again = await read_all(mailbox.source(), {})
        assert [found.event_id for found in again.mails] == [found.event_id for found in first.mails]

    async def test_new_mail_is_found_while_following(self, mailbox: Mailbox) -> None:
        async with Follower(mailbox.source()) as follower:
            await follower.until_in_step()
            before = datetime.now(UTC)
            await mailbox.deliver(mail("live"))
            (found,) = await follower.until_found(1)
        assert subjects([found.raw]) == ["live"]
        assert before - timedelta(seconds=1) <= found.found_at <= datetime.now(UTC)

    async def test_batches_are_bounded_in_mails_and_bytes(self, mailbox: Mailbox) -> None:
        for number in range(BATCH_MAILS + 20):
            await mailbox.deliver(mail(f"s{number}"))
        for number in range(6):
            await mailbox.deliver(mail(f"b{number}", "x" * 78 + "\r\n") + b"y" * 76 * 5000)
        batches = (await read_all(mailbox.source())).batches
        assert all(len(batch.mails) <= BATCH_MAILS for batch in batches)
        assert all(
            len(batch.mails) == 1 or sum(len(one.raw) for one in batch.mails) <= BATCH_BYTES for batch in batches
        )
        assert sum(len(batch.mails) for batch in batches) == BATCH_MAILS + 26

    async def test_progress_counts_down_to_nothing(self, mailbox: Mailbox) -> None:
        for number in range(BATCH_MAILS * 2 + 1):
            await mailbox.deliver(mail(f"m{number}"))
        remaining = [batch.remaining for batch in (await read_all(mailbox.source())).batches]
        assert remaining[0] == BATCH_MAILS + 1
        assert remaining == sorted(remaining, key=lambda count: -(count or 0))
        assert remaining[-1] == 0

    async def test_cursor_entries_are_bytes(self, mailbox: Mailbox) -> None:
        await mailbox.deliver(mail("one"))
        cursor = (await read_all(mailbox.source())).cursor
        assert cursor
        assert {type(entry) for entry in cursor.values()} == {bytes}

    async def test_a_mailbox_that_cannot_be_reached_is_a_provider_error(self, mailbox: Mailbox) -> None:
        await mailbox.break_off()
        with pytest.raises(ProviderError):
            await read_all(mailbox.source())

    async def test_closing_leaves_no_task_behind(self, mailbox: Mailbox) -> None:
        await mailbox.deliver(mail("one"))
        before = asyncio.all_tasks()
        async with Follower(mailbox.source()) as follower:
            await follower.until_in_step()
        gc.collect()  # a transport left open warns here, and warnings are errors
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == before

    async def test_a_cancelled_wait_closes_cleanly(self, mailbox: Mailbox) -> None:
        before = asyncio.all_tasks()
        async with Follower(mailbox.source()) as follower:
            await follower.until_in_step()
            waiting = asyncio.create_task(follower.next(30))
            await asyncio.sleep(0.1)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        gc.collect()
        assert asyncio.all_tasks() == before
