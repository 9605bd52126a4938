"""The learned model: its file, what it adds to a decision, and that every reason of its says what it does."""

from __future__ import annotations

import dataclasses
import math
import re
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.mail import Address, Link, Mail
from streams.triage import model, signals
from streams.triage.build import build
from streams.triage.decide import RULES_ALONE, decide
from streams.triage.features import Features
from streams.triage.model import HEADS, MODEL, Head, Model, read
from streams.triage.model_opinion import MOST, Opinion
from streams.triage.phrases import Cue
from streams.triage.rules import RULES
from streams.triage.scale import on_scale
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Category, Facts, Lane
from tests.unit.triage.test_decide import FAILS, facts, mails
from tests.unit.triage.written import COLLEAGUE, FACTS, mail

WEIGHTS = files("streams.triage").joinpath("weights.json")
ASK = mail("Could you send me the signed contract by Friday? I need it for the meeting.", sender=COLLEAGUE)
ADVERT = mail("Hi, make money fast, no risk, click here now, free offer, lose weight, order today", "Free money")


def without(head: str, **changes: object) -> Model:
    return dataclasses.replace(MODEL, **{head: dataclasses.replace(getattr(MODEL, head), **changes)})


def test_the_version_is_the_contents() -> None:
    content = WEIGHTS.read_bytes()
    assert read(content).version == MODEL.version
    assert read(content + b"\n").version != MODEL.version
    assert decide(ASK, FACTS, DEFAULT).model_version == MODEL.version
    assert decide(ASK, FACTS, DEFAULT, None).model_version == RULES_ALONE


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"junk": 1}'])
def test_anything_else_is_refused_and_the_remedy_named(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"agents\.training"):
        read(content)


def test_only_signals_that_exist_have_weights() -> None:
    for name in HEADS:
        assert set(getattr(MODEL, name).rules) <= set(RULES)
    cues, forms = set(map(str, Cue)), {name.partition(" ")[0] for name in signals.form(Features(ASK, FACTS))}
    assert cues.isdisjoint(forms)
    for head in (MODEL.approach, MODEL.deceit):
        assert {name for name in head.form if name.partition(" ")[0] not in forms} <= cues
    assert len(MODEL.priority.asking) == len(MODEL.reply.asking) == len(signals.ASKING)
    assert set(model.SENTENCES).isdisjoint(RULES)


def test_what_was_learned_names_nobody() -> None:
    """Weights hold plain words: no addresses, numbers or hosts; the vocabulary's rules are in agents.training."""
    plain = re.compile(r"(?:s:)?(?:[^\W\d_]+|#n|#time|#url|[?!.])")
    words = {word for name in HEADS for word in getattr(MODEL, name).words}
    assert not [word for word in words if not plain.fullmatch(word)]
    assert not [
        pair
        for pair in MODEL.sentences.weights
        if not re.fullmatch(r"(?:[^\W\d_]+|[#^$?!.]\w*)(?: (?:[^\W\d_]+|[#^$?!.]\w*))?", pair)
    ]
    names = set("enron vince kaminski jeff kay mann spamassassin ilug iiu exmh freshrpms zzzzteana sourceforge".split())
    assert names.isdisjoint({word.removeprefix("s:") for word in MODEL.junk.words})
    assert (names - {"mann"}).isdisjoint(words)  # of the project's own mail, and German for man
    assert names.isdisjoint({word for pair in MODEL.sentences.weights for word in pair.split()})


