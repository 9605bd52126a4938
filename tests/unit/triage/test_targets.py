"""The floors on the development gold sets, each on its own, and what legitimate mail may suffer.

The model was trained on this mail: that it lost nothing is all that these show. MODEL.md has the cross-validated figures."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from agents.evaluation.figures import figures
from agents.evaluation.judged import IMPORTANT, ORDER, Judged, judge
from streams.mail import parse
from streams.triage import judging
from streams.triage.decide import decide
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Category, Facts, Lane
from tests.unit.mail.corpora import DATA, messages, needs_data

SETS = {"natural": DATA / "gold-priority-dev.csv", "modern": DATA / "modern-inbox-dev.tar.gz"}
JUNK = {Category.SPAM, Category.PHISHING}


@cache
def judged(name: str) -> list[Judged]:
    return judge(SETS[name], DATA if name == "natural" else None)


@needs_data
@pytest.mark.parametrize("name", SETS)
def test_the_floors_of_lane_accuracy_and_of_recall_of_important_mail(name: str) -> None:
    lanes = [each.lanes for each in judged(name)]
    assert len(lanes) >= 160
    assert judging.accuracy(lanes).value >= 0.80
    assert judging.figures(lanes, IMPORTANT.__contains__).recall.value >= 0.80


@needs_data
def test_no_labelled_newsletter_gets_above_normal() -> None:
    bulk = [each for name in SETS for each in judged(name) if each.label.first.category is Category.BULK]
    assert len(bulk) > 30
    assert not [each.label.path for each in bulk if each.verdict.lane in IMPORTANT]


@needs_data
def test_the_report_counts_every_mail_once() -> None:
    report = figures(judged("natural"))
    assert sum(sum(row.values()) for row in report["confusion"].values()) == report["mails"]
    assert set(report["confusion"]) == set(ORDER)
    assert report["lane_accuracy"]["low"] < report["lane_accuracy"]["value"] < report["lane_accuracy"]["high"]
    assert report["second_annotator"]["lane_agreement"]["value"] > 0.9


@needs_data
def test_ham_is_not_taken_for_spam_and_most_spam_is_low() -> None:
    seen: Counter[str] = Counter()
    for name, raw in list(messages("spamassassin"))[::5]:
        said = decide(parse(raw), Facts(), DEFAULT)
        kind = "spam" if "/spam-" in name else "hard" if "/hard-ham" in name else "easy"
        seen[kind] += 1
        seen[f"{kind} junk"] += said.category in JUNK
        seen[f"{kind} low"] += said.lane is Lane.LOW
    assert seen["easy junk"] <= 0.005 * seen["easy"]
    assert seen["hard junk"] <= 0.08 * seen["hard"]
    assert seen["spam junk"] >= 0.92 * seen["spam"]
    assert seen["spam low"] >= 0.92 * seen["spam"]
