"""The mails that benchmarks run on: real ones when the shared data is there, else the bundled sample."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from itertools import cycle, islice

from agents.sample.deliver import templates
from agents.sample.template import render
from tests.bench.rig.report import say
from tests.unit.mail.corpora import DATA, messages

ARCHIVE = "spamassassin"


def named() -> list[tuple[str, bytes]]:
    """The real mails by name, whose folder says what they are; none without the shared data."""
    if not (DATA / f"{ARCHIVE}.tar.gz").is_file():
        return []
    return [(name, raw) for name, raw in sorted(messages(ARCHIVE)) if not name.endswith("cmds")]


def mails(count: int) -> list[bytes]:
    """So many raw mails, over and over from the beginning when there are fewer."""
    found, source = [raw for _, raw in named()], "real mails"
    if not found:
        found, source = [render(raw, datetime.now(UTC)) for raw in templates().values()], "sample mails"
    random.Random(1).shuffle(found)  # the archive is sorted by kind
    chosen = list(islice(cycle(found), count))
    kb = sum(map(len, chosen)) / count / 1000
    say(f"{count} mails out of {len(found)} {source}, {kb:.1f} KB each on average")
    return chosen
