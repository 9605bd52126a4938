"""`mail.received` → one of the four lanes, `mail.canary` or `mail.dead`. Key: account. Tables: senders, threads.

A record that is no mail, or not of the wire contract, is dead-lettered with its bytes; then its offset advances."""

from __future__ import annotations

from functools import partial

from streams.canary import LABEL, TOPIC, is_canary
from streams.classify import SENDERS, THREADS, Classified, classify, learn
from streams.events import MalformedEvent, Origin, Received, verdict_headers, verdict_record
from streams.mail import MailError
from streams.measure import count_mails, declare_series
from streams.runtime import Agent, Event, Known, Outcome, Output
from streams.topics import LANES, RECEIVED
from streams.trace_context import child_traceparent
from streams.triage.model import MODEL, Model
from streams.triage.policy import Policy
from streams.versions.live import Also, Live

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


def triage(event: Event, known: Known, *, policy: Policy, model: Model = MODEL, also: Also | None = None) -> Outcome:
    """Classify and route one mail: they share a key, so they are one pass without a topic between them. `also` sees
    what was decided."""
    received = Received.from_record(event.key, event.value, event.headers)
    classified = classify(received, known, policy, model)
    if is_canary(event.key):  # nobody's mail: in no lane, and nothing is learned of it
        return Outcome(outputs=(route(event, received, classified)._replace(topic=TOPIC),), label=LABEL)
    if also is not None:
        also(event, received.account, classified)
    return Outcome(
        outputs=(route(event, received, classified),),
        writes=learn(received.account, classified),
        label=classified.verdict.lane,
        note=received,
    )


def triage_agent(policy: Policy, live: Live | None = None) -> Agent:
    """The stream agent of `triage worker`; with `live` its policy and model change while it runs."""
    declare_series()
    return Agent(
        name=NAME,
        reads=(RECEIVED.name,),
        decide=live.deciding(triage) if live else partial(triage, policy=policy),
        expected=(MailError, MalformedEvent),
        tables=(SENDERS, THREADS),
        committed=live.committed if live else count_mails,
    )
