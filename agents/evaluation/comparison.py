"""Two runs over the same mails, mail by mail: paired, since most mails are as easy or hard for both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson

from agents.evaluation.figures import BURIED
from agents.evaluation.judged import IMPORTANT, Judged
from infra.errors import ConfigError
from infra.terminal import printable
from streams.triage import judging
from streams.triage.verdict import Lane

Three = tuple[Lane, Lane, Lane]
"""(true, said now, said then)."""


def compared(judged: Sequence[Judged], before: Path) -> dict[str, Any]:
    """What changed against an earlier report of `triage evaluate --json`. Raises ConfigError."""
    other = _read(before)
    both = {each.label.path: each.lanes for each in judged if each.label.path in other["said"]}
    if not both:
        raise ConfigError(f"{before}: none of its mails is among those judged now; give a report over the same labels")
    threes = [(true, now, other["said"][path]) for path, (true, now) in sorted(both.items())]
    gained = sum(now is true and then is not true for true, now, then in threes)
    lost = sum(now is not true and then is true for true, now, then in threes)
    return {
        "mails": len(threes),
        "other_model_version": other["model_version"],
        "other_policy_version": other["policy_version"],
        "right_only_now": gained,
        "right_only_then": lost,
        "p": round(judging.sign_test(gained, lost), 4),
        "lane_accuracy": _change(threes, lambda pairs: judging.accuracy(pairs).value),
        "cost": _change(threes, lambda pairs: judging.cost(pairs, IMPORTANT.__contains__, buried=BURIED)),
    }


def _change(threes: Sequence[Three], figure: Callable[[judging.Pairs[Lane]], float]) -> dict[str, float]:
    """By how much a figure changed, with its interval over resampled mails."""

    def change(some: Sequence[Any]) -> float:
        return figure([(true, now) for (true, now), _ in some]) - figure([(true, then) for (true, _), then in some])

    pairs = [((true, now), then) for true, now, then in threes]
    low, high = judging.bootstrap(pairs, change)
    return {"value": round(change(pairs), 3), "low": round(low, 3), "high": round(high, 3)}


def _read(path: Path) -> dict[str, Any]:
    try:
        report = orjson.loads(path.read_bytes())
        return {
            "said": {path: Lane(lanes[1]) for path, lanes in report["said"].items()},
            **{name: printable(report[name]) for name in ("model_version", "policy_version")},
        }
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise ConfigError(f"{path}: no report of `triage evaluate --json` ({type(error).__name__}: {error})") from error
