"""What the control topic says, pure: names, values, expiry, lanes; and what a process makes of it."""

from __future__ import annotations

import asyncio
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.durations import parse_span
from infra.errors import ConfigError
from infra.settings import load
from streams.control import KNOBS, ORDERS, AuditEntry, Follower, Order, Override, Values, follower
from streams.control.knobs import find, find_order
from streams.control.lanes import held_lanes
from streams.control.records import MalformedControl
from streams.control.view import View
from streams.moments import utc_text

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


def override(value: Any, *, seconds: float | None = None) -> bytes:
    expires = None if seconds is None else utc_text(NOW + timedelta(seconds=seconds))
    return Override(value=value, who="me", why="a test", at=utc_text(NOW), expires_at=expires).encode()


def order() -> bytes:
    return Order(who="me", why="a test", at=utc_text(NOW)).encode()


@pytest.mark.parametrize(
    ("name", "given_", "value"),
    [
        ("BATCH_SIZE", "10", 10), ("BATCH_SIZE", 10, 10), ("PARALLEL_PROCESSING", "false", False),
        ("FALLBACK_PROVIDER", "imap", "imap"), ("FALLBACK_PROVIDER", "", ""), ("LOG_LEVEL", "DEBUG", "DEBUG"),
        ("LANE:urgent", "paused", "paused"), ("BREAKER:gmail/user", "open", "open"), ("BREAKER:imap", "auto", "auto"),
        ("MIN_PRIORITY", "8", 8), ("LANE_BATCH_SIZE:low", "50", 50), ("LANE_WORKERS:low", "1", 1), ("DATABASE_MAX_OVERFLOW", "30", 30),
    ],
)  # fmt: skip
def test_a_value_is_parsed_as_its_setting_wants(name: str, given_: object, value: object) -> None:
    assert find(name).parse(given_) == value
    assert type(find(name).parse(given_)) is type(value)


@pytest.mark.parametrize(
    ("name", "given_", "said"),
    [
        ("BATCH_SIZE", "0", "BATCH_SIZE='0'.*greater than or equal to 1"),
        ("BATCH_SIZE", "many", "valid integer"),
        ("BATCH_SIZE", True, "should be a int"),
        ("BATCH_SIZE", float("nan"), "finite"),
        ("BATCH_SIZE:low", "1", "takes nothing behind a colon"),
        ("LOG_LEVEL", "LOUD", "'DEBUG', 'INFO'"),
        ("LANE", "paused", "LANE:WHICH"),
        ("LANE:express", "paused", "LANE:WHICH"),
        ("BREAKER:gmail/../x", "open", "BREAKER:WHICH"),
        ("DATABASE_URL", "x", "no setting that can be changed live"),
    ],
)
def test_a_name_or_value_that_is_not_allowed_is_named(name: str, given_: object, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        find(name).parse(given_)


def test_every_start_value_is_allowed() -> None:
    settings = load()
    for knob in KNOBS.values():
        assert knob.parse(knob.start(settings)) == knob.start(settings)
        assert knob.processes
    with pytest.raises(ConfigError, match="no order"):
        find_order("dance")


def test_an_override_holds_until_it_is_cleared_or_expires() -> None:
    view = View(load(batch_size=7))
    assert view.values(NOW)["BATCH_SIZE"] == 7
    view.hear("BATCH_SIZE", override(10, seconds=60), 1)
    view.hear("LANE:low", override("paused"), 2)
    assert view.values(NOW)["BATCH_SIZE"] == 10
    assert view.next_expiry(NOW) == NOW + timedelta(seconds=60)
    later = NOW + timedelta(seconds=60)
    assert (view.values(later)["BATCH_SIZE"], view.next_expiry(later)) == (7, None)
    assert view.values(later).of("LANE") == {"low": "paused"}
    view.hear("LANE:low", None, 3)
    assert view.values(later).of("LANE") == {}
    assert (view.revision, view.revision_of("BATCH_SIZE"), view.revision_of("LANE:low")) == (3, 1, 0)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("BATCH_SIZE", b"{}"), ("BATCH_SIZE", b"\xff"), ("BATCH_SIZE", override(0)), ("BATCH_SIZE", override("10")),
        ("SPEED", override(1)), ("LANE:x", override("paused")), ("BATCH_SIZE", override({"a": 1})),
    ],
)  # fmt: skip
def test_a_record_that_cannot_be_followed_ends_what_was_and_is_told(key: str, value: bytes) -> None:
    view = View(load(batch_size=7))
    view.hear("BATCH_SIZE", override(10), 1)
    view.hear(key, value, 2)
    assert key in view.refused
    assert view.values(NOW)["BATCH_SIZE"] == (7 if key == "BATCH_SIZE" else 10)
    view.hear(key, None, 3)
    assert view.refused == {}


@given(
    st.text(max_size=30) | st.sampled_from(sorted(KNOBS)),
    st.binary(max_size=60) | st.builds(override, st.integers(-(2**63), 2**63)),
)
def test_nothing_on_the_topic_stops_a_process(key: str, value: bytes) -> None:
    view = View(load())
    view.hear(key, value, 1)
    view.values(NOW).of("LANE")
    assert view.revision == 1


