"""How long a new mail takes from its IMAP server to its lane, mail by mail, at light load.

Real Kafka and Dovecot, `triage ingest` and `triage worker` as processes, mailboxes in IDLE. Mails come by APPEND over a
connection of their own. The lane record's time is the broker's clock when it was appended (LogAppendTime); a consumer
that reads only what is committed is given it a moment later, which is printed beside it."""

from __future__ import annotations

import argparse
import imaplib
import random
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from agents.accounts import Account
from agents.accounts.account import ImapServer
from streams.events import event_id
from streams.topics import RECEIVED
from tests.bench.rig import corpus
from tests.bench.rig.lanes import Follower
from tests.bench.rig.report import Report, p50_p99, say
from tests.bench.rig.site import PASSWORD, Site, site
from tests.services.dovecot import Dovecot

NAME = "latency"
WARM_UP = 20
"""Mails before those that count: first transactions, caches."""
LARGEST = 100_000
LANDED_S = 60.0


def run(mails: int, rate: float, mailboxes: int) -> Report:
    """Append mails at about `rate` per second and see when each lands."""
    chosen = [raw for raw in corpus.mails(2 * (mails + WARM_UP)) if len(raw) < LARGEST and b"\0" not in raw]
    with site() as at, ExitStack() as stack:
        names = [f"user{number}" for number in range(mailboxes)]
        clients = _open(at, stack, at.dovecot(), names)
        received = stack.enter_context(Follower(at.bootstrap, [RECEIVED.name]))
        lanes = stack.enter_context(Follower(at.bootstrap))
        say(f"{WARM_UP} mails to warm up, then {mails} at {rate:g} per second into {mailboxes} mailboxes")
        _append_all(clients, chosen[:WARM_UP], rate)
        lanes.until(WARM_UP, LANDED_S)
        accepted = _append_all(clients, chosen[WARM_UP : WARM_UP + mails], rate)
        lanes.until(WARM_UP + len(accepted), LANDED_S)
        received.until(WARM_UP + len(accepted), LANDED_S)
    return _report(accepted, received, lanes)


def _open(at: Site, stack: ExitStack, server: Dovecot, names: Sequence[str]) -> dict[str, imaplib.IMAP4]:
    """Start the pipeline on empty mailboxes; a connection per mailbox to append by."""
    for name in names:
        server.add_user(name, PASSWORD)
    say("starting worker and ingest")
    at.start("worker-0")
    at.start("ingest-0")
    at.save([account(server, name) for name in names])
    at.until("ingest-0", lambda status: (status.counts or {}).get("in_step") == len(names))
    clients = {}
    for name in names:
        clients[name] = imaplib.IMAP4(server.host, server.port)
        clients[name].login(name, PASSWORD)
        stack.callback(clients[name].logout)
    return clients


def account(server: Dovecot, name: str, *, tls: bool = False) -> Account:
    """A user of the server as an account."""
    imap = ImapServer(
        host=server.host,
        port=server.tls_port if tls else server.port,
        security="tls" if tls else "plain",
        username=name,
        cafile=str(server.ca_file),
    )
    return Account(id=name, kind="imap", imap=imap, secret="env:BENCH_PASSWORD", owner=(f"{name}@example.com",))


def _append_all(clients: Mapping[str, imaplib.IMAP4], mails: Sequence[bytes], rate: float) -> dict[str, float]:
    """Event id of each mail → when the server had accepted it. Gaps between mails vary by half, from a fixed seed."""
    rnd = random.Random(len(mails))
    accepted: dict[str, float] = {}
    due = time.monotonic()
    for number, raw in enumerate(mails):
        due += rnd.uniform(0.5, 1.5) / rate
        time.sleep(max(0.0, due - time.monotonic()))
        name = rnd.choice(sorted(clients))
        status, answer = clients[name].append("INBOX", "", imaplib.Time2Internaldate(time.time()), raw)
        found = re.search(rb"APPENDUID (\d+) (\d+)", answer[0])
        if status != "OK" or not found:
            raise RuntimeError(f"APPEND was refused: {answer!r}")
        accepted[event_id(name, "imap", "INBOX", int(found[1]), int(found[2]))] = time.time()
        if number % 40 == 39:
            say(f"  {number + 1} appended")
    return accepted


def _report(accepted: Mapping[str, float], received: Follower, lanes: Follower) -> Report:
    """Milliseconds of every leg; the legs of one mail add up, their quantiles need not."""
    sent = {event: received.landed[event].logged for event in accepted}
    landed = {event: lanes.landed[event] for event in accepted}
    legs = {
        "announced_to_lane": [one.logged - one.found for one in landed.values()],
        "announced_to_consumer": [one.seen - one.found for one in landed.values()],
        "append_to_lane": [landed[event].logged - at for event, at in accepted.items()],
        "append_to_announced": [landed[event].found - at for event, at in accepted.items()],
        "announced_to_sent": [sent[event] - one.found for event, one in landed.items()],
        "sent_to_lane": [one.logged - sent[event] for event, one in landed.items()],
    }
    values: dict[str, float] = {}
    for leg, seconds in legs.items():
        p50, p99 = (1000 * cut for cut in p50_p99(seconds))
        values |= {f"{leg}_p50_ms": p50, f"{leg}_p99_ms": p99}
        say(f"{leg:>22}: p50 {p50:7.1f} ms, p99 {p99:7.1f} ms, most {1000 * max(seconds):7.1f} ms")
    ratios = {
        "ours_of_append_to_lane": sum(legs["announced_to_lane"]) / sum(legs["append_to_lane"]),
        "ingest_of_announced_to_lane": sum(legs["announced_to_sent"]) / sum(legs["announced_to_lane"]),
    }
    return Report(name=NAME, ratios=ratios, values=values)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog=f"make bench NAME={NAME}", description=__doc__)
    parser.add_argument("--mails", type=int, default=150)
    parser.add_argument("--rate", type=float, default=4.0, help="mails per second")
    parser.add_argument("--mailboxes", type=int, default=4)
    chosen = parser.parse_args(arguments)
    run(chosen.mails, chosen.rate, chosen.mailboxes).publish()


if __name__ == "__main__":
    main()
