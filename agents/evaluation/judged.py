"""Labelled mails with what the classifier says of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from agents.commands.labels import Labelled, read_labels, read_mails
from infra.errors import Permanent
from streams.mail import Mail, MailError, parse
from streams.moments import utc_text
from streams.triage.decide import decide
from streams.triage.features import Features
from streams.triage.model import MODEL, Model
from streams.triage.policy import lane_for
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Facts, Lane, Verdict

ORDER = (Lane.LOW, Lane.NORMAL, Lane.HIGH, Lane.URGENT)
IMPORTANT = frozenset({Lane.HIGH, Lane.URGENT})
_LENGTHS = ((20, "up to 20 words"), (100, "21 to 100 words"), (400, "101 to 400 words"))


class NotAMail(Permanent):
    """A labelled message cannot be parsed: the labels and the corpus do not fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A labelled mail and what the classifier said of it."""

    label: Labelled
    verdict: Verdict
    subject: str
    language: str = ""
    """The likeliest, as two letters."""
    words: int = 0
    """Newly written ones."""
    first_contact: bool = True
    """Whether no earlier mail of the set is from its sender to the same owner."""

    @property
    def lanes(self) -> tuple[Lane, Lane]:
        """(true, said)."""
        return lane_for(self.label.first.priority, DEFAULT), self.verdict.lane

    @property
    def right(self) -> bool:
        """Whether it is in its lane."""
        true, said = self.lanes
        return true is said

    @property
    def miss(self) -> int:
        """How many points the priority is off."""
        return abs(self.label.first.priority - self.verdict.priority)

    @property
    def slices(self) -> dict[str, str]:
        """The groups that it belongs to, by what they group."""
        return {
            "source": self.label.source,
            "language": self.language,
            "length": next((name for bound, name in _LENGTHS if self.words <= bound), "more than 400 words"),
            "contact": "first contact" if self.first_contact else "sender seen before",
        }


def judge(labels: Path, corpus: Path | None = None, model: Model | None = MODEL) -> list[Judged]:
    """The verdict beside the label of every labelled mail. Raises ConfigError, MailsMissing, NotAMail."""
    if corpus is None:
        corpus = labels.parent if labels.suffix == ".csv" else labels
    mails = [(label, _mail(label, raw)) for label, raw in read_mails(read_labels(labels), corpus)]
    return judged((label, mail, decide(mail, _facts(label, mail), DEFAULT, model)) for label, mail in mails)


def judged(verdicts: Iterable[tuple[Labelled, Mail, Verdict]]) -> list[Judged]:
    """Mails, labels and verdicts with the groups that each belongs to, in the order of their paths."""
    found, seen = [], set[tuple[tuple[str, ...], str]]()
    for label, mail, verdict in sorted(
        verdicts, key=lambda each: (each[1].date is None, str(each[1].date), each[0].path)
    ):
        who = (label.owner, mail.sender.address.lower())
        found.append(replace(_described(label, mail, verdict), first_contact=who not in seen))
        seen.add(who)
    return sorted(found, key=lambda each: each.label.path)


def _described(label: Labelled, mail: Mail, verdict: Verdict) -> Judged:
    features = Features(mail, _facts(label, mail))
    return Judged(
        label=label, verdict=verdict, subject=mail.subject, language=features.languages[0], words=features.length
    )


def _mail(label: Labelled, raw: bytes) -> Mail:
    try:
        return parse(raw)
    except MailError as error:
        raise NotAMail(f"{label.path}: {error}") from error


def _facts(label: Labelled, mail: Mail) -> Facts:
    """No history: each mail on its own."""
    return Facts(owner=label.owner, received_at=utc_text(mail.date) if mail.date else "")
