"""Mails made when somebody reads them: a mailbox of 20,000 costs a few numbers each. Same number, same bytes."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

SUBJECTS = (
    "Invoice",
    "Meeting",
    "Question",
    "Report",
    "Reminder",
    "Contract",
    "Offer",
    "Release",
    "Incident",
    "Minutes",
)
SENDERS = ("accounts", "board", "ci", "editor", "helpdesk", "monitor", "office", "partner", "sales", "team")
WORDS = (
    "please find the figures for last week below and tell me by Friday whether the plan still holds for everybody who "
    "waits for the delivery of the new parts which the supplier has promised again after the change of the contract"
).split()


@dataclass(frozen=True, slots=True)
class Generated:
    """The recipe of one mail."""

    number: int
    """Distinguishes it from others of the mailbox; seeds its text."""
    to: str
    at_s: int
    """Its Date, seconds since the epoch."""
    size: int
    """About how long the body shall be, bytes."""

    def bytes(self) -> bytes:
        """The mail, RFC 5322."""
        chosen = random.Random(self.number)
        sender = chosen.choice(SENDERS)
        when = format_datetime(datetime.fromtimestamp(self.at_s, UTC))
        lines = [
            f"From: {sender.title()} <{sender}@example.org>",
            f"To: <{self.to}>",
            f"Subject: {chosen.choice(SUBJECTS)} {self.number}",
            f"Date: {when}",
            f"Message-ID: <{self.number}.{self.to.replace('@', '.')}@mail.example.org>",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "",
            *_text(chosen, self.size),
        ]
        return "\r\n".join(lines).encode() + b"\r\n"


def _text(chosen: random.Random, size: int) -> list[str]:
    lines: list[str] = []
    left = size
    while left > 0:
        lines.append(" ".join(chosen.choices(WORDS, k=12)))
        left -= len(lines[-1]) + 2
    return lines
