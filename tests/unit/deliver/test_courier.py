"""A courier between its schedule and a post whose answers the test writes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import pytest
from aiokafka.errors import KafkaConnectionError
from prometheus_client import REGISTRY

from agents.breakers import Breaker, BreakerState
from agents.deliver.answer import Answer, Fate, failed
from agents.deliver.courier import Courier
from agents.deliver.endpoints import Endpoint
from agents.deliver.post import Post
from agents.deliver.schedule import Delivery, Place
from agents.deliver.undelivered import UndeliveredLog
from infra.settings import load
from streams.triage.verdict import Category, Lane
from tests.clock import Clock
from tests.unit.deliver.rows import LaneRecord, lane_record

TAKEN = Answer(fate=Fate.DELIVERED, reason="HTTP 200")
BUSY = Answer(fate=Fate.AGAIN, reason="HTTP 429", pause_s=30)
LATER = Answer(fate=Fate.AGAIN, reason="HTTP 409")
NO = Answer(fate=Fate.REFUSED, reason="HTTP 400")
DOWN = failed("cannot be reached")
HIGH = Place("mail.high", 0)


class ScriptedPost:
    """Answers as `decide` says; remembers what it was given, in order."""

    def __init__(self) -> None:
        self.sent: list[Delivery] = []
        self.under_way = self.most_under_way = 0
        self.decide: Callable[[Delivery], Answer] = lambda _: TAKEN
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(self, delivery: Delivery) -> Answer:
        self.sent.append(delivery)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(0)
            await self.gate.wait()
            return self.decide(delivery)
        finally:
            self.under_way -= 1

    def of(self, account: str) -> list[int]:
        return [one.event.offset for one in self.sent if one.account == account]


class ScriptedLog:
    def __init__(self) -> None:
        self.kept: list[tuple[int, str, int]] = []
        self.failures = 0

    async def add(self, endpoint: Endpoint, event: LaneRecord, reason: str, attempts: int) -> None:
        if self.failures:
            self.failures -= 1
            raise KafkaConnectionError
        self.kept.append((event.offset, reason, attempts))


class Scene:
    def __init__(self, unique: str, **endpoint: Any) -> None:
        given = {"name": f"e{unique}", "url": "https://a.example/", "secrets": ("env:A",), "give_up_s": 60} | endpoint
        self.clock, self.post, self.log = Clock(), ScriptedPost(), ScriptedLog()
        self.endpoint = Endpoint.model_validate(given)
        self.breaker = Breaker(f"webhook/{self.endpoint.name}", failures=3, reset_s=60, clock=self.clock)
        self.courier = Courier(
            load(deliver_retry_max_s=0.1), self.endpoint, cast("Post", self.post), self.breaker,
            cast("UndeliveredLog", self.log), clock=self.clock, draw=lambda: 0.0,
        )  # fmt: skip

    def take(self, *records: LaneRecord) -> None:
        for record in records:
            self.courier.take(record)
        self.courier.dispatch()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not holds():
                self.courier.dispatch()  # as the reader's loop does
                await asyncio.sleep(0.005)

    async def until_done(self) -> None:
        await self.until(lambda: not len(self.courier.schedule))

    def counted(self, outcome: str) -> float:
        labels = {"endpoint": self.endpoint.name, "outcome": outcome}
        return REGISTRY.get_sample_value("crewai_deliveries_total", labels) or 0.0


@pytest.fixture
async def scene(unique: str) -> AsyncIterator[Scene]:
    scene = Scene(unique)
    yield scene
    await scene.courier.give_back()


async def test_everything_is_delivered_in_the_order_of_its_account(scene: Scene) -> None:
    scene.take(*(lane_record("abc"[number % 3], number) for number in range(60)))
    await scene.until_done()
    assert [scene.post.of(account) for account in "abc"] == [list(range(first, 60, 3)) for first in range(3)]
    assert scene.courier.schedule.positions() == {HIGH: 60}
    assert (scene.courier.delivered, scene.counted("delivered")) == (60, 60)
    assert 1 < scene.post.most_under_way <= scene.endpoint.max_in_flight


async def test_one_that_is_not_taken_yet_holds_back_its_account_and_no_other(scene: Scene) -> None:
    scene.post.decide = lambda one: LATER if one.account == "a" and one.attempts < 3 else TAKEN
    scene.take(*(lane_record("ab"[number % 2], number) for number in range(6)))
    await scene.until(lambda: scene.post.of("b") == [1, 3, 5])
    await scene.until_done()
    assert scene.post.of("a") == [0] * 4 + [2] * 4 + [4] * 4
    assert scene.counted("again") == 9


async def test_what_is_refused_is_kept_and_the_next_goes_on(scene: Scene) -> None:
    scene.post.decide = lambda one: NO if one.event.offset == 0 else TAKEN
    scene.take(lane_record("a", 0), lane_record("a", 1))
    await scene.until_done()
    assert scene.log.kept == [(0, "HTTP 400", 1)]
    assert scene.post.of("a") == [0, 1]
    assert scene.courier.schedule.positions() == {HIGH: 2}
    assert scene.counted("undelivered") == 1


async def test_what_takes_too_long_is_kept(scene: Scene) -> None:
    def decide(one: Delivery) -> Answer:
        scene.clock.now += 25
        return LATER

    scene.post.decide = decide
    scene.take(lane_record("a", 0))
    await scene.until_done()
    assert scene.log.kept == [(0, "HTTP 409", 3)]


async def test_nothing_is_passed_while_the_reason_cannot_be_kept(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.deliver.courier.LEDGER_RETRY_S", 0.01)
    scene.log.failures = 2
    scene.post.decide = lambda _: NO
    scene.take(lane_record("a", 0))
    await scene.until_done()
    assert scene.log.kept == [(0, "HTTP 400", 3)]


async def test_an_endpoint_that_is_down_is_left_alone_and_then_probed_by_one(scene: Scene) -> None:
    scene.post.decide = lambda _: DOWN
    scene.take(*(lane_record(f"a{number}", number) for number in range(20)))
    await scene.until(lambda: scene.breaker.state == BreakerState.OPEN and not scene.post.under_way)
    attempted = len(scene.post.sent)
    assert attempted <= scene.endpoint.max_in_flight
    assert scene.courier.trouble == "cannot be reached"
    scene.courier.dispatch()
    assert len(scene.post.sent) == attempted

    scene.post.decide, scene.clock.now = lambda _: TAKEN, scene.clock.now + 60
    scene.post.gate.clear()
    await scene.until(lambda: len(scene.post.sent) == attempted + 1)
    scene.courier.dispatch()
    assert scene.post.under_way == 1, "one probe"
    assert scene.post.sent[-1].attempts == 0, "with what has not failed yet"
    scene.post.gate.set()
    await scene.until_done()
    assert (scene.log.kept, scene.courier.trouble) == ([], "")


async def test_who_asks_for_a_pause_gets_it_and_is_not_held_for_sick(scene: Scene) -> None:
    answers = iter([BUSY])
    scene.post.decide = lambda _: next(answers, TAKEN)
    scene.take(lane_record("a", 0))
    await scene.until(lambda: bool(scene.courier.trouble))
    scene.take(lane_record("b", 1))
    for _ in range(20):
        scene.courier.dispatch()
        await asyncio.sleep(0.01)
    assert len(scene.post.sent) == 1
    scene.clock.now += 30
    await scene.until_done()
    assert scene.breaker.state == BreakerState.CLOSED


async def test_filters_pass_over_without_an_attempt(unique: str) -> None:
    scene = Scene(unique, categories=("work",), accounts=("a",))
    scene.take(
        lane_record("a", 0, category=Category.SPAM),
        lane_record("b", 1, category=Category.WORK),
        lane_record("a", 2, category=Category.WORK),
        LaneRecord("mail.high", 0, 3, b"a", b"no verdict"),
    )
    await scene.until_done()
    assert scene.post.of("a") == [2]
    assert scene.courier.schedule.positions() == {HIGH: 4}
    assert scene.counted("filtered") == 2


async def test_a_lane_that_an_operator_holds_waits_in_place_and_goes_on_in_order(scene: Scene) -> None:
    scene.courier.held = frozenset({"mail.low"})
    scene.take(lane_record("a", 0, lane=Lane.LOW), lane_record("a", 1, lane=Lane.LOW), lane_record("a", 5))
    await scene.until(lambda: scene.courier.delivered == 1)
    assert scene.post.of("a") == [5]
    assert Place("mail.low", 0) not in scene.courier.schedule.positions(), "its lag says so"
    scene.courier.held = frozenset()
    await scene.until_done()
    assert scene.post.of("a") == [5, 0, 1]


async def test_parallelism_is_what_an_operator_says(scene: Scene) -> None:
    scene.courier.at_once = 1
    scene.take(*(lane_record(f"a{number}", number) for number in range(10)))
    await scene.until_done()
    assert scene.post.most_under_way == 1


async def test_a_defect_of_ours_is_tried_again_and_holds_nobody_up(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    def decide(one: Delivery) -> Answer:
        if one.account == "a" and len(scene.post.of("a")) < 3:
            raise ZeroDivisionError
        return TAKEN

    scene.post.decide = decide
    scene.take(lane_record("a", 0), lane_record("a", 1), lane_record("b", 2))
    await scene.until_done()
    assert (scene.post.of("a"), scene.post.of("b")) == ([0, 0, 0, 1], [2])
    assert "an attempt broke off" in caplog.text


async def test_partitions_are_given_back_without_what_is_under_way(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.deliver.courier.DRAIN_S", 0.05)
    scene.take(lane_record("a", 0))
    await scene.until_done()
    scene.post.gate.clear()
    scene.take(lane_record("a", 1), lane_record("b", 2))
    assert await scene.courier.give_back() == {HIGH: 1}
    assert scene.post.under_way == 0
    scene.post.gate.set()
    scene.take(lane_record("a", 1))  # the same record, read again
    await scene.until_done()
    assert scene.post.of("a") == [0, 1, 1]
    assert len({one.webhook_id for one in scene.post.sent if one.event.offset == 1}) == 1
