"""Reviews become revisions, once; and which mails are sent to be reviewed."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar, cast

import pytest

from streams.events import MalformedEvent, VerdictRecord
from streams.reviews import Review, ReviewRequest, review_id
from streams.revisions import CORRECTED, REVIEWS, CorrectedFacts, ReviewedFacts, row_key
from streams.route import triage_agent
from streams.runtime import Known, Outcome, Table
from streams.triage.opinion import Deception, Opinion, Sureness
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Category, Lane
from tests.unit.crew.requests import UNSURE, mail, request_of
from tests.unit.runtime.records import Record

Row = TypeVar("Row")
OPINION = Opinion(
    lane=Lane.URGENT, category=Category.WORK, needs_reply=True, sureness=Sureness.CERTAIN, deception=Deception.NONE,
    why="Legal notice.",
)  # fmt: skip


def review_of(request: ReviewRequest, opinion: Opinion | None = OPINION, **changes: object) -> Review:
    made = Review(
        review_id=review_id(request.verdict), event_id=request.verdict.event_id, account=request.verdict.account,
        outcome="opinion" if opinion else "expired", opinion=opinion, verdict=request.verdict, bounds=request.bounds,
        shadow=False, crew_version="1-abc", crew_model="m", tokens=1, cached=False, case="c", seconds=1.0,
        reviewed_at="2026-11-24T09:02:00.000Z",
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


class Rows(Known):
    def __init__(self) -> None:
        self.rows: dict[tuple[str, bytes], object] = {}

    def get(self, table: Table[Row], key: bytes) -> Row | None:
        assert table in {REVIEWS, CORRECTED}
        return cast("Row | None", self.rows.get((table.name, key)))


def apply(review: Review, rows: Rows) -> Outcome:
    event = Record(
        offset=1, topic="mail.reviewed", key=review.account.encode(), value=review.encode(),
        headers=(("ce_type", b"email.triage.mail.reviewed.v1"), ("ce_id", review.event_id.encode()), ("traceparent", b"")),
    )  # fmt: skip
    outcome = triage_agent(DEFAULT).decide(event, rows)
    rows.rows.update({(write.table.name, write.key): write.row for write in outcome.writes})
    return outcome


def test_a_changed_verdict_goes_to_its_lane_as_the_next_revision_and_only_once() -> None:
    request, rows = request_of(), Rows()
    outcome = apply(review_of(request), rows)
    (output,) = outcome.outputs
    record = VerdictRecord.decode(output.value)
    assert (output.topic, outcome.label) == ("mail.urgent", "raised")
    assert (record.revision, record.lane, record.priority) == (1, Lane.URGENT, 9)
    assert record.reasons[0].text == "Second opinion: Legal notice."
    assert record.model_version == f"{request.verdict.model_version}+crew:1-abc:m"
    assert dict(output.headers)["ce_type"] == b"email.triage.mail.verdict.v1"
    assert apply(review_of(request), rows).outputs == (), "the same review again"


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({"opinion": None, "outcome": "expired"}, "no opinion: expired"),
        ({"shadow": True}, "shadow"),
        ({"opinion": replace(OPINION, sureness=Sureness.UNSURE)}, "agreed"),
    ],
)
def test_what_changes_nothing_writes_nothing(changes: dict[str, object], label: str) -> None:
    outcome = apply(review_of(request_of(), **changes), Rows())  # type: ignore[arg-type]
    assert (outcome.outputs, outcome.label) == ((), label)


def test_suspected_deception_marks_and_never_hides_what_the_rules_hold_up() -> None:
    request = request_of()
    (output,) = apply(review_of(request, replace(OPINION, deception=Deception.LIKELY)), Rows()).outputs
    record = VerdictRecord.decode(output.value)
    assert record.category is Category.PHISHING
    assert record.priority == request.bounds.floor
    assert not record.needs_reply


@pytest.mark.parametrize("value", [None, b"{}", b"[1]", b'{"opinion": {"lane": "critical"}}'])
def test_what_is_no_review_is_bad_input(value: bytes | None) -> None:
    with pytest.raises(MalformedEvent):
        triage_agent(DEFAULT).decide(Record(offset=1, topic="mail.reviewed", value=value), Rows())


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({}, b"other"),
        ({}, None),
        ({"account": "other"}, b"other"),
        ({"event_id": "f" * 32}, None),
        ({"outcome": "Sehr geehrte Frau", "opinion": None}, None),
    ],
)
def test_a_review_under_another_accounts_key_of_another_mail_or_of_no_known_outcome_is_bad_input(
    changes: dict[str, object], key: bytes | None
) -> None:
    review = review_of(request_of(), **changes)  # type: ignore[arg-type]
    where = key if changes == {} or key else review.account.encode()
    event = Record(offset=1, topic="mail.reviewed", key=where, value=review.encode())
    with pytest.raises(MalformedEvent):
        triage_agent(DEFAULT).decide(event, Rows())


class Nothing(Known):
    def get(self, table: object, key: bytes) -> None:
        del table, key


@pytest.mark.parametrize(
    ("reviewed", "topics"),
    [
        (None, ["mail.high"]),
        (lambda account: account == "other", ["mail.high"]),
        (lambda account: account == "box", ["mail.high", "mail.review"]),
    ],
)
def test_only_where_there_is_a_crew_for_the_account_a_request_is_written(reviewed: object, topics: list[str]) -> None:
    received = mail(1, "box", *UNSURE)
    event = Record(offset=1, topic="mail.received", key=b"box", value=received.raw, headers=received.headers())
    outcome = triage_agent(DEFAULT, reviewed=reviewed).decide(event, Nothing())  # type: ignore[arg-type]
    assert [output.topic for output in outcome.outputs] == topics
    if len(topics) > 1:
        request = ReviewRequest.decode(outcome.outputs[1].value)
        assert request.verdict == VerdictRecord.decode(outcome.outputs[0].value)
        assert request.bounds.floor <= request.verdict.priority
        assert request.causes


def test_an_applied_reviews_row_knows_the_revision() -> None:
    rows = Rows()
    apply(review_of(request_of()), rows)
    assert list(rows.rows.values()) == [ReviewedFacts(revision=1, reviews=1, priority=9)]


def test_a_review_that_comes_after_its_owners_word_changes_nothing() -> None:
    request, rows = request_of(), Rows()
    key = row_key(request.verdict.account, request.verdict.event_id)
    rows.rows[CORRECTED.name, key] = CorrectedFacts(revision=1)
    outcome = apply(review_of(request), rows)
    assert (outcome.outputs, outcome.writes, outcome.label) == ((), (), "its owner spoke first")
