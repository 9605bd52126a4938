"""Labelled examples → a model. What is learned is only what the rules' own weights do not say: they are the start."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agents.training import approach, certainty
from agents.training.corpora import Example
from agents.training.losses import Row, fit_binary, fit_ordinal
from agents.training.optimise import Vector
from agents.training.vocabulary import places, plain_words
from streams.triage import signals, weighing
from streams.triage.build import build
from streams.triage.features import Features
from streams.triage.model import FLATTEN, Model, read
from streams.triage.policy import lane_for
from streams.triage.rules import RULES
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Category, Lane

BURIED = (1.0, 2.0, 3.0)
"""What it costs to score a mail below the edge of normal, high and urgent that it belongs above; a false alarm
costs 1. MODEL.md says how it was chosen."""
REPLY_MISSED = 2.0
"""The same for an expected reply."""
JUNK_AT, JUNK_UNLESS = -0.2, -0.6
"""Log-odds: what makes a mail junk, and how sure the model must be to overrule rules that call it spam."""
PENALTIES = {"rules": 8.0, "form": 16.0, "asking": 1.0, "edges": 1.0, "junk": 1.5, "words": 2.0, "sentences": 2.0}
PENALTIES |= {"pressing": 4.0, "pressing words": 0.05, "reply": 4.0, "reply words": 0.1}
"""What holds weights near 0; of words, divided by the square of their inverse document frequency."""
WEAK, HARD, AUTHORED = 0.7, 16.0, 5.0
"""Weights of junk examples: known by their folder only; newsletters that look like spam; modern mail."""
PRESSING_MISSED = 4.0
"""What a missed mail costs where it is learned what cannot wait; a false alarm costs 1."""
WRITTEN_REPLY = 0.3
"""Weight of the project's own mails where replies are learned."""
HINTED, HINTED_REPLY = 0.4, 0.2
"""Weights of mails that one annotator labelled: for lanes, and for replies."""
CALM, CALM_WEIGHT = "enron-categories", 0.3
"""A corpus whose unlabelled mails count as what can wait, as all do that have labels, and their weight."""
URGENT_UP = 1.0
"""By how much the edge of urgent moves up, since what cannot wait adds its own points."""
BY_POLICY = frozenset({"deception", "spam", "history"})
"""Groups of rules whose points of priority are the policy's alone: there is too little mail to learn them from, and
none of them may come to raise a mail by accident."""
FIXED = 1e9
"""A penalty that lets a weight stay where it is."""
HIGHEST_NORMAL = next(bounds.highest for bounds in DEFAULT.lanes if bounds.lane is Lane.NORMAL)
LANES = (Lane.LOW, Lane.NORMAL, Lane.HIGH, Lane.URGENT)
SMALLEST = 0.03
"""Weights below this are left out: in log-odds or points of priority they are nothing, as reasons they are noise."""

Sentences = tuple[dict[str, float], float]


def fit_sentences(sentences: Sequence[tuple[list[str], bool]], allowed: Mapping[str, float]) -> Sentences:
    """Log-odds of words and pairs that a sentence asks; only of words that may be learned."""
    found = [(signals.sentence(said), asks) for said, asks in sentences]
    counts = Counter(each for said, _ in found for each in said)
    known = sorted(each for each, count in counts.items() if count >= 4 and _may(each, allowed))
    place = {each: at for at, each in enumerate(known)}
    bias = len(place)
    rows = [Row(0.0, [*(place[each] for each in said if each in place), bias]) for said, _ in found]
    weights = fit_binary(rows, [asks for _, asks in found], [PENALTIES["sentences"]] * bias + [1e-6])
    return {each: weights[at] for each, at in place.items()}, weights[bias]


def _may(each: str, allowed: Mapping[str, float]) -> bool:
    return all(word in allowed or word in {"^", "$", "?", "!"} for word in each.split(" "))