@pytest.mark.parametrize("of", [ASK, mail("Here are the notes of last week.", sender=COLLEAGUE)])
def test_without_a_named_reason_the_score_is_as_much_lower_as_it_says(of: Mail) -> None:
    """Faithful: what the model gave is gone, by exactly that weight, when what it learned of that is taken away."""
    said = {reason.rule: reason.weight for reason in decide(of, FACTS, DEFAULT).reasons}
    mute = without("priority", asking=(0.0,) * len(signals.ASKING))
    silenced = {reason.rule: reason.weight for reason in decide(of, FACTS, DEFAULT, mute).reasons}
    assert model.REQUEST not in silenced
    assert sum(said.values()) - sum(silenced.values()) == pytest.approx(said.get(model.REQUEST, 0.0), abs=0.002)
    for name in set(said) & set(MODEL.priority.rules):
        head = {rule: weight for rule, weight in MODEL.priority.rules.items() if rule != name}
        other = {
            reason.rule: reason.weight for reason in decide(of, FACTS, DEFAULT, without("priority", rules=head)).reasons
        }
        assert said[name] - other.get(name, 0.0) == pytest.approx(MODEL.priority.rules[name], abs=0.002)


def test_a_request_counts_and_its_sentences_say_so() -> None:
    ask, tell = (
        decide(of, FACTS, DEFAULT) for of in (ASK, mail("The contract was signed last week.", sender=COLLEAGUE))
    )
    weights = [{one.rule: one.weight for one in said.reasons}.get(model.REQUEST, 0.0) for said in (ask, tell)]
    assert weights[0] > weights[1]
    assert ask.needs_reply
    assert ask.priority > tell.priority


def test_what_cannot_wait_adds_its_points_and_says_so_and_without_them_the_score_is_as_much_lower() -> None:
    of = mail(
        "Water is pouring through the ceiling onto the switchboard and I cannot find the valve.", sender=COLLEAGUE
    )
    never = without("pressing", bias=-1000.0)
    said, calm = decide(of, FACTS, DEFAULT), decide(of, FACTS, DEFAULT, never)
    weights, others = ({one.rule: one.weight for one in each.reasons} for each in (said, calm))
    assert weights.pop(model.PRESSURE) > 0
    assert weights == others
    assert said.priority > calm.priority


def test_what_can_wait_is_not_lowered_by_that() -> None:
    said = decide(mail("Here are the minutes of the flood drill, thanks to all.", sender=COLLEAGUE), FACTS, DEFAULT)
    assert model.PRESSURE not in {reason.rule for reason in said.reasons}


def test_the_points_of_what_cannot_wait_have_a_limit_and_a_rule_taken_away_takes_its_part() -> None:
    of = Features(ASK, FACTS)
    far = without("pressing", bias=50.0, rules={"asks_for_something": 1.5})
    opinion = Opinion(far, of, ["asks_for_something"])
    assert opinion.pressure == MOST
    less = opinion.without(["asks_for_something"])
    assert opinion.pressing - less.pressing == pytest.approx(1.5)
    assert opinion.without([model.PRESSURE]).pressure == 0


def test_junk_is_recognised_by_its_words_and_says_so() -> None:
    said = decide(ADVERT, Facts(), DEFAULT)
    assert said.category is Category.SPAM
    assert model.WORDING in {reason.rule for reason in said.reasons}


OFFER = mail(
    "Hello, we have the addresses of 4,000 dentists with phone and mail. The list is yours for a small price, and I can "
    "send ten samples for free. Are you interested? Then just reply to this mail.",
    "Dentists in your area",
)
FRAUD = mail(
    "Hi, are you at your desk? I need you to buy gift cards for a client today, I will pay you back. "
    "Keep it between us and send me the codes by mail. I am in a meeting and cannot talk.",
    "Quick task",
)


@pytest.mark.parametrize(("of", "category"), [(OFFER, Category.SPAM), (FRAUD, Category.PHISHING)])
def test_unasked_offers_and_frauds_of_today_are_recognised_whatever_their_build(of: Mail, category: Category) -> None:
    assert decide(of, FACTS, DEFAULT).category is category


