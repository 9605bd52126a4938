"""The report as one HTML file to look at: no script, nothing fetched, and mail text escaped, for it is hostile."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape as markup_escaped
from typing import Any

from agents.evaluation.judged import ORDER
from infra.terminal import printable

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2733; --paper: #fff; --line: #d5dbe1; --bar: #3b7dd8; --soft: #eef2f6; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e9ee; --paper: #14191f; --line: #38424d; --bar: #6aa5f0; --soft: #202830; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto;
  max-width: 62rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2.2rem; }
table { border-collapse: collapse; }
td, th { padding: .25rem .7rem; text-align: left; border-bottom: 1px solid var(--line); }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
.bar { display: inline-block; height: .7rem; background: var(--bar); vertical-align: middle; border-radius: 2px; }
.hit { outline: 2px solid var(--bar); outline-offset: -2px; }
details { border-bottom: 1px solid var(--line); padding: .4rem 0; } .quiet { opacity: .7; } ul { margin: .4rem 0; }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_HEADLINES = {
    "lane accuracy": "lane_accuracy", "macro-F1": "lane_macro_f1", "weighted kappa": "lane_weighted_kappa",
    "cost per mail": "cost", "category accuracy": "category_accuracy",
}  # fmt: skip


def escape(text: str) -> str:
    """No markup, and nothing that reorders or hides what stands beside it."""
    return markup_escaped(printable(text))


def page(report: dict[str, Any]) -> str:
    """The file's text. `report` is what `triage evaluate --json` prints."""
    title = f"Triage on {report['mails']} labelled mails"
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    head += f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{_STYLE}</style>'
    versions = f"policy {escape(report['policy_version'])}, model {escape(report['model_version'])}"
    body = [f'<h1>{title}</h1><p class="quiet">{versions}; [low, high] are 95 % intervals</p>', *_sections(report)]
    return f'<!DOCTYPE html><html lang="en"><head>{head}</head><body>{"".join(body)}</body></html>\n'


def _sections(report: dict[str, Any]) -> Iterator[str]:
    yield _table(("", "", "", ""), (_figure(name, report[key]) for name, key in _HEADLINES.items()))
    yield "<h2>True lane (rows) and what was said</h2>" + _confusion(report["confusion"])
    groups = {"important mail": report["important"], "needs reply": report["needs_reply"]}
    yield "<h2>Per class</h2>"
    rows = ((name, one["precision"], one["recall"], one["f1"]) for name, one in _classes(groups, report).items())
    yield _table(
        ("", "precision", "recall", "F1"),
        ([_text(name), _share(first), _share(second), _number(f1)] for name, first, second, f1 in rows),
    )
    calibration = report["calibration"]
    yield f"<h2>Is it as sure as it should be?</h2><p>Brier {calibration['brier']:.4f}; always saying the share of"
    yield f" right ones: {calibration['brier_of_the_base_rate']:.4f}</p>"
    bins = (
        [_number(each["stated"]), _share(each["right"]), _bar(each["right"]["value"])] for each in calibration["bins"]
    )
    yield _table(("sure by", "right", ""), bins)
    for what, parts in ({"source": report["sources"]} | report["slices"]).items():
        yield f"<h2>By {escape(what)}</h2>"
        yield _table(
            ("", "accuracy", "", "important recall"),
            (
                [
                    _text(name),
                    _share(one["lane_accuracy"]),
                    _bar(one["lane_accuracy"]["value"]),
                    _share(one["important_recall"]),
                ]
                for name, one in parts.items()
            ),
        )
    if compared := report.get("compared"):
        yield "<h2>Beside the earlier run</h2>" + _compared(compared)
    if errors := report.get("errors"):
        yield "<h2>Worst errors</h2>" + "".join(map(_error, errors))


def _classes(groups: dict[str, Any], report: dict[str, Any]) -> dict[str, Any]:
    return {**groups, **report["lanes"], **report["categories"]}


def _confusion(confusion: dict[str, dict[str, int]]) -> str:
    rows = []
    for true, row in confusion.items():
        cells = [f'<td class="n{" hit" if said == true else ""}">{count}</td>' for said, count in row.items()]
        rows.append(f"<tr><th>{escape(str(true))}</th>{''.join(cells)}</tr>")
    return f"<table><tr><th></th>{''.join(f'<th>{lane}</th>' for lane in ORDER)}</tr>{''.join(rows)}</table>"


def _compared(one: dict[str, Any]) -> str:
    other = f"model {escape(one['other_model_version'])}, policy {escape(one['other_policy_version'])}"
    counts = f"right only now {one['right_only_now']}, right only then {one['right_only_then']}"
    figures = (_figure(name.replace("_", " ") + " changes by", one[name]) for name in ("lane_accuracy", "cost"))
    return f"<p>{other}, on {one['mails']} mails of both: {counts}, p {one['p']:.3f} (sign test)</p>" + _table(
        ("", "", "", ""), figures
    )


def _error(error: dict[str, Any]) -> str:
    what = f"{error['true']} → {error['said']}, confidence {error['confidence']:.2f}"
    reasons = "".join(f"<li>{escape(reason)}</li>" for reason in error["reasons"])
    name = f"{escape(error['subject'])} <span class=quiet>{escape(what)} · {escape(error['path'])}</span>"
    return f"<details><summary>{name}</summary><ul>{reasons}</ul></details>"


def _figure(name: str, figure: dict[str, Any]) -> list[str]:
    return [
        _text(name),
        _number(figure["value"]),
        _text(f"[{figure['low']:.3f}, {figure['high']:.3f}]"),
        _bar(figure["value"]),
    ]


def _share(figure: dict[str, Any]) -> str:
    return _text(f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}] of {figure['of']}")


def _bar(share: float) -> str:
    return f'<td><span class="bar" style="width:{8 * min(1.0, max(0.0, share)):.2f}rem"></span></td>'


def _text(text: str) -> str:
    return f"<td>{escape(text)}</td>"


def _number(number: float) -> str:
    return f'<td class="n">{number:.3f}</td>'


def _table(names: tuple[str, ...], rows: Iterator[list[str]]) -> str:
    head = f"<tr>{''.join(f'<th>{escape(name)}</th>' for name in names)}</tr>" if any(names) else ""
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f"<table>{head}{body}</table>"