def fit(examples: Sequence[Example], sentences: Sentences, allowed: Mapping[str, float]) -> dict[str, Any]:
    """What a model's file holds that learned from these examples; its confidence is not calibrated yet."""
    asking, bias = sentences
    others = [each for each in examples if not each.is_authored]
    common = [each for each in examples if not each.is_about_junk]
    words = plain_words(common)
    taught = [each for each in common if each.taught]
    asked = {each.path: signals.asking(each.features, signals.Sentences(asking, bias)) for each in taught}
    priority = _priority(others, asked)
    return {
        "sentences": asking,
        "sentences_bias": bias,
        "junk": _junk(others, allowed),
        "junk_from_evidence": 1.0,
        "junk_at": JUNK_AT,
        "junk_unless": JUNK_UNLESS,
        **approach.learned(examples, plain_words(examples)),
        "reply": _reply(taught, asked, words),
        "pressing": _pressing([each for each in common if each.label or each.source == CALM], words),
        "reply_from_evidence": 2.0,
        "confidence": certainty.RAW,
        **priority,
    }


def as_model(data: Mapping[str, Any]) -> Model:
    """The model as reading its file gives it."""
    return read(as_file(data))


def as_file(data: Mapping[str, Any]) -> bytes:
    """The file: weights of three significant digits, those next to nothing left out, one signal a line."""
    return (json.dumps(_compact(data), indent=0, ensure_ascii=True, sort_keys=True) + "\n").encode()


