"""How sure a decision may be: learned from verdicts on mail that the deciding model did not know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agents.training.corpora import Example
from agents.training.losses import Row, fit_binary
from streams.triage.confidence import Signs, log_odds
from streams.triage.verdict import Category

RAW: dict[str, Any] = {"bias": 0.0, "raw": 1.0, "doubt": 0.0, "categories": {}}
"""A calibration that leaves the raw confidence as it is."""
PENALTY = 1.0
WRITTEN = 0.15
"""Weight of the project's own mails; other labelled mail counts 1."""
CATEGORIES = {category: at for at, category in enumerate(Category, start=2)}


def counts(example: Example) -> float:
    """What a mail weighs here; 0 for what has no label, or was written about junk alone and is no sample of mail."""
    if example.label is None or example.is_about_junk:
        return 0.0
    return WRITTEN if example.is_authored else 1.0


def learned(judged: Sequence[tuple[Signs, bool, float]]) -> dict[str, Any]:
    """What a model's file holds as `confidence`, from signs, whether the lane was right, and what the mail weighs."""
    bias = 2 + len(CATEGORIES)
    rows = [
        Row(0.0, [CATEGORIES[said.category], bias], values=[(0, log_odds(said.raw)), (1, said.doubt)], weight=weight)
        for said, _, weight in judged
    ]
    penalties = [1e-3, *[PENALTY] * (bias - 1), 1e-3]
    weights = fit_binary(rows, [right for _, right, _ in judged], penalties)
    categories = {str(category): round(weights[at], 3) for category, at in CATEGORIES.items()}
    raw, doubt = weights[:2]
    return {"bias": round(weights[bias], 3), "raw": round(raw, 3), "doubt": round(doubt, 3), "categories": categories}
