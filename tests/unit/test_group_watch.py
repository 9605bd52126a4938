"""A member that is out of its group is given up when no rebalance explains it any more."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from infra.settings import load
from infra.waiting import first
from streams import group_watch
from streams.group_watch import GroupWatch, OutOfGroup, Patience, Standing

WORKS = Standing("", 1)
OUT = Standing("it waits", 1)
PATIENCE_S = 2 * 30.0 + 15.0


@pytest.mark.parametrize(
    ("fails", "is_over"),
    [
        ("", False),
        ("0", False),
        ("0 10", False),
        ("0 10 11", True),
        ("0 11", True),
        ("0 ok 11", False),
        ("0 9 ok 11 20", False),
        ("0 9 ok 11 22", True),
        ("0 11 ok", False),
    ],
)
def test_patience_is_over_after_failures_without_a_break(fails: str, is_over: bool) -> None:
    patience, over = Patience(10), False
    for one in fails.split():
        if one == "ok":
            patience.succeeded()
            over = False
        else:
            over = patience.failed(float(one))
    assert over == is_over


@given(st.lists(st.tuples(st.floats(0, 9), st.booleans()), max_size=30))
def test_patience_never_ends_before_its_time_and_never_later(steps: list[tuple[float, bool]]) -> None:
    patience, now, since = Patience(10), 0.0, None
    for wait, fails in steps:
        now += wait
        if fails:
            since = now if since is None else since
            assert patience.failed(now) == (now - since > 10)
        else:
            patience.succeeded()
            since = None


class Clock:
    """Seconds that the test counts."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(group_watch, "monotonic", made)
    return made


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What a newcomer will hear of the coordinator, one each; nothing: an answer."""
    left: list[bool] = []

    async def answers(*_: object) -> bool:
        return left.pop(0) if left else True

    monkeypatch.setattr(group_watch, "answers", answers)
    return left


def watch(group: str = "group") -> GroupWatch:
    return GroupWatch(load(kafka_session_timeout_s=15), group, rebalance_s=30)


def measured(name: str, group: str = "group") -> float | None:
    return REGISTRY.get_sample_value(name, {"group": group})


async def given_up_at(made: GroupWatch, clock: Clock, seen: Iterator[tuple[float, Standing]]) -> float | None:
    """When it is given up, in seconds since the first."""
    began = clock.now
    for seconds, one in seen:
        clock.now = began + seconds
        try:
            await made.check(one)
        except OutOfGroup:
            return seconds
    return None


def each_second(until_s: float, *changes: tuple[float, Standing]) -> Iterator[tuple[float, Standing]]:
    """How the member stands, from each time to the next."""
    for (begin, one), (end, _) in pairwise([*changes, (until_s, WORKS)]):
        yield from ((float(second), one) for second in range(int(begin), int(end)))


@pytest.mark.parametrize(
    ("changes", "given_up"),
    [
        ([(0, WORKS)], None),
        ([(0, OUT)], PATIENCE_S + 1),
        ([(0, Standing("it waits"))], PATIENCE_S + 1),
        ([(0, WORKS), (50, OUT)], 50 + PATIENCE_S + 1),
        ([(0, OUT), (70, WORKS), (71, OUT)], 71 + PATIENCE_S + 1),
        ([(0, OUT), (40, Standing("another reason", 1))], PATIENCE_S + 1),
        ([(0, OUT), (70, Standing("it waits", 2)), (140, Standing("it waits", 3))], 140 + PATIENCE_S + 1),
        ([(0, OUT), (70, Standing("it waits", -1))], PATIENCE_S + 1),
        ([(0, OUT), (70, Standing())], None),
    ],
    ids=[
        "works", "out from the start", "in none", "out later", "in for a moment", "for several reasons",
        "gets on with each rebalance", "put out meanwhile", "not to join any more",
    ],
)  # fmt: skip
async def test_who_is_out_for_longer_than_a_rebalance_takes_is_given_up(
    clock: Clock, asked: list[bool], changes: list[tuple[float, Standing]], given_up: float | None
) -> None:
    assert await given_up_at(watch(), clock, each_second(400, *changes)) == given_up


async def test_while_the_coordinator_answers_nobody_none_is_given_up(clock: Clock, asked: list[bool]) -> None:
    asked += [False, False]
    made = watch()
    assert await given_up_at(made, clock, each_second(1000, (0, OUT))) == 3 * (PATIENCE_S + 1) + 2
    assert not asked


async def test_how_long_it_is_out_is_measured_and_told_once_no_rebalance_explains_it(
    clock: Clock, asked: list[bool]
) -> None:
    made = watch("told")
    await made.check(WORKS)
    assert (measured("crewai_group_out_seconds", "told"), measured("crewai_consumers_given_up_total", "told")) == (0, 0)
    for seconds, told in ((0.0, False), (20.0, False), (31.0, True), (60.0, True)):
        clock.now = 1000 + seconds
        await made.check(OUT)
        assert measured("crewai_group_out_seconds", "told") == seconds
        assert made.trouble == ("group told: it waits" if told else "")
    clock.now = 1000 + PATIENCE_S + 1
    with pytest.raises(OutOfGroup, match="group told: it waits"):
        await made.check(OUT)
    assert measured("crewai_consumers_given_up_total", "told") == 1
    await made.check(WORKS)
    assert (measured("crewai_group_out_seconds", "told"), made.trouble) == (0, "")
    made.left()
    clock.now += 5
    assert measured("crewai_group_out_seconds", "told") == 5


async def test_a_new_consumer_has_the_whole_time_again(clock: Clock, asked: list[bool]) -> None:
    made = watch()
    assert await given_up_at(made, clock, each_second(400, (0, OUT))) == PATIENCE_S + 1
    assert await given_up_at(made, clock, each_second(400, (0, OUT))) == PATIENCE_S + 1


class TestBesideTheWork:
    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch: pytest.MonkeyPatch, asked: list[bool]) -> None:
        monkeypatch.setattr(group_watch, "LOOK_S", 0.001)

    async def test_work_that_waits_for_ever_is_ended_when_the_member_is_given_up(self) -> None:
        made, ended = watch(), asyncio.Event()
        made._patience = Patience(0.01)

        async def work() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        with pytest.raises(OutOfGroup):
            await made.beside(work(), lambda: OUT)
        assert ended.is_set()

    @pytest.mark.parametrize("error", [None, OSError("disk"), KeyError("x")])
    async def test_it_ends_as_the_work_ends(self, error: Exception | None) -> None:
        async def work() -> None:
            await asyncio.sleep(0.01)
            if error is not None:
                raise error

        if error is None:
            await watch().beside(work(), lambda: WORKS)
        else:
            with pytest.raises(type(error)):
                await watch().beside(work(), lambda: WORKS)

    async def test_work_that_the_client_cancels_is_no_end_in_order(self) -> None:
        async def work() -> None:
            raise asyncio.CancelledError

        with pytest.raises(OutOfGroup, match="ended what polls it"):
            await watch().beside(work(), lambda: WORKS)

    async def test_who_is_cancelled_leaves_nothing_running(self) -> None:
        running = asyncio.Event()

        async def work() -> None:
            running.set()
            await asyncio.Event().wait()

        before = asyncio.all_tasks()
        beside = asyncio.create_task(watch().beside(work(), lambda: WORKS))
        await running.wait()
        beside.cancel()
        await first(beside)
        assert beside.cancelled()
        assert asyncio.all_tasks() == before


async def test_a_broker_that_is_away_answers_no_newcomer() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = load(kafka_bootstrap_servers=f"127.0.0.1:{port}")
    assert not await group_watch.answers(settings, "group"), "it closes every connection"
    server.close()
    await server.wait_closed()
    assert not await group_watch.answers(settings, "group"), "it refuses"
