"""A review request as the crew reads it. Pure: request in, text out; bounded, fenced, redacted where that is wanted.

Everything of the mail stands behind a mark on each line and between two lines with a nonce that nobody could know when
the mail was written. Quoted text is marked as such."""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from agents.crew.redaction import Redaction
from streams.reviews import ReviewRequest

ASCII_PER_TOKEN, OTHERS_PER_TOKEN = 3.0, 0.6
"""Characters; fewer than tokenizers have on average, in any script: an estimate that is not too low."""
PROMPT_TOKENS = 1400
"""Instructions, schema and fence of one agent, at most."""
HEAD_CHARACTERS = 500
"""Of what a header says; a mail can have a name of sixteen thousand, which its account would pay for."""
HINTS = 8
"""Reasons of the fast path that are told."""
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\U000e0000-\U000e007f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is asked. `body` holds no nonce, so that the same mail has the same digest."""

    body: str

    def fenced(self, nonce: str) -> str:
        """Between two lines that no mail can contain."""
        return f"{nonce} BEGIN OF THE MAIL\n{self.body}\n{nonce} END OF THE MAIL"

    @property
    def digest(self) -> str:
        """Of the content: the same for the same question."""
        return hashlib.blake2b(self.body.encode("utf-8", "replace"), digest_size=16).hexdigest()

    def tokens(self, agents: int, answer_tokens: int) -> int:
        """What a review of it may use at most, before it is asked: estimated for the question, exact for the answer."""
        return agents * (PROMPT_TOKENS + estimated_tokens(self.body) + answer_tokens)


def estimated_tokens(text: str) -> int:
    """Tokens of a text, rather too many than too few."""
    others = sum(letter > "\x7f" for letter in text)
    return math.ceil((len(text) - others) / ASCII_PER_TOKEN + others / OTHERS_PER_TOKEN)


def case_of(request: ReviewRequest, *, redact: bool = False) -> Case:
    """The case of a request. It depends on nothing else, and holds nothing of another mail or account."""
    lines = list(_lines(request))
    if redact:
        redaction = Redaction(names=(_visible(request.verdict.sender.name),))
        lines = [redaction.clean(line) for line in lines]
    return Case(body="\n".join(lines))


def _lines(request: ReviewRequest) -> Iterator[str]:
    verdict, context, facts = request.verdict, request.context, request.verdict.facts
    yield f"From: {_one(verdict.sender.name)} <{_one(verdict.sender.address)}>"
    yield f"Answers go to: {_one(context.reply_to) or 'the sender'}"
    yield f"Recipients: {context.recipients}; {_own(request)}"
    yield f"Date: {_one(verdict.date or 'none')}"
    yield f"Subject: {_one(verdict.subject)}"
    yield f"Sender authentication: {_one(context.authentication)}"
    yield f"Attachments: {', '.join(map(_one, context.attachments)) or 'none'}"
    yield f"Links lead to: {', '.join(map(_one, context.links)) or 'nowhere'}"
    known = facts.sender
    yield "Known sender: " + (
        f"{known.mails} mails before, {known.important} important, {known.junk} junk" if known else "no, first contact"
    )
    thread = facts.thread
    wrote = ", the owner has written in it" if thread and thread.owner_wrote else ""
    yield "Known thread: " + (f"{thread.mails} mails before{wrote}" if thread else "no")
    yield f"A rule-based filter said: {verdict.lane}, {verdict.category}, because"
    yield from (f"- {_one(reason.text)}" for reason in verdict.reasons[:HINTS])
    yield "Text:"
    yield from (f"| {line}" for line in _visible(context.text).splitlines())
    if context.quoted:
        yield "It quotes (not written by its sender now):"
        yield from (f"> {line}" for line in _visible(context.quoted).splitlines())


def _own(request: ReviewRequest) -> str:
    owners = {address.lower() for address in request.verdict.facts.owner}
    if not owners:
        return "whether the owner is among them is not known"
    return "the owner is among them" if owners & {each.lower() for each in request.context.to} else "the owner is not"


def _visible(text: str) -> str:
    """Without what a person does not see: invisible characters carry instructions."""
    return "".join(
        letter if letter == "\n" or not unicodedata.category(letter).startswith("C") else " "
        for letter in _INVISIBLE.sub("", text)
    )


def _one(text: str) -> str:
    said = " ".join(_visible(text).split())
    return said if len(said) <= HEAD_CHARACTERS else said[: HEAD_CHARACTERS - 1] + "…"
