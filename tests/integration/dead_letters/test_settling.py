"""Replays that are killed at any moment, or run beside each other, put every letter back once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client import REGISTRY

from infra.settings import Settings
from monitoring.dead_letters.follower import OpenLetters
from streams.dead_letters import settle
from streams.dead_letters.book import read
from streams.dead_letters.selection import Selection
from streams.dead_letters.settle import Settled
from streams.topics import DEAD, LANES, RECEIVED
from streams.transactions import Outgoing, TakenOver, Transactions
from streams.triage.verdict import Lane
from tests.integration.dead_letters.log import records, write

LETTERS = 40
CAUSE = {"agent": "triage", "error": "KeyError"}


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def account(settings: Settings, unique: str) -> bytes:
    """A mailbox with dead letters of one cause: each a record of its own, the last of them twice."""
    key = unique.encode()
    letters = []
    for number in (*range(LETTERS), LETTERS - 1):
        headers = {
            "ce_id": f"{unique}{number:022x}", "other": "", "dead_agent": "triage", "dead_error": "KeyError",
            "dead_reason": f"{number}", "dead_topic": RECEIVED.name, "dead_partition": "2", "dead_offset": str(number),
        }  # fmt: skip
        letters.append((key, b"mail %d" % number, [(name, text.encode()) for name, text in headers.items()]))
    write(settings, DEAD.name, letters)
    return key


def replay(settings: Settings, account: bytes, progress: Callable[[int, int], None] = lambda _, __: None) -> Settled:
    selection = Selection(accounts=(account.decode(),))
    return asyncio.run(settle.replay(settings, selection, who="test", why="", progress=progress))


def put_back(settings: Settings, account: bytes) -> Counter[bytes]:
    return Counter(one.value or b"" for one in records(settings, RECEIVED.name) if one.key == account)


def killed_after(write_: Callable[..., None], turn: int, *, committed: bool) -> Callable[..., None]:
    """`Transactions.write` that a kill hits at its nth call: before the commit, or just after it."""
    calls = 0

    def write_until(log: Transactions, out: Sequence[Outgoing]) -> None:
        nonlocal calls
        calls += 1
        if calls <= turn:
            write_(log, out)
            return
        if committed:
            write_(log, out)
        else:
            log._producer.begin_transaction()
            for record in out:
                log._produce(record)
            log._producer.flush(60)
        raise Killed

    return write_until


def test_kills_between_and_within_transactions(
    settings: Settings, account: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settle, "STEP_LETTERS", 9)
    whole = Transactions.write
    for turn, committed in ((1, True), (0, False), (1, False)):
        with monkeypatch.context() as patched:
            patched.setattr(Transactions, "write", killed_after(whole, turn, committed=committed))
            with pytest.raises(Killed):
                replay(settings, account)
    told: list[tuple[int, int]] = []
    last = replay(settings, account, lambda done, of: told.append((done, of)))
    assert put_back(settings, account) == {b"mail %d" % number: 1 for number in range(LETTERS)}
    assert last.same == 1, "two letters of one failure: the record is put back once"
    assert told[-1] == (last.replayed + 1, last.replayed + 1)
    assert replay(settings, account) == Settled()
    letters = asyncio.run(read(settings))
    assert [one for one in letters.open() if one.account == account.decode()] == []


def test_the_record_is_as_it_was_and_says_that_it_is_a_replay(settings: Settings, account: bytes) -> None:
    before = [one for one in records(settings, DEAD.name) if one.key == account]
    replay(settings, account)
    after = [one for one in records(settings, RECEIVED.name) if one.key == account]
    assert {one.partition for one in after} == {2}
    for dead, back in zip(before, after, strict=False):
        assert (back.key, back.value) == (dead.key, dead.value)
        assert [pair for pair in back.headers if not pair[0].startswith("replay_")] == list(dead.headers[:2])
        said = dict(back.headers)
        assert said["replay_attempt"] == b"1"
        assert said["replay_of"] == f"mail.dead/{dead.partition}/{dead.offset}".encode()


def test_of_two_replays_at_once_the_first_stops(
    settings: Settings, account: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settle, "STEP_LETTERS", 9)
    seconds: list[Settled] = []

    def second_starts(done: int, of: int) -> None:
        del of
        if done <= 9 and not seconds:
            with ThreadPoolExecutor(1) as beside:  # a loop runs in this thread
                seconds.append(beside.submit(replay, settings, account).result(120))

    with pytest.raises(TakenOver, match="theirs goes on"):
        replay(settings, account, second_starts)
    assert put_back(settings, account) == {b"mail %d" % number: 1 for number in range(LETTERS)}


def test_dead_letters_of_the_archive_go_back_to_their_lane(settings: Settings, unique: str) -> None:
    lane = LANES[Lane.URGENT].name
    why = {"dead_topic": lane, "dead_partition": "1", "dead_offset": "5", "ce_id": unique + "0" * 22}
    foreign = {"dead_topic": "accounts", "dead_partition": "1", "dead_offset": "5"}
    for headers in (why, foreign):
        write(
            settings, DEAD.name, [(unique.encode(), b"{}", [(name, text.encode()) for name, text in headers.items()])]
        )
    done = replay(settings, unique.encode())
    assert (done.replayed, len(done.impossible)) == (1, 1)
    assert [one.value for one in records(settings, lane) if one.key == unique.encode()] == [b"{}"]
    drop = settle.drop(settings, Selection(accounts=(unique,)), who="test", why="not ours")
    assert asyncio.run(drop).dropped == 1


async def test_open_letters_are_a_metric(settings: Settings, account: bytes) -> None:
    async def shown(wanted: int) -> None:
        while True:
            letters.show()
            if (REGISTRY.get_sample_value("crewai_dead_letters_open", CAUSE) or 0) == wanted:
                return
            await asyncio.sleep(0.1)

    letters = OpenLetters(settings)
    before = len([one for one in (await read(settings)).open() if (one.agent, one.error) == ("triage", "KeyError")])
    following = asyncio.create_task(letters.run())
    try:
        async with asyncio.timeout(90):
            await shown(before)
            await asyncio.to_thread(replay, settings, account)
            await shown(before - LETTERS - 1)
    finally:
        following.cancel()
        await asyncio.wait([following])
