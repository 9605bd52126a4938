"""Dashboards, rules and the runbook's queries speak of metrics that are declared; the committed JSON is what the code makes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

import monitoring.metrics  # noqa: F401 - declares them
from monitoring.grafana.boards import BOARDS
from monitoring.grafana.generate import FOLDER, text
from tests.unit.alerts.machine import ROOT, RUNBOOK, rules

FOREIGN = {"up", "alertmanager_notifications_failed_total"}
"""Prometheus's and Alertmanager's own."""
PROVISIONING = ROOT / "monitoring" / "grafana" / "provisioning"
NAME = re.compile(r"\b(?:crewai:[a-z0-9_:]+|(?:crewai|kafka|process|python|alertmanager)_[a-z0-9_]+|up)\b(?!\s*[=!(])")


def declared() -> set[str]:
    """Every series that our processes can expose, and what the recording rules make of them."""
    names = {rule["record"] for rule in rules() if "record" in rule} | FOREIGN
    for family in REGISTRY.collect():
        endings = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}.get(family.type, ("",))
        names |= {family.name + ending for ending in endings}
    return names


def queries() -> Iterator[tuple[str, str]]:
    for rule in rules():
        yield rule.get("alert") or rule["record"], rule["expr"]
    for board in BOARDS:
        for panel in (panel for panels in board.rows.values() for panel in panels):
            yield from ((f"{board.title}: {panel.title}", query) for query in panel.queries.values())
    for block in re.findall(r"```promql\n(.*?)```", RUNBOOK.read_text(), re.DOTALL):
        yield from (("runbook", line) for line in block.splitlines() if not line.startswith("#"))


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)
def test_the_committed_dashboard_is_what_the_code_makes(board: Any) -> None:
    assert (FOLDER / f"{board.uid}.json").read_text() == text(board), "run python -m monitoring.grafana.generate"


def test_no_dashboard_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == {board.uid for board in BOARDS}


def test_every_metric_that_is_asked_for_is_declared() -> None:
    known = declared()
    unknown = {
        (where, name) for where, query in queries() for name in NAME.findall(without_labels(query)) if name not in known
    }
    assert unknown == set()


def without_labels(query: str) -> str:
    """The query without what stands in braces and quotes."""
    return re.sub(r"\{[^}]*\}|\"[^\"]*\"", "", query)


def test_panels_have_a_place_of_their_own_and_a_provisioned_source() -> None:
    sources = yaml.safe_load((PROVISIONING / "datasources" / "datasources.yml").read_text())["datasources"]
    known = {one["uid"] for one in sources}
    for path in FOLDER.glob("*.json"):
        panels = json.loads(path.read_text())["panels"]
        graphs = [one for one in panels if one["type"] != "row"]
        assert {one["datasource"]["uid"] for one in graphs} <= known
        assert all(target["datasource"]["uid"] in known for one in graphs for target in one["targets"])
        places = [(one["gridPos"]["x"], one["gridPos"]["y"]) for one in panels]
        assert len(set(places)) == len(places), path.name
        assert all(one["gridPos"]["x"] + one["gridPos"]["w"] <= 24 for one in panels)


def test_what_the_containers_mount_is_there() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    monitoring = {name: one for name, one in services.items() if one.get("profiles") == ["monitoring"]}
    assert set(monitoring) == {f"crewai-{name}" for name in ("prometheus", "alertmanager", "grafana", "loki", "alloy")}
    for one in monitoring.values():
        assert re.search(r":v?\d+\.\d+\.\d+$", one["image"]), "a pinned release"
        mounts = [volume.partition(":")[0] for volume in one["volumes"] if volume.startswith("./")]
        assert all((ROOT / mount).exists() for mount in mounts)


def test_prometheus_asks_services_that_there_are() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    scrapes = yaml.safe_load((ROOT / "monitoring" / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]
    for scrape in scrapes:
        for target in (target for one in scrape.get("static_configs", ()) for target in one["targets"]):
            assert target.partition(":")[0] in {*services, "localhost"}
        for one in scrape.get("dns_sd_configs", ()):
            assert set(one["names"]) <= set(services)
            assert str(one["port"]) == services[one["names"][0]]["environment"]["PROCESS_METRICS_PORT"]


def test_the_log_shipper_keeps_all_of_our_services() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    ours = {name for name, one in services.items() if one["image"].startswith("crewai-email-triage")}
    alloy = (Path(ROOT) / "monitoring" / "loki" / "alloy.alloy").read_text()
    (kept,) = re.findall(r'regex\s+= "(.+)"', alloy)
    assert {name for name in services if re.fullmatch(kept, name)} == ours
    assert 'replacement  = "crewai-triage"' in alloy
