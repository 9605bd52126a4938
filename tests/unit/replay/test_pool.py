"""Processes of a replay that cannot start, are killed, or are no longer wanted. The broker of these tests is away."""

from __future__ import annotations

import multiprocessing
import multiprocessing.spawn
from pathlib import Path

import pytest

from infra.settings import load
from streams.replay import pool
from streams.replay.plan import Range, Span
from streams.replay.pool import Order, ProcessLost
from streams.versions.judge import of_files

SPANS = [Span(partition=partition, first=0, end=9) for partition in range(3)]

pytestmark = pytest.mark.timeout(240)  # it starts processes that load the model


@pytest.fixture
def order(tmp_path: Path) -> Order:
    settings = load(kafka_bootstrap_servers="127.0.0.1:9")
    return Order.of(settings, of_files(None, None), Range(), "recorded", tmp_path)


@pytest.fixture
def no_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every process that is started dies at once, before it has read what it is told."""
    dies = [multiprocessing.spawn.get_executable(), "-c", "raise SystemExit('no such module')"]
    monkeypatch.setattr(multiprocessing.spawn, "get_command_line", lambda **_: dies)


@pytest.mark.usefixtures("no_python")
def test_processes_that_cannot_start_end_the_replay(order: Order) -> None:
    with pytest.raises(ProcessLost, match="--processes 1"):
        pool.run(order, SPANS, 2, lambda _: None)
    assert not multiprocessing.active_children()


def test_a_process_that_is_killed_ends_the_replay(order: Order) -> None:
    def kill(_: int) -> None:
        multiprocessing.active_children()[0].kill()

    with pytest.raises(ProcessLost):
        pool.run(order, SPANS, 2, kill)
    assert not multiprocessing.active_children()


def test_a_replay_that_is_interrupted_leaves_no_process_behind(order: Order) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pool.run(order, SPANS, 2, interrupt)
    assert not multiprocessing.active_children()
