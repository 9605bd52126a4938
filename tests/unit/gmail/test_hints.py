"""Who waits for a mailbox's commits, and what is forgotten when nobody does."""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime, timedelta

import pytest

from agents.accounts import Account, GmailMailbox
from agents.sources.gmail import Service
from agents.sources.gmail.hints import Listener
from infra.errors import ConfigError
from infra.settings import load
from monitoring import metrics


async def test_a_waiter_that_gave_up_leaves_nothing_behind() -> None:
    listener = Listener()
    for history_id in range(1, 100):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await listener.until_committed(history_id)
    assert not listener._waiting


async def test_a_commit_answers_all_up_to_it_and_no_more() -> None:
    listener = Listener()
    waiting = [asyncio.create_task(listener.until_committed(history_id)) for history_id in (5, 3, 7)]
    await asyncio.sleep(0)
    listener.commit(5)
    await asyncio.sleep(0)
    assert [task.done() for task in waiting] == [True, True, False]
    listener.commit(0)  # a list to catch up with: nobody knows
    assert listener.reached == 5
    waiting[2].cancel()


async def test_a_mailbox_that_counts_anew_hears_its_pushes_again() -> None:
    listener = Listener()
    listener.hint(1000)
    listener.commit(1000)
    listener.commit(10)
    listener.hint(11)
    assert await listener.until_hinted(1)


async def test_point_1_a_mailbox_that_this_process_reads_no_more_is_none_of_its_watches() -> None:
    """Else its watch would seem to expire, for another process renews it."""
    service = Service(load())
    with service.owned("box"):
        service.watches.set("box", datetime.now(UTC) + timedelta(hours=1))
        service.watches.measure()
        assert 3590 < metrics.WATCH_EXPIRY_SECONDS._value.get() < 3610
    service.watches.measure()
    assert metrics.WATCHES._value.get() == 0
    assert math.isnan(metrics.WATCH_EXPIRY_SECONDS._value.get())


async def test_a_token_is_not_sent_in_the_clear() -> None:
    service = Service(load(gmail_api_root="http://gmail.example.org"))
    account = Account(id="box", kind="gmail", gmail=GmailMailbox(email="box@example.org"))
    with pytest.raises(ConfigError, match="an https URL is needed"):
        service.api(account)
