"""Is it junk? Triage, all in, beside SpamAssassin and rspamd on the same mails, one after the other on one connection.

Triage parses and decides in this process, about a stranger's mail, without tables; the others are asked over loopback. They are
Debian's packages with their packaged rules, no network and no training (Bayes of either is empty); which is not installed is
left out, its figures null. Install them (`apt-get install spamd rspamd`), or unpack them anywhere and name the folder (--root).

Read the shares with care: SpamAssassin's rules were made on this very corpus, and triage's model was trained on it, so
neither is held out (`rules_alone` is triage without the model; its held-out figures are in MODEL.md). rspamd counts on
networks and training that it does not have here."""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter_ns, process_time

from streams.mail import parse
from streams.triage.decide import decide
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Facts
from streams.triage.weighing import JUNK
from tests.bench.rig import corpus
from tests.bench.rig.junk_filters import Filter, Place, rspamd, spamassassin
from tests.bench.rig.report import Report, p50_p99, say

NAME = "filters"
MAILS = 500
WARM_UP = 30
"""Mails that each is asked about first and that are not measured."""
FIGURES = ("p50_ms", "p99_ms", "processor_ms", "spam_found_percent", "ham_flagged_percent", "hard_ham_flagged_percent")
FACTS = Facts(owner=("box@example.com",), received_at="2026-01-01T00:00:00.000Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail of the corpus."""

    raw: bytes
    kind: str
    """spam, hard-ham or easy-ham: its folder."""


@contextmanager
def triage(place: Place) -> Iterator[Filter]:
    """The shipped policy and model; both kinds of junk count."""
    yield Filter(is_spam=lambda raw: decide(parse(raw), FACTS, DEFAULT).category in JUNK, processor_s=process_time)


@contextmanager
def rules_alone(place: Place) -> Iterator[Filter]:
    """Without the model, which has seen these mails."""
    yield Filter(
        is_spam=lambda raw: decide(parse(raw), FACTS, DEFAULT, None).category in JUNK, processor_s=process_time
    )


CONTENDERS: dict[str, Callable[[Place], AbstractContextManager[Filter | None]]] = {
    "triage": triage,
    "rules_alone": rules_alone,
    "spamassassin": spamassassin,
    "rspamd": rspamd,
}


def run(mails: int, place: Place) -> Report:
    """Ask each about every mail."""
    chosen = _labelled(mails)
    values: dict[str, float | None] = {}
    for name, contender in CONTENDERS.items():
        with contender(place) as one:
            found = _figures(one, chosen) if one and chosen else dict.fromkeys(FIGURES)
        values |= {f"{name}_{figure}": value for figure, value in found.items()}
        say(_line(name, found) if one else f"{name:>12}: not installed, left out")
    ratios = {f"{name}_to_triage": _ratio(values, name) for name in CONTENDERS if name not in {"triage", "rules_alone"}}
    return Report(name=NAME, ratios=ratios, values=values)


def _labelled(count: int) -> list[Mail]:
    """So many mails of the corpus, drawn from its folders as they are; none without the shared data."""
    found = [
        Mail(raw=raw, kind=name.rpartition("/")[0].rpartition("/")[2].rstrip("-0123456789"))
        for name, raw in corpus.named()
    ]
    random.Random(1).shuffle(found)
    kinds = {kind: sum(mail.kind == kind for mail in found[:count]) for kind in sorted({mail.kind for mail in found})}
    say(", ".join(f"{number} {kind}" for kind, number in kinds.items()) or "no shared data: nothing to ask about")
    return found[:count]


def _figures(one: Filter, mails: Sequence[Mail]) -> dict[str, float | None]:
    for mail in mails[:WARM_UP]:
        one.is_spam(mail.raw)
    taken, said = [], []
    before = one.processor_s()
    for mail in mails:
        started = perf_counter_ns()
        said.append(one.is_spam(mail.raw))
        taken.append((perf_counter_ns() - started) / 1e6)
    processor_ms = 1000 * (one.processor_s() - before) / len(mails)
    flagged = {
        kind: [junk for junk, mail in zip(said, mails, strict=True) if mail.kind == kind]
        for kind in ("spam", "hard-ham")
    }
    ham = [junk for junk, mail in zip(said, mails, strict=True) if mail.kind != "spam"]
    times = (*p50_p99(taken), processor_ms)
    return dict(
        zip(FIGURES, (*times, _percent(flagged["spam"]), _percent(ham), _percent(flagged["hard-ham"])), strict=True)
    )


def _percent(flagged: Sequence[bool]) -> float | None:
    return 100.0 * sum(flagged) / len(flagged) if flagged else None


def _ratio(values: dict[str, float | None], name: str) -> float | None:
    own, other = values["triage_processor_ms"], values[f"{name}_processor_ms"]
    return other / own if own and other else None


def _line(name: str, found: dict[str, float | None]) -> str:
    p50, p99, processor, spam, ham, hard = (f"{value:.2f}" if value is not None else "?" for value in found.values())
    return f"{name:>12}: median {p50} ms, p99 {p99} ms, processor {processor} ms a mail; finds {spam} % of spam, flags {ham} % of ham ({hard} % of hard ham)"


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog=f"make bench NAME={NAME}", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mails", type=int, default=MAILS)
    parser.add_argument("--root", type=Path, default=Path("/"), help="where Debian's packages were unpacked (dpkg -x)")
    chosen = parser.parse_args(arguments)
    run(chosen.mails, Place(root=chosen.root.resolve())).publish()


if __name__ == "__main__":
    main()
