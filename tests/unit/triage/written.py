"""Mails for the tests of triage, written by hand: only what a test is about needs saying."""

from __future__ import annotations

from typing import Any

from streams.mail import Address, Authentication, Mail
from streams.triage.decide import decide
from streams.triage.features import Features
from streams.triage.rules import RULES
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Facts, Verdict

OWNER = "rosa.lind@harbour.example"
COLLEAGUE = Address(name="Otto Brandt", address="otto.brandt@harbour.example")
STRANGER = Address(name="Pat Moss", address="pat@elsewhere-firm.example")
FACTS = Facts(owner=(OWNER,), received_at="2026-03-02T09:00:00.000Z")


def mail(text: str = "", subject: str = "Notes", **changes: Any) -> Mail:
    """A mail to the owner alone, from a stranger whose domain vouches for it."""
    fields: dict[str, Any] = {
        "size": 100,
        "message_id": "one@elsewhere-firm.example",
        "sender": STRANGER,
        "to": (Address(name="Rosa Lind", address=OWNER),),
        "subject": subject,
        "date": None,
        "headers": {},
        "text": text,
        "new_text": text,
        "authentication": Authentication(spf="pass", dkim="pass", dmarc="pass"),
    }
    return Mail(**(fields | changes))


def verdict(of: Mail, facts: Facts = FACTS) -> Verdict:
    """The shipped policy's verdict."""
    return decide(of, facts, DEFAULT)


def hits(of: Mail, facts: Facts = FACTS) -> set[str]:
    """Names of the rules that hit."""
    features = Features(of, facts)
    return {name for name, rule in RULES.items() if rule.hits(features)}
