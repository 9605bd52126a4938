"""`python -m agents.evaluation.simulate`: simulated owners correct the running triage; how fast do its errors fall?

The real agent of `triage worker`, its tables in memory: mails as bytes and corrections as `mail.feedback` records in,
lanes out. An owner thinks otherwise than the shipped model about some senders or threads, and agrees about the rest but
for a share of whims, which nobody can learn. Seeded: the same figures on every run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from streams.events import Received, VerdictRecord, event_id
from streams.feedback import Action, Feedback
from streams.moments import utc_text
from streams.partitioning import murmur2
from streams.route import triage
from streams.runtime import Table
from streams.topics import FEEDBACK, LANE_OF, RECEIVED
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Lane

ACCOUNT, OWNER = "simulated", "rosa.lind@harbour.example"
ORDER = (Lane.LOW, Lane.NORMAL, Lane.HIGH, Lane.URGENT)
SENDERS, OPINIONS = 40, 12
WHIMS = 0.02
"""Share of mails about which the owner thinks otherwise for no reason that is in the mail."""
BEFORE, AFTER = 300, 500
"""Mails while corrections are made at most, and mails by which the result is measured."""
_TEXTS = (
    ("Can you look at {}?", "Hello Rosa,\n\ncould you look at the plan for {} and tell me what you think?\n"),
    ("Notes on {}", "Hello,\n\nhere are my notes on {}. No hurry, we will talk about them when we meet.\n"),
    ("{}: where we stand", "Hi all,\n\na report on {}: most of it works, two things are left for later.\n"),
    ("Re: {}", "Hi,\n\nthat is fine with me. I will send the figures for {} on Thursday.\n"),
)  # fmt: skip
_TOPICS = ("the north pier", "crane four", "the budget", "the new timetable", "winter storage", "the audit")
_BULK = "List-Unsubscribe: <mailto:leave@{0}>\nPrecedence: bulk\n"


@dataclass(slots=True)
class _Event:
    topic: str
    offset: int
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]
    key: bytes | None = ACCOUNT.encode()
    partition: int = 0
    timestamp: int = 0


@dataclass(slots=True)
class Mailbox:
    """The agent with its tables, for one account."""

    rows: dict[tuple[str, bytes], Any] = field(default_factory=dict)
    offset: int = 0
    now: datetime = datetime(2026, 3, 2, 8, tzinfo=UTC)

    def get(self, table: Table[Any], key: bytes) -> Any:
        """See `streams.runtime.Known`."""
        return self.rows.get((table.name, key))

    def _take(self, topic: str, value: bytes, headers: Sequence[tuple[str, bytes]]) -> list[VerdictRecord]:
        self.offset += 1
        outcome = triage(_Event(topic, self.offset, value, headers), self, policy=DEFAULT)
        for table, key, row in outcome.writes:
            self.rows[table.name, key] = row
        return [VerdictRecord.decode(each.value) for each in outcome.outputs if each.topic in LANE_OF]

    def receive(self, raw: bytes) -> VerdictRecord:
        """A mail comes; its verdict."""
        self.now += timedelta(minutes=30)
        mail = Received(
            event_id=event_id(ACCOUNT, "maildir", str(self.offset)),
            account=ACCOUNT,
            raw=raw,
            received_at=self.now,
            location="",
            owner=(OWNER,),
            traceparent="-",
        )
        (record,) = self._take(RECEIVED.name, raw, mail.headers())
        return record

    def correct(self, record: VerdictRecord, lane: Lane) -> VerdictRecord:
        """The owner says where it belongs; the new revision."""
        told = Feedback(
            event_id=record.event_id,
            account=ACCOUNT,
            action="corrected",
            at=utc_text(self.now),
            provider="cli",
            lane=lane,
            verdict=record,
        )
        (revised,) = self._take(FEEDBACK.name, told.encode(), told.headers())
        return revised

    def act(self, record: VerdictRecord, action: Action) -> None:
        """The owner does something to the mail, without a word."""
        told = Feedback(
            event_id=record.event_id, account=ACCOUNT, action=action, at=utc_text(self.now), provider="imap"
        )
        self._take(FEEDBACK.name, told.encode(), told.headers())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who writes: a person, a program or a newsletter."""

    address: str
    bulk: bool


def senders() -> list[Sender]:
    """Forty, of ten organisations; every fourth sends newsletters."""
    return [
        Sender(address=f"{'news' if at % 4 == 3 else 'p'}{at}@org{at % 10}-works.example", bulk=at % 4 == 3)
        for at in range(SENDERS)
    ]


def written(sender: Sender, chance: Random, topic: str, *, authentic: bool = True, number: int = 0) -> bytes:
    """A mail of a sender about a topic; mails of sender and topic are a thread."""
    subject, text = chance.choice(_TEXTS)
    domain = sender.address.partition("@")[2]
    passed = "pass" if authentic else "fail"
    thread = f"{murmur2(f'{sender.address} {topic}'.encode()):08x}@{domain}"
    head = (
        f"Authentication-Results: mx.harbour.example; spf={passed}; dkim={passed}; dmarc={passed}\n"
        f"From: {sender.address}\nTo: {OWNER}\nSubject: {subject.format(topic)}\nMessage-ID: <{number}.{thread}>\n"
        f"References: <{thread}>\nIn-Reply-To: <{thread}>\nDate: Mon, 2 Mar 2026 08:00:00 +0000\n"
    )
    return (head + (_BULK.format(domain) if sender.bulk else "") + "\n" + text.format(topic)).encode()


