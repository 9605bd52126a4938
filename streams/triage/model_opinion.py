"""What the learned model makes of one mail. See `streams.triage.model`."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence

from streams.triage import signals
from streams.triage.build import build
from streams.triage.features import Features
from streams.triage.model import APPROACH, FLATTEN, FORM, PRESSURE, REQUEST, WORDING, Head, Model
from streams.triage.once import once

PER_ODDS, MOST = 4.0, 8.0
"""Points of priority for each unit of the log-odds above 0 that a mail cannot wait, and all that it can come to."""


class Opinion:
    """The model's part in one decision, each of its answers worked out when it is first asked for: of half of all mail,
    bulk and junk, nobody asks what presses and what wants a reply."""

    def __init__(self, model: Model, mail: Features, hits: Sequence[str]) -> None:
        """`hits`: names of the rules that hit."""
        self.model = model
        self.mail = mail
        self.hits = hits

    def without(self, names: Collection[str]) -> Opinion:
        """The same, had these of the rules that hit not done so, or these parts of it had nothing to say."""
        return _Without(self, names)

    @once
    def wording(self) -> float:
        """Log-odds of junk by the words alone."""
        return _wording(self.model.junk.words, signals.words(self.mail))

    @once
    def junk(self) -> float:
        """Log-odds of junk, without what the rules' evidence says."""
        head = self.model.junk
        by_rules, by_form = _sum(head.rules, self.hits), _sum(head.form, self._form)
        return head.bias + by_rules + by_form + _sum(head.form, build(self.mail)) + self.wording

    @once
    def approach(self) -> float:
        """Log-odds of today's junk; -inf where nobody approaches."""
        head = self.model.approach
        return self._told(head) + _sum(head.form, self._form) if self.mail.approaches else -math.inf

    @once
    def deceit(self) -> float:
        """Log-odds that it is phishing, without what the rules' evidence says; 0 where it is no such junk."""
        return self._told(self.model.deceit) if self.approach > self.model.approach_at else 0.0

    @once
    def form(self) -> float:
        """Points of priority."""
        head = self.model.priority
        return head.bias + _sum(head.form, self._form)

    @once
    def request(self) -> float:
        """Points of priority."""
        return _dot(self.model.priority.asking, self._asked)

    @once
    def reply(self) -> float:
        """Log-odds, without what the rules' evidence says."""
        head = self.model.reply
        by_rules = _sum(head.rules, self.hits) + _sum(head.form, self._form) + _dot(head.asking, self._asked)
        return head.bias + by_rules + _wording(head.words, self._said)

    @once
    def pressing(self) -> float:
        """Log-odds that it cannot wait."""
        head = self.model.pressing
        return head.bias + _sum(head.rules, self.hits) + _wording(head.words, self._said)

    @property
    def pressure(self) -> float:
        """Points of priority: none for what can wait."""
        return min(MOST, PER_ODDS * max(0.0, self.pressing))

    @once
    def _form(self) -> list[str]:
        return signals.form(self.mail)

    @once
    def _said(self) -> set[str]:
        return signals.said(self.mail)

    @once
    def _asked(self) -> tuple[float, ...]:
        return signals.asking(self.mail, self.model.sentences)

    def _told(self, head: Head) -> float:
        cues = math.fsum([head.form[cue] for cue in self.mail.said if cue in head.form])  # exact: cues have no order
        return head.bias + _sum(head.rules, self.hits) + cues + _wording(head.words, self._said)


class _Without(Opinion):
    """See `Opinion.without`: what the whole opinion says, less what the names gave it."""

    def __init__(self, whole: Opinion, names: Collection[str]) -> None:
        super().__init__(whole.model, whole.mail, whole.hits)
        self._whole = whole
        self._names = names

    @once
    def wording(self) -> float:
        return 0.0 if WORDING in self._names else self._whole.wording

    @once
    def junk(self) -> float:
        return self._whole.junk - self._whole.wording + self.wording - self._given(self.model.junk)

    @once
    def approach(self) -> float:
        return -math.inf if APPROACH in self._names else self._whole.approach - self._given(self.model.approach)

    @once
    def deceit(self) -> float:
        return self._whole.deceit - self._given(self.model.deceit)

    @once
    def form(self) -> float:
        return 0.0 if FORM in self._names else self._whole.form

    @once
    def request(self) -> float:
        return 0.0 if REQUEST in self._names else self._whole.request

    @once
    def reply(self) -> float:
        return self._whole.reply - self._given(self.model.reply)

    @once
    def pressing(self) -> float:
        return -math.inf if PRESSURE in self._names else self._whole.pressing - self._given(self.model.pressing)

    def _given(self, head: Head) -> float:
        return _sum(head.rules, self._names)


def _wording(weights: Mapping[str, float], said: Collection[str]) -> float:
    """What the different words of a mail add (see `Head.words`). Exact: a set has no order, and a verdict must come
    again."""
    known = [weights[word] for word in said if word in weights]
    return math.fsum(known) / math.sqrt(len(known) + FLATTEN)


def _sum(weights: Mapping[str, float], names: Iterable[str]) -> float:
    return sum([weights[name] for name in names if name in weights])


def _dot(weights: Sequence[float], values: Sequence[float]) -> float:
    return sum([weight * value for weight, value in zip(weights, values, strict=True)])
