"""Game days use the real rules with their durations divided, and nothing else."""

from __future__ import annotations

import re

import pytest
import yaml

from tests.integration.gameday import shorter
from tests.unit.alerts.machine import ALERTMANAGER, RULES, run


@pytest.mark.parametrize(
    ("long", "short"),
    [("5m", "10000ms"), ("15s", "500ms"), ("3d", "8640000ms"), ("250ms", "8ms")],
)
def test_a_duration_is_divided(long: str, short: str) -> None:
    assert shorter.duration(long, 30) == short


def test_a_query_keeps_everything_but_its_windows() -> None:
    assert shorter.query("rate(a[5m]) > 5 and b_5m > 1", 30) == "rate(a[10000ms]) > 5 and b_5m > 1"


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_rules_by_one_are_the_rules(path) -> None:
    def plain(text: str) -> list[dict[str, str]]:
        seconds = re.sub(r"\d+ms|\b\d+[smhd]\b", lambda found: shorter.duration(found[0], 1), text)
        return [rule for group in yaml.safe_load(seconds)["groups"] for rule in group["rules"]]

    again = [rule for group in yaml.safe_load(shorter.rules(path.read_text(), 1))["groups"] for rule in group["rules"]]
    assert [rule["expr"] for rule in again] == [rule["expr"] for rule in plain(path.read_text())]
    assert [rule.get("for") for rule in again] == [rule.get("for") for rule in plain(path.read_text())]


def test_prometheus_and_alertmanager_accept_what_is_made(tmp_path) -> None:
    for path in RULES:
        (tmp_path / path.name).write_text(shorter.rules(path.read_text(), 30))
    run("promtool", "check", "rules", *sorted(tmp_path.glob("*.yml")))
    (tmp_path / "alertmanager.yml").write_text(shorter.routes(ALERTMANAGER.read_text(), 30, "http://127.0.0.1:1"))
    run("amtool", "check-config", tmp_path / "alertmanager.yml")
