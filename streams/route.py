"""`mail.received`, `mail.feedback` → one of the four lanes, `mail.canary` or `mail.dead`. Key: account.
Tables: senders, threads, recent (by mails), habits (by feedback).

A record that is no mail, or not of the wire contract, is dead-lettered with its bytes; then its offset advances."""

from __future__ import annotations

from functools import partial

from streams.canary import LABEL, TOPIC, is_canary
from streams.classify import SENDERS, THREADS, Classified, classify, learn
from streams.events import MalformedEvent, Origin, Received, verdict_headers, verdict_record
from streams.learning import HABITS, RECENT, learn_from
from streams.mail import MailError
from streams.measure import count_mails, declare_series
from streams.runtime import Agent, Event, Known, Outcome, Output
from streams.topics import FEEDBACK, LANES, RECEIVED
from streams.trace_context import child_traceparent
from streams.triage.policy import Policy

NAME = "triage"


def route(event: Event, received: Received, classified: Classified) -> Output:
    """The lane record of a decided mail."""
    origin = Origin(topic=event.topic, partition=event.partition, offset=event.offset)
    record = verdict_record(received, classified.mail, classified.facts, classified.verdict, origin)
    traceparent = child_traceparent(received.traceparent, NAME, event.topic, event.partition, event.offset)
    return Output(
        topic=LANES[record.lane].name,
        key=event.key,
        value=record.encode(),
        headers=verdict_headers(received, traceparent),
    )


def triage(event: Event, known: Known, *, policy: Policy) -> Outcome:
    """Classify and route one mail: they share a key, so they are one pass without a topic between them. Feedback comes
    the same way, since it changes what is known of the account."""
    if event.topic == FEEDBACK.name:
        return learn_from(event, known, policy)
    received = Received.from_record(event.key, event.value, event.headers)
    classified = classify(received, known, policy)
    if is_canary(event.key):  # nobody's mail: in no lane, and nothing is learned of it
        return Outcome(outputs=(route(event, received, classified)._replace(topic=TOPIC),), label=LABEL)
    return Outcome(
        outputs=(route(event, received, classified),),
        writes=learn(received, classified),
        label=classified.verdict.lane,
        note=received,
    )


def triage_agent(policy: Policy) -> Agent:
    """The stream agent of `triage worker`."""
    declare_series()
    return Agent(
        name=NAME,
        reads=(RECEIVED.name, FEEDBACK.name),
        decide=partial(triage, policy=policy),
        expected=(MailError, MalformedEvent),
        tables=(SENDERS, THREADS, RECENT, HABITS),
        committed=count_mails,
    )