def _compact(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {name: _compact(each) for name, each in value.items()}
        return {
            name: each
            for name, each in kept.items()
            if not isinstance(each, float) or name in _PLAIN or abs(each) >= SMALLEST
        }
    if isinstance(value, list | tuple):
        return [_compact(each) for each in value]
    return float(f"{value:.3g}") if isinstance(value, float) else value


_PLAIN = frozenset(
    (
        "bias",
        "sentences_bias",
        "junk_at",
        "junk_unless",
        "approach_at",
        "junk_from_evidence",
        "reply_from_evidence",
        "raw",
        "doubt",
    )
)


class _Signals:
    """Places of rules and forms among the weights."""

    def __init__(self, examples: Sequence[Example], more: Callable[[Features], Sequence[str]] = lambda _: ()) -> None:
        self.forms = {each.path: [*signals.form(each.features), *more(each.features)] for each in examples}
        self.names = [*RULES, *sorted({name for form in self.forms.values() for name in form})]
        self.place = {name: at for at, name in enumerate(self.names)}

    def ones(self, example: Example) -> list[int]:
        return [self.place[name] for name in (*example.hits, *self.forms[example.path])]

    def head(self, weights: Vector, **more: Any) -> dict[str, Any]:
        found = dict(zip(self.names, weights, strict=False))
        return {
            "rules": {name: weight for name, weight in found.items() if name in RULES},
            "form": {name: weight for name, weight in found.items() if name not in RULES},
            "words": {},
            **more,
        }


def _junk(examples: Sequence[Example], allowed: Mapping[str, float]) -> dict[str, Any]:
    known = _Signals(examples, build)
    words = {word: len(known.names) + at for at, word in enumerate(allowed)}
    bias = len(known.names) + len(words)
    rows = []
    for each in examples:
        found = sorted(words[word] for word in signals.words(each.features) if word in words)
        rows.append(
            Row(
                weighing.junk_evidence(weighing.evidence(each.hits, DEFAULT)),
                [*known.ones(each), bias],
                alike=found,
                share=1 / math.sqrt(len(found) + FLATTEN),
                weight=_junk_weight(each),
            )
        )
    penalties = [PENALTIES["junk"]] * len(known.names)
    penalties += [PENALTIES["words"] / max(0.1, rarity) ** 2 for rarity in allowed.values()]
    weights = fit_binary(rows, [each.junk for each in examples], [*penalties, 1e-6])
    return known.head(weights, words={word: weights[at] for word, at in words.items()}, bias=weights[bias])


def _junk_weight(example: Example) -> float:
    if example.label:
        return AUTHORED if example.is_modern else 1.0
    return WEAK * (HARD if "hard-ham" in example.source else 1.0)


def _priority(examples: Sequence[Example], asked: Mapping[str, tuple[float, ...]]) -> dict[str, Any]:
    """Ordinal weights over mails that may press; what junk and bulk are worth the category says."""
    pressing = [each for each in examples if teaches_lane(each)]
    known = _Signals(pressing)
    base = len(known.names)
    rows = [
        Row(
            weighing.start(DEFAULT) + sum(weighing.points(each.hits, Category.WORK, DEFAULT).values()),
            [*known.ones(each), base + len(signals.ASKING)],
            values=[(base + at, value) for at, value in enumerate(asked[each.path])],
            weight=1.0 if each.label else HINTED,
        )
        for each in pressing
    ]
    truths = [LANES.index(lane_for(each.taught.priority, DEFAULT)) for each in pressing if each.taught]
    edges = list(DEFAULT.edges)
    penalties = [FIXED if rule.group in BY_POLICY else PENALTIES["rules"] for rule in RULES.values()]
    penalties += [PENALTIES["form"]] * (base - len(RULES))
    penalties += [PENALTIES["asking"]] * len(signals.ASKING) + [1e-6]
    penalties += [
        FIXED if at == 1 else PENALTIES["edges"] for at in range(len(edges))
    ]  # the bias is the middle one's move
    weights = fit_ordinal(rows, truths, penalties, edges, buried=BURIED)
    moved = [edge + move for edge, move in zip(edges, weights[-len(edges) :], strict=True)]
    moved[-1] += URGENT_UP
    asking = weights[base : base + len(signals.ASKING)]
    return {"priority": known.head(weights, asking=asking, bias=weights[base + len(asking)]), "edges": moved}


def teaches_lane(example: Example) -> bool:
    """Whether a lane is to be learned of it: its kind may press, and who labelled it is sure. One annotator alone is
    not just where normal ends (labels/README.md)."""
    told = example.taught
    if told is None or not DEFAULT.kinds[told.category].presses:
        return False
    return example.label is not None or not (told.needs_reply and told.priority == HIGHEST_NORMAL)


def _reply(examples: Sequence[Example], asked: Mapping[str, tuple[float, ...]], words: Sequence[str]) -> dict[str, Any]:
    known = _Signals(examples)
    base = len(known.names)
    bias = base + len(signals.ASKING)
    expected = [bool(each.taught and each.taught.needs_reply) for each in examples]
    rows = [
        Row(
            2.0 * weighing.reply_evidence(each.hits, DEFAULT),
            [*known.ones(each), bias],
            values=[(base + at, value) for at, value in enumerate(asked[each.path])],
            alike=found,
            share=1 / math.sqrt(len(found) + FLATTEN),
            weight=(REPLY_MISSED if wanted else 1.0) * _reply_weight(each),
        )
        for each, wanted, found in zip(examples, expected, places(examples, words, bias + 1), strict=True)
    ]
    penalties = [PENALTIES["reply"]] * base + [PENALTIES["asking"]] * len(signals.ASKING) + [1e-6]
    penalties += [PENALTIES["reply words"]] * len(words)
    weights = fit_binary(rows, expected, penalties)
    learned = dict(zip(words, weights[bias + 1 :], strict=True))
    return known.head(weights[:base], asking=weights[base:bias], bias=weights[bias], words=learned)


def _reply_weight(example: Example) -> float:
    if example.is_authored:
        return WRITTEN_REPLY
    return 1.0 if example.label else HINTED_REPLY


def _pressing(examples: Sequence[Example], words: Sequence[str]) -> dict[str, Any]:
    """Log-odds of urgent mail by rules and words; whatever is not, junk and newsletters too, is what can wait."""
    rules = {name: at for at, name in enumerate(RULES)}
    bias = len(rules)
    urgent = [_is_urgent(each) for each in examples]
    rows = [
        Row(
            0.0,
            [*(rules[name] for name in each.hits), bias],
            alike=found,
            share=1 / math.sqrt(len(found) + FLATTEN),
            weight=PRESSING_MISSED if presses else 1.0 if each.label else CALM_WEIGHT,
        )
        for each, presses, found in zip(examples, urgent, places(examples, words, bias + 1), strict=True)
    ]
    penalties = [FIXED if rule.group in BY_POLICY else PENALTIES["pressing"] for rule in RULES.values()]
    weights = fit_binary(rows, urgent, [*penalties, 1e-6, *[PENALTIES["pressing words"]] * len(words)])
    learned = dict(zip(words, weights[bias + 1 :], strict=True))
    return {"rules": dict(zip(RULES, weights, strict=False)), "form": {}, "bias": weights[bias], "words": learned}


def _is_urgent(example: Example) -> bool:
    return example.label is not None and lane_for(example.label.first.priority, DEFAULT) is Lane.URGENT
