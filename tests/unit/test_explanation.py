"""What `triage explain` and `triage tail` print."""

from __future__ import annotations

import dataclasses
from typing import Any

import orjson
import pytest
from hypothesis import given

from agents.commands.explanation import Difference, Explanation, differences, lines
from agents.commands.tail import line
from infra.terminal import printable
from streams.events import Correspondent, VerdictRecord
from streams.triage.verdict import Answered, Category, Facts, Habit, Habits, Lane, Reason, ThreadFacts, Verdict
from tests.verdicts import VERDICT, VERDICTS, changed

DERIVED = Verdict(**{field.name: getattr(VERDICT, field.name) for field in dataclasses.fields(Verdict)})
HOSTILE = "\x1b[2J\r\nfound in    PostgreSQL\u202e"


def told(explanation: Explanation) -> str:
    return "\n".join(lines(explanation))


def test_the_same_verdict_has_no_differences() -> None:
    assert differences(VERDICT, DERIVED) == ()
    assert Explanation(recorded=VERDICT, found_in="PostgreSQL", derived=DERIVED).identical


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("priority", 8),
        ("lane", Lane.URGENT),
        ("category", Category.BULK),
        ("needs_reply", False),
        ("confidence", 0.7500001),
        ("reasons", ()),
        ("policy_version", "p2"),
        ("model_version", "m1"),
        ("because", "Names a list"),
        ("counterfactual", None),
    ],
)
def test_every_field_of_a_verdict_counts(field: str, value: Any) -> None:
    derived = dataclasses.replace(DERIVED, **{field: value})
    assert differences(VERDICT, derived) == (Difference(field=field, recorded=getattr(VERDICT, field), derived=value),)


def test_a_record_of_before_it_said_why_in_short_is_told_by_what_is_derived() -> None:
    old = changed(because="", counterfactual=None)
    assert differences(old, DERIVED) == ()
    shown = told(Explanation(recorded=old, found_in="PostgreSQL", derived=DERIVED))
    assert "in short    Names a deadline\n" in shown
    assert "\n  would be in the normal lane but for: Names a deadline\n" in shown
    opinion = Explanation(recorded=dataclasses.replace(old, revision=1), found_in="PostgreSQL", derived=DERIVED)
    assert (opinion.because, opinion.turns_on) == ("", "")


def test_a_person_reads_reasons_facts_and_the_outcome() -> None:
    record = changed(
        facts=Facts(thread=ThreadFacts(mails=2, top_priority=8, owner_wrote=True)),
        reasons=(
            Reason(rule="deadline", weight=2.5, text="Names a deadline."),
            Reason(rule="list", weight=-3.0, text="List."),
        ),
    )
    derived = dataclasses.replace(DERIVED, policy_version="p2", reasons=())
    shown = told(
        Explanation(recorded=record, found_in="PostgreSQL", derived=derived, differences=differences(record, derived))
    )
    for expected in (
        "priority 7 → high lane, work, needs a reply",
        "+2.50  Names a deadline. (deadline)\n  -3.00  List. (list)",
        "never wrote before",
        "2 mails, top priority 8, the owner has written in it",
        "mail.received/2/17, at the provider INBOX;UIDVALIDITY=7;UID=12",
        "differs, for the policy has changed since",
        "reasons: recorded deadline +2.50, list -3.00, now none",
        "policy_version: recorded p1, now p2",
    ):
        assert expected in shown


def test_a_person_reads_what_the_owner_s_acts_and_answers_were() -> None:
    sender = Habit(lean=1.5, replied=9, marked=1, acted_at="2026-03-02T09:00:00.000Z")
    record = changed(facts=Facts(habits=Habits(sender=sender, people=Answered(mails=200, replied=29))))
    shown = told(Explanation(recorded=record, found_in="PostgreSQL", derived=DERIVED))
    assert "sender: answered 9, marked 1, +1.5 points; last 2026-03-02T09:00:00.000Z" in shown
    assert "29 of the 200 mails that people wrote meanwhile" in shown


def test_what_could_not_be_derived_is_not_called_identical() -> None:
    explanation = Explanation(recorded=VERDICT, found_in="PostgreSQL", obstacle="the log is gone")
    assert not explanation.identical
    assert "not derived: the log is gone" in told(explanation)
    assert orjson.loads(orjson.dumps(explanation.as_data()))["derived"] is None


def test_a_mail_can_neither_control_the_terminal_nor_forge_a_line() -> None:
    hostile = changed(
        subject=HOSTILE, sender=Correspondent(name=HOSTILE, address=HOSTILE), location=HOSTILE, facts=Facts(owner=(HOSTILE,)),
        reasons=(Reason(rule=HOSTILE, weight=1.0, text=HOSTILE),),
    )  # fmt: skip
    shown = told(
        Explanation(recorded=hostile, found_in="the lanes", derived=DERIVED, differences=differences(hostile, DERIVED))
    )
    assert [text for text in shown.split("\n") if text.startswith("found in")] == ["found in    the lanes"]
    assert all(printable(text) == text for text in shown.split("\n"))


@given(VERDICTS)
def test_tail_prints_one_printable_line_for_any_verdict(record: VerdictRecord) -> None:
    shown = line(record)
    assert printable(shown) == shown
    assert record.event_id[:8] in shown


def test_tail_shows_time_priority_sender_subject_and_the_strongest_reason() -> None:
    assert line(VERDICT) == (
        "2026-01-02T03:05:00.500Z   7  A Shop                          Your order  (Names a deadline.)  01234567"
    )
