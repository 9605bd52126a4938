"""The learned model: what training found, and what it makes of one mail. See MODEL.md; trained by `agents.training`.

Everything is additive: a signal that a mail has adds its weight, and no signal changes what another one means. So each
weight that an explanation names is what the score would lose without it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from streams.triage import signals
from streams.triage.build import build
from streams.triage.confidence import Calibration
from streams.triage.features import Features

WORDING, APPROACH = "learned_wording", "learned_approach"
REQUEST, FORM, PRESSURE = "learned_request", "learned_form", "learned_pressure"
"""Names of the model's own reasons; rules cannot have them."""
SENTENCES = {
    WORDING: "Its words are those of junk (learned).",
    REQUEST: "How much its sentences ask of the reader (learned).",
    APPROACH: "A stranger approaches you in the way of today's unasked offers and frauds (learned).",
    PRESSURE: "It tells what cannot wait, by its words and the signs in it (learned).",
    FORM: "Mail of this length, make-up and circle of recipients (learned).",
}
PER_ODDS, MOST = 4.0, 8.0
"""Points of priority for each unit of the log-odds above 0 that a mail cannot wait, and all that it can come to."""
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

    def opinion(self, mail: Features, hits: Sequence[str]) -> Opinion:
        """What the model makes of one mail."""
        form = signals.form(mail)
        asked = signals.asking(mail, self.sentences)
        wording = _wording(self.junk.words, signals.words(mail))
        junk, priority, reply, pressing = self.junk, self.priority, self.reply, self.pressing
        said = signals.said(mail)
        approach = self._approach(mail, hits, form, said)
        by_rules = _sum(reply.rules, hits) + _sum(reply.form, form) + _dot(reply.asking, asked)
        return Opinion(
            wording=wording,
            junk=junk.bias + _sum(junk.rules, hits) + _sum(junk.form, form) + _sum(junk.form, build(mail)) + wording,
            approach=approach,
            deceit=self._told(self.deceit, mail, hits, said) if approach > self.approach_at else 0.0,
            form=priority.bias + _sum(priority.form, form),
            request=_dot(priority.asking, asked),
            reply=reply.bias + by_rules + _wording(reply.words, said),
            pressing=pressing.bias + _sum(pressing.rules, hits) + _wording(pressing.words, said),
        )

    def _approach(self, mail: Features, hits: Sequence[str], form: Sequence[str], said: Collection[str]) -> float:
        if not mail.approaches:
            return -math.inf
        return self._told(self.approach, mail, hits, said) + _sum(self.approach.form, form)

    @staticmethod
    def _told(head: Head, mail: Features, hits: Sequence[str], said: Collection[str]) -> float:
        cues = math.fsum([head.form[cue] for cue in mail.said if cue in head.form])  # exact, since cues have no order
        return head.bias + _sum(head.rules, hits) + cues + _wording(head.words, said)

    def without(self, opinion: Opinion, names: Collection[str]) -> Opinion:
        """The opinion, had these of the rules that hit not done so, or these parts of it had nothing to say."""
        wording = 0.0 if WORDING in names else opinion.wording
        return Opinion(
            wording=wording,
            junk=opinion.junk - opinion.wording + wording - _sum(self.junk.rules, names),
            approach=-math.inf if APPROACH in names else opinion.approach - _sum(self.approach.rules, names),
            deceit=opinion.deceit - _sum(self.deceit.rules, names),
            form=0.0 if FORM in names else opinion.form,
            request=0.0 if REQUEST in names else opinion.request,
            reply=opinion.reply - _sum(self.reply.rules, names),
            pressing=-math.inf if PRESSURE in names else opinion.pressing - _sum(self.pressing.rules, names),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """The model's part in one decision."""

    wording: float
    """Log-odds of junk by the words alone."""
    junk: float
    """Log-odds of junk, without what the rules' evidence says."""
    approach: float
    """Log-odds of today's junk; -inf where nobody approaches."""
    deceit: float
    """Log-odds that it is phishing, without what the rules' evidence says; 0 where it is no such junk."""
    form: float
    """Points of priority."""
    request: float
    """Points of priority."""
    reply: float
    """Log-odds, without what the rules' evidence says."""
    pressing: float
    """Log-odds that it cannot wait."""

    @property
    def pressure(self) -> float:
        """Points of priority: none for what can wait."""
        return min(MOST, PER_ODDS * max(0.0, self.pressing))


def _wording(weights: Mapping[str, float], said: Collection[str]) -> float:
    """What the different words of a mail add (see `Head.words`). Exact: a set has no order, and a verdict must come
    again."""
    known = [weights[word] for word in said if word in weights]
    return math.fsum(known) / math.sqrt(len(known) + FLATTEN)


def _sum(weights: Mapping[str, float], names: Iterable[str]) -> float:
    return sum([weights[name] for name in names if name in weights])


def _dot(weights: Sequence[float], values: Sequence[float]) -> float:
    return sum([weight * value for weight, value in zip(weights, values, strict=True)])


def read(content: bytes) -> Model:
    """A model from its file; its version is a digest of the content. Raises ValueError for anything else."""
    try:
        data: dict[str, Any] = json.loads(content)
        heads: dict[str, Any] = {name: Head(**data.pop(name)) for name in HEADS}
        edges, sure = tuple(data.pop("edges")), Calibration(**data.pop("confidence"))
        sentences = signals.Sentences(data.pop("sentences"), data.pop("sentences_bias"))
        version = hashlib.blake2b(content, digest_size=6).hexdigest()
        return Model(version=version, sentences=sentences, edges=edges, confidence=sure, **heads, **data)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a model of this version: {error}; train it with `python -m agents.training`") from error


MODEL = read(files(__package__).joinpath("weights.json").read_bytes())
"""The model that ships, read when the program starts."""
