"""Junk of today, learned from the written mail: what strangers say who want something that nobody asked for.

Nothing of how these mails are built is learned: the tables' headers are made up. Junk of 2002 is not learned from here,
and all legitimate mail of strangers is what it is told from, newsletters without their marks among it."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from agents.training.corpora import Example
from agents.training.losses import Row, fit_binary
from agents.training.vocabulary import places
from streams.triage import signals, weighing
from streams.triage.features import Features
from streams.triage.model import FLATTEN
from streams.triage.rules import RULES
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Category

AT = 0.6
"""Log-odds from which a stranger's mail is junk: chosen so that hardly one of its look-alikes is taken for it."""
GROUPS = frozenset(("bulk", "deception", "notifications", "spam"))
RULES_OF_IT = sorted(name for name, rule in RULES.items() if rule.group in GROUPS)
"""Rules about what a mail offers or pretends. Whom it went to says which corpus it is of."""
FORM = frozenset(("length", "links", "questions"))
"""What may be learned of the form of a mail (`signals.form`)."""
PENALTY, OF_WORDS = 4.0, 0.2
MARK, OF_MARK = "sent_by_a_program", 60.0
"""What senders say of themselves for nothing, and what holds its weight near 0: no scammer of the tables says it, many
of the world do."""
MODERN = 3.0
"""Weight of authored modern mail; all other mail has 1."""


class _Case(NamedTuple):
    example: Example
    truth: bool
    weight: float = 1.0
    start: float = 0.0


def learned(examples: Sequence[Example], words: Sequence[str]) -> dict[str, Any]:
    """Two heads of the model and the bar: is it junk of today, and if so, is it phishing and not spam?"""
    known = [each for each in examples if each.features.approaches and (each.is_modern_junk or not each.junk)]
    junk = [each for each in known if each.junk]
    return {
        "approach": _head([_Case(each, each.junk, MODERN if each.is_modern else 1.0) for each in known], words, FORM),
        "approach_at": AT,
        "deceit": _head([_Case(each, _deceives(each), start=_lead(each)) for each in junk], words),
    }


def _deceives(example: Example) -> bool:
    return example.label is not None and example.label.first.category is Category.PHISHING


def _lead(example: Example) -> float:
    """By how much the rules' evidence for phishing is ahead of that for spam."""
    evidence = weighing.evidence(example.hits, DEFAULT)
    return evidence[Category.PHISHING] - evidence[Category.SPAM]


def _head(cases: Sequence[_Case], words: Sequence[str], form: Collection[str] = ()) -> dict[str, Any]:
    """Log-odds by what a mail says: these rules, cues, words, and these parts of its form."""
    said = [_said(case.example.features, form) for case in cases]
    names = [*RULES_OF_IT, *sorted({name for one in said for name in one})]
    place = {name: at for at, name in enumerate(names)}
    bias = len(names)
    rows = [
        Row(
            case.start,
            [*(place[name] for name in (*case.example.hits, *one) if name in place), bias],
            alike=found,
            share=1 / math.sqrt(len(found) + FLATTEN),
            weight=case.weight,
        )
        for case, one, found in zip(cases, said, places([each.example for each in cases], words, bias + 1), strict=True)
    ]
    penalties = [OF_MARK if name == MARK else PENALTY for name in names] + [1e-6] + [OF_WORDS] * len(words)
    fitted = fit_binary(rows, [case.truth for case in cases], penalties)
    weights = dict(zip(names, fitted, strict=False))
    return {
        "rules": {name: weights.pop(name) for name in RULES_OF_IT},
        "form": weights,
        "bias": fitted[bias],
        "words": dict(zip(words, fitted[bias + 1 :], strict=True)),
    }


def _said(mail: Features, form: Collection[str]) -> list[str]:
    return [*sorted(map(str, mail.said)), *(name for name in signals.form(mail) if name.partition(" ")[0] in form)]
