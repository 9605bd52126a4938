"""Where the time of one mail goes, in this process and without services: parse, decide, encode, tables.

Beside it, on the same mails: the standard library's parser, which only decodes, while `streams.mail` also takes
addresses, threads, HTML, quotations, signatures and flags apart."""

from __future__ import annotations

import argparse
import email
import email.policy
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from statistics import mean
from time import perf_counter_ns

from streams.classify import SENDERS, THREADS, Classified, learn
from streams.events import Origin, Received, verdict_headers, verdict_record
from streams.learning import habits_of
from streams.mail import parse
from streams.moments import utc_text
from streams.revisions import row_key
from streams.runtime.store import MemoryStore
from streams.runtime.tables import Overlay, Tables
from streams.topics import RECEIVED
from streams.triage.decide import decide
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Facts
from tests.bench.rig import corpus
from tests.bench.rig.prefill import ACCOUNTS, received_mail
from tests.bench.rig.report import Report, p50_p99, say

NAME = "stages"
STAGES = ("parse", "tables", "decide", "encode")
WARM_UP = 200
"""Mails that run through first and are not measured."""
ORIGIN = Origin(topic=RECEIVED.name, partition=0, offset=0)


def run(mails: int) -> Report:
    """Measure every stage on every mail."""
    received = [
        received_mail(ACCOUNTS[number % len(ACCOUNTS)], str(number), raw)
        for number, raw in enumerate(corpus.mails(mails))
    ]
    say(f"the first {WARM_UP} run twice; their first run is not measured")
    _measure(received[:WARM_UP])
    taken = _measure(received)
    values: dict[str, float] = {}
    for stage, times in taken.items():
        values[f"{stage}_p50_us"], values[f"{stage}_p99_us"] = p50_p99(times)
        say(f"{stage:>8}: median {values[f'{stage}_p50_us']:8.0f} µs, p99 {values[f'{stage}_p99_us']:8.0f} µs")
    values["mails_per_s"] = 1e6 / mean(taken["all"])
    ratios = {f"{stage}_of_all": sum(taken[stage]) / sum(taken["all"]) for stage in STAGES}
    ratios["stdlib_parse_to_parse"] = sum(taken["stdlib_parse"]) / sum(taken["parse"])
    return Report(name=NAME, ratios=ratios, values=values)


def _measure(received: Sequence[Received]) -> dict[str, list[float]]:
    """Microseconds per mail and stage."""
    overlay = Overlay(Tables(MemoryStore()))
    taken: dict[str, list[float]] = {stage: [] for stage in (*STAGES, "all", "stdlib_parse")}
    for number, one in enumerate(received):
        parsed, known, decided, encoded, learned = _one(one, overlay, number)
        taken["parse"].append(parsed)
        taken["tables"].append(known + learned)
        taken["decide"].append(decided)
        taken["encode"].append(encoded)
        taken["all"].append(parsed + known + decided + encoded + learned)
        taken["stdlib_parse"].append(_stdlib(one.raw))
    return taken


def _one(received: Received, overlay: Overlay, offset: int) -> list[float]:
    """The steps of `streams.route.triage`, a clock between them."""
    ticks = [perf_counter_ns()]
    mail = parse(received.raw, truncated=received.truncated)
    ticks.append(perf_counter_ns())
    facts = Facts(
        owner=received.owner,
        received_at=utc_text(received.received_at),
        sender=overlay.get(SENDERS, row_key(received.account, mail.sender.address)),
        thread=overlay.get(THREADS, row_key(received.account, mail.thread_id)),
        habits=habits_of(received.account, mail, received.owner, overlay),
    )
    ticks.append(perf_counter_ns())
    verdict = decide(mail, facts, DEFAULT)
    ticks.append(perf_counter_ns())
    record = verdict_record(received, mail, facts, verdict, ORIGIN)
    record.encode()
    verdict_headers(record, received.traceparent)
    ticks.append(perf_counter_ns())
    overlay.write(learn(received, Classified(mail=mail, facts=facts, verdict=verdict)), offset)
    ticks.append(perf_counter_ns())
    return [(after - before) / 1000 for before, after in pairwise(ticks)]


def _stdlib(raw: bytes) -> float:
    """Microseconds of the standard library up to the decoded text."""
    started = perf_counter_ns()
    with suppress(Exception):  # it raises on many odd mails, which costs it time as well
        body = email.message_from_bytes(raw, policy=email.policy.default).get_body(("plain", "html"))
        if body is not None:
            body.get_content()
    return (perf_counter_ns() - started) / 1000


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog=f"make bench NAME={NAME}", description=__doc__)
    parser.add_argument("--mails", type=int, default=6000)
    run(parser.parse_args(arguments).mails).publish()


if __name__ == "__main__":
    main()
