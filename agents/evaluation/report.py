"""The report for people. [low, high] are 95 % intervals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agents.evaluation.judged import ORDER
from infra.terminal import printable


def lines(report: dict[str, Any]) -> Iterator[str]:
    """The report, line by line."""
    yield f"{report['mails']} mails, policy {report['policy_version']}, model {report['model_version']}"
    yield from ("", "true \\ said " + "".join(f"{lane:>8}" for lane in ORDER))
    for true, row in report["confusion"].items():
        yield f"{true:11} " + "".join(f"{count:8}" for count in row.values())
    yield ""
    for name, figure in {
        "lane accuracy": "lane_accuracy",
        "macro-F1": "lane_macro_f1",
        "weighted kappa": "lane_weighted_kappa",
        "cost per mail": "cost",
        "category accuracy": "category_accuracy",
    }.items():
        yield _figure(name, report[figure])
    yield ""
    groups = {"important mail": report["important"], "needs reply": report["needs_reply"]}
    for name, one in (groups | report["lanes"] | report["categories"]).items():
        yield f"{name:18} {_figure('P', one['precision'], 0)}  {_figure('R', one['recall'], 0)}  F1 {one['f1']:.3f}"
    yield from _calibration(report["calibration"])
    for what, groups_of in ({"source": report["sources"]} | report["slices"]).items():
        yield from ("", f"by {what}")
        for name, one in groups_of.items():
            recall = _figure("important recall", one["important_recall"], 0)
            yield f"  {name:28} {_figure('accuracy', one['lane_accuracy'], 0)}  {recall}"
    if second := report["second_annotator"]:
        told = _figure("second annotator", second["lane_agreement"])
        yield from ("", f"{told}, weighted kappa {second['lane_weighted_kappa']}")
    for error in report.get("errors", ()):
        yield ""
        told = f"{error['path']}: {error['true']} → {error['said']}, confidence {error['confidence']:.2f}"
        yield printable(f"{told}: {error['subject']}")
        yield from (f"    {printable(reason)}" for reason in error["reasons"])
    if compared := report.get("compared"):
        yield from _compared(compared)


def _calibration(one: dict[str, Any]) -> Iterator[str]:
    yield ""
    base = f"always saying the share of right ones: {one['brier_of_the_base_rate']:.4f}"
    yield f"calibration: Brier {one['brier']:.4f} ({base})"
    for each in one["bins"]:
        yield f"  sure by {each['stated']:.2f} {_figure('right', each['right'], 0)}"


def _compared(one: dict[str, Any]) -> Iterator[str]:
    yield ""
    other = f"model {one['other_model_version']}, policy {one['other_policy_version']}"
    yield f"beside {other}, on {one['mails']} mails of both:"
    counts = f"right only now {one['right_only_now']}, right only then {one['right_only_then']}"
    yield f"  {counts}, p {one['p']:.3f} (sign test)"
    for name in ("lane_accuracy", "cost"):
        yield f"  {_figure(name.replace('_', ' ') + ' changes by', one[name], 30)}"


def _figure(name: str, figure: dict[str, Any], width: int = 18) -> str:
    of = f" of {figure['of']}" if "of" in figure else ""
    return f"{name:{width}} {figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]{of}"
