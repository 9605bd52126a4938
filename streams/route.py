"""`mail.received`, `mail.feedback`, `mail.reviewed` → one of the four lanes, `mail.canary` or `mail.dead`. Key:
account. Tables: senders, threads, recent (by mails), habits, corrected (by feedback), reviews (by the crew's answers).

Where there is a crew, what the verdict is unsure of also goes to `mail.review`, in the same transaction.

A record that is no mail, or not of the wire contract, is dead-lettered with its bytes; then its offset advances."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from streams.canary import LABEL, TOPIC, is_canary
from streams.classify import SENDERS, THREADS, Classified, classify, learn
from streams.events import MalformedEvent, Origin, Received, VerdictRecord, verdict_headers, verdict_record
from streams.learning import HABITS, RECENT, learn_from
from streams.mail import MailError
from streams.measure import count_mails, declare_series
from streams.reroute import reroute
from streams.reviews import review_headers, review_request
from streams.revisions import CORRECTED, REVIEWS
from streams.runtime import Agent, Event, Known, Outcome, Output
from streams.topics import FEEDBACK, LANES, RECEIVED, REVIEW, REVIEWED
from streams.trace_context import child_traceparent
from streams.triage.model import MODEL, Model
from streams.triage.policy import Policy
from streams.triage.review import DEFAULT, wanted
from streams.versions.live import Also, Live

NAME = "triage"


Review = Callable[[str], bool]
"""Whether an account's mail may be reviewed."""


def record_of(event: Event, received: Received, classified: Classified) -> VerdictRecord:
    """What the lanes carry about a decided mail."""
    origin = Origin(topic=event.topic, partition=event.partition, offset=event.offset)
    return verdict_record(received, classified.mail, classified.facts, classified.verdict, origin)


def route(event: Event, received: Received, classified: Classified) -> Output:
    """The lane record of a decided mail."""
    return to_lane(event, received, record_of(event, received, classified))


def to_lane(event: Event, received: Received, record: VerdictRecord) -> Output:
    """A verdict on its way into its lane."""
    return Output(
        topic=LANES[record.lane].name,
        key=event.key,
        value=record.encode(),
        headers=verdict_headers(record, _traceparent(event, received)),
    )


def review(
    event: Event, received: Received, classified: Classified, record: VerdictRecord, policy: Policy
) -> tuple[Output, ...]:
    """The review request of a decided mail, or none."""
    want = wanted(classified.mail, classified.facts, classified.verdict, policy, DEFAULT)
    if want is None:
        return ()
    request = review_request(classified.mail, record, want)
    headers = review_headers(record, _traceparent(event, received))
    return (Output(topic=REVIEW.name, key=event.key, value=request.encode(), headers=headers),)


def _traceparent(event: Event, received: Received) -> str:
    return child_traceparent(received.traceparent, NAME, event.topic, event.partition, event.offset)


def triage(
    event: Event,
    known: Known,
    *,
    policy: Policy,
    model: Model = MODEL,
    reviewed: Review | None = None,
    also: Also | None = None,
    from_acts: bool = True,
) -> Outcome:
    """Classify and route one mail: they share a key, so they are one pass without a topic between them. Feedback and
    second opinions come the same way: they bear on the same mails. `reviewed`: whose mail may go to a crew; `also` sees
    what was decided; `from_acts`: whether what owners do teaches, beside what they say."""
    if event.topic == FEEDBACK.name:
        return learn_from(event, known, policy, from_acts=from_acts)
    if event.topic == REVIEWED.name:
        return reroute(event, known, policy=policy)
    received = Received.from_record(event.key, event.value, event.headers)
    classified = classify(received, known, policy, model)
    record = record_of(event, received, classified)
    if is_canary(event.key):  # nobody's mail: in no lane, and nothing is learned of it
        return Outcome(outputs=(to_lane(event, received, record)._replace(topic=TOPIC),), label=LABEL)
    if also is not None:
        also(event, received.account, classified)
    outputs: tuple[Output, ...] = (to_lane(event, received, record),)
    if reviewed is not None and reviewed(received.account):
        outputs += review(event, received, classified, record, policy.of(received.account))
    return Outcome(
        outputs=outputs,
        writes=learn(received, classified),
        label=classified.verdict.lane,
        note=received,
    )


def triage_agent(
    policy: Policy, live: Live | None = None, reviewed: Review | None = None, *, from_acts: bool = True
) -> Agent:
    """The stream agent of `triage worker`; with `live` its policy and model change while it runs. `reviewed`: whose
    mail may be reviewed; None: nobody's. `from_acts`: see `triage`."""
    decide = partial(triage, reviewed=reviewed, from_acts=from_acts)
    declare_series()
    return Agent(
        name=NAME,
        reads=(RECEIVED.name, FEEDBACK.name, REVIEWED.name),
        decide=live.deciding(decide) if live else partial(decide, policy=policy),
        expected=(MailError, MalformedEvent),
        tables=(SENDERS, THREADS, RECENT, HABITS, CORRECTED, REVIEWS),
        committed=live.committed if live else count_mails,
    )
