"""Every alert by promtool: silent at its threshold, silent before its duration is over, firing after it, silent again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.unit.alerts.cases import CASES
from tests.unit.alerts.machine import PROMETHEUS, RECORDING, RULES, RUNBOOK, alerts, run

SEEDS = {
    "HighEmailProcessingErrorRate": ("warning", "2m", "> 0.10"),
    "SlowEmailProcessing": ("warning", "5m", "> 5"),
    "EmailQueueBacklog": ("critical", "5m", "> 100"),
    "EmailProviderDown": ("critical", "1m", ""),
    "HighMemoryUsage": ("warning", "5m", "> 1e9"),
}
UNITS = {"": 0, "s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(duration: str) -> int:
    return int(duration[:-1] or 0) * UNITS[duration[-1:]]


def test_prometheus_accepts_its_configuration_and_rules() -> None:
    run("promtool", "check", "config", PROMETHEUS / "prometheus.yml")
    run("promtool", "check", "rules", "--lint-fatal", *RULES)


@pytest.mark.parametrize("file", [path for path in RULES if path != RECORDING], ids=lambda path: path.stem)
def test_each_alert_fires_when_it_should_and_clears(file: Path, tmp_path: Path) -> None:
    here = alerts([file])
    tests = [case.as_test(seconds(here[case.alert].get("for", ""))) for case in CASES if case.alert in here]
    shared = [RECORDING] if "crewai:" in file.read_text() else []
    plan = {"rule_files": [str(file), *map(str, shared)], "evaluation_interval": "15s", "tests": tests}
    (tmp_path / "tests.yml").write_text(yaml.safe_dump(plan, sort_keys=False))
    run("promtool", "test", "rules", tmp_path / "tests.yml")


def test_no_alert_is_without_a_case() -> None:
    assert {case.alert for case in CASES} == set(alerts())


@pytest.mark.parametrize("name", SEEDS)
def test_the_runbooks_five_keep_severity_duration_and_threshold(name: str) -> None:
    severity, duration, threshold = SEEDS[name]
    rule = alerts()[name]
    assert (rule["labels"]["severity"], rule["for"]) == (severity, duration)
    assert rule["expr"].endswith(threshold)


@pytest.mark.parametrize("name", alerts())
def test_an_alert_says_how_bad_where_what_and_what_to_do(name: str) -> None:
    rule = alerts()[name]
    assert rule["labels"]["severity"] in {"critical", "high", "medium", "low", "warning"}
    grouped = re.search(r"component=", rule["expr"])  # the series' own label
    assert "component" in rule["labels"] or grouped
    assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
    file, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    assert file == "monitoring/RUNBOOK.md"
    assert anchor in headings()


def headings() -> set[str]:
    """The runbook's anchors, as GitHub and GitLab make them."""
    found = re.findall(r"^#{1,6} (.+)$", RUNBOOK.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in found}
