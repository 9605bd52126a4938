"""`mail.reviewed` → a new revision of the verdict in its lane, or `mail.dead`. Key: account. Table: reviews.
Part of the triage agent, whose policy it follows.

A review is applied once: its row remembers the mail's last revision, and counts in the same transaction. A review
without an opinion, of shadow mode, or that changes nothing leads to no record."""

from __future__ import annotations

from dataclasses import replace

from streams import header_values
from streams.events import MalformedEvent, VerdictRecord, verdict_headers
from streams.reviews import Review
from streams.revisions import CORRECTED, REVIEWS, ReviewedFacts, row_key
from streams.runtime import Event, Known, Outcome, Output, Write
from streams.topics import LANES
from streams.trace_context import child_traceparent
from streams.triage.counterfactual import because, overruled
from streams.triage.opinion import Standing, revised
from streams.triage.policy import Policy
from streams.triage.verdict import Reason

NAME = "reroute"
RULE = "second_opinion"
"""Name of the reason that a review adds."""
WHY_CHARACTERS = 300


def reroute(event: Event, known: Known, *, policy: Policy) -> Outcome:
    """Apply one review, unless it was applied before. Raises MalformedEvent."""
    review = Review.decode(event.value)
    if event.key != review.account.encode():
        raise MalformedEvent("a review under another account's key")
    if (review.verdict.account, review.verdict.event_id) != (review.account, review.event_id):
        raise MalformedEvent("the verdict is of another mail than the review")
    if review.opinion is None:
        return Outcome(label=f"no opinion: {review.outcome}")
    if review.shadow:
        return Outcome(label="shadow")
    key = row_key(review.account, review.event_id)
    if known.get(REVIEWS, key) is not None:
        return Outcome(label="applied before")
    if known.get(CORRECTED, key) is not None:
        return Outcome(label="its owner spoke first")
    record = second_verdict(review, policy.of(review.account))
    changed = record is not None
    row = ReviewedFacts(
        revision=record.revision if record else review.verdict.revision,
        reviews=1,
        priority=record.priority if record else review.verdict.priority,
    )
    outputs = (_output(event, record),) if record else ()
    return Outcome(
        outputs=outputs,
        writes=(Write(table=REVIEWS, key=key, row=row),),
        label=_direction(review.verdict.priority, row.priority) if changed else "agreed",
    )


def second_verdict(review: Review, policy: Policy) -> VerdictRecord | None:
    """The next revision of the reviewed verdict; None when the opinion changes nothing."""
    verdict, opinion = review.verdict, review.opinion
    if opinion is None:
        return None
    before = Standing(
        priority=verdict.priority, lane=verdict.lane, category=verdict.category, needs_reply=verdict.needs_reply
    )
    after = revised(before, opinion, review.bounds, policy)
    if after == before:
        return None
    weight = float(after.priority - before.priority)
    reason = Reason(rule=RULE, weight=weight, text=f"Second opinion: {opinion.why}"[:WHY_CHARACTERS])
    return replace(
        verdict,
        revision=verdict.revision + 1,
        priority=after.priority,
        lane=after.lane,
        category=after.category,
        needs_reply=after.needs_reply,
        reasons=(reason, *verdict.reasons),
        because=because((reason, *verdict.reasons)),
        counterfactual=overruled(before.lane, after.lane, reason),
        model_version=f"{verdict.model_version}+crew:{review.crew_version}:{review.crew_model}",
    )


def _output(event: Event, record: VerdictRecord) -> Output:
    before = header_values.value(event.headers, "traceparent").decode("latin-1")
    headers = verdict_headers(record, child_traceparent(before, NAME, event.topic, event.partition, event.offset))
    return Output(topic=LANES[record.lane].name, key=event.key, value=record.encode(), headers=headers)


def _direction(before: int, after: int) -> str:
    return "raised" if after > before else "lowered" if after < before else "marked"
