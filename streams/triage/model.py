"""The learned model: what training found. See MODEL.md; trained by `agents.training`.

Everything is additive: a signal that a mail has adds its weight, and no signal changes what another one means. So each
weight that an explanation names is what the score would lose without it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from sys import intern
from typing import Any

from streams.triage import signals
from streams.triage.confidence import Calibration

WORDING, APPROACH = "learned_wording", "learned_approach"
REQUEST, FORM, PRESSURE = "learned_request", "learned_form", "learned_pressure"
"""Names of the model's own reasons; rules cannot have them."""
SENTENCES = {
    WORDING: "Its words are those of junk (learned).",
    REQUEST: "How much its sentences ask of the reader (learned).",
    APPROACH: "A stranger approaches you in the way of today's unasked offers and frauds (learned).",
    PRESSURE: "It tells of what cannot wait, as learned from such mail.",
    FORM: "Mail of this length, make-up and circle of recipients (learned).",
}
FLATTEN = 10
"""Known words that are added before their number divides: one telling word in a short mail is not everything."""
HEADS = ("junk", "approach", "deceit", "priority", "reply", "pressing")
"""The questions, as the file names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Weights of one question."""

    bias: float = 0.0
    rules: Mapping[str, float]
    """What a rule's hit adds to what the policy gives it."""
    form: Mapping[str, float]
    """Of `signals.form`, for junk of `build`, for approaches of cues."""
    asking: Sequence[float] = ()
    """Of `signals.asking`."""
    words: Mapping[str, float]
    """Each times 1 / √(known words of the mail + `FLATTEN`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """All that was learned. A field's unit: points of priority, or log-odds."""

    version: str
    sentences: signals.Sentences
    """Does this sentence ask the reader for something?"""
    junk: Head
    """Log-odds of spam or phishing."""
    junk_from_evidence: float
    """Log-odds of one unit of the rules' evidence."""
    junk_at: float
    """Log-odds from which a mail is junk."""
    junk_unless: float
    """Log-odds below which the rules' own opinion that a mail is spam does not count."""
    approach: Head
    """Log-odds that a stranger's mail is junk of today, see `Parties.approaches`."""
    approach_at: float
    """Log-odds from which it is."""
    deceit: Head
    """Log-odds that such junk is phishing and not spam, beside what the rules' evidence says."""
    priority: Head
    """Points of priority."""
    pressing: Head
    """Log-odds that it cannot wait."""
    edges: tuple[float, float, float]
    """Scores at which the lanes normal, high and urgent begin."""
    reply: Head
    """Log-odds that a reply or an action is expected."""
    reply_from_evidence: float
    confidence: Calibration
    """That the lane is right."""


def _interned(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {intern(name): value for name, value in pairs}


def read(content: bytes) -> Model:
    """A model from its file; its version is a digest of the content. Raises ValueError for anything else."""
    try:
        data: dict[str, Any] = json.loads(content, object_pairs_hook=_interned)
        heads: dict[str, Any] = {name: Head(**data.pop(name)) for name in HEADS}
        edges, sure = tuple(data.pop("edges")), Calibration(**data.pop("confidence"))
        sentences = signals.Sentences(data.pop("sentences"), data.pop("sentences_bias"))
        version = hashlib.blake2b(content, digest_size=6).hexdigest()
        return Model(version=version, sentences=sentences, edges=edges, confidence=sure, **heads, **data)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a model of this version: {error}; train it with `python -m agents.training`") from error


MODEL = read(files(__package__).joinpath("weights.json").read_bytes())
"""The model that ships, read when the program starts."""
