"""What the learned model reads of a mail beside the rules' hits: its words, its form, and how much its sentences ask.

Nothing here names a person, an address, a list or a domain: what is learned has to carry over to any mailbox."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from streams.triage.features import Features
from streams.triage.steps import step
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

_LENGTHS = (5, 20, 60, 150, 400)
_PEOPLE = (0, 1, 3, 8)
_LINKS = (0, 2, 8)
_QUESTIONS = (0, 1, 2)


def words(mail: Features) -> set[str]:
    """The different words of text and subject, folded; those of the subject marked."""
    return {*mail.body, *(SUBJECT + word for word in mail.subject)}


def said(mail: Features) -> set[str]:
    """The different words of text and subject alike."""
    return {*mail.body, *mail.subject}


def form(mail: Features) -> tuple[str, ...]:
    """How the mail is built: length, recipients, links, questions, role of the owner, and what it is made of."""
    one = mail.mail
    found = [
        f"length {step(mail.length, _LENGTHS)}",
        f"people {step(len(one.to) + len(one.cc), _PEOPLE)}",
        f"links {step(len(one.links), _LINKS)}",
        f"questions {step(mail.questions, _QUESTIONS)}",
        f"role {mail.role}",
    ]
    marks = {
        "attachments": bool(one.attachments),
        "html": one.is_html,
        "quoted": one.quoted,
        "reply": mail.is_reply,
        "forward": mail.is_forward,
    }
    return (*found, *(name for name, there in marks.items() if there))


def sentence(said: Sequence[str]) -> list[str]:
    """What a sentence is judged by: its words, and its pairs of neighbours with beginning and end among them."""
    return [*said, *(f"{a} {b}" for a, b in pairwise((BEGIN, *said, END)))]


class Sentences:
    """Log-odds that a sentence asks: the sum over what `sentence` gives, indexed by first word for one quick pass."""

    __slots__ = ("bias", "index", "weights")

    def __init__(self, weights: Mapping[str, float], bias: float) -> None:
        self.weights = weights
        self.bias = bias
        self.index: dict[str, tuple[float, dict[str, float]]] = {BEGIN: (0.0, {})}
        for each, weight in weights.items():
            first, _, second = each.partition(" ")
            own, following = self.index.setdefault(first, (0.0, {}))
            if second:
                following[second] = weight
            else:
                self.index[first] = (own + weight, following)

    def odds(self, words: Iterable[str]) -> list[float]:
        """The log-odds of each sentence of more than one word; stops (see `STOPS`) end a sentence."""
        get, bias, (_, begin) = self.index.get, self.bias, self.index[BEGIN]
        found: list[float] = []
        total, count, following = bias, 0, begin
        for word in words:
            if word != ".":
                if word in following:
                    total += following[word]
                own, following = get(word, _UNKNOWN)
                total += own
                if word not in STOPS:
                    count += 1
                    continue
            if count > 1:
                found.append(total + following.get(END, 0.0))
            total, count, following = bias, 0, begin
        return found


_UNKNOWN: tuple[float, dict[str, float]] = (0.0, {})


def asking(mail: Features, sentences: Sentences) -> tuple[float, ...]:
    """How much the text asks (see `ASKING`): probabilities of its three most asking sentences, and how many ask."""
    odds = sorted(sentences.odds((*mail.body[1:ASKING_WORDS], ".")), reverse=True)
    most, second, third = (*map(chance, odds[:3]), 0.0, 0.0, 0.0)[:3]
    often = min(1.0, sum(each > 0 for each in odds) / 3)
    return most, second, third, float(most > CERTAIN), often


def chance(odds: float) -> float:
    """Log-odds → probability."""
    return 1 / (1 + math.exp(-odds)) if odds > -700 else 0.0
