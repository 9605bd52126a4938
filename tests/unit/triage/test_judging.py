"""The figures of the evaluation, against values worked out by hand."""

from __future__ import annotations

import pytest

from streams.triage.judging import (
    Share,
    accuracy,
    bootstrap,
    brier,
    confusion,
    cost,
    figures,
    macro_f1,
    reliability,
    sign_test,
    weighted_kappa,
)

PAIRS = [("a", "a"), ("a", "b"), ("b", "b"), ("b", "b"), ("c", "a")]


def test_shares_and_their_wilson_interval() -> None:
    share = Share(hits=8, of=10)
    assert share.value == 0.8
    assert share.interval == pytest.approx((0.490, 0.943), abs=0.001)
    assert Share(hits=0, of=0).interval == (0.0, 1.0)


def test_accuracy_precision_recall_and_f1() -> None:
    assert accuracy(PAIRS).value == 0.6
    b = figures(PAIRS, lambda each: each == "b")
    assert b.precision.value == pytest.approx(2 / 3)
    assert b.recall.value == 1.0
    assert b.f1 == pytest.approx(0.8)
    assert figures(PAIRS, lambda each: each == "z").f1 == 0
    assert confusion(PAIRS)["b", "b"] == 2


def test_macro_f1_is_the_mean_over_the_true_classes() -> None:
    assert macro_f1(PAIRS) == pytest.approx((0.5 + 0.8 + 0.0) / 3)


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [
        ([("a", "a"), ("b", "b")], 1.0),
        ([("a", "b"), ("b", "a")], -1.0),
        ([("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")], 0.0),
        ([("a", "a"), ("b", "b"), ("c", "b")], 2 / 3),
    ],
)
def test_weighted_kappa(pairs: list[tuple[str, str]], kappa: float) -> None:
    assert weighted_kappa(pairs, ("a", "b", "c")) == pytest.approx(kappa)


def test_the_bootstrap_is_the_same_on_every_run_and_holds_the_figure() -> None:
    first = bootstrap(PAIRS * 10, lambda pairs: accuracy(pairs).value)
    assert first == bootstrap(PAIRS * 10, lambda pairs: accuracy(pairs).value)
    assert first[0] < 0.6 < first[1]


def test_brier_is_the_squared_distance_from_what_came_true() -> None:
    assert brier([(1.0, True), (0.0, False)]) == 0
    assert brier([(0.5, True), (0.5, False)]) == 0.25
    assert brier([(0.9, True), (0.6, False)]) == pytest.approx((0.01 + 0.36) / 2)
    assert brier([]) == 0


def test_the_reliability_curve_counts_every_mail_once_least_sure_first() -> None:
    chances = [(0.9, True), (0.5, False), (0.8, True), (0.6, True), (0.7, False)]
    bins = reliability(chances, bins=2)
    assert [(one.came.hits, one.came.of) for one in bins] == [(1, 2), (2, 3)]
    assert [one.stated for one in bins] == sorted(one.stated for one in bins)
    assert sum(one.stated * one.came.of for one in bins) == pytest.approx(3.5)
    assert reliability([]) == []


def test_a_buried_mail_costs_four_times_a_false_alarm() -> None:
    assert cost([("b", "a")], "b".__eq__) == 4
    assert cost([("a", "b")], "b".__eq__) == 1
    assert cost(PAIRS, "b".__eq__) == pytest.approx(1 / 5)
    assert cost([], "b".__eq__) == 0


@pytest.mark.parametrize(
    ("better", "worse", "p"), [(0, 0, 1.0), (1, 1, 1.0), (5, 0, 0.0625), (0, 5, 0.0625), (9, 1, 22 / 1024)]
)
def test_the_sign_test_is_exact(better: int, worse: int, p: float) -> None:
    assert sign_test(better, worse) == pytest.approx(p)
