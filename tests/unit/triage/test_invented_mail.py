"""Invented mail of many trades and eight languages goes where the guideline puts it, most of the time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from agents.evaluation.judged import IMPORTANT
from streams.mail import Address
from streams.triage.verdict import Lane, Verdict
from tests.unit.triage.invented import MAILS
from tests.unit.triage.written import COLLEAGUE, mail, verdict

SENT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WHO: dict[str, dict[str, Any]] = {
    "colleague": {"sender": COLLEAGUE},
    "stranger": {},
    "robot": {"sender": Address(name="Beacon", address="alerts@beacon.example"), "auto_submitted": "auto-generated"},
    "bulk": {
        "sender": Address(name="Shop", address="news@shop.example"),
        "list_unsubscribe": "<mailto:off@shop.example>",
        "precedence": "bulk",
    },
}
LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "pl")


def judged(*lanes: Lane, language: str = "") -> list[Verdict]:
    return [
        verdict(mail(text, subject, date=SENT, **WHO[who]))
        for code, lane, who, subject, text in MAILS
        if lane in lanes and language in {"", code}
    ]


def share(verdicts: list[Verdict], *lanes: Lane) -> float:
    return sum(each.lane in lanes for each in verdicts) / len(verdicts)


def test_most_urgent_mail_is_urgent_and_hardly_any_is_below_high() -> None:
    urgent = judged(Lane.URGENT)
    assert share(urgent, Lane.URGENT) >= 0.7
    assert share(urgent, *IMPORTANT) >= 0.9


@pytest.mark.parametrize("language", LANGUAGES)
def test_urgent_mail_of_every_language_is_important(language: str) -> None:
    urgent = judged(Lane.URGENT, language=language)
    assert len(urgent) >= 4
    assert share(urgent, *IMPORTANT) >= 0.75


def test_what_asks_with_time_left_is_high_and_not_urgent() -> None:
    high = judged(Lane.HIGH)
    assert share(high, Lane.HIGH) >= 0.9
    assert sum(each.needs_reply for each in high) >= 0.9 * len(high)


def test_what_is_over_or_practised_or_told_is_never_urgent() -> None:
    normal = judged(Lane.NORMAL)
    assert share(normal, Lane.URGENT) == 0
    assert share(normal, Lane.NORMAL, Lane.LOW) >= 0.8


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_newsletter_that_shouts_or_counts_down_is_never_above_normal(language: str) -> None:
    bulk = judged(Lane.LOW, language=language)
    assert bulk
    assert not [each for each in bulk if each.lane in IMPORTANT or each.needs_reply]
