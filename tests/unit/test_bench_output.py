"""The benchmarks are listed as they are, and what one prints is what programs expect."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path

import pytest

from tests import bench
from tests.bench import __main__, filters, stages
from tests.bench.rig.report import Report, p50_p99, rounded, spread

UNITS = re.compile(r"_(us|ms|s|mb|percent|per_s|us_per_mail)$")


def test_the_list_is_what_is_there() -> None:
    modules = {path.stem for path in Path(bench.__file__).parent.glob("*.py")}
    assert set(bench.BENCHMARKS) == {name for name in modules if not name.startswith("_")}


@pytest.mark.parametrize("name", bench.BENCHMARKS)
def test_each_runs_as_a_module_under_its_name(name: str) -> None:
    module = importlib.import_module(f"tests.bench.{name}")
    assert name == module.NAME
    assert callable(module.main)
    assert 'if __name__ == "__main__":\n    main()' in Path(module.__file__ or "").read_text()


def test_the_list_is_printed_with_a_sentence_each(capsys: pytest.CaptureFixture[str]) -> None:
    __main__.main()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[2] for line in lines] == [f"NAME={name}" for name in bench.BENCHMARKS]
    assert all(len(line.split()) > 5 for line in lines)


def test_one_json_line_on_standard_output_and_progress_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    stages.main(["--mails", "20"])
    printed = capsys.readouterr()
    (line,) = printed.out.splitlines()
    found = json.loads(line)
    assert list(found) == ["name", "ratios", "values"]
    assert found["name"] == "stages"
    assert all(UNITS.search(name) for name in found["values"])
    assert all(value > 0 for value in (found["ratios"] | found["values"]).values())
    assert sum(found["ratios"][f"{stage}_of_all"] for stage in stages.STAGES) == pytest.approx(1, abs=0.001)
    assert "20 mails" in printed.err


def test_a_report_is_one_line_with_the_digits_that_mean_something() -> None:
    report = Report(name="n", ratios={"a_to_b": 0.123456}, values={"c_ms": 1234567.0})
    assert json.loads(report.line()) == {"name": "n", "ratios": {"a_to_b": 0.1235}, "values": {"c_ms": 1235000.0}}
    assert "\n" not in report.line()


@pytest.mark.parametrize(("value", "expected"), [(0.0, 0.0), (0.00123456, 0.001235), (99999.0, 100000.0), (-1.5, -1.5)])
def test_rounding(value: float, expected: float) -> None:
    assert rounded(value) == expected


def test_quantiles_and_spread() -> None:
    assert p50_p99([float(number) for number in range(101)]) == (50.0, 99.0)
    assert spread([90.0, 100.0, 120.0]) == pytest.approx(0.3)


def test_what_is_not_installed_is_left_out_and_its_figures_are_null(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    filters.main(["--mails", "6", "--root", str(tmp_path)])
    printed = capsys.readouterr()
    found = json.loads(printed.out)
    assert found["ratios"] == {"spamassassin_to_triage": None, "rspamd_to_triage": None}
    assert all(UNITS.search(name) for name in found["values"])
    assert {value for name, value in found["values"].items() if name.startswith(("spamassassin", "rspamd"))} == {None}
    assert "spamassassin: not installed, left out" in printed.err
    if "no shared data" not in printed.err:
        assert found["values"]["triage_p50_ms"] > 0