@pytest.mark.parametrize(("deceit", "category"), [(-50.0, Category.SPAM), (50.0, Category.PHISHING)])
def test_an_approach_that_alone_makes_a_mail_junk_is_all_of_its_step_down(deceit: float, category: Category) -> None:
    of = mail("Shall we meet on Monday to look at the plan?")
    eager = dataclasses.replace(without("approach", bias=50.0), deceit=Head(bias=deceit, rules={}, form={}, words={}))
    said, never = decide(of, FACTS, DEFAULT, eager), decide(of, FACTS, DEFAULT, without("approach", bias=-50.0))
    assert (said.category, said.lane) == (category, Lane.LOW)
    weights = {reason.rule: reason.weight for reason in said.reasons}
    assert weights[model.APPROACH] == pytest.approx(DEFAULT.kinds[category].start - DEFAULT.kinds[Category.WORK].start)
    assert never.category is Category.WORK
    assert model.APPROACH not in {reason.rule for reason in never.reasons}
    assert said.counterfactual
    assert said.counterfactual.without == (model.APPROACH,)


@pytest.mark.parametrize(
    "of",
    [
        dataclasses.replace(OFFER, sender=COLLEAGUE),
        dataclasses.replace(OFFER, list_unsubscribe="<https://a.example/off>"),
        dataclasses.replace(
            OFFER, list_id="talk.lists.example", headers={"list-post": ("<mailto:talk@lists.example>",)}
        ),
    ],
)
def test_only_a_stranger_approaches_and_no_list(of: Mail) -> None:
    eager = without("approach", bias=1000.0)
    assert not Features(of, FACTS).approaches
    assert model.APPROACH not in {reason.rule for reason in decide(of, FACTS, DEFAULT, eager).reasons}


def test_a_rule_taken_away_takes_its_part_in_an_approach() -> None:
    far = dataclasses.replace(
        without("approach", bias=50.0, rules={"cold_pitch": 1.5}),
        deceit=Head(rules={"cold_pitch": -2.0}, form={}, words={}),
    )
    opinion = Opinion(far, Features(OFFER, FACTS), ["cold_pitch"])
    less = opinion.without(["cold_pitch"])
    assert opinion.approach - less.approach == pytest.approx(1.5)
    assert opinion.deceit - less.deceit == pytest.approx(-2.0)
    assert opinion.without([model.APPROACH]).approach == -math.inf


def test_the_model_cannot_talk_away_phishing_that_the_rules_recognise() -> None:
    certain = without("junk", bias=-100.0)
    fake = mail("Your account will be suspended within 2 hours: verify your account below.", authentication=FAILS)
    assert decide(fake, FACTS, DEFAULT, certain).category is Category.PHISHING


def test_the_model_cannot_raise_a_newsletter() -> None:
    eager = without("priority", bias=100.0)
    news = mail("Sale. Unsubscribe here.", "Newsletter", list_unsubscribe="<mailto:a@b.example>", precedence="bulk")
    assert decide(news, FACTS, DEFAULT, eager).lane is Lane.LOW


@pytest.mark.parametrize(
    "said", [["could", "you", "send", "it"], ["it", "rained", "and", "rained"], ["xyzzy", "plugh"]]
)
def test_the_quick_pass_finds_what_the_words_and_pairs_add_up_to(said: list[str]) -> None:
    weights = MODEL.sentences.weights
    slow = MODEL.sentences.bias + sum(weights.get(each, 0.0) for each in signals.sentence(said))
    assert MODEL.sentences.odds([*said, "."]) == pytest.approx([slow])
    asked = MODEL.sentences.bias + sum(weights.get(each, 0.0) for each in signals.sentence([*said, "?"]))
    assert MODEL.sentences.odds([".", *said, "?", "one", "."]) == pytest.approx([asked])


@given(mails, facts)
def test_every_mail_has_an_opinion_within_bounds(of: Mail, known: Facts) -> None:
    features = Features(of, known)
    asked = signals.asking(features, MODEL.sentences)
    assert all(0 <= each <= 1 for each in asked)
    assert sorted(asked[:3], reverse=True) == list(asked[:3])
    opinion = Opinion(MODEL, features, [])
    bounded = ("wording", "junk", "deceit", "form", "request", "reply", "pressing")
    assert all(abs(getattr(opinion, name)) < 50 for name in bounded)
    assert features.approaches == (opinion.approach > -math.inf) == (abs(opinion.approach) < 50)


