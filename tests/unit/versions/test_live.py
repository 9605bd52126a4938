"""A worker's policy changes while it runs; a candidate counts and harms nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from infra.settings import load
from monitoring.metrics import SHADOW_VERDICTS
from streams.control import Follower, Values
from streams.control.records import Override
from streams.events import Received, VerdictRecord, event_id
from streams.replay.again import Rows
from streams.route import triage
from streams.runtime import Event
from streams.triage.shipped import DEFAULT
from streams.versions import document, store
from streams.versions.document import UnusableVersion
from streams.versions.judge import Judge, judge, of_files, shipped_weights
from streams.versions.live import FAILED, Live
from tests.unit.runtime.records import Record

RAW = b"From: a@corp.example\r\nTo: me@corp.example\r\nSubject: Sign today?\r\n\r\nCould you please sign it by tomorrow?\r\n"
MUTES = judge(document.encode('mutes = ["*@corp.example"]', DEFAULT), shipped_weights())
SHIPS = of_files(None, None)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@dataclass
class Control:
    """As much of a follower as is asked for."""

    troubles: dict[str, str] = field(default_factory=dict)
    apply: Any = None

    def on(self, *names: str, apply) -> None:
        self.apply = apply
        self.say()

    def say(self, policy: str = "", shadow: str = "") -> None:
        said = {"POLICY": policy, "SHADOW": shadow}
        overrides = {name: Override(value=value, who="a", why="b", at="c") for name, value in said.items() if value}
        self.apply(Values(load(), overrides))


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> dict[bytes, bytes]:
    """What the topic holds; a test adds to it."""
    held: dict[bytes, bytes] = {}

    async def keep(_, one: Judge) -> None:
        policy, _, model = one.name.encode().partition(b"/")
        held.update({store.POLICY + policy: one.document, store.MODEL + model: one.weights})

    async def read(_) -> store.Library:
        return store.Library(held)

    monkeypatch.setattr(store, "keep", keep)
    monkeypatch.setattr(store, "read", read)
    monkeypatch.setattr("streams.versions.live.RETRY_S", 0.01)
    return held


def event(offset: int = 0) -> Event:
    received = Received(event_id=event_id("box", offset), account="box", raw=RAW, received_at=NOW, location="x")
    return Record(offset=offset, key=b"box", value=RAW, headers=received.headers())


def decided(live: Live, offset: int = 0) -> VerdictRecord:
    outcome = live.deciding(triage)(event(offset), Rows())
    live.committed([event(offset)], [outcome])
    return VerdictRecord.decode(outcome.outputs[0].value)


async def until(condition) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_what_is_promoted_decides_the_next_mail_and_what_is_cleared_returns(library: dict[bytes, bytes]) -> None:
    live, control = Live(load(), SHIPS), Control()
    live.follow(cast("Follower", control))
    await live.ready(asyncio.Event())
    first = decided(live)
    assert first.policy_version == DEFAULT.version
    await store.keep(load(), MUTES)
    control.say(policy=MUTES.name)
    await until(lambda: live.judge.name == MUTES.name)
    assert decided(live).policy_version == MUTES.policy.version
    assert decided(live).lane == "low"
    control.say()
    await until(lambda: live.judge is SHIPS)
    assert decided(live) == first
    assert any(key.endswith(SHIPS.name[:12].encode()) for key in library), "what it starts with is kept for later"


async def test_a_candidate_that_is_promoted_does_not_decide_twice_and_is_one_again_after_a_rollback(
    library: dict[bytes, bytes],
) -> None:
    live, control = Live(load(), SHIPS), Control()
    live.follow(cast("Follower", control))
    await store.keep(load(), MUTES)
    for promoted, decides, beside in ((False, SHIPS, MUTES), (True, MUTES, None), (False, SHIPS, MUTES)):
        control.say(policy=MUTES.name if promoted else "", shadow=MUTES.name)
        await live.ready(asyncio.Event())
        assert live.judge.name == decides.name
        assert (live.candidate and live.candidate.name) == (beside and beside.name)


async def test_what_cannot_be_loaded_is_said_and_taken_up_when_it_can(library: dict[bytes, bytes]) -> None:
    live, control = Live(load(), SHIPS), Control()
    live.follow(cast("Follower", control))
    control.say(policy=MUTES.name)
    await until(lambda: "POLICY" in control.troubles)
    assert MUTES.name in control.troubles["POLICY"]
    assert decided(live).policy_version == DEFAULT.version
    await store.keep(load(), MUTES)
    await until(lambda: live.judge.name == MUTES.name)
    await until(lambda: not control.troubles)


def count(*labels: str) -> float:
    value: float = SHADOW_VERDICTS.labels(*labels)._value.get()
    return value


async def test_a_candidate_is_counted_once_per_committed_mail_and_changes_nothing() -> None:
    live = Live(load(), SHIPS)
    alone = decided(live)
    live.candidate = MUTES
    labels = (str(alone.lane), "low", "same")
    before = count(*labels)
    for _ in range(3):  # a batch that is taken again
        live.deciding(triage)(event(7), Rows())
    assert count(*labels) == before
    beside = decided(live, 7)
    assert count(*labels) == before + 1
    assert (beside.lane, beside.reasons, beside.policy_version) == (alone.lane, alone.reasons, alone.policy_version)


async def test_a_candidate_that_fails_harms_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    live = Live(load(), SHIPS)
    alone = decided(live, 3)
    live.candidate = MUTES

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Judge, "decide", fail)
    before = count(str(alone.lane), FAILED, "differs")
    assert decided(live, 3) == alone
    assert count(str(alone.lane), FAILED, "differs") == before + 1


def test_a_record_whose_content_is_not_what_its_key_says_is_not_used() -> None:
    policy, _, model = MUTES.name.encode().partition(b"/")
    held = {store.POLICY + policy: SHIPS.document, store.MODEL + model: MUTES.weights}
    assert not store.Library(held).holds(MUTES.name)
    with pytest.raises(UnusableVersion, match="holds no"):
        store.Library(held).judge(MUTES.name)


def test_the_judge_of_an_old_verdict_is_found_by_its_versions() -> None:
    policy, _, model = MUTES.name.encode().partition(b"/")
    library = store.Library({store.POLICY + policy: MUTES.document, store.MODEL + model: MUTES.weights})
    found = library.that_decided("box", MUTES.policy.version, MUTES.model.version)
    assert found is not None
    assert found.name == MUTES.name
    assert library.that_decided("box", DEFAULT.version, MUTES.model.version) is None
    assert library.that_decided("box", MUTES.policy.version, "0" * 12) is None
