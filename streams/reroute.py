"""`mail.reviewed` → a new revision of the verdict in its lane, or `mail.dead`. Key: account. Table: reviews.

A review is applied once: its row remembers the mail's last revision, and counts in the same transaction. A review
without an opinion, of shadow mode, or that changes nothing leads to no record."""

from __future__ import annotations

from dataclasses import dataclass, replace

from streams.events import TYPE_VERDICT, MalformedEvent, VerdictRecord
from streams.learning import row_key
from streams.reviews import Review
from streams.runtime import Agent, Event, Known, Outcome, Output, Table, Write
from streams.topics import LANES, REVIEWED, REVIEWS
from streams.trace_context import child_traceparent
from streams.triage.opinion import Standing, revised
from streams.triage.policy import Policy
from streams.triage.verdict import Reason
from streams.versions.live import Live

NAME = "reroute"
RULE = "second_opinion"
"""Name of the reason that a review adds."""
WHY_CHARACTERS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedFacts:
    """What became of a mail's review."""

    revision: int = 0
    """The last revision that this mail has."""
    reviews: int = 0
    """Reviews that were applied or found to change nothing."""
    priority: int = 0
    """After the last one."""


TABLE = Table(name="reviews", changelog=REVIEWS.name, row=ReviewedFacts)
"""What is known of (account, event id), of reviewed mails only."""


def reroute(event: Event, known: Known, *, policy: Policy) -> Outcome:
    """Apply one review, unless it was applied before."""
    review = Review.decode(event.value)
    if review.opinion is None:
        return Outcome(label=f"no opinion: {review.outcome}")
    if review.shadow:
        return Outcome(label="shadow")
    key = row_key(review.account, review.event_id)
    facts = known.get(TABLE, key) or ReviewedFacts()
    if facts.reviews:
        return Outcome(label="applied before")
    record = second_verdict(review, policy)
    changed = record is not None
    row = ReviewedFacts(
        revision=record.revision if record else review.verdict.revision,
        reviews=1,
        priority=record.priority if record else review.verdict.priority,
    )
    outputs = (_output(event, record),) if record else ()
    return Outcome(
        outputs=outputs,
        writes=(Write(table=TABLE, key=key, row=row),),
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
        model_version=f"{verdict.model_version}+crew:{review.crew_version}:{review.crew_model}",
    )


def _output(event: Event, record: VerdictRecord) -> Output:
    headers = {name: value for name, value in event.headers if name != "ce_type"}
    before = (headers.get("traceparent") or b"").decode("latin-1")
    traceparent = child_traceparent(before, NAME, event.topic, event.partition, event.offset)
    headers |= {"ce_type": TYPE_VERDICT.encode(), "traceparent": (traceparent or before).encode()}
    return Output(topic=LANES[record.lane].name, key=event.key, value=record.encode(), headers=tuple(headers.items()))


def _direction(before: int, after: int) -> str:
    return "raised" if after > before else "lowered" if after < before else "marked"


def reroute_agent(policy: Policy, live: Live | None = None) -> Agent:
    """The second stream agent of `triage worker`, where there is a crew; with `live` by the policy that holds then."""

    def decide(event: Event, known: Known) -> Outcome:
        return reroute(event, known, policy=live.judge.policy if live else policy)

    return Agent(
        name=NAME,
        reads=(REVIEWED.name,),
        decide=decide,
        expected=(MalformedEvent,),
        tables=(TABLE,),
    )
