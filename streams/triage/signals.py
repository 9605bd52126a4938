"""What the learned model reads of a mail beside the rules' hits: its words, its form, and how much its sentences ask.

Nothing here names a person, an address, a list or a domain: what is learned has to carry over to any mailbox."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise, repeat
from sys import intern

from streams.triage.features import Features
from streams.triage.parties import Role
from streams.triage.steps import steps
from streams.triage.text import STOPS

ASKING_WORDS = 400
"""Words of the text whose sentences are judged one by one; a request further down is not read."""
CERTAIN = 0.7
"""Probability from which a sentence surely asks."""
BEGIN, END = "^", "$"
"""What stands for the edges of a sentence in pairs of words."""
SUBJECT = "s:"
"""What marks a word of the subject."""
ASKING = ("most", "second", "third", "surely", "often")
"""The signals of `asking`, in order."""

_LENGTH = steps("length", 5, 20, 60, 150, 400)
_PEOPLE, _LINKS, _QUESTIONS = steps("people", 0, 1, 3, 8), steps("links", 0, 2, 8), steps("questions", 0, 1, 2)
_ROLES = {role: f"role {role}" for role in Role}


def words(mail: Features) -> set[str]:
    """The different words of text and subject, folded; those of the subject marked."""
    return {*mail.body, *map(SUBJECT.__add__, mail.subject)}


def said(mail: Features) -> set[str]:
    """The different words of text and subject alike."""
    return {*mail.body, *mail.subject}


def form(mail: Features) -> list[str]:
    """How the mail is built: length, recipients, links, questions, role of the owner, and what it is made of."""
    one = mail.mail
    found = [
        _LENGTH(mail.length),
        _PEOPLE(len(one.to) + len(one.cc)),
        _LINKS(len(one.links)),
        _QUESTIONS(mail.questions),
        _ROLES[mail.role],
    ]
    if one.attachments:
        found.append("attachments")
    if one.is_html:
        found.append("html")
    if one.quoted:
        found.append("quoted")
    if mail.is_reply:
        found.append("reply")
    if mail.is_forward:
        found.append("forward")
    return found


def sentence(said: Sequence[str]) -> list[str]:
    """What a sentence is judged by: its words, and its pairs of neighbours with beginning and end among them."""
    return [*said, *(f"{a} {b}" for a, b in pairwise((BEGIN, *said, END)))]


class Sentences:
    """Log-odds that a sentence asks: the sum over what `sentence` gives, indexed by first word for one quick pass."""

    __slots__ = ("begin", "bias", "index", "weights")

    def __init__(self, weights: Mapping[str, float], bias: float) -> None:
        self.weights = weights
        self.bias = bias
        own: dict[str, float] = {}
        pairs: dict[str, dict[str, float]] = {}
        for each, weight in weights.items():
            first, second = map(intern, each.partition(" ")[::2])
            if second:
                pairs.setdefault(first, {})["." if second == END else second] = weight
            else:
                own[first] = weight
        self.begin = pairs.pop(BEGIN, {})
        self.index: _Index = {word: (own.get(word, 0.0), pairs.get(word, {})) for word in own.keys() | pairs.keys()}
        """Word → its own weight and that of each word behind it. Stops have none behind them, but the end: it is in
        their own weight, and "." stands for it behind other words."""
        for stop in STOPS:
            self.index[stop] = (own.get(stop, 0.0) + pairs.get(stop, {}).get(".", 0.0), None)
        self.index["."] = (0.0, None)

    def odds(self, words: Sequence[str]) -> list[float]:
        """The log-odds of each sentence of more than one word; stops (see `STOPS`) end a sentence."""
        found: list[float] = []
        total, count, before = self.bias, 0, self.begin
        for word, (own, following) in zip(words, map(self.index.get, words, repeat(_UNKNOWN)), strict=True):
            if word in before:
                total += before[word]
            total += own
            if following is not None:
                before = following
                count += 1
                continue
            if count > 1:
                found.append(total)
            total, count, before = self.bias, 0, self.begin
        return found


_Index = dict[str, tuple[float, dict[str, float] | None]]
_UNKNOWN: tuple[float, dict[str, float]] = (0.0, {})


def asking(mail: Features, sentences: Sentences) -> tuple[float, ...]:
    """How much the text asks (see `ASKING`): probabilities of its three most asking sentences, and how many ask."""
    odds = sorted(sentences.odds((*mail.body[1:ASKING_WORDS], ".")), reverse=True)[:3]
    most, second, third = (*map(chance, odds), 0.0, 0.0, 0.0)[:3]
    often = sum([each > 0 for each in odds]) / 3
    return most, second, third, float(most > CERTAIN), often


def chance(odds: float) -> float:
    """Log-odds → probability."""
    return 1 / (1 + math.exp(-odds)) if odds > -700 else 0.0
