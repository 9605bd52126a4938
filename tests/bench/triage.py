"""What one decision costs on real mail, in this process and without services: parse, read, rules, model, the rest.

Times are of the processor, by the thread's own clock: what else the machine does counts only by the caches that it shares.
The goals of issue 9: parse and features 150 µs each, model 50 µs, all 350 µs for the median mail, p99 under 5 ms, and
under 100 ms for the worst of the torture set."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from time import thread_time_ns

from streams.mail import MailError, parse
from streams.triage.decide import decide
from streams.triage.features import Features
from streams.triage.model import MODEL
from streams.triage.model_opinion import Opinion
from streams.triage.rule import hits_of
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Facts
from tests.bench.rig import corpus
from tests.bench.rig.report import Report, p50_p99, say
from tests.unit.mail.corpora import DATA, messages

NAME = "triage"
STAGES = ("parse", "read", "rules", "model", "all", "all_without_model")
"""`read`: words, languages and phrases of the text, which rules and model share; `model`: all that it can be asked, of
which half of all mail needs only what tells junk; `all`: parse and decide, as it runs."""
FACTS = Facts(owner=("box@example.com",), received_at="2026-01-01T00:00:00.000Z")
WARM_UP = 200


def run(mails: int) -> Report:
    """Measure every stage on every mail, then the whole on the torture set."""
    chosen = corpus.mails(mails)
    for raw in chosen[:WARM_UP]:
        _stages(raw)
    taken = [_stages(raw) for raw in chosen]
    values: dict[str, float] = {}
    for stage, times in zip(STAGES, zip(*taken, strict=True), strict=True):
        values[f"{stage}_p50_us"], values[f"{stage}_p99_us"] = p50_p99(times)
        say(f"{stage:>18}: median {values[f'{stage}_p50_us']:8.0f} µs, p99 {values[f'{stage}_p99_us']:8.0f} µs")
    values["torture_worst_ms"], name = torture()
    say(f"worst of the torture set: {values['torture_worst_ms']:.1f} ms, {name}")
    ratios = {f"{stage}_of_all": values[f"{stage}_p50_us"] / values["all_p50_us"] for stage in STAGES if stage != "all"}
    return Report(name=NAME, ratios=ratios, values=values)


def _stages(raw: bytes) -> list[float]:
    """Microseconds of each stage."""
    ticks = [thread_time_ns()]
    mail = parse(raw)
    ticks.append(thread_time_ns())
    features = Features(mail, FACTS)
    _ = features.said
    ticks.append(thread_time_ns())
    hits = hits_of(features)
    ticks.append(thread_time_ns())
    opinion = Opinion(MODEL, features, hits)
    _ = (opinion.junk, opinion.deceit, opinion.form, opinion.request, opinion.reply, opinion.pressing)
    ticks.append(thread_time_ns())
    decide(parse(raw), FACTS, DEFAULT)
    ticks.append(thread_time_ns())
    decide(parse(raw), FACTS, DEFAULT, None)
    ticks.append(thread_time_ns())
    return [(after - before) / 1000 for before, after in pairwise(ticks)]


def torture() -> tuple[float, str]:
    """Milliseconds of the slowest message of the parsers' test suites, the better of two runs each, and its name."""
    worst = (0.0, "no shared data")
    for name, raw in messages("mime-torture") if DATA.is_dir() else ():
        runs = []
        for _ in range(2):
            started = thread_time_ns()
            with suppress(MailError):
                decide(parse(raw), FACTS, DEFAULT)
            runs.append((thread_time_ns() - started) / 1e6)
        worst = max(worst, (min(runs), name))
    return worst


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog=f"make bench NAME={NAME}", description=__doc__)
    parser.add_argument("--mails", type=int, default=3000)
    run(parser.parse_args(arguments).mails).publish()


if __name__ == "__main__":
    main()
