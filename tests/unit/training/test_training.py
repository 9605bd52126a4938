"""Training from end to end on a few mails, and the rules for what may be learned."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from agents.commands.labels import Judgement, Labelled
from agents.training import certainty, crossing, fit
from agents.training.corpora import Example
from agents.training.vocabulary import vocabulary
from streams.mail import Address, Mail
from streams.triage.confidence import Calibration, Signs
from streams.triage.features import Features
from streams.triage.rule import hits_of
from streams.triage.verdict import Category, Facts
from tests.unit.triage.written import mail

SENTENCES = [
    (["could", "you", "send", "it"], True),
    (["please", "call", "me"], True),
    (["it", "rained"], False),
    (["we", "met", "them"], False),
] * 8


def example(number: int, corpus: str, text: str, *, junk: bool = False, priority: int | None = None) -> Example:
    sender = Address(name="", address=f"person{number}@firm{number}.example")
    of: Mail = mail(text, f"subject {number}", sender=sender)
    judgement = Judgement(priority=priority or 0, category=Category.WORK, needs_reply=(priority or 0) >= 7)
    path = f"{corpus}/{number}"
    features = Features(of, Facts())
    label = Labelled(path=path, first=judgement, second=None) if priority is not None else None
    return Example(path=path, source=corpus, mail=of, features=features, hits=hits_of(features), junk=junk, label=label)


@pytest.fixture(scope="module")
def mails() -> list[Example]:
    found = []
    for at in range(24):
        corpus = ("first", "second")[at % 2]
        asks = f"so could you send it over to Vince, please. we need the plan of team{at} today"
        tells = "we met them, and so it rained over the plan of Vince. there was no need to send it"
        found += [
            example(at, corpus, asks, priority=8),
            example(100 + at, corpus, tells, priority=5),
            example(200 + at, corpus, "buy the cheap pills over here, so buy the pills now", junk=True),
        ]
    return found


def test_ordinary_words_of_many_senders_may_be_learned_and_names_may_not(mails: list[Example]) -> None:
    allowed = vocabulary(mails)
    assert {"send", "plan", "rained", "pills"} <= set(allowed)
    assert "vince" not in allowed, "a name stands with a capital"
    assert "harbour" not in allowed, "part of the address that all went to"
    assert allowed["rained"] > allowed["so"], "what fewer mails say tells more"


def test_a_model_of_few_mails_knows_its_lesson_and_is_the_same_every_time(mails: list[Example]) -> None:
    first, again = (crossing.trained(mails, SENTENCES) for _ in range(2))
    assert first.version == again.version
    asking, telling, junk = (crossing.judge(mails[at], first).verdict for at in range(3))
    assert asking.priority > telling.priority
    assert asking.needs_reply
    assert not telling.needs_reply
    assert junk.category is Category.SPAM


def test_one_annotators_opinion_teaches_and_nothing_is_judged_by_it(mails: list[Example]) -> None:
    hinted = [replace(each, label=None, hint=each.taught) for each in mails]
    model = crossing.trained(hinted, SENTENCES)
    asking, telling = (crossing.judge(each, model) for each in hinted[:2])
    assert asking.verdict.priority > telling.verdict.priority
    assert not asking.right


def test_just_where_normal_ends_one_annotator_is_not_believed() -> None:
    sure = replace(example(1, "a", "x"), hint=Judgement(priority=7, category=Category.WORK, needs_reply=True))
    unsure = replace(sure, hint=Judgement(priority=6, category=Category.WORK, needs_reply=True))
    gold = example(1, "a", "x", priority=6)
    assert [fit.teaches_lane(each) for each in (sure, unsure, gold)] == [True, False, True]


def test_mails_written_about_junk_teach_nothing_but_approaches(mails: list[Example]) -> None:
    texts = {"we sell followers for your site": True, "the followers of our garden met": False}
    about = [
        example(300 + at, "authored/junk/en", text, junk=junk, priority=0 if junk else 9)
        for at in range(6)
        for text, junk in texts.items()
    ]
    allowed = vocabulary(mails)
    sentences = fit.fit_sentences(SENTENCES, allowed)
    without, found = (fit.fit([*mails, *more], sentences, allowed) for more in ([], about))
    assert found["approach"]["words"]["sell"] > 0
    assert {name for name in found if found[name] != without[name]} == {"approach", "deceit"}


def test_mails_of_one_thread_are_in_one_fold() -> None:
    of = [example(1, "a", "x"), example(1, "b", "y")]
    assert of[0].fold == of[1].fold
    folds = {example(number, "a", "x").fold for number in range(60)}
    assert folds == {0, 1, 2, 3, 4}


def test_each_mail_is_judged_once_by_a_model_that_does_not_know_it(mails: list[Example]) -> None:
    told: list[str] = []
    found = crossing.cross(mails[:24], SENTENCES, lambda each: each.source, told.append)
    assert sorted(each.example.path for each in found) == sorted(each.path for each in mails[:24])
    assert told == [
        "group first: learned from 12 mails, judged 12",
        "group second: learned from 12 mails, judged 12",
    ]
    assert len(crossing.calibrate(found)) == 24


def test_the_file_holds_few_digits_and_nothing_next_to_nothing() -> None:
    content = orjson.loads(fit.as_file({"bias": 0.0001, "rules": {"a": 0.123456, "b": 0.0001}, "edges": [3.14159]}))
    assert content == {"bias": 0.0001, "rules": {"a": 0.123}, "edges": [3.14]}


def test_confidence_is_drawn_to_the_share_that_came_true() -> None:
    sure, unsure = Signs(0.9, 0.0, Category.WORK), Signs(0.6, 0.0, Category.WORK)
    rows = [(sure, True)] * 60 + [(sure, False)] * 40 + [(unsure, True)] * 30 + [(unsure, False)] * 30
    found = Calibration(**certainty.learned([(said, right, 1.0) for said, right in rows]))
    assert found.of(sure) == pytest.approx(0.6, abs=0.03)
    assert found.of(unsure) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(
    ("sure", "unsure"),
    [
        (Signs(0.8, 0.0, Category.WORK), Signs(0.8, 1.0, Category.WORK)),
        (Signs(0.8, 0.5, Category.NOTIFICATION), Signs(0.8, 0.5, Category.PERSONAL)),
    ],
)
def test_confidence_depends_on_what_cannot_wait_and_on_the_category(sure: Signs, unsure: Signs) -> None:
    rows = (
        [(sure, True, 1.0)] * 45 + [(sure, False, 1.0)] * 5 + [(unsure, True, 1.0)] * 30 + [(unsure, False, 1.0)] * 20
    )
    found = Calibration(**certainty.learned(rows))
    assert found.of(sure) == pytest.approx(0.9, abs=0.03)
    assert found.of(unsure) == pytest.approx(0.6, abs=0.03)


def test_mails_written_about_junk_say_nothing_of_confidence() -> None:
    told = example(1, "notes", "Here are the notes.", priority=5)
    assert certainty.counts(told) == 1.0
    assert certainty.counts(replace(told, source="authored/english/en")) == certainty.WRITTEN
    assert certainty.counts(replace(told, source="authored/junk/en")) == 0.0
    assert certainty.counts(replace(told, label=None)) == 0.0
