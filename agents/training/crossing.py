"""Cross-validation: each mail is judged by a model that learned neither from it nor from its thread (or its source)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agents.training import approach, fit
from agents.training.corpora import FOLDS, Example
from agents.training.vocabulary import plain_words, vocabulary
from streams.triage.confidence import calibrated
from streams.triage.decide import decide
from streams.triage.model import Model
from streams.triage.policy import lane_for
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossed:
    """A mail and what a model said that did not know it."""

    example: Example
    verdict: Verdict

    @property
    def right(self) -> bool:
        """Whether its lane is the labelled one."""
        label = self.example.label
        return label is not None and self.verdict.lane is lane_for(label.first.priority, DEFAULT)


def cross(
    examples: Sequence[Example],
    sentences: Sequence[tuple[list[str], bool]],
    group: Callable[[Example], Hashable],
    tell: Callable[[str], None],
    *,
    always: Sequence[Example] = (),
) -> list[Crossed]:
    """Verdicts on every group by models trained on the others, and `always` on mails that are of no group."""
    found: list[Crossed] = []
    for name in sorted({group(each) for each in examples}, key=str):
        known = [each for each in examples if group(each) != name]
        new = [each for each in examples if group(each) == name]
        model = trained([*known, *always], sentences)
        found += [judge(each, model) for each in new]
        tell(f"group {name}: learned from {len(known)} mails, judged {len(new)}")
    return found


def cross_written(examples: Sequence[Example], own: Sequence[Example], data: Mapping[str, Any]) -> list[Crossed]:
    """Verdicts on the project's own mails by the model of this data, but with a head for approaches that learned from
    the other folds of them. Of junk alone: its other heads do know them."""
    found: list[Crossed] = []
    for fold in range(FOLDS):
        known = [*examples, *(each for each in own if each.fold != fold)]
        model = fit.as_model({**data, **approach.learned(known, plain_words(known))})
        found += [judge(each, model) for each in own if each.fold == fold]
    return found


def data_of(
    examples: Sequence[Example], sentences: Sequence[tuple[list[str], bool]], confidence: tuple[float, float]
) -> dict[str, object]:
    """What the model's file holds when all examples are learned from."""
    allowed = vocabulary(examples)
    return fit.fit(examples, fit.fit_sentences(sentences, allowed), allowed) | {"confidence": confidence}


def trained(examples: Sequence[Example], sentences: Sequence[tuple[list[str], bool]]) -> Model:
    """A model of these examples and of the sentences, with the vocabulary that these examples allow."""
    allowed = vocabulary(examples)
    return fit.as_model(fit.fit(examples, fit.fit_sentences(sentences, allowed), allowed))


def judge(example: Example, model: Model | None) -> Crossed:
    """What a model says of one mail."""
    return Crossed(example=example, verdict=decide(example.mail, example.features.facts, DEFAULT, model))


def calibrate(crossed: Sequence[Crossed]) -> list[Crossed]:
    """The same verdicts with confidences calibrated on the folds that the verdict's own is not in."""
    by_fold = {
        fold: fit.calibration(
            [
                (each.verdict.confidence, each.right)
                for each in crossed
                if each.example.label and each.example.fold != fold
            ]
        )
        for fold in {each.example.fold for each in crossed}
    }
    return [
        replace(
            each,
            verdict=replace(each.verdict, confidence=calibrated(each.verdict.confidence, by_fold[each.example.fold])),
        )
        for each in crossed
    ]
