"""`triage evaluate`: how right the classifier is on labelled mail, with intervals, slices and the worst errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import orjson

from agents.commands.labels import Labelled, read_labels, read_mails
from infra.errors import Permanent
from infra.terminal import printable
from streams.mail import MailError, parse
from streams.triage import judging
from streams.triage.decide import decide
from streams.triage.policy import DEFAULT, lane_for
from streams.triage.verdict import Facts, Lane, Verdict

ORDER = (Lane.LOW, Lane.NORMAL, Lane.HIGH, Lane.URGENT)
IMPORTANT = frozenset({Lane.HIGH, Lane.URGENT})


class NotAMail(Permanent):
    """A labelled message cannot be parsed: the labels and the corpus do not fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A labelled mail and what the classifier said of it."""

    label: Labelled
    verdict: Verdict
    subject: str

    @property
    def lanes(self) -> tuple[Lane, Lane]:
        """(true, said)."""
        return lane_for(self.label.first.priority, DEFAULT), self.verdict.lane

    @property
    def miss(self) -> int:
        """How many points the priority is off."""
        return abs(self.label.first.priority - self.verdict.priority)


@click.command()
@click.argument("labels", type=click.Path(exists=True, path_type=Path))
@click.option("--corpus", type=click.Path(exists=True, path_type=Path), help="Folder or .tar.gz of the mails.")
@click.option("--errors", default=5, show_default=True, type=click.IntRange(min=0), help="Worst errors to show.")
@click.option("--json", "machine", is_flag=True, help="One JSON object.")
def evaluate(*, labels: Path, corpus: Path | None, errors: int, machine: bool) -> None:
    """Judge the classifier on LABELS: a CSV file, or a folder or .tar.gz archive with a labels.csv.

    Where two annotators labelled, the first is taken for the truth and the second's agreement is shown.
    """
    judged = judge(labels, corpus)
    report = figures(judged)
    worst = sorted(
        (each for each in judged if len(set(each.lanes)) > 1), key=lambda each: (-each.miss, each.label.path)
    )
    report["errors"] = [_error(each) for each in worst[:errors]]
    if machine:
        click.echo(orjson.dumps(report, option=orjson.OPT_NON_STR_KEYS))
    else:
        click.echo("\n".join(told(report)))


def judge(labels: Path, corpus: Path | None = None) -> list[Judged]:
    """The verdict beside the label of every labelled mail. Raises ConfigError, MailsMissing, NotAMail."""
    if corpus is None:
        corpus = labels.parent if labels.suffix == ".csv" else labels
    judged = [_judged(label, raw) for label, raw in read_mails(read_labels(labels), corpus)]
    return sorted(judged, key=lambda each: each.label.path)


def _judged(label: Labelled, raw: bytes) -> Judged:
    try:
        mail = parse(raw)
    except MailError as error:
        raise NotAMail(f"{label.path}: {error}") from error
    received_at = mail.date.isoformat() if mail.date else ""
    verdict = decide(mail, Facts(owner=label.owner, received_at=received_at), DEFAULT)
    return Judged(label=label, verdict=verdict, subject=mail.subject)


def figures(judged: list[Judged]) -> dict[str, Any]:
    """Every figure of the report, ready for JSON."""
    lanes = [each.lanes for each in judged]
    replies = [(each.label.first.needs_reply, each.verdict.needs_reply) for each in judged]
    kinds = [(each.label.first.category, each.verdict.category) for each in judged]
    matrix = judging.confusion(lanes)
    second = [
        (lane_for(each.label.first.priority, DEFAULT), lane_for(each.label.second.priority, DEFAULT))
        for each in judged
        if each.label.second
    ]
    return {
        "mails": len(judged),
        "policy_version": DEFAULT.version,
        "confusion": {true: {said: matrix[true, said] for said in ORDER} for true in ORDER},
        "lanes": {lane: _class(lanes, lambda each, lane=lane: each == lane) for lane in ORDER},  # type: ignore[misc]
        "lane_accuracy": _share(judging.accuracy(lanes)),
        "lane_macro_f1": _with_interval(lanes, judging.macro_f1),
        "lane_weighted_kappa": _with_interval(lanes, lambda pairs: judging.weighted_kappa(pairs, ORDER)),
        "important": _class(lanes, IMPORTANT.__contains__),
        "needs_reply": _class(replies, bool),
        "category_accuracy": _share(judging.accuracy(kinds)),
        "categories": {
            kind: _class(kinds, lambda each, kind=kind: each == kind)  # type: ignore[misc]
            for kind in sorted({true for true, _ in kinds})
        },
        "sources": {source: _source(judged, source) for source in sorted({each.label.source for each in judged})},
        "second_annotator": {
            "lane_agreement": _share(judging.accuracy(second)),
            "lane_weighted_kappa": round(judging.weighted_kappa(second, ORDER), 3),
        }
        if second
        else None,
    }


def _source(judged: list[Judged], source: str) -> dict[str, Any]:
    lanes = [each.lanes for each in judged if each.label.source == source]
    recall = judging.figures(lanes, IMPORTANT.__contains__).recall
    return {"lane_accuracy": _share(judging.accuracy(lanes)), "important_recall": _share(recall)}


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
    true, said = each.lanes
    return {
        "path": each.label.path,
        "subject": each.subject[:100],
        "true": f"{true} ({each.label.first.priority}, {each.label.first.category})",
        "said": f"{said} ({each.verdict.priority}, {each.verdict.category})",
        "reasons": [f"{reason.weight:+.2f} {reason.text}" for reason in each.verdict.reasons[:5]],
    }


def told(report: dict[str, Any]) -> list[str]:
    """The report for people: [low, high] are 95 % intervals (Wilson for shares, bootstrap for the others)."""
    lines = [
        f"{report['mails']} mails, policy {report['policy_version']}",
        "",
        "true \\ said " + "".join(f"{lane:>8}" for lane in ORDER),
    ]
    lines += [
        f"{true:11} " + "".join(f"{count:8}" for count in row.values()) for true, row in report["confusion"].items()
    ]
    lines += ["", _figure("lane accuracy", report["lane_accuracy"]), _figure("macro-F1", report["lane_macro_f1"])]
    lines += [_figure("weighted kappa", report["lane_weighted_kappa"])]
    lines += [_figure("category accuracy", report["category_accuracy"]), ""]
    groups = {"important mail": report["important"], "needs reply": report["needs_reply"]}
    for name, one in (groups | report["lanes"] | report["categories"]).items():
        lines.append(
            f"{name:18} {_figure('P', one['precision'], 0)}  {_figure('R', one['recall'], 0)}  F1 {one['f1']:.3f}"
        )
    lines.append("")
    for source, one in report["sources"].items():
        recall = _figure("important recall", one["important_recall"], 0)
        lines.append(f"{source:28} {_figure('accuracy', one['lane_accuracy'], 0)}  {recall}")
    if report["second_annotator"]:
        second = report["second_annotator"]
        lines += [
            "",
            f"{_figure('second annotator', second['lane_agreement'])}, weighted kappa {second['lane_weighted_kappa']}",
        ]
    for error in report.get("errors", ()):
        lines += ["", f"{error['path']}: {error['true']} → {error['said']}: {printable(error['subject'])}"]
        lines += [f"    {reason}" for reason in error["reasons"]]
    return lines


def _figure(name: str, figure: dict[str, Any], width: int = 18) -> str:
    of = f" of {figure['of']}" if "of" in figure else ""
    return f"{name:{width}} {figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]{of}"
