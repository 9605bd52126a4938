"""Deadlines are resolved against the date of the mail, in the languages of the phrases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from streams.mail import parse
from streams.triage.decide import decide
from streams.triage.due import days_left, due, told
from streams.triage.features import Features
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Facts
from tests.unit.triage.written import OWNER, mail

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
SAID = [
    ("Please answer by Friday.", "2026-11-27"), ("Please answer before next Monday.", "2026-11-30"),
    ("Bitte bis Freitag antworten.", "2026-11-27"), ("Bitte bis morgen 12 Uhr.", "2026-11-24"), ("Bitte übermorgen.", "2026-11-25"),
    ("Merci de répondre avant mercredi.", "2026-11-25"), ("Responde antes del jueves.", "2026-11-26"), ("Até amanhã!", "2026-11-24"),
    ("Entro venerdì, grazie.", "2026-11-27"), ("Graag uiterlijk dinsdag.", "2026-11-24"), ("Proszę do piątku.", "2026-11-27"),
    ("Send it by 2026-12-01, not 2026-13-45.", "2026-12-01"), ("It was due 2025-01-01.", None), ("We met on Friday.", None),
    ("No day at all.", None), ("Friday was nice.", None),
    ("Guten Morgen, anbei die Notizen.", None), ("Esta mañana he mirado las notas.", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "day"), SAID)
def test_a_deadline_is_resolved_against_the_date_of_the_mail(text: str, day: str | None) -> None:
    found = due(Features(mail(text, date=MONDAY), Facts(received_at="2027-01-01T00:00:00.000Z")))
    assert (found.isoformat() if found else None) == day


@pytest.mark.parametrize(
    ("sent", "text", "day"),
    [
        ("Mon, 23 Nov 2026 21:30:00 -0800", "Please answer by tomorrow.", "2026-11-24"),
        ("Tue, 24 Nov 2026 07:30:00 +0900", "Please answer by tomorrow.", "2026-11-25"),
        ("Thu, 26 Nov 2026 18:30:00 -0800", "Please answer by Friday.", "2026-11-27"),
        ("Sat, 28 Nov 2026 08:00:00 +1300", "Please answer by Friday.", "2026-12-04"),
        ("Thu, 31 Dec 2026 20:00:00 -0500", "Can you do it today?", "2026-12-31"),
    ],
)
def test_a_day_is_meant_where_the_mail_was_written(sent: str, text: str, day: str) -> None:
    """By UTC it is the next day already, or still the day before."""
    found = due(Features(parse(f"From: a@x.example\r\nDate: {sent}\r\n\r\n{text}\r\n".encode()), Facts()))
    assert found is not None
    assert found.isoformat() == day


def test_a_mail_without_a_date_is_taken_for_one_of_the_day_it_came() -> None:
    facts = Facts(received_at="2026-11-23T10:00:00.000Z")
    found = due(Features(mail("Please answer by Friday."), facts))
    assert found is not None
    assert found.isoformat() == "2026-11-27"
    assert due(Features(mail("Please answer by Friday."), Facts())) is None


def test_the_reason_names_the_day() -> None:
    verdict = decide(mail("Could you please send the report by Friday?", date=MONDAY), Facts(owner=(OWNER,)), DEFAULT)
    assert "Asks for something by a named day (Friday 2026-11-27)." in {reason.text for reason in verdict.reasons}
    assert told("x.", None) == "x."


def test_a_mail_of_the_last_day_there_is_harms_nobody() -> None:
    end = datetime(9999, 12, 31, tzinfo=UTC)
    verdict = decide(mail("Could you please send the report by tomorrow?", date=end), Facts(owner=(OWNER,)), DEFAULT)
    assert verdict.reasons


@pytest.mark.parametrize(
    ("text", "left"),
    [("Please send it by tomorrow.", 1), ("Bitte bis Freitag.", 4), ("No day.", None), ("By 2026-12-24, please.", 31)],
)
def test_the_days_that_are_left_count_from_the_mails_own_day(text: str, left: int | None) -> None:
    assert days_left(Features(mail(text, date=MONDAY), Facts())) == left


def test_a_mail_without_a_day_has_no_days_left() -> None:
    assert days_left(Features(mail("Please send it by tomorrow."), Facts())) is None
