"""The optimiser and the losses, against answers that are known."""

from __future__ import annotations

import math

import pytest

from agents.training.losses import Row, fit_binary, fit_ordinal, score
from agents.training.optimise import minimise


def test_a_quadratic_bowl_has_its_lowest_point_where_it_must() -> None:
    def bowl(at: list[float]) -> tuple[float, list[float]]:
        x, y = at[0] - 3, at[1] + 1
        return x * x + 100 * y * y + x * y, [2 * x + y, 200 * y + x]

    assert minimise(bowl, [0.0, 0.0]) == pytest.approx([3, -1], abs=1e-4)


def test_the_banana_valley_is_walked_to_its_end() -> None:
    def valley(at: list[float]) -> tuple[float, list[float]]:
        x, y = at
        return (1 - x) ** 2 + 100 * (y - x * x) ** 2, [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)]

    assert minimise(valley, [-1.2, 1.0], tolerance=1e-6) == pytest.approx([1, 1], abs=1e-4)


def test_a_bias_alone_learns_the_log_odds() -> None:
    (bias,) = fit_binary([Row(0.0, [0])] * 10, [True] * 7 + [False] * 3, [1e-9])
    assert bias == pytest.approx(math.log(7 / 3), abs=1e-3)


def test_what_is_known_before_is_not_learned_again() -> None:
    (bias,) = fit_binary([Row(math.log(7 / 3), [0])] * 10, [True] * 7 + [False] * 3, [1e-9])
    assert bias == pytest.approx(0, abs=1e-3)


def test_a_penalty_holds_a_weight_back_and_a_large_one_holds_it_still() -> None:
    rows, truths = [Row(0.0, [0]), Row(0.0, [1])] * 20, [True, False] * 20
    free, held, fixed = (fit_binary(rows, truths, [penalty, 1.0])[0] for penalty in (0.1, 10.0, 1e9))
    assert free > held > 0
    assert fixed == pytest.approx(0, abs=1e-4)


def test_a_weight_held_still_keeps_no_other_from_its_place() -> None:
    rows = [Row(0.0, [0, 1, 2 + at % 3], alike=[5], share=0.1) for at in range(30)]
    truths = [at % 3 == 0 or at % 7 == 0 for at in range(30)]
    penalties = [1e9, 1e-6, 4.0, 4.0, 4.0, 0.05]
    found = fit_binary(rows, truths, penalties)
    assert found[0] == pytest.approx(0, abs=1e-6)
    assert found[5] == pytest.approx(_without_the_held(rows, truths, penalties), abs=1e-3)


def _without_the_held(rows: list[Row], truths: list[bool], penalties: list[float]) -> float:
    fewer = [Row(0.0, [at - 1 for at in row.ones[1:]], alike=[4], share=0.1) for row in rows]
    return fit_binary(fewer, truths, penalties[1:])[4]


def test_words_share_their_value() -> None:
    row = Row(1.0, [0], values=[(1, 2.0)], alike=[2, 3], share=0.5)
    assert score(row, [1.0, 10.0, 4.0, 6.0]) == 1 + 1 + 20 + 5


def test_edges_move_to_where_the_steps_lie_and_a_buried_mail_counts_more() -> None:
    rows = [Row(float(at), [0]) for at in range(12)]
    truths = [0] * 4 + [1] * 4 + [2] * 4
    plain = fit_ordinal(rows, truths, [1e9, 0.01, 0.01], [2.0, 9.0], buried=(1.0, 1.0))
    assert plain[1] == pytest.approx(1.5, abs=0.2)
    assert plain[2] == pytest.approx(-1.5, abs=0.2)
    dear = fit_ordinal(rows, truths, [1e9, 0.01, 0.01], [2.0, 9.0], buried=(1.0, 4.0))
    assert dear[2] < plain[2]
