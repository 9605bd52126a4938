"""The comparing benchmarks: the work is as the issue describes it, and the figures are drawn from what was seen."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import orjson
import pytest

from tests.bench import mail, recovery, throughput
from tests.bench.peers.work import ACCOUNTS, PRIORITIES, Mark, Task, Work, events
from tests.bench.rig import contenders, drain
from tests.bench.rig.drain import Found, Look, Pace, Wrong, finished


@pytest.fixture
def task(tmp_path: Path) -> Task:
    return Task(
        bootstrap="broker:9092",
        input="in",
        prefix="out-",
        mark=tmp_path / "mark",
        linger_ms=10,
        table=True,
        folder=tmp_path,
    )


def test_events_and_outputs_are_as_large_as_the_issue_says(task: Task) -> None:
    found = list(events(2000))
    verdicts = [Work(task).verdict(value) for _, value in found]
    assert sum(len(value) for _, value in found) / 2000 == pytest.approx(953, abs=5)
    assert sum(len(value) for _, value in verdicts) / 2000 == pytest.approx(570, abs=5)
    assert len({key for key, _ in found}) > 0.8 * ACCOUNTS
    assert min(Counter(priority for priority, _ in verdicts).values()) > 100
    assert {priority for priority, _ in verdicts} == set(PRIORITIES)


def test_events_are_the_same_every_time() -> None:
    assert list(events(50)) == list(events(60))[:50]


def test_an_output_names_its_event_and_its_count(task: Task) -> None:
    _, value = next(events(1))
    _, output = Work(task).verdict(value, 7)
    assert orjson.loads(output)["event_id"] == orjson.loads(value)["event_id"]
    assert orjson.loads(output)["count"] == 7


def test_only_the_first_event_leaves_a_mark(task: Task) -> None:
    work = Work(task)
    (_, first), (_, second) = events(2)
    work.verdict(first)
    mark = Mark.read(task.mark)
    work.verdict(second)
    assert Mark.read(task.mark) == mark
    assert mark.time_s > 1.7e9


@pytest.mark.parametrize("table", [True, False])
def test_a_contender_reads_its_task_from_its_environment(
    task: Task, table: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Task(**{name: getattr(task, name) for name in task.__slots__} | {"table": table})
    for name, value in told.environment().items():
        monkeypatch.setenv(name, value)
    assert Task.from_environment() == told


def _pace(speed: float) -> Pace:
    return Pace(events_per_s=speed, cpu_us=1.0, peak_mb=1.0)


def test_a_ratio_is_the_median_of_the_rounds_own() -> None:
    paces = {"worker": [_pace(10), _pace(30), _pace(90)], "quix": [_pace(10), _pace(10), _pace(10)]}
    assert throughput.ratios_of(paces) == {"worker_to_quix": 3.0}


def test_each_ratio_compares_contenders_that_there_are() -> None:
    assert {name for ours, theirs, _ in throughput.RATIOS.values() for name in (ours, theirs)} <= set(
        contenders.BY_NAME
    )
    assert [name.split("_to_") for name in throughput.RATIOS] == [
        [ours, theirs] for ours, theirs, _ in throughput.RATIOS.values()
    ]


def test_each_round_starts_with_another_contender() -> None:
    three = contenders.ALL[:3]
    orders = [[one.name for one in throughput.turns(three, number)] for number in range(3)]
    assert len({order[0] for order in orders}) == 3
    assert all(sorted(order) == sorted(one.name for one in three) for order in orders)


def test_an_unknown_contender_is_named_with_those_there_are() -> None:
    with pytest.raises(SystemExit, match="no such contender: quicks; there are worker, "):
        contenders.chosen(["worker", "quicks"])


def test_missing_peers_are_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(contenders, "PEERS_PYTHON", tmp_path / "none")
    with pytest.raises(SystemExit, match=r"quix: not installed; run `make peers`.*--contenders worker"):
        contenders.chosen(["quix", "worker"])


def test_the_end_is_when_the_last_output_of_every_partition_is_committed() -> None:
    last = {("a", 0): 9, ("a", 1): 4}
    looks = [
        Look(1.0, {("a", 0): 10, ("a", 1): 4}, 0, 0),
        Look(2.0, {("a", 0): 11, ("a", 1): 5}, 0, 0),
        Look(3.0, {("a", 0): 11, ("a", 1): 6}, 0, 0),
    ]
    assert finished(looks, last).time_s == 2.0


def _found(*outputs: tuple[str, str, int]) -> Found:
    found = Found()
    for offset, (event, account, count) in enumerate(outputs):
        drain._take(found, ("out", 0), offset, {"event_id": event, "account": account, "count": count})
    return found


@pytest.mark.parametrize(
    ("outputs", "complaint"),
    [
        ([("1", "a", 1), ("2", "a", 2)], None),
        ([("1", "a", 1)], "1 different outputs of 2, 0 of them again"),
        ([("1", "a", 1), ("1", "a", 2)], "1 different outputs of 2, 1 of them again"),
        ([("1", "a", 1), ("2", "a", 2), ("2", "a", 3)], "2 different outputs of 2, 1 of them again"),
        ([("1", "a", 1), ("2", "a", 1)], "counted 1 accounts wrongly"),
    ],
)
def test_who_skips_or_repeats_work_has_no_speed(
    task: Task, outputs: list[tuple[str, str, int]], complaint: str | None
) -> None:
    if complaint is None:
        drain._check(_found(*outputs), task, 2)
        return
    with pytest.raises(Wrong, match=complaint):
        drain._check(_found(*outputs), task, 2)


def test_each_start_finds_one_event_in_each_partition_and_accounts_of_its_own() -> None:
    cold, warm = recovery._waiting(1), recovery._waiting(2)
    assert len(cold) == len(warm) == 4
    assert not {key for key, _ in cold} & {key for key, _ in warm}
    assert {key for key, _ in cold + warm} <= set(recovery._keys(1000))


def test_the_parts_of_the_main_threads_time_add_up() -> None:
    spent = {
        "parse": 5.0,
        "decide": 1.0,
        "encode": 1.0,
        "learn": 0.5,
        "rows_read": 0.25,
        "whole": 8.0,
        "rows_written": 0.5,
        "main_thread": 10.0,
        "process": 17.0,
        "elapsed": 20.0,
    }
    found = mail.shares(spent)
    assert found["runtime_of_main_thread"] == pytest.approx(0.15)
    assert found.pop("runtime_of_all_threads") == pytest.approx(0.5)
    assert found.pop("main_thread_of_elapsed") == pytest.approx(0.5)
    assert sum(found.values()) == pytest.approx(1)
