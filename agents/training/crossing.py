"""Cross-validation: each mail is judged by a model that learned neither from it nor from its thread (or its source)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agents.training import certainty, fit
from agents.training.corpora import Example
from agents.training.vocabulary import vocabulary
from streams.triage.confidence import Calibration, Signs, signs
from streams.triage.decide import decide
from streams.triage.model import Model
from streams.triage.model_opinion import Opinion
from streams.triage.policy import lane_for
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Verdict

_AS_IT_IS = Calibration(**certainty.RAW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossed:
    """A mail and what a model said that did not know it."""

    example: Example
    verdict: Verdict
    signs: Signs

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
) -> list[Crossed]:
    """Verdicts on every group by models trained on the others. Their confidence is not calibrated yet."""
    found: list[Crossed] = []
    for name in sorted({group(each) for each in examples}, key=str):
        known = [each for each in examples if group(each) != name]
        new = [each for each in examples if group(each) == name]
        model = trained(known, sentences)
        found += [judge(each, model) for each in new]
        tell(f"group {name}: learned from {len(known)} mails, judged {len(new)}")
    return found


def data_of(
    examples: Sequence[Example], sentences: Sequence[tuple[list[str], bool]], confidence: Mapping[str, Any]
) -> dict[str, object]:
    """What the model's file holds when all examples are learned from."""
    allowed = vocabulary(examples)
    return fit.fit(examples, fit.fit_sentences(sentences, allowed), allowed) | {"confidence": confidence}


def trained(examples: Sequence[Example], sentences: Sequence[tuple[list[str], bool]]) -> Model:
    """A model of these examples and of the sentences, with the vocabulary that these examples allow."""
    allowed = vocabulary(examples)
    return fit.as_model(fit.fit(examples, fit.fit_sentences(sentences, allowed), allowed))


def judge(example: Example, model: Model) -> Crossed:
    """What a model says of one mail."""
    verdict = decide(example.mail, example.features.facts, DEFAULT, replace(model, confidence=_AS_IT_IS))
    opinion = Opinion(model, example.features, example.hits)
    said = signs(verdict.confidence, verdict.category, opinion, DEFAULT)
    return Crossed(example=example, verdict=replace(verdict, confidence=model.confidence.of(said)), signs=said)


def certainty_of(crossed: Sequence[Crossed]) -> dict[str, Any]:
    """The calibration that these verdicts teach."""
    return certainty.learned(
        [(each.signs, each.right, weight) for each in crossed if (weight := certainty.counts(each.example))]
    )


def calibrate(crossed: Sequence[Crossed]) -> list[Crossed]:
    """The same verdicts with confidences calibrated on the folds that the verdict's own is not in."""
    by_fold = {
        fold: Calibration(**certainty_of([each for each in crossed if each.example.fold != fold]))
        for fold in {each.example.fold for each in crossed}
    }
    return [
        replace(each, verdict=replace(each.verdict, confidence=by_fold[each.example.fold].of(each.signs)))
        for each in crossed
    ]
