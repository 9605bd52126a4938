"""`python -m monitoring.catalogue [--check]`: write METRICS.md, or compare it with what `monitoring.metrics` says."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from prometheus_client import Counter, Info
from prometheus_client.metrics import MetricWrapperBase

from monitoring import metrics

PLACE = Path(__file__).with_name("METRICS.md")
HEAD = """# Metrics

Made of `monitoring/metrics.py` by `python -m monitoring.catalogue`; a test compares the two.

`triage control` serves them on METRICS_PORT (8080): health, lag and queues of the whole system. Each other process
serves its own on PROCESS_METRICS_PORT (0: not at all; the containers have 9100), so that every replica is a target and
a sum is `sum without (instance) (...)`. No label ever holds an account or an address. A histogram is read as
`NAME_bucket`, `NAME_sum` and `NAME_count`.

From prometheus_client, of each process: `process_resident_memory_bytes`, `process_virtual_memory_bytes`,
`process_cpu_seconds_total`, `process_open_fds`, `process_max_fds`, `process_start_time_seconds`,
`python_gc_collections_total`, `python_gc_objects_collected_total`, `python_gc_objects_uncollectable_total`,
`python_info`. (`python_gc_*` count per generation; the stream processes collect rarely on purpose.)

| name | type | labels | meaning |
|---|---|---|---|
"""


class Declared(NamedTuple):
    """One metric as a scrape shows it."""

    constant: str
    """Its name in the code."""
    name: str
    kind: str
    labels: tuple[str, ...]
    meaning: str


def declared() -> Iterator[Declared]:
    """Every metric, in the order of their declaration."""
    for constant, metric in vars(metrics).items():
        if isinstance(metric, MetricWrapperBase):
            (family,) = metric.describe()
            suffix = "_total" if isinstance(metric, Counter) else "_info" if isinstance(metric, Info) else ""
            labels = tuple(metric._labelnames)  # noqa: SLF001 - the one thing that has no public name
            yield Declared(constant, family.name + suffix, family.type, labels, family.documentation)


def text() -> str:
    """The file as it should be."""
    rows = (f"| `{one.name}` | {one.kind} | {', '.join(one.labels)} | {one.meaning} |\n" for one in declared())
    return HEAD + "".join(rows)


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0: written or up to date; 1: it differs."""
    parser = argparse.ArgumentParser(prog="python -m monitoring.catalogue", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file differs")
    if parser.parse_args(arguments).check:
        same = PLACE.is_file() and PLACE.read_text("utf-8") == text()
        sys.stdout.write("" if same else f"{PLACE.name} differs: run python -m monitoring.catalogue\n")
        return 0 if same else 1
    PLACE.write_text(text(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
