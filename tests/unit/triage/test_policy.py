"""The policy table: bounds, names, version."""

from __future__ import annotations

import dataclasses

import pytest

from streams.triage.confidence import confidence
from streams.triage.policy import Effect, LaneBounds, lane_for
from streams.triage.rules import RULES
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Category, Lane

LANES = {0: "low", 3: "low", 4: "normal", 6: "normal", 7: "high", 8: "high", 9: "urgent", 10: "urgent"}


@pytest.mark.parametrize(("priority", "lane"), LANES.items())
def test_each_priority_has_its_lane(priority: int, lane: str) -> None:
    assert lane_for(priority, DEFAULT) == lane


@pytest.mark.parametrize("priority", [-1, 11, 100])
def test_a_priority_outside_has_none(priority: int) -> None:
    with pytest.raises(ValueError, match=str(priority)):
        lane_for(priority, DEFAULT)


@pytest.mark.parametrize(
    "lanes",
    [
        (LaneBounds(lane=Lane.LOW, lowest=0, highest=9),),
        (LaneBounds(lane=Lane.LOW, lowest=0, highest=6), LaneBounds(lane=Lane.HIGH, lowest=6, highest=10)),
        (LaneBounds(lane=Lane.LOW, lowest=0, highest=4), LaneBounds(lane=Lane.HIGH, lowest=6, highest=10)),
    ],
)
def test_lanes_with_a_gap_or_an_overlap_are_refused(lanes: tuple[LaneBounds, ...]) -> None:
    with pytest.raises(ValueError, match="lanes"):
        dataclasses.replace(DEFAULT, lanes=lanes)


def test_a_row_that_names_no_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="no_such_rule"):
        dataclasses.replace(DEFAULT, effects={**DEFAULT.effects, "no_such_rule": Effect()})


def test_the_version_follows_the_content() -> None:
    effects = {**DEFAULT.effects, "asks_for_something": Effect(priority=9.0)}
    assert dataclasses.replace(DEFAULT).version == DEFAULT.version
    assert dataclasses.replace(DEFAULT, effects=effects).version != DEFAULT.version
    assert dataclasses.replace(DEFAULT, reply_at=3.0).version != DEFAULT.version


def test_junk_is_bounded_below_the_normal_lane() -> None:
    for category in (Category.BULK, Category.SPAM, Category.PHISHING):
        assert lane_for(round(DEFAULT.kinds[category].highest), DEFAULT) is Lane.LOW


def test_history_may_raise_by_less_than_a_point() -> None:
    assert DEFAULT.limits["history"] < 1
    assert any(rule.group == "history" for rule in RULES.values())


def test_asking_alone_never_leads_to_the_urgent_lane() -> None:
    start = DEFAULT.kinds[Category.WORK].start
    assert lane_for(round(start + DEFAULT.limits["people"]), DEFAULT) is Lane.HIGH


def test_every_limit_names_a_group_of_rules() -> None:
    assert set(DEFAULT.limits) <= {rule.group for rule in RULES.values()}


def test_confidence_falls_towards_the_edge_of_a_lane() -> None:
    evidence = dict.fromkeys(Category, 0.0) | {Category.WORK: 2.0}
    middle, edge = (confidence(score, evidence, Category.WORK, DEFAULT) for score in (5.0, 6.49))
    assert 0 < edge < middle < 1


def test_confidence_falls_when_categories_disagree() -> None:
    clear = dict.fromkeys(Category, 0.0) | {Category.WORK: 3.0}
    torn = clear | {Category.PHISHING: 2.9}
    assert confidence(5.0, torn, Category.WORK, DEFAULT) < confidence(5.0, clear, Category.WORK, DEFAULT)
