"""Every setting, changed on a running and loaded system: its effect on all processes, over restarts, until it expires.

One system for all; each test leaves it as it found it, and adds to it."""

from __future__ import annotations

import statistics
from datetime import timedelta

import orjson
import pytest

from streams.triage.verdict import Lane
from tests.integration.control.system import NAMES, System

TAKEN_UP_S = 5.0


def test_batch_size(system: System) -> None:
    system.set("BATCH_SIZE", 1)
    before = system.counts("worker-0")
    system.put_mails(20)
    system.until(lambda: system.counts("worker-0")["records"] == before["records"] + 20)
    after = system.counts("worker-0")
    assert after["transactions"] - before["transactions"] == 20
    system.clear("BATCH_SIZE")
    system.put_mails(200)
    system.until(lambda: system.counts("worker-0")["records"] == before["records"] + 220)
    assert system.counts("worker-0")["transactions"] - after["transactions"] < 100


@pytest.mark.parametrize(
    ("changes", "at_once"),
    [
        ({}, 10),
        ({"DATABASE_POOL_SIZE": "2", "DATABASE_MAX_OVERFLOW": "1"}, 3),
        ({"MAX_WORKERS": "4"}, 4),
        (
            {"LANE_WORKERS:low": "1", "LANE_WORKERS:normal": "2", "LANE_WORKERS:urgent": "1", "LANE_WORKERS:high": "1"},
            5,
        ),
        ({"PARALLEL_PROCESSING": "false"}, 1),
    ],
)
def test_how_many_statements_run_at_once(system: System, changes: dict[str, str], at_once: int) -> None:
    """Sixteen partitions have something to write, and the table is locked: each statement keeps its connection."""
    for name, value in changes.items():
        system.set(name, value)
    before = [system.archived(lane) for lane in Lane]
    with system.locked():
        for lane in Lane:
            system.put_verdicts(lane, 40)
        system.until(lambda: system.waiting_statements() >= at_once)
        assert system.waiting_statements() == at_once
    system.until(lambda: [system.archived(lane) for lane in Lane] == [count + 40 for count in before])
    for name in changes:
        system.clear(name)


def test_the_commands_say_who_has_taken_it_up(system: System) -> None:
    paused = system.flow.triage("lane", "pause", "low", "--for", "1h", "--why", "a person's test")
    assert "LANE:low = paused until" in paused
    assert "taken up by archive-0" in paused
    assert "a person's test" in system.flow.triage("control", "show")
    assert "taken up by archive-0" in system.flow.triage("lane", "resume", "low", "--why", "done")
    only = system.flow.triage("control", "priority-only", "--min-priority", "8", "--why", "a person's test")
    assert "waiting: normal, low" in only
    assert "high holds 7 to 8 and goes on as a whole" in only
    system.flow.triage("control", "priority-only", "--off", "--why", "done")
    assert "taken up by ingest-0" in system.flow.triage("breaker", "open", "crew", "--why", "a person's test")
    assert "BREAKER:crew held open" in system.flow.triage("breaker", "list")
    system.flow.triage("breaker", "auto", "crew", "--why", "done")


def test_a_paused_lane_waits_over_a_restart_while_the_others_go_on(system: System) -> None:
    low, high = system.archived(Lane.LOW), system.archived(Lane.HIGH)
    system.set("LANE:low", "paused")
    system.put_verdicts(Lane.LOW, 30)
    system.put_verdicts(Lane.HIGH, 30)
    system.until(lambda: system.archived(Lane.HIGH) == high + 30)
    assert system.archived(Lane.LOW) == low
    assert system.counts("archive-0")["held_topics"] == 1
    system.flow.kill("archive-0")
    system.start("archive-0")
    system.put_verdicts(Lane.HIGH, 30)
    system.until(lambda: system.archived(Lane.HIGH) == high + 60)
    assert system.archived(Lane.LOW) == low
    system.clear("LANE:low")
    system.until(lambda: system.archived(Lane.LOW) == low + 30)


def test_priority_only_until_it_expires(system: System) -> None:
    before = {lane: system.archived(lane) for lane in Lane}
    system.set("MIN_PRIORITY", 9)
    for lane in Lane:
        system.put_verdicts(lane, 20)
    system.until(lambda: system.archived(Lane.URGENT) == before[Lane.URGENT] + 20)
    assert [system.archived(lane) - before[lane] for lane in (Lane.HIGH, Lane.NORMAL, Lane.LOW)] == [0, 0, 0]
    system.set("MIN_PRIORITY", 9, lasting=timedelta(seconds=2))
    system.until(lambda: all(system.archived(lane) == before[lane] + 20 for lane in Lane))


def test_log_level(system: System) -> None:
    """Of what is done each process tells at INFO: not when only errors are wanted, more when all is."""

    def said(name: str, text: str) -> int:
        return system.log(name).count(text)

    before = said("worker-0", '"level":"DEBUG"')
    system.set("LOG_LEVEL", "ERROR")
    system.set("LOG_LEVEL", "DEBUG")
    system.put_mails(5)
    system.until(lambda: said("worker-0", '"level":"DEBUG"') > before)
    system.clear("LOG_LEVEL")
    for name in NAMES:
        told = [said(name, f"control: LOG_LEVEL={level}") for level in ("ERROR", "DEBUG", "INFO")]
        assert told == [0, 1, 1], name


def test_the_limit_of_dead_letters(system: System) -> None:
    system.set("DEAD_LETTER_LIMIT", 1000)
    before = system.counts("worker-0")["records"]
    system.put_mails(60, "defect")
    system.until(lambda: system.counts("worker-0").get("records", 0) >= before + 60)
    system.set("DEAD_LETTER_LIMIT", 3)
    system.put_mails(10, "defect")
    assert system.flow.running["worker-0"].wait(90) == 1
    assert "failed unexpectedly within a minute" in system.log("worker-0")
    del system.flow.running["worker-0"]
    system.set("DEAD_LETTER_LIMIT", 1000)
    system.start("worker-0")
    system.until(lambda: system.counts("worker-0").get("records", 0) >= 10)


def test_changes_are_taken_up_at_once_by_all_and_are_on_record(system: System) -> None:
    assert statistics.median(system.latencies) < TAKEN_UP_S, system.latencies
    history = list(
        map(orjson.loads, system.flow.triage("control", "history", "--limit", "1000", "--json").splitlines())
    )
    changes = [one for one in history if one["who"] == "op@example"]
    assert len(changes) == len(system.latencies)
    assert {(one["action"], one["why"]) for one in changes} == {("set", "a test"), ("clear", "a test")}
    assert [one["revision"] for one in changes] == sorted(one["revision"] for one in changes)
    shown = system.flow.triage("control", "show")
    assert "BATCH_SIZE" in shown
    assert "archive-0" in shown