Opinion = Callable[[Sender, str, Lane], Lane]
"""(sender, topic, lane that the shipped model gives) → lane that the owner wants."""


def _by_sender(lane: Lane, chosen: frozenset[str]) -> Opinion:
    return lambda sender, _topic, said: lane if sender.address in chosen else said


def owners(chance: Random) -> dict[str, Opinion]:
    """Habits of different kinds."""
    everybody = senders()
    people = [each.address for each in everybody if not each.bulk]
    papers = [each.address for each in everybody if each.bulk]
    wanted = frozenset(chance.sample(people, OPINIONS))
    unwanted = frozenset(set(people) - wanted)
    raised, lowered = _by_sender(Lane.HIGH, wanted), _by_sender(Lane.LOW, frozenset(chance.sample(sorted(unwanted), 6)))
    topic = chance.choice(_TOPICS)
    matter = frozenset(chance.sample(people, OPINIONS))
    return {
        "wants some people's mail high": raised,
        "wants some people's mail low": _by_sender(Lane.LOW, frozenset(chance.sample(people, OPINIONS))),
        "reads some newsletters": _by_sender(Lane.NORMAL, frozenset(papers[:8])),
        "raises some, lowers others": lambda sender, about, said: lowered(sender, about, raised(sender, about, said)),
        "follows one matter of some": lambda sender, about, said: (
            Lane.HIGH if about == topic and sender.address in matter else said
        ),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What became of one owner: errors among `AFTER` mails."""

    static: int
    learned: int
    corrections: int

    @property
    def fell(self) -> float:
        """Share of the static model's errors that are gone."""
        return 1 - self.learned / self.static if self.static else 0.0


def course(opinion: Opinion, corrections: int, seed: int) -> Course:
    """An owner makes so many corrections, of the first errors that there are; then mail comes that nobody corrects."""
    chance = Random(seed)
    mailbox, shipped, everybody = Mailbox(), Mailbox(), senders()
    frequency = [1 / (1 + rank) ** 0.7 for rank in range(SENDERS)]
    chance.shuffle(frequency)
    left, static, learned = corrections, 0, 0
    for number in range(BEFORE + AFTER):
        (sender,) = chance.choices(everybody, frequency)
        topic = chance.choice(_TOPICS)
        raw = written(sender, chance, topic, number=number)
        said, said_shipped = mailbox.receive(raw), shipped.receive(raw)
        wanted = opinion(sender, topic, said_shipped.lane)
        if chance.random() < WHIMS:
            at = ORDER.index(wanted) + chance.choice((-1, 1))
            wanted = ORDER[min(len(ORDER) - 1, max(0, at))]
        if number >= BEFORE:
            static += said_shipped.lane is not wanted
            learned += said.lane is not wanted
        elif left and said.lane is not wanted:
            left -= 1
            mailbox.correct(said, wanted)
    return Course(static=static, learned=learned, corrections=corrections - left)


def promoted(mails: int = 1000, seed: int = 7) -> dict[str, int]:
    """How many of an adversary's mails are in a higher lane than they would be in an untouched mailbox, by ruse. The
    owner has raised one sender to urgent before."""
    friend = senders()[0]
    ruses: dict[str, tuple[Sender, bool]] = {
        "its own address": (Sender(address="adversary@elsewhere-firm.example", bulk=False), True),
        "free mail": (Sender(address="adversary@gmail.com", bulk=False), True),
        "the friend's address, forged": (friend, False),
    }
    found = {}
    for ruse, (sender, authentic) in ruses.items():
        chance, mailbox, untouched = Random(seed), Mailbox(), Mailbox()
        record = mailbox.receive(written(friend, chance, _TOPICS[0]))
        mailbox.correct(record, Lane.URGENT)
        raised = 0
        for number in range(mails):
            raw = written(sender, chance, chance.choice(_TOPICS), authentic=authentic, number=number)
            said, plain = mailbox.receive(raw), untouched.receive(raw)
            raised += ORDER.index(said.lane) > ORDER.index(plain.lane)
        found[ruse] = raised
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 1 when errors fall by less than 40 % after 20 corrections, or an adversary promotes itself."""
    parser = argparse.ArgumentParser(prog="python -m agents.evaluation.simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="mailboxes per owner")
    parser.add_argument("--corrections", type=int, nargs="+", default=[0, 5, 10, 20, 40])
    asked = parser.parse_args(arguments)
    write = sys.stdout.write
    write(f"errors among {AFTER} mails, static model → after n corrections ({asked.seeds} mailboxes each)\n")
    totals = {count: [0, 0] for count in asked.corrections}
    for name in owners(Random(1)):
        row = []
        for count in asked.corrections:
            courses = [course(owners(Random(seed))[name], count, seed) for seed in range(asked.seeds)]
            static, left = sum(one.static for one in courses), sum(one.learned for one in courses)
            totals[count][0] += static
            totals[count][1] += left
            row.append(f"{count}: {left} ({left / static - 1:+.0%})")
        write(f"{name:30} {static:5} → {', '.join(row)}\n")
    fell = {count: 1 - left / static for count, (static, left) in totals.items()}
    write(f"{'all':30} {', '.join(f'{count}: {-share:+.0%}' for count, share in fell.items())}\n")
    raised = promoted()
    write("".join(f"adversary, 1000 mails, {ruse}: {count} promoted\n" for ruse, count in raised.items()))
    return 0 if fell.get(20, 1.0) >= 0.4 and not any(raised.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
