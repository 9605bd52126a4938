"""The comparing benchmarks still run: tiny ones, without the peers, with real brokers and processes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest

from tests.bench import pace, recovery, throughput


def _run(
    main: Callable[[Sequence[str]], None], arguments: str, capsys: pytest.CaptureFixture[str]
) -> dict[str, dict[str, float]]:
    main(arguments.split())
    (line,) = capsys.readouterr().out.splitlines()
    found: dict[str, dict[str, float]] = json.loads(line)
    assert all(value > 0 for value in found["ratios"].values())
    return found


@pytest.mark.soak
def test_contenders_do_all_their_work(capsys: pytest.CaptureFixture[str]) -> None:
    found = _run(
        throughput.main,
        "--events 3000 --slow-events 300 --rounds 1 --contenders worker_table,bare,bare_pipelined,aiokafka,faust_table",
        capsys,
    )
    assert set(found["ratios"]) == {"worker_table_to_faust_table"}
    assert found["values"]["aiokafka_median_events_per_s"] > 0
    assert found["values"]["worker_table_peak_mb"] > 10


def test_the_pace_of_a_worker(capsys: pytest.CaptureFixture[str]) -> None:
    found = _run(pace.main, "--rate 50 --seconds 1 --idle-s 0.2 --contenders worker", capsys)
    assert 0 < found["values"]["worker_p50_ms"] <= found["values"]["worker_p99_ms"]


def test_a_worker_has_its_rows_back(capsys: pytest.CaptureFixture[str]) -> None:
    found = _run(recovery.main, "--rows 2000 --rounds 1", capsys)
    assert found["values"]["empty_s"] > 0
    assert found["ratios"]["memory_cold_to_empty"] > 0
