"""A worker that starts again on its own folder of rows replays what came since, and nothing of another's."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

import pytest

from tests.integration.transport.counting import PARTITIONS
from tests.integration.transport.fleet import Fleet
from tests.integration.transport.load import Load
from tests.integration.transport.reading import create_topics, values_by_key, wait_for_records
from tests.integration.transport.test_membership import ROWS, fill_table, started

EVENTS = 200


def replayed(workers: Fleet, number: int) -> list[int]:
    """Table changes that each opening of a partition replayed, in the order of the worker's log."""
    return [int(found) for found in re.findall(r"(\d+) table changes replayed", workers.lines(number))]


@pytest.mark.parametrize("ending", ["SIGTERM", "SIGKILL"])
def test_a_start_replays_only_what_came_since(kafka: str, topic_prefix: str, tmp_path: Path, ending: str) -> None:
    create_topics(kafka, topic_prefix)
    fill_table(kafka, topic_prefix)
    load = Load(kafka, topic_prefix, random.Random(8))
    with started(kafka, topic_prefix, tmp_path) as workers:
        for turn in (1, 2):
            load.write(EVENTS, keys=ROWS, poison=0, aborts=0)
            workers.start(0)
            assert wait_for_records(kafka, f"{topic_prefix}out", turn * EVENTS, 120) == turn * EVENTS, workers.logs()
            if ending == "SIGTERM":
                assert workers.terminate(0) == [0], workers.logs(60)
            else:
                workers.kill(0)
    first, second = replayed(workers, 0)[:PARTITIONS], replayed(workers, 0)[PARTITIONS : 2 * PARTITIONS]
    assert sum(first) >= ROWS
    most = 0 if ending == "SIGTERM" else 2 * EVENTS + 10 * PARTITIONS
    assert sum(second) <= most, "rows and positions of the first run's events at most"
    counted(kafka, topic_prefix)


def test_rows_of_a_topic_that_was_made_anew_are_forgotten(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    create_topics(kafka, topic_prefix)
    other = f"{topic_prefix}other."
    create_topics(kafka, other)
    for prefix in (topic_prefix, other):
        load = Load(kafka, prefix, random.Random(9))
        load.write(EVENTS, keys=20, poison=0, aborts=0)
        with started(kafka, prefix, tmp_path) as workers:
            workers.start(0)
            wait_for_records(kafka, f"{prefix}out", EVENTS, 120)
            assert workers.terminate(0) == [0], workers.logs(60)
        if prefix == topic_prefix:  # as a cluster would look that was set up again under the same names
            tables = tmp_path / "tables" / "worker-0"
            shutil.move(tables / f"{prefix}counting", tables / f"{other}counting")
            for folder in (tables / f"{other}counting").iterdir():
                folder.rename(folder.with_name(folder.name.replace(f"{prefix}in", f"{other}in")))
    found = values_by_key(kafka, f"{other}out")
    assert {key: int(values[0].split()[1]) for key, values in found.items()} == dict.fromkeys(found, 1)


def counted(bootstrap: str, prefix: str) -> None:
    """Every count goes on from the row that was written before: two (one for the row with a tombstone)."""
    found = {
        key: [int(value.split()[1]) for value in values]
        for key, values in values_by_key(bootstrap, f"{prefix}out").items()
    }
    first = dict.fromkeys(found, 3) | {b"box-1": 1}
    assert found == {key: list(range(first[key], first[key] + len(values))) for key, values in found.items()}