@given(st.lists(st.floats(-20, 30), min_size=2, max_size=9))
def test_a_higher_score_is_never_a_lower_priority(scores: list[float]) -> None:
    ordered = sorted(scores)
    placed = [on_scale(score, MODEL.edges, DEFAULT) for score in ordered]
    assert placed == sorted(placed)


def test_lanes_begin_where_the_model_says() -> None:
    assert [on_scale(edge, MODEL.edges, DEFAULT) for edge in MODEL.edges] == pytest.approx(list(DEFAULT.edges))


def test_a_model_without_weights_leaves_the_rules_their_opinion() -> None:
    nothing = Head(rules={}, form={}, words={}, asking=(0.0,) * len(signals.ASKING))
    heads: dict[str, Any] = dict.fromkeys(HEADS, nothing)
    empty = dataclasses.replace(
        MODEL, **heads, edges=(3.5, 6.5, 8.5), sentences=signals.Sentences({}, 0.0), reply_from_evidence=1.0, junk_at=0.0, junk_unless=-99.0,
    )  # fmt: skip
    for of in (ASK, ADVERT, mail("Here are the notes.")):
        one, other = decide(of, FACTS, DEFAULT, empty), decide(of, FACTS, DEFAULT, None)
        assert (one.priority, one.needs_reply) == (other.priority, other.needs_reply)


@pytest.mark.parametrize(
    ("of", "signals_of"),
    [
        (mail("FREE FREE MONEY!!! $$$ 50% off"), {"capitals 3", "exclamations 3", "dollars 2", "percents 1"}),
        (mail("Here are the notes."), {"capitals 0", "exclamations 0", "dollars 0", "percents 0", "links"}),
        (mail("x", "Make Money Fast 4 YOU"), {"subject words 2", "subject capitals", "subject digits"}),
        (mail("x", "Make Money Fast"), {"subject titled"}),
        (mail("x", message_id=""), {"identity none"}),
        (mail("x", message_id="1@mx.elsewhere-firm.example"), {"identity own"}),
        (mail("x", message_id="1@other.example"), {"identity other"}),
        (mail("x", headers={"content-type": ("text/html; charset=x",), "date": ("1 Jan 2026 00:00 +0100",)}), {"type text/html"}),
        (mail("x", headers={"content-type": ("application/x-anything",)}), {"type other", "zone missing"}),
        (mail("x", sender=Address(name="PAT", address="p@x.example")), {"sender in capitals"}),
        (mail("x", sender=Address(address="p@x.example")), {"sender nameless"}),
        (mail("x", to=(Address(name="rosa.lind", address="rosa.lind@a.example"),)), {"recipient named by address"}),
        (mail("x", reply_to=(Address(address="p@x.example"),)), {"answers elsewhere"}),
        (mail("x", flags=frozenset({"hidden-text"})), {"odd hidden-text"}),
        (mail("x", links=(Link(text="a", target="https://win.top/?u=me@a.example" + "x" * 120),)), {"links cheap", "links long", "links with an address", "links own 0"}),
        (mail("x", links=(Link(text="a", target="https://www.elsewhere-firm.example/"),)), {"links own 2", "link hosts 0"}),
    ],
)  # fmt: skip
def test_how_a_mail_is_built(of: Mail, signals_of: set[str]) -> None:
    found = build(Features(of, FACTS))
    assert signals_of - {"links"} <= set(found)
    assert "links" not in signals_of or not [name for name in found if name.startswith("link")]


@given(mails, facts)
def test_any_mail_is_built_somehow_and_the_names_are_few(of: Mail, known: Facts) -> None:
    found = build(Features(of, known))
    assert len(found) == len(set(found)) < 40
    assert all(re.fullmatch(r"[a-z0-9 /-]{3,40}", name) for name in found)