@pytest.mark.parametrize("kind", [Override, Order, AuditEntry])
def test_a_record_of_another_kind_is_refused_and_one_of_a_later_version_is_read(kind: Any) -> None:
    data = {one.name: "x" for one in fields(kind)} | {"at": utc_text(NOW), "expires_at": None, "revision": 1}
    assert kind.decode(orjson.dumps(data | {"later": 1})).who == "x"
    with pytest.raises(MalformedControl):
        kind.decode(orjson.dumps(data | {"at": "yesterday"}))
    with pytest.raises(MalformedControl):
        kind.decode(orjson.dumps(data | {"who": 7}))


@pytest.mark.parametrize(
    ("least", "paused", "held"),
    [
        (0, [], ""), (3, [], ""), (4, [], "low"), (6, [], "low"), (7, [], "low normal"),
        (8, [], "low normal"), (9, [], "high low normal"), (10, [], "high low normal"), (0, ["urgent"], "urgent"),
        (9, ["low", "urgent"], "high low normal urgent"),
    ],
)  # fmt: skip
def test_whole_lanes_wait(least: int, paused: list[str], held: str) -> None:
    """With priorities 0-3 low, 4-6 normal, 7-8 high, 9-10 urgent: a lane that has what is wanted goes on as a whole."""
    view = View(load())
    view.hear("MIN_PRIORITY", override(least), 1)
    for lane in paused:
        view.hear(f"LANE:{lane}", override("paused"), 2)
    assert " ".join(sorted(held_lanes(view.values(NOW)))) == held


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("30m", 1800), ("1h30m", 5400), ("2D", 172_800)])
def test_a_span_of_time(text: str, seconds: int) -> None:
    assert parse_span(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "0s", "30", "m", "-5m", "5m5h", "1.5h", "forever"])
def test_no_span_of_time(text: str) -> None:
    with pytest.raises(ConfigError, match="write 90s, 30m"):
        parse_span(text)


class Process:
    """A follower without Kafka, at a time that the test moves."""

    def __init__(self) -> None:
        self.now = NOW
        self.follower = Follower(load(batch_size=7), clock=lambda: self.now)
        self.told: list[object] = []
        self.offset = 0
        self.follower.on("BATCH_SIZE", apply=lambda values: self.told.append(values["BATCH_SIZE"]))

    def hear(self, key: str, value: bytes | None, *, live: bool = True) -> None:
        self.follower.hear(key.encode(), value, offset=self.offset, live=live)
        self.follower.apply()
        self.offset += 1


async def test_a_change_is_applied_once_and_ends_by_itself() -> None:
    process = Process()
    process.hear("BATCH_SIZE", override(10, seconds=60), live=False)
    process.hear("LANE:low", override("paused"))
    assert process.told == [7, 10]
    assert process.follower.revision == 2
    process.now += timedelta(seconds=60)
    process.follower.apply()
    process.follower.apply()
    assert process.told == [7, 10, 7]


async def test_a_setting_that_fails_to_apply_is_told_and_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    process = Process()

    def fail(values: Values) -> None:
        if values["LOG_LEVEL"] != "INFO":
            raise ZeroDivisionError

    process.follower.on("LOG_LEVEL", apply=fail)
    assert not process.follower.checks
    process.hear("LOG_LEVEL", override("DEBUG"))
    process.hear("BATCH_SIZE", override(10))
    reasons = [(check.name, check.reason) for check in process.follower.checks]
    assert reasons == [("control", "LOG_LEVEL not applied: ZeroDivisionError")]
    assert process.told == [7, 10]
    process.hear("LOG_LEVEL", None)
    assert process.follower.checks == ()


async def test_an_order_is_carried_out_by_who_runs_when_it_is_given() -> None:
    process, done = Process(), list[Order]()
    process.follower.on_order("clear-cache", done.append)
    process.hear("order:clear-cache", order(), live=False)
    assert done == []
    process.hear("order:clear-cache", order())
    process.hear("order:clear-cache", b"nonsense")
    process.hear("order:clear-cache", None)
    process.hear("order:another", order())
    assert [one.who for one in done] == ["me"]
    assert set(ORDERS) >= {"clear-cache"}


async def test_who_is_slow_to_hear_waits_and_who_cannot_hear_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lane that an operator has paused is not worked on because a busy machine reads slowly."""
    monkeypatch.setattr(follower, "CATCH_UP_S", 0.01)
    heard, stop = asyncio.Event(), asyncio.Event()

    class Slow(Follower):
        async def _follow(self) -> None:
            await heard.wait()
            self._caught_up.set()
            await asyncio.Event().wait()

    class Deaf(Follower):
        async def _follow(self) -> None:
            raise LookupError

    async with Deaf(load()) as deaf, asyncio.timeout(30):
        await deaf.caught_up(stop)
    async with Slow(load()) as slow:
        waiting = asyncio.create_task(slow.caught_up(stop))
        await asyncio.wait([waiting], timeout=0.1)
        assert not waiting.done()
        heard.set()
        async with asyncio.timeout(30):
            await waiting
