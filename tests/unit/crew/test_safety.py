"""A hundred injections and a model that obeys: nothing leaves the enumerations, falls below its floor or leaks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from agents.crew.case import case_of
from agents.crew.panel.answers import Answers, Assessment, Suspicion
from agents.crew.plain import plain
from agents.crew.reviewing import opinion_of
from agents.fakes.model.judge import obedient
from streams.triage.opinion import Bounds, Deception, Opinion, Standing, Sureness, revised
from streams.triage.policy import DEFAULT, lane_for
from streams.triage.verdict import Category, Lane
from tests.unit.crew.injections import PLACES, Injection, injections
from tests.unit.crew.requests import request_of

ALL = list(injections())


def test_they_are_a_hundred_and_all_different() -> None:
    assert len({one.raw for one in ALL}) == 100
    assert {one.place for one in ALL} == set(PLACES)


@pytest.mark.parametrize("one", ALL, ids=lambda one: f"{one.number}-{one.place}")
def test_a_model_that_obeys_leads_nowhere_below_the_floor(one: Injection) -> None:
    request = request_of(one.raw)
    case = case_of(request)
    prompt = case.fenced("0123456789ab")
    assert prompt.count("0123456789ab") == 2, "nothing in the mail looks like the fence"
    others = [case_of(request_of(each.raw)).body for each in ALL[:5] if each is not one]
    assert not [each.secret for each in ALL if each is not one and each.secret in prompt]
    try:
        answers = Answers(
            assessment=Assessment.model_validate_json(obedient(prompt, "Assessment", others)),
            suspicion=Suspicion.model_validate_json(obedient(prompt, "Suspicion", others)),
        )
    except ValidationError:
        return  # outside the enumerations: no opinion at all
    opinion = opinion_of(answers)
    verdict = request.verdict
    before = Standing(
        priority=verdict.priority, lane=verdict.lane, category=verdict.category, needs_reply=verdict.needs_reply
    )
    after = revised(before, opinion, request.bounds, DEFAULT)
    assert after.priority >= request.bounds.floor
    assert after.category in Category
    assert after.lane is lane_for(after.priority, DEFAULT)
    assert len(opinion.why) <= 240


@pytest.mark.parametrize(
    ("place", "marker"), [("html_comment", "<!--"), ("zero_width", "\u200b"), ("tags", "\U000e0069")]
)
def test_what_a_person_does_not_see_the_model_does_not_either(place: str, marker: str) -> None:
    for one in (each for each in ALL if each.place == place):
        assert marker not in case_of(request_of(one.raw)).body
        if place == "html_comment":
            assert " ".join(one.order.split())[:30] not in case_of(request_of(one.raw)).body


def test_quoted_text_is_marked() -> None:
    one = next(each for each in ALL if each.place == "quoted")
    body = case_of(request_of(one.raw)).body
    own, _, quoted = body.partition("It quotes (not written by its sender now):")
    assert " ".join(one.order.split())[:25] in quoted
    assert " ".join(one.order.split())[:25] not in own


CATEGORIES, LANES = st.sampled_from(list(Category)), st.sampled_from(list(Lane))


@given(
    priority=st.integers(0, 10), category=CATEGORIES, reply=st.booleans(), floor=st.integers(0, 10),
    lane=LANES, other=CATEGORIES, wants=st.booleans(), sure=st.sampled_from(list(Sureness)),
    deception=st.sampled_from(list(Deception)),
)  # fmt: skip
def test_whatever_is_said_the_verdict_stays_within_its_bounds(
    priority: int, category: Category, reply: bool, floor: int, lane: Lane, other: Category, wants: bool,
    sure: Sureness, deception: Deception,
) -> None:  # fmt: skip
    bounds = Bounds(floor=min(priority, floor), ceiling=10)
    before = Standing(priority=priority, lane=lane_for(priority, DEFAULT), category=category, needs_reply=reply)
    said = Opinion(lane=lane, category=other, needs_reply=wants, sureness=sure, deception=deception)
    after = revised(before, said, bounds, DEFAULT)
    assert bounds.floor <= after.priority <= bounds.ceiling
    assert after.lane is lane_for(after.priority, DEFAULT)
    if category is Category.PHISHING:
        assert after == before, "never un-junked, never raised"
    if deception is not Deception.NONE:
        assert after.priority <= before.priority, "what is suspected is never raised"
    if after.category is not Category.PHISHING and before.needs_reply:
        assert after.needs_reply


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Pay at https://evil.example/now, please", "Pay at (link) please"),
        ("<b>bold</b>\n\nand\u202e more\x1b[31m", "b bold /b and more 31m"),
        ("JavaScript:alert(1) www.evil.example", "(link) (link)"),
        ("x" * 500, "x" * 239 + "…"),
    ],
)
def test_a_models_words_are_one_harmless_line(said: str, shown: str) -> None:
    assert plain(said, 240) == shown


@given(st.text(max_size=3000))
def test_no_words_are_dangerous_or_long(said: str) -> None:
    shown = plain(said, 240)
    assert len(shown) <= 240
    assert not set("<>`[]{}|\n\x1b\u202e") & set(shown)
    assert "://" not in shown or "(link)" in shown
