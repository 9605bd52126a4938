"""Every figure about judged mails, ready for JSON. Shares have Wilson's 95 % intervals, the others bootstrap's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from agents.evaluation.judged import IMPORTANT, ORDER, Judged
from streams.triage import judging
from streams.triage.policy import lane_for
from streams.triage.shipped import DEFAULT

BURIED = 4.0
"""What burying an important mail costs, a false alarm costing 1."""


def figures(judged: Sequence[Judged]) -> dict[str, Any]:
    """The whole report but its worst errors."""
    lanes = [each.lanes for each in judged]
    replies = [(each.label.first.needs_reply, each.verdict.needs_reply) for each in judged]
    kinds = [(each.label.first.category, each.verdict.category) for each in judged]
    matrix = judging.confusion(lanes)
    return {
        "mails": len(judged),
        "policy_version": DEFAULT.version,
        "model_version": judged[0].verdict.model_version if judged else "",
        "confusion": {true: {said: matrix[true, said] for said in ORDER} for true in ORDER},
        "lanes": {lane: _class(lanes, lambda each, lane=lane: each == lane) for lane in ORDER},  # type: ignore[misc]
        "lane_accuracy": _share(judging.accuracy(lanes)),
        "lane_macro_f1": _with_interval(lanes, judging.macro_f1),
        "lane_weighted_kappa": _with_interval(lanes, lambda pairs: judging.weighted_kappa(pairs, ORDER)),
        "important": _class(lanes, IMPORTANT.__contains__),
        "cost": _with_interval(lanes, lambda pairs: judging.cost(pairs, IMPORTANT.__contains__, buried=BURIED)),
        "needs_reply": _class(replies, bool),
        "category_accuracy": _share(judging.accuracy(kinds)),
        "categories": {
            kind: _class(kinds, lambda each, kind=kind: each == kind)  # type: ignore[misc]
            for kind in sorted({true for true, _ in kinds})
        },
        "calibration": calibration(judged),
        "sources": _slices(judged, "source"),
        "slices": {what: _slices(judged, what) for what in ("language", "length", "contact")},
        "second_annotator": _second(judged),
    }


def calibration(judged: Sequence[Judged]) -> dict[str, Any]:
    """Whether the confidence is the share of right lanes."""
    chances = [(each.verdict.confidence, each.right) for each in judged]
    bins = [{"stated": round(one.stated, 3), "right": _share(one.came)} for one in judging.reliability(chances)]
    base = judging.accuracy([each.lanes for each in judged]).value
    return {
        "brier": round(judging.brier(chances), 4),
        "brier_of_the_base_rate": round(base * (1 - base), 4),
        "bins": bins,
    }


def worst(judged: Sequence[Judged], count: int) -> list[dict[str, Any]]:
    """The errors that are furthest off, with what led to them."""
    wrong = sorted((each for each in judged if not each.right), key=lambda each: (-each.miss, each.label.path))
    return [_error(each) for each in wrong[:count]]


def said(judged: Sequence[Judged]) -> dict[str, list[Any]]:
    """Per mail what is true and what was said: what a later run is compared with."""
    return {each.label.path: [*each.lanes, each.verdict.confidence] for each in judged}


def _second(judged: Sequence[Judged]) -> dict[str, Any] | None:
    pairs = [
        (lane_for(each.label.first.priority, DEFAULT), lane_for(each.label.second.priority, DEFAULT))
        for each in judged
        if each.label.second
    ]
    if not pairs:
        return None
    return {
        "lane_agreement": _share(judging.accuracy(pairs)),
        "lane_weighted_kappa": round(judging.weighted_kappa(pairs, ORDER), 3),
    }


def _slices(judged: Sequence[Judged], what: str) -> dict[str, Any]:
    groups: dict[str, list[Judged]] = {}
    for each in judged:
        groups.setdefault(each.slices[what], []).append(each)
    return {name: _slice(group) for name, group in sorted(groups.items())}


def _slice(judged: Sequence[Judged]) -> dict[str, Any]:
    lanes = [each.lanes for each in judged]
    important = judging.figures(lanes, IMPORTANT.__contains__)
    return {
        "lane_accuracy": _share(judging.accuracy(lanes)),
        "important_recall": _share(important.recall),
        "important_precision": _share(important.precision),
    }


def _class(pairs: judging.Pairs[Any], wanted: Callable[[Any], bool]) -> dict[str, Any]:
    one = judging.figures(pairs, wanted)
    return {"precision": _share(one.precision), "recall": _share(one.recall), "f1": round(one.f1, 3)}


def _share(share: judging.Share) -> dict[str, Any]:
    low, high = share.interval
    return {"value": round(share.value, 3), "low": round(low, 3), "high": round(high, 3), "of": share.of}


def _with_interval(pairs: judging.Pairs[Any], figure: Callable[[judging.Pairs[Any]], float]) -> dict[str, float]:
    low, high = judging.bootstrap(pairs, figure)
    return {"value": round(figure(pairs), 3), "low": round(low, 3), "high": round(high, 3)}


def _error(each: Judged) -> dict[str, Any]:
    true, said_lane = each.lanes
    return {
        "path": each.label.path,
        "subject": each.subject[:100],
        "true": f"{true} ({each.label.first.priority}, {each.label.first.category})",
        "said": f"{said_lane} ({each.verdict.priority}, {each.verdict.category})",
        "confidence": each.verdict.confidence,
        "reasons": [f"{reason.weight:+.2f} {reason.text}" for reason in each.verdict.reasons[:5]],
    }
