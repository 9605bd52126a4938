"""A mailbox stores each batch before it asks for the next, survives whatever its source does, and says how it is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

import pytest

from agents.accounts import Account
from agents.ingest import door as doors
from agents.ingest import mailbox as subject
from agents.ingest.backoff import Backoff
from agents.ingest.budget import ByteBudget
from agents.ingest.door import Door
from agents.ingest.mailbox import Mailbox, Surroundings
from agents.ingest.records import FolderKey, Submission
from agents.ingest.roster import Roster
from agents.ingest.states import FolderState, State, States
from agents.sources.base import AuthFailed, Batch, FoundMail, ProviderTransient, Room, unbounded
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
    """A source that plays batches, errors and requests for room (numbers), then waits for ever."""

    def __init__(self, *steps: Batch | Exception | int) -> None:
        self.steps = list(steps)
        self.asked = 0
        self.cursors: list[dict[str, bytes]] = []
        self.room: Room = unbounded

    async def changes(self, cursor: Mapping[str, bytes]) -> AsyncIterator[Batch]:
        self.cursors.append(dict(cursor))
        while self.steps:
            step = self.steps.pop(0)
            self.asked += 1
            if isinstance(step, Exception):
                raise step
            if isinstance(step, int):
                await self.room(step)
                continue
            yield step
        await asyncio.Event().wait()


def surroundings(budget: ByteBudget, *, slots: int, **settings: float) -> Surroundings:
    given = load(**settings)
    return Surroundings(
        settings=given, gmail=Service(given), states=States(), budget=budget, slots=asyncio.Semaphore(slots)
    )


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

    around = surroundings(ByteBudget(budget), slots=2, reconnect_max_s=0.1)

    def make(room: Room) -> Script:
        source.room = room
        return source

    mailbox = Mailbox(ACCOUNT, KEY, make, door=Door(60), cursor=lambda: cursor, submit=store, around=around)
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
    async with asyncio.timeout(60):
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
        await soon(lambda: bool(state.reason))
        await asyncio.sleep(0.3)
        assert (source.asked, stored, state.reason) == (1, [], "box: wrong password; run `triage account test box`")


async def test_replaced_credentials_are_tried_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "LOOK_S", 0.01)
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
        await soon(lambda: source.asked > 0)
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


async def test_memory_is_granted_before_a_mailbox_fetches_and_given_back_when_all_is_stored() -> None:
    gate = asyncio.Event()
    source = Script(600, mail(1, 500), 700, mail(2, 700), Batch(remaining=0), 900)
    async with reading(source, lambda _: gate.wait(), budget=1000) as (_, stored, budget):
        await soon(lambda: source.asked == 2)
        assert (budget.used, stored) == (600, [])
        gate.set()
        await soon(lambda: len(stored) == 2 and source.asked == 6)
        assert budget.used == 900  # nothing is held beside what it asked for last


async def test_while_nothing_can_be_stored_only_the_budget_is_fetched_whatever_the_number_of_mailboxes() -> None:
    """Kafka is away and mail comes to all of them."""
    budget, never = ByteBudget(1000), asyncio.Event()
    around = surroundings(budget, slots=20)
    sources = [Script(100, mail(1, 100)) for _ in range(50)]

    async def store(_: Submission) -> None:
        await never.wait()

    def make(source: Script, room: Room) -> Script:
        source.room = room
        return source

    tasks = [
        asyncio.create_task(
            Mailbox(
                ACCOUNT, FolderKey(f"box{number}", ""), partial(make, source), door=Door(60), cursor=dict,
                submit=store, around=around,
            ).run()
        )
        for number, source in enumerate(sources)
    ]  # fmt: skip
    await soon(lambda: sum(source.asked == 2 for source in sources) == 10)
    await asyncio.sleep(0.05)
    assert (sum(source.asked == 2 for source in sources), budget.used) == (10, 1000)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert budget.used == 0


async def test_only_a_time_that_was_good_counts_as_stable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that keeps us waiting for longer than STABLE_S before it fails never was a good connection."""
    lasted: list[float] = []

    def note(_: Backoff, seconds: float = 0.0) -> float:
        lasted.append(seconds)
        return 0.0

    monkeypatch.setattr(Backoff, "next_s", note)

    class Slow(Script):
        async def changes(self, cursor: Mapping[str, bytes]) -> AsyncIterator[Batch]:
            await asyncio.sleep(0.5)
            async for batch in super().changes(cursor):
                yield batch

    source = Slow(ProviderTransient("away"), Batch(), ProviderTransient("away"))
    async with reading(source):
        await soon(lambda: len(lasted) == 2)
    assert lasted[0] == 0.0
    assert 0.0 < lasted[1] < 0.5


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


def test_a_roster_refuses_what_belongs_to_another_partition() -> None:
    roster = Roster(lambda key: key != b"box")
    roster.take_in([(b"box", ACCOUNT.encode())])
    roster.publish()
    assert roster.accounts == {}
    assert "wrong partition" in roster.invalid["box"]


async def test_point_12_accounts_that_never_answer_do_not_use_up_the_slots(monkeypatch: pytest.MonkeyPatch) -> None:
    """More silent servers than may connect at the same time, and a healthy one behind them."""
    monkeypatch.setattr(subject, "SLOT_S", 0.01)
    around = surroundings(ByteBudget(1000), slots=2)
    stored = asyncio.Event()

    async def store(_: Submission) -> None:
        stored.set()

    tasks = [
        asyncio.create_task(
            Mailbox(
                ACCOUNT, FolderKey(f"box{number}", ""), partial(lambda source, _: source, source), door=Door(60),
                cursor=dict, submit=store, around=around,
            ).run()
        )
        for number, source in enumerate([*(Script() for _ in range(20)), Script(mail(1))])
    ]  # fmt: skip
    await asyncio.wait_for(stored.wait(), 60)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert around.slots._value == 2
