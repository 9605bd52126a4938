"""A mailbox stores each batch before it asks for the next, survives whatever its source does, and says how it is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from agents.accounts import Account
from agents.ingest import mailbox
from agents.ingest.budget import ByteBudget
from agents.ingest.mailbox import Mailbox, Surroundings
from agents.ingest.records import FolderKey, Submission
from agents.ingest.roster import Roster
from agents.ingest.states import FolderState, State, States
from agents.sources.base import AuthFailed, Batch, FoundMail, ProviderTransient
from agents.sources.gmail import Service
from infra.settings import load

KEY = FolderKey("box", "INBOX")
ACCOUNT = Account(id="box", kind="maildir", maildir="/x")


def mail(number: int, size: int = 10) -> Batch:
    found = FoundMail(
        event_id=str(number), raw=b"x" * size, size=size, truncated=False, location="", found_at=datetime.now(UTC)
    )
    return Batch(mails=(found,), cursor={"n": str(number).encode()}, remaining=1)


class Script:
    """A source that plays batches and errors, then waits for ever."""

    def __init__(self, *steps: Batch | Exception) -> None:
        self.steps = list(steps)
        self.asked = 0
        self.cursors: list[dict[str, bytes]] = []

    async def changes(self, cursor: Mapping[str, bytes]) -> AsyncIterator[Batch]:
        self.cursors.append(dict(cursor))
        while self.steps:
            step = self.steps.pop(0)
            self.asked += 1
            if isinstance(step, Exception):
                raise step
            yield step
        await asyncio.Event().wait()


@asynccontextmanager
async def reading(
    source: Script, submit: Callable[[Submission], object] | None = None, budget: int = 10_000_000
) -> AsyncIterator[tuple[FolderState, list[Submission], ByteBudget]]:
    stored: list[Submission] = []
    cursor: dict[str, bytes] = {}

    async def store(submission: Submission) -> None:
        if submit:
            result = submit(submission)
            if asyncio.iscoroutine(result):
                await result
        stored.append(submission)
        cursor.update({name: value or b"" for name, value in submission.batch.cursor.items()})

    settings = load(reconnect_max_s=0.1, auth_retry_s=60)
    around = Surroundings(
        settings=settings,
        gmail=Service(settings),
        states=States(),
        budget=ByteBudget(budget),
        slots=asyncio.Semaphore(2),
    )
    mailbox = Mailbox(ACCOUNT, KEY, lambda: source, cursor=lambda: cursor, submit=store, around=around)
    task = asyncio.create_task(mailbox.run())
    await asyncio.sleep(0)
    (state,) = around.states
    yield state, stored, around.budget
    task.cancel()
    await asyncio.wait([task])
    assert len(around.states) == 0
    assert around.budget.used == 0
    assert around.slots._value == 2


async def soon(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is watched has no event
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("error", [ProviderTransient("away"), RuntimeError("a bug"), ValueError("another")])
async def test_after_a_failure_it_reads_on_from_what_is_stored(error: Exception) -> None:
    source = Script(mail(1), mail(2), error, mail(3))
    async with reading(source) as (state, stored, _):
        await soon(lambda: len(stored) == 3)
        assert source.cursors == [{}, {"n": b"2"}]
        assert state.announced == 3


async def test_refused_credentials_are_not_tried_again_soon() -> None:
    source = Script(AuthFailed("box: wrong password; run `triage account test box`"), mail(1))
    async with reading(source) as (state, stored, _):
        await soon(lambda: state.state == State.AUTH_FAILED)
        await asyncio.sleep(0.3)
        assert (source.asked, stored, state.reason) == (1, [], "box: wrong password; run `triage account test box`")


async def test_replaced_credentials_are_tried_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "LOOK_S", 0.01)
    refusal, replaced = AuthFailed("box: revoked; run `triage auth login box`"), asyncio.Event()
    refusal.mended = replaced.is_set
    async with reading(Script(refusal, mail(1))) as (state, stored, _):
        await soon(lambda: state.state == State.AUTH_FAILED)
        await asyncio.sleep(0.1)
        assert stored == []
        replaced.set()
        await soon(lambda: len(stored) == 1)


async def test_the_next_batch_is_asked_for_only_after_the_last_is_stored() -> None:
    gate = asyncio.Event()
    source = Script(mail(1), mail(2))
    async with reading(source, lambda _: gate.wait()) as (_, stored, _budget):
        await asyncio.sleep(0.05)
        assert (source.asked, stored) == (1, [])
        gate.set()
        await soon(lambda: len(stored) == 2)


async def test_an_empty_batch_is_a_proof_of_life_and_is_not_stored() -> None:
    async with reading(Script(mail(1), Batch(remaining=0))) as (state, stored, _):
        await soon(lambda: state.state == State.IN_STEP)
        assert len(stored) == 1


async def test_new_mail_does_not_put_a_mailbox_out_of_step() -> None:
    async with reading(Script(Batch(), mail(1))) as (state, stored, _):
        await soon(lambda: len(stored) == 1)
        assert state.state == State.IN_STEP


async def test_a_mailbox_that_catches_up_reserves_memory_before_it_fetches() -> None:
    async with reading(Script(mail(1), mail(2)), budget=1_000_000) as (_, stored, budget):
        await soon(lambda: len(stored) == 2)
        await asyncio.sleep(0.02)
        assert budget.used == 1_000_000  # it said that one more waits


async def test_an_error_message_of_a_bug_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """It may quote mail."""
    with caplog.at_level(logging.INFO):
        async with reading(Script(RuntimeError("Dear Bob, the code is 1234"))) as (state, _, _budget):
            await soon(lambda: state.state == State.RETRYING)
    assert "1234" not in state.reason
    assert all("1234" not in record.getMessage() for record in caplog.records)


def test_a_roster_shows_nothing_until_loaded_then_every_change() -> None:
    roster = Roster()
    roster.take_in([(b"box", ACCOUNT.encode()), (b"old", b"{}"), (b"old", None)])
    assert roster.accounts == {}
    roster.publish()
    assert (set(roster.accounts), roster.invalid) == ({"box"}, {})
    roster.take_in([(b"bad", b"{"), (b"box", None)])
    assert (set(roster.accounts), set(roster.invalid)) == (set(), {"bad"})
    roster.restart()
    roster.take_in([(b"box", ACCOUNT.encode())])
    assert set(roster.invalid) == {"bad"}
    roster.publish()
    assert (set(roster.accounts), roster.invalid) == ({"box"}, {})
