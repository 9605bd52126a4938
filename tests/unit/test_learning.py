"""Feedback through the triage agent, its tables in memory: revision, later mail, forgetting, and hostile records."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from random import Random
from typing import Any

import orjson
import pytest

from agents.evaluation import acting
from agents.evaluation.simulate import (
    ACCOUNT,
    AFTER,
    Course,
    Mailbox,
    _Event,
    course,
    owners,
    promoted,
    senders,
    written,
)
from streams.events import MalformedEvent, VerdictRecord
from streams.feedback import Feedback
from streams.learning import LABEL, RECENT
from streams.mail import parse
from streams.people import SENDERS
from streams.revisions import REVIEWS, ReviewedFacts, row_key
from streams.route import triage, triage_agent
from streams.runtime import Outcome
from streams.topics import FEEDBACK
from streams.triage import acts
from streams.triage.decide import decide
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Answered, Lane

ALICE, BEN = senders()[0], senders()[1]
AT = "2026-03-02T09:00:00.000Z"


def mail_of(sender: Any, topic: str = "the audit", number: int = 0) -> bytes:
    return written(sender, Random(3), topic, number=number)


def told(
    mailbox: Mailbox, record: VerdictRecord, action: str, at: str = AT, appended: str = "", **more: Any
) -> Outcome:
    """What one record of feedback causes; its rows are kept. `appended`: when the broker took it, by its own clock."""
    feedback = Feedback(event_id=record.event_id, account=ACCOUNT, action=action, at=at, provider="gmail", **more)
    event = _Event(FEEDBACK.name, 99, feedback.encode(), feedback.headers())
    if appended:
        event.timestamp = int(datetime.fromisoformat(appended).timestamp() * 1000)
    outcome = triage(event, mailbox, policy=DEFAULT)
    for table, key, row in outcome.writes:
        mailbox.rows[table.name, key] = row
    return outcome


def test_a_correction_revises_the_verdict_and_later_mail_follows_at_once() -> None:
    mailbox = Mailbox()
    first = mailbox.receive(mail_of(ALICE))
    assert first.lane is Lane.NORMAL
    revised = mailbox.correct(first, Lane.URGENT)
    assert (revised.event_id, revised.revision, revised.lane) == (first.event_id, 1, Lane.URGENT)
    assert revised.reasons[0].text == "You said where it belongs."
    assert mailbox.receive(mail_of(ALICE, "crane four", 1)).lane is Lane.URGENT
    assert mailbox.receive(mail_of(BEN)).lane is Lane.NORMAL


def test_a_verdict_that_a_correction_moved_is_derived_again_from_its_facts() -> None:
    mailbox = Mailbox()
    mailbox.correct(mailbox.receive(mail_of(ALICE)), Lane.LOW)
    raw = mail_of(ALICE, "crane four", 1)
    record = mailbox.receive(raw)
    read = VerdictRecord.decode(record.encode())
    again = decide(parse(raw), read.facts, DEFAULT)
    assert (again.lane, again.reasons, again.confidence) == (Lane.LOW, read.reasons, read.confidence)


LATER = "2026-03-02T09:00:01.000Z"
"""Than AT."""


def corrected(mailbox: Mailbox, record: VerdictRecord, lane: Lane, at: str, appended: str = "") -> Outcome:
    """What a correction made then causes."""
    return told(mailbox, record, "corrected", at, appended, lane=lane, verdict=record)


def test_a_correction_that_is_read_again_changes_nothing() -> None:
    """The topic may be rewound: all that was said comes again, in the same order."""
    mailbox = Mailbox()
    first = mailbox.receive(mail_of(ALICE))
    said = [(Lane.URGENT, AT), (Lane.LOW, LATER)]
    assert all(corrected(mailbox, first, lane, at).outputs for lane, at in said)
    rows = dict(mailbox.rows)
    assert [corrected(mailbox, first, lane, at) for lane, at in said] == [Outcome(label=LABEL)] * 2
    assert mailbox.rows == rows


def test_a_correction_that_comes_late_is_not_the_last_word() -> None:
    """A dead letter is put back after the owner said something else about the same mail."""
    mailbox = Mailbox()
    first, other = mailbox.receive(mail_of(ALICE)), mailbox.receive(mail_of(BEN, number=1))
    assert corrected(mailbox, first, Lane.LOW, LATER).outputs
    assert corrected(mailbox, first, Lane.URGENT, AT) == Outcome(label=LABEL)
    assert corrected(mailbox, other, Lane.URGENT, AT).outputs, "of another mail nothing else was said"
    assert mailbox.receive(mail_of(ALICE, "crane four", 1)).lane is Lane.LOW


def test_a_clock_that_runs_ahead_has_the_last_word_no_longer_than_the_broker_s() -> None:
    mailbox = Mailbox()
    first = mailbox.receive(mail_of(ALICE))
    ahead = "2099-01-01T00:00:00.000Z"
    assert corrected(mailbox, first, Lane.URGENT, ahead, AT).outputs
    assert corrected(mailbox, first, Lane.URGENT, ahead, AT) == Outcome(label=LABEL), "the same, read again"
    (output,) = corrected(mailbox, first, Lane.LOW, LATER, LATER).outputs
    assert output.topic == "mail.low"
    assert ahead not in {row.at for (table, _), row in mailbox.rows.items() if table in {"habits", "corrected"}}


@pytest.mark.parametrize("action", ["corrected", "spam", "starred"])
def test_what_was_said_before_all_was_forgotten_teaches_nothing_when_it_comes_after_that(action: str) -> None:
    mailbox = Mailbox()
    first = mailbox.receive(mail_of(ALICE))
    more: dict[str, Any] = {"lane": Lane.LOW, "verdict": first} if action == "corrected" else {}
    told(mailbox, first, "forgotten", LATER)
    late = told(mailbox, first, action, AT, **more)
    assert not {write.table.name for write in late.writes} & {"habits"}
    assert bool(late.outputs) is (action == "corrected"), "the mail goes where it was said to belong all the same"
    assert mailbox.receive(mail_of(ALICE, "crane four", 1)).facts.habits is None


def test_all_is_forgotten_once_however_often_that_is_read() -> None:
    mailbox = Mailbox()
    first = mailbox.receive(mail_of(ALICE))
    told(mailbox, first, "forgotten", AT)
    assert corrected(mailbox, first, Lane.LOW, LATER).outputs
    assert told(mailbox, first, "forgotten", AT) == Outcome(label=LABEL)
    assert mailbox.receive(mail_of(ALICE, "crane four", 1)).lane is Lane.LOW


def test_a_category_is_kept_for_the_sender() -> None:
    mailbox = Mailbox()
    first = mailbox.receive(mail_of(ALICE))
    outcome = told(mailbox, first, "corrected", category="bulk", verdict=first)
    (output,) = outcome.outputs
    assert VerdictRecord.decode(output.value).category == "bulk"
    later = mailbox.receive(mail_of(ALICE, "crane four", 1))
    assert (later.category, later.lane, later.needs_reply) == ("bulk", Lane.LOW, False)


@pytest.mark.parametrize(
    ("action", "lanes"),
    [("starred", {Lane.NORMAL, Lane.HIGH}), ("important", {Lane.NORMAL, Lane.HIGH}), ("spam", {Lane.LOW}), ("archived", {Lane.NORMAL}), ("trashed", {Lane.NORMAL})],
)  # fmt: skip
def test_what_was_done_in_the_mailbox_teaches_by_the_event_id_alone(action: str, lanes: set[Lane]) -> None:
    mailbox = Mailbox()
    outcome = told(mailbox, mailbox.receive(mail_of(ALICE)), action)
    assert outcome.outputs == ()
    assert outcome.label == LABEL
    later = mailbox.receive(mail_of(ALICE, "crane four", 1))
    assert later.lane in lanes
    assert bool(outcome.writes) is (action not in {"archived", "trashed"})
    if action in {"starred", "important"}:
        assert later.priority > mailbox.receive(mail_of(BEN)).priority


def test_answers_raise_the_sender_step_by_step_and_a_correction_outweighs_them_all() -> None:
    mailbox, paper = Mailbox(), senders()[3]
    priorities = []
    for number in range(8):
        record = mailbox.receive(mail_of(paper, f"matter {number}", number))
        priorities.append(record.priority)
        told(mailbox, record, "replied")
    assert priorities == sorted(priorities)
    assert priorities[0] < priorities[-1] <= priorities[0] + 2
    row = mailbox.rows["habits", row_key(ACCOUNT, f"sender {paper.address}")]
    assert (row.replied, row.corrections) == (8, 0)
    mailbox.correct(mailbox.receive(mail_of(paper, "crane four", 9)), Lane.HIGH)
    assert mailbox.receive(mail_of(paper, "the budget", 10)).lane is Lane.HIGH


def test_an_answer_counts_for_its_thread_too_and_a_star_does_not() -> None:
    mailbox = Mailbox()
    first = mailbox.receive(mail_of(ALICE))
    assert {write.key for write in told(mailbox, first, "replied").writes} == {
        row_key(ACCOUNT, name) for name in ("", f"sender {ALICE.address}", f"thread {first.thread_id}")
    }
    assert {write.key for write in told(mailbox, first, "starred").writes} == {
        row_key(ACCOUNT, name) for name in ("", f"sender {ALICE.address}")
    }


def usual(record: VerdictRecord) -> Answered | None:
    assert record.facts.habits is not None
    return record.facts.habits.people


def people_row(mailbox: Mailbox) -> Any:
    return mailbox.rows.get((SENDERS.name, row_key(ACCOUNT, "")))


def test_mail_of_people_is_counted_from_the_first_answer_on_and_facts_say_how_often_they_are_answered() -> None:
    mailbox, paper = Mailbox(), senders()[3]
    for number in range(3):
        first = mailbox.receive(mail_of(ALICE, f"before {number}", number))
    assert people_row(mailbox) is None
    told(mailbox, first, "replied")
    for number in range(3, 7):
        told(mailbox, mailbox.receive(mail_of(BEN, f"after {number}", number)), "starred")
        told(mailbox, mailbox.receive(mail_of(paper, f"issue {number}", number)), "replied")
    assert people_row(mailbox).mails == 4
    second = mailbox.receive(mail_of(ALICE, "answered", 8))
    assert usual(second) == Answered(mails=0, replied=1), "what came since the last answer is not counted"
    told(mailbox, second, "replied")
    assert usual(mailbox.receive(mail_of(ALICE, "last", 9))) == Answered(mails=5, replied=2)
    assert usual(mailbox.receive(mail_of(BEN, "last", 10))) is None


def test_how_often_people_are_answered_is_forgotten_too() -> None:
    mailbox = Mailbox()
    for number in range(4):
        told(mailbox, mailbox.receive(mail_of(ALICE, f"matter {number}", number)), "replied")
    told(mailbox, mailbox.receive(mail_of(ALICE, "gone", 5)), "forgotten")
    for number in range(6, 8):
        told(mailbox, mailbox.receive(mail_of(ALICE, f"matter {number}", number)), "replied", at=LATER)
    assert usual(mailbox.receive(mail_of(ALICE, "last", 9))) == Answered(mails=1, replied=2)


def test_whom_an_owner_answers_more_than_others_is_high_and_a_correction_outweighs_it() -> None:
    mailbox, others = Mailbox(), [each for each in senders()[4:] if not each.bulk]
    for number in range(12):
        told(mailbox, mailbox.receive(mail_of(ALICE, f"matter {number}", number)), "replied")
        for at in range(2):
            mailbox.receive(mail_of(others[(2 * number + at) % len(others)], f"other {number}", 100 + 2 * number + at))
    raw = mail_of(ALICE, "last", 99)
    record = mailbox.receive(raw)
    assert record.lane is Lane.HIGH
    assert decide(parse(raw), record.facts, DEFAULT).lane is Lane.HIGH, "it follows from what is recorded"
    assert VerdictRecord.decode(record.encode()).facts == record.facts
    mailbox.correct(record, Lane.LOW)
    assert mailbox.receive(mail_of(ALICE, "later", 98)).lane is Lane.LOW


def test_deletions_unread_lower_bulk_mail_and_nobody_s_own() -> None:
    mailbox, paper = Mailbox(), senders()[3]
    assert paper.bulk
    for number in range(5):
        told(mailbox, mailbox.receive(mail_of(paper, f"issue {number}", number)), "deleted_unread")
    later = mailbox.receive(mail_of(paper, "issue 9", 9))
    assert later.priority < Mailbox().receive(mail_of(paper, "issue 9", 9)).priority
    assert any(reason.rule == acts.LOWERED for reason in later.reasons)
    assert told(mailbox, mailbox.receive(mail_of(ALICE)), "deleted_unread") == Outcome(label=LABEL)


@pytest.mark.parametrize("action", sorted(acts.RATES))
def test_where_acts_shall_not_teach_nothing_is_learned_of_them(action: str) -> None:
    mailbox = Mailbox()
    record = mailbox.receive(mail_of(ALICE))
    feedback = Feedback(event_id=record.event_id, account=ACCOUNT, action=action, at=AT, provider="imap")
    event = _Event(FEEDBACK.name, 99, feedback.encode(), feedback.headers())
    assert triage(event, mailbox, policy=DEFAULT, from_acts=False) == Outcome(label=LABEL)


def test_acts_are_forgotten_with_the_corrections() -> None:
    mailbox = Mailbox()
    first = mailbox.receive(mail_of(ALICE))
    told(mailbox, first, "starred")
    told(mailbox, first, "forgotten")
    later = mailbox.receive(mail_of(ALICE, "crane four", 1))
    assert later.facts.habits is None
    told(mailbox, later, "replied", LATER)
    assert mailbox.rows["habits", row_key(ACCOUNT, f"sender {ALICE.address}")].marked == 0


def test_not_spam_takes_the_spam_back() -> None:
    mailbox = Mailbox()
    first = mailbox.receive(mail_of(ALICE))
    told(mailbox, first, "spam")
    junk = mailbox.receive(mail_of(ALICE, "crane four", 1))
    assert junk.category == "spam"
    told(mailbox, junk, "not_spam")
    assert mailbox.receive(mail_of(ALICE, "crane four", 2)).category != "spam"


def test_feedback_on_a_mail_that_is_not_known_teaches_nothing() -> None:
    mailbox = Mailbox()
    first = mailbox.receive(mail_of(ALICE))
    unknown = dataclasses.replace(first, event_id="f" * 32)
    assert told(mailbox, unknown, "spam") == Outcome(label=LABEL)


def test_all_that_was_learned_can_be_forgotten_and_learned_anew() -> None:
    mailbox = Mailbox()
    first = mailbox.receive(mail_of(ALICE))
    mailbox.correct(first, Lane.HIGH)
    told(mailbox, first, "forgotten")
    again = mailbox.receive(mail_of(ALICE, "crane four", 1))
    assert again.lane is Lane.NORMAL
    assert corrected(mailbox, again, Lane.LOW, LATER).outputs
    assert mailbox.receive(mail_of(ALICE, "the budget", 2)).lane is Lane.LOW


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"account": "somebody else's"}, "another account"),
        ({"lane": "soon"}, "not a feedback record"),
        ({"at": "yesterday"}, "not a feedback record"),
        ({"at": "2026-03-02T09:00:00"}, "without a zone"),
        ({"at": "9999-12-31T23:59:59-14:00"}, "no time of UTC"),
        ({"verdict": {"event_id": "x"}}, "not a feedback record"),
        ({"event_id": "f" * 32}, "of another mail"),
    ],
)
def test_a_record_that_is_no_feedback_is_a_documented_error(change: dict[str, Any], said: str) -> None:
    mailbox = Mailbox()
    record = mailbox.receive(mail_of(ALICE))
    feedback = Feedback(
        event_id=record.event_id,
        account=ACCOUNT,
        action="corrected",
        at=AT,
        provider="cli",
        lane=Lane.HIGH,
        verdict=record,
    )
    value = orjson.dumps(orjson.loads(feedback.encode()) | change)
    with pytest.raises(MalformedEvent, match=said):
        triage(_Event(FEEDBACK.name, 9, value, feedback.headers()), mailbox, policy=DEFAULT)


@pytest.mark.parametrize("value", [None, b"", b"[]", b"7", b"null", b"{}", b'"x"'])
def test_what_is_no_json_object_is_malformed(value: bytes | None) -> None:
    with pytest.raises(MalformedEvent):
        triage(_Event(FEEDBACK.name, 9, value, ()), Mailbox(), policy=DEFAULT)


def test_each_table_is_written_by_events_of_its_own_topic() -> None:
    agent, mailbox = triage_agent(DEFAULT), Mailbox()
    record = mailbox.receive(mail_of(ALICE))
    by_mail = {name for name, _ in mailbox.rows}
    outcome = told(mailbox, record, "corrected", lane="high", verdict=record)
    by_topic = {topic: {table.name for table in agent.tables_of(topic)} for topic in agent.reads}
    assert by_topic == {
        "mail.received": by_mail,
        "mail.feedback": {write.table.name for write in outcome.writes},
        "mail.reviewed": {"reviews"},
    }


def test_the_last_mails_of_an_account_are_a_ring() -> None:
    mailbox = Mailbox()
    for number in range(3):
        mailbox.receive(mail_of(ALICE, number=number))
    assert sum(name == RECENT.name for name, _ in mailbox.rows) == 3


def test_twenty_corrections_cut_the_errors() -> None:
    found = course(owners(Random(0))["raises some, lowers others"], 20, 0)
    assert isinstance(found, Course)
    assert found.corrections == 20
    assert found.fell >= 0.4


@pytest.mark.parametrize(
    ("habit", "left"),
    [
        ("stars whom they want high", 0.5),
        ("moves pests to junk", 0.5),
        ("archives and deletes", 0.0),
        ("deletes half of all mail unread", 0.0),
        ("answers half of all mail", 0.0),
        ("answers some people often", 0.6),
    ],
)
def test_owners_who_only_act_are_served_better_and_never_worse(habit: str, left: float) -> None:
    found = acting.course(acting.owners(Random(0))[habit], 100, 0)
    assert found.acts > 5
    assert found.learned <= left * found.static


@pytest.mark.parametrize("habit", ["answers half of people's mail", "answers nearly all people"])
def test_where_all_people_are_answered_alike_next_to_none_of_their_mail_is_moved(habit: str) -> None:
    found = acting.course(acting.owners(Random(0))[habit], 100, 0)
    assert found.acts > 50
    assert found.learned - found.static <= AFTER / 100


def test_nobody_promotes_himself_by_volume() -> None:
    assert set(promoted(100).values()) == {0}


def test_a_correction_after_a_second_opinion_has_the_next_number() -> None:
    mailbox = Mailbox()
    first = mailbox.receive(mail_of(ALICE))
    mailbox.rows[REVIEWS.name, row_key(ACCOUNT, first.event_id)] = ReviewedFacts(revision=1, reviews=1)
    assert mailbox.correct(first, Lane.URGENT).revision == 2, "the owner has not seen the crew's"
    mailbox.now += timedelta(minutes=1)
    assert mailbox.correct(first, Lane.LOW).revision == 3, "nor their own"
