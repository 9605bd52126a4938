"""`python -m agents.evaluation.acting`: simulated owners who correct no verdict, and only act on their mail. How far do
errors fall by that alone, and does anything get worse?

As in `simulate`: the real agent with its tables in memory. Seeded: the same figures on every run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from agents.evaluation.simulate import AFTER, ORDER, SENDERS, Mailbox, Sender, senders, written
from streams.feedback import Action
from streams.triage.verdict import Lane

TOPICS = 400
"""Matters that mail is about: most threads are short."""
DILIGENCE = 0.5
"""Share of the mails at which the owner does what they are in the habit of."""

Wanted = Callable[[Sender, Lane], Lane]
Acts = Callable[[Sender, Random], Action | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """What they want, and what they do."""

    wanted: Wanted
    acts: Acts
    goes_on: bool = False
    """Acts also on the mails by which is measured: whoever answers nobody any more comes to prefer nobody."""


def owners(chance: Random) -> dict[str, Owner]:
    """Habits of different kinds. Whom an owner does not act on is judged well as shipped."""
    people = [each.address for each in senders() if not each.bulk]
    papers = frozenset([each.address for each in senders() if each.bulk][:5])
    dear, pests = frozenset(chance.sample(people, 12)), frozenset(chance.sample(people, 6))
    few = frozenset(sorted(dear)[:6])

    def raised(sender: Sender, said: Lane) -> Lane:
        return max(said, Lane.HIGH, key=ORDER.index) if sender.address in dear else said

    def cared_for(sender: Sender, said: Lane) -> Lane:
        return max(said, Lane.HIGH, key=ORDER.index) if sender.address in few else said

    def lowered(sender: Sender, said: Lane) -> Lane:
        return Lane.LOW if sender.address in pests else said

    def read(sender: Sender, said: Lane) -> Lane:
        return max(said, Lane.NORMAL, key=ORDER.index) if sender.address in papers else said

    def does(action: Action, whose: frozenset[str]) -> Acts:
        return lambda sender, luck: action if sender.address in whose and luck.random() < DILIGENCE else None

    def anything(_sender: Sender, luck: Random) -> Action | None:
        return luck.choice(("archived", "trashed", "deleted", None))

    def half(action: Action) -> Acts:
        return lambda _sender, luck: action if luck.random() < DILIGENCE else None

    def answers(often: float, seldom: float) -> Acts:
        """Some people's mail often, all other people's seldom."""

        def does(sender: Sender, luck: Random) -> Action | None:
            share = 0.0 if sender.bulk else often if sender.address in few else seldom
            return "replied" if luck.random() < share else None

        return does

    return {
        "answers some people often": Owner(wanted=cared_for, acts=answers(0.9, 0.1), goes_on=True),
        "answers some people more": Owner(wanted=cared_for, acts=answers(0.8, 0.4), goes_on=True),
        "answers half of people's mail": Owner(wanted=lambda _sender, said: said, acts=answers(0.5, 0.5), goes_on=True),
        "answers nearly all people": Owner(wanted=lambda _sender, said: said, acts=answers(0.95, 0.95), goes_on=True),
        "answers few people at all": Owner(wanted=lambda _sender, said: said, acts=answers(0.1, 0.1), goes_on=True),
        "answers some newsletters": Owner(wanted=read, acts=does("replied", papers)),
        "stars whom they want high": Owner(wanted=raised, acts=does("starred", dear)),
        "moves pests to junk": Owner(wanted=lowered, acts=does("spam", pests)),
        "archives and deletes": Owner(wanted=lambda _sender, said: said, acts=anything),
        "deletes half of all mail unread": Owner(wanted=lambda _sender, said: said, acts=half("deleted_unread")),
        "answers half of all mail": Owner(wanted=lambda _sender, said: said, acts=half("replied")),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Errors among AFTER mails."""

    static: int
    learned: int
    acts: int


def course(owner: Owner, mails: int, seed: int) -> Result:
    """The owner acts on so many mails as they come; then mail comes by which is measured."""
    chance, luck = Random(seed), Random(seed + 1)
    mailbox, shipped, everybody = Mailbox(), Mailbox(), senders()
    frequency = [1 / (1 + rank) ** 0.7 for rank in range(SENDERS)]
    chance.shuffle(frequency)
    static = learned = acts = 0
    for number in range(mails + AFTER):
        (sender,) = chance.choices(everybody, frequency)
        raw = written(sender, chance, f"matter {chance.randrange(TOPICS)}", number=number)
        said, plain = mailbox.receive(raw), shipped.receive(raw)
        wanted = owner.wanted(sender, plain.lane)
        if number >= mails:
            static += plain.lane is not wanted
            learned += said.lane is not wanted
        if (number < mails or owner.goes_on) and (action := owner.acts(sender, luck)):
            acts += 1
            mailbox.act(said, action)
    return Result(static=static, learned=learned, acts=acts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 1 when acts make anybody's errors more than a fiftieth of the mails more than they were."""
    parser = argparse.ArgumentParser(prog="python -m agents.evaluation.acting", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="mailboxes per owner")
    parser.add_argument("--mails", type=int, nargs="+", default=[0, 100, 300, 1000])
    asked = parser.parse_args(arguments)
    write = sys.stdout.write
    write(f"errors among {AFTER} mails, static model → after n mails of acting ({asked.seeds} mailboxes each)\n")
    worse = False
    for name in owners(Random(1)):
        row, static = [], 0
        for mails in asked.mails:
            found = [course(owners(Random(seed))[name], mails, seed) for seed in range(asked.seeds)]
            static, left = sum(one.static for one in found), sum(one.learned for one in found)
            worse = worse or left - static > asked.seeds * AFTER / 50
            row.append(f"{mails}: {static} → {left} ({sum(one.acts for one in found)} acts)")
        write(f"{name:32} {', '.join(row)}\n")
    return int(worse)


if __name__ == "__main__":
    sys.exit(main())
