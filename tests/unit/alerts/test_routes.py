"""alertmanager.yml by amtool: who is told of what, and that every inhibition can take effect."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.unit.alerts.machine import ALERTMANAGER, alerts, run

CONFIG: dict[str, Any] = yaml.safe_load(ALERTMANAGER.read_text())
MATRIX = {
    "critical": ("primary-on-call", "secondary-on-call", "15m"),
    "high": ("primary-on-call", "secondary-on-call", "1h"),
    "medium": ("secondary-on-call", "engineering-team", "4h"),
    "warning": ("secondary-on-call", "engineering-team", "4h"),
    "low": ("engineering-team", "secondary-on-call", "24h"),
}


def test_alertmanager_accepts_its_configuration() -> None:
    run("amtool", "check-config", ALERTMANAGER)


@pytest.mark.parametrize("severity", MATRIX)
def test_an_alert_reaches_who_the_escalation_matrix_names(severity: str) -> None:
    first, then, _ = MATRIX[severity]
    verified = f"--verify.receivers={first},{then}"
    run("amtool", "config", "routes", "test", f"--config.file={ALERTMANAGER}", verified, f"severity={severity}")


@pytest.mark.parametrize("severity", MATRIX)
def test_an_escalation_waits_for_its_time_and_the_first_contact_hardly(severity: str) -> None:
    first, then, after = MATRIX[severity]
    routes = [one for one in CONFIG["route"]["routes"] if re.search(rf"\b{severity}\b", one["matchers"][0])]
    assert [(one["receiver"], one.get("continue", False)) for one in routes] == [(first, True), (then, False)]
    assert routes[1]["group_wait"] == after
    assert routes[0]["group_wait"] in {"10s", "30s", "2m", "10m"}


def test_receivers_are_placeholders_that_reach_nobody() -> None:
    for receiver in CONFIG["receivers"]:
        (hook,) = receiver["webhook_configs"]
        assert hook["url"] == f"http://{receiver['name']}.placeholder.invalid/"


def test_every_inhibition_names_alerts_that_there_are() -> None:
    known = set(alerts())
    for rule in CONFIG["inhibit_rules"]:
        for matcher in (*rule["source_matchers"], *rule["target_matchers"]):
            label, _, pattern = re.fullmatch(r"(\w+)(=~?)\"(.+)\"", matcher).groups()  # type: ignore[union-attr]
            if label == "alertname":
                for name in pattern.split("|"):
                    assert any(re.fullmatch(name, one) for one in known), name
