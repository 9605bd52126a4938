"""What training minimises: logistic losses over sparse signals, each weight held near 0 by its own penalty."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from agents.training.optimise import Function, Vector, minimise
from streams.triage.signals import chance

LARGE = 35.0
"""Log-odds beyond which a loss is a straight line to double precision."""


@dataclass(frozen=True, slots=True)
class Row:
    """One example: what is known of it without the weights to be found, and its signals."""

    offset: float
    ones: Sequence[int]
    """Signals that count 1."""
    values: Sequence[tuple[int, float]] = ()
    """Signals with a value."""
    alike: Sequence[int] = ()
    """Signals with one value that they share: words."""
    share: float = 0.0
    weight: float = 1.0


def score(row: Row, weights: Vector) -> float:
    """The row's score."""
    found = row.offset + sum([weights[at] for at in row.ones]) + row.share * sum([weights[at] for at in row.alike])
    return found + sum([weights[at] * value for at, value in row.values])


def _spread(row: Row, slope: float, gradient: Vector) -> None:
    """Add what a row's slope means for each of its weights."""
    for at in row.ones:
        gradient[at] += slope
    for at, value in row.values:
        gradient[at] += slope * value
    part = slope * row.share
    for at in row.alike:
        gradient[at] += part


def _miss(margin: float) -> tuple[float, float]:
    """log(1 + e^-margin) and its slope."""
    if margin > LARGE:
        return 0.0, 0.0
    return (-margin if margin < -LARGE else math.log1p(math.exp(-margin))), -chance(-margin)


def fit_binary(rows: Sequence[Row], truths: Sequence[bool], penalties: Vector) -> Vector:
    """Weights whose score is the log-odds of the truth."""

    def loss(weights: Vector) -> tuple[float, Vector]:
        total, gradient = _penalty(weights, penalties)
        for row, truth in zip(rows, truths, strict=True):
            sign = 1.0 if truth else -1.0
            missed, slope = _miss(sign * score(row, weights))
            total += row.weight * missed
            _spread(row, row.weight * sign * slope, gradient)
        return total, gradient

    return _lowest(loss, _curvature(rows, penalties, [row.weight for row in rows]))


def fit_ordinal(
    rows: Sequence[Row], truths: Sequence[int], penalties: Vector, edges: Sequence[float], *, buried: Sequence[float]
) -> Vector:
    """Weights whose score lies between the edges of the true step (0..len(edges)); proportional odds (McCullagh 1980).

    The last len(edges) weights are how far each edge moves. A mail scored below an edge that it belongs above costs
    as many times as much as `buried` says for that edge.
    """
    first = len(penalties) - len(edges)

    def loss(weights: Vector) -> tuple[float, Vector]:
        total, gradient = _penalty(weights, penalties)
        for row, truth in zip(rows, truths, strict=True):
            here, slope_here = score(row, weights), 0.0
            for at, edge in enumerate(edges):
                sign = 1.0 if truth > at else -1.0
                cost = row.weight * (buried[at] if truth > at else 1.0)
                missed, slope = _miss(sign * (here - edge - weights[first + at]))
                total += cost * missed
                slope_here += cost * sign * slope
                gradient[first + at] -= cost * sign * slope
            _spread(row, slope_here, gradient)
        return total, gradient

    return _lowest(loss, _curvature(rows, penalties, [row.weight * len(edges) for row in rows]))


def _curvature(rows: Sequence[Row], penalties: Vector, costs: Sequence[float]) -> Vector:
    """About how steeply the slope of each weight changes by itself: its penalty, and what its rows add where their
    outcome is open (a logistic loss bends by a quarter there)."""
    found = list(penalties)
    for row, cost in zip(rows, costs, strict=True):
        bend = cost / 4
        for at in row.ones:
            found[at] += bend
        for at, value in row.values:
            found[at] += bend * value * value
        for at in row.alike:
            found[at] += bend * row.share * row.share
    return found


def _lowest(loss: Function, curvature: Vector) -> Vector:
    """Where the loss is lowest, sought in units of each weight's own curvature: penalties differ by up to fifteen
    orders of magnitude, and in the weights' own units the search had not come to its end after hundreds of rounds."""
    units = [1 / math.sqrt(each) for each in curvature]

    def measured(point: Vector) -> tuple[float, Vector]:
        value, gradient = loss([at * unit for at, unit in zip(point, units, strict=True)])
        return value, [slope * unit for slope, unit in zip(gradient, units, strict=True)]

    found = minimise(measured, [0.0] * len(units))
    return [at * unit for at, unit in zip(found, units, strict=True)]


def _penalty(weights: Vector, penalties: Vector) -> tuple[float, Vector]:
    gradient = [penalty * weight for penalty, weight in zip(penalties, weights, strict=True)]
    return 0.5 * sum([slope * weight for slope, weight in zip(gradient, weights, strict=True)]), gradient
