"""SIGKILL of the real commands at random moments, again and again until one ends: everything is there, once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from infra.settings import Settings
from streams.topics import DEAD, LANES, RECEIVED
from streams.triage.verdict import Lane
from tests.integration.dead_letters.log import records, write

pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]
TRIAGE = Path(sys.executable).parent / "triage"
RECORDS = 20_000
LONGEST_S = 60.0


def until_done(settings: Settings, *words: str) -> int:
    """Start the command until it ends by itself, killing it ever later; how often it was killed."""
    environment = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers}
    rnd, kills, patience = random.Random(7), 0, 0.7
    while True:
        process = subprocess.Popen([TRIAGE, *words], env=environment, stdout=subprocess.DEVNULL)
        try:
            assert process.wait(rnd.uniform(0.9, 1.1) * patience) == 0
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
            kills, patience = kills + 1, min(1.15 * patience, LONGEST_S)
        else:
            return kills


def test_a_replay(settings: Settings, unique: str) -> None:
    key = unique.encode()
    why = [("dead_topic", RECEIVED.name.encode()), ("dead_partition", b"2")]
    write(
        settings,
        DEAD.name,
        [(key, b"%d" % number, [*why, ("dead_offset", b"%d" % number)]) for number in range(RECORDS)],
    )
    assert until_done(settings, "dead", "replay", "--account", unique) > 0
    back = Counter(one.value for one in records(settings, RECEIVED.name) if one.key == key)
    assert len(back) == RECORDS
    assert set(back.values()) == {1}


def test_a_drain_and_a_refill(settings: Settings, unique: str, tmp_path: Path) -> None:
    lane, file = LANES[Lane.HIGH].name, str(tmp_path / "high.drain")
    key, rnd = unique.encode(), random.Random(7)
    write(settings, lane, [(key, b"%d " % number + rnd.randbytes(3000), []) for number in range(RECORDS)])
    before = [(one.value, one.timestamp) for one in records(settings, lane)]
    assert until_done(settings, "drain", "high", "--from-beginning", "--output", file) > 0
    assert until_done(settings, "refill", file) > 0
    after = [(one.value, one.timestamp) for one in records(settings, lane)]
    assert Counter(after) == Counter(before + before), "each once more, at the same time"
