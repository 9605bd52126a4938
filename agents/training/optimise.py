"""The optimum of a smooth convex function by L-BFGS (Nocedal and Wright, Numerical Optimization, 2nd ed., §7.2).

In plain Python, so that training needs no library and gives the same weights on every run; only another machine's exp
and log could move their last digits. The functions here are strictly convex: one optimum, wherever one starts."""

from __future__ import annotations

from collections.abc import Callable
from operator import mul

Vector = list[float]
Function = Callable[[Vector], tuple[float, Vector]]
"""A point → the value and the gradient there."""

MEMORY = 10
"""Pairs of steps and gradient changes that stand for the curvature."""
ARMIJO = 1e-4
SMALLEST_STEP = 1e-10


def minimise(function: Function, start: Vector, *, rounds: int = 200, tolerance: float = 1e-4) -> Vector:
    """The point where the largest entry of the gradient is below `tolerance`, or the best after so many rounds."""
    point = list(start)
    value, gradient = function(point)
    pairs: list[tuple[Vector, Vector, float]] = []
    for _ in range(rounds):
        if max(map(abs, gradient), default=0.0) < tolerance:
            break
        direction = _direction(gradient, pairs)
        slope = _dot(direction, gradient)
        if slope >= 0:  # rounding spoiled the curvature: begin again with the steepest descent
            pairs.clear()
            direction, slope = [-each for each in gradient], -_dot(gradient, gradient)
        step = 1.0 if pairs else min(1.0, 1.0 / (1e-12 + sum(map(abs, gradient))))
        while True:
            there = [at + step * way for at, way in zip(point, direction, strict=True)]
            new_value, new_gradient = function(there)
            if new_value <= value + ARMIJO * step * slope or step < SMALLEST_STEP:
                break
            step /= 2
        if step < SMALLEST_STEP:
            break
        moved = [step * way for way in direction]
        turned = [new - old for new, old in zip(new_gradient, gradient, strict=True)]
        curvature = _dot(moved, turned)
        if curvature > 1e-12:
            pairs = [*pairs[1 - MEMORY :], (moved, turned, curvature)]
        point, value, gradient = there, new_value, new_gradient
    return point


def _direction(gradient: Vector, pairs: list[tuple[Vector, Vector, float]]) -> Vector:
    """Minus the inverse curvature times the gradient (the two-loop recursion)."""
    way, shares = list(gradient), []
    for moved, turned, curvature in reversed(pairs):
        share = _dot(moved, way) / curvature
        shares.append(share)
        way = [a - share * b for a, b in zip(way, turned, strict=True)]
    if pairs:
        _, turned, curvature = pairs[-1]
        scale = curvature / _dot(turned, turned)
        way = [scale * each for each in way]
    for (moved, turned, curvature), share in zip(pairs, reversed(shares), strict=True):
        more = share - _dot(turned, way) / curvature
        way = [a + more * b for a, b in zip(way, moved, strict=True)]
    return [-each for each in way]


def _dot(one: Vector, other: Vector) -> float:
    return float(sum(map(mul, one, other)))
