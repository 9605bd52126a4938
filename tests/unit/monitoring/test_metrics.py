"""Every metric is declared once, with a unit and a meaning, is set somewhere, and names nobody."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from monitoring import catalogue
from monitoring.catalogue import Declared, declared

ROOT = Path(__file__).parents[3]
DECLARED = tuple(declared())
PERSONAL = {"account", "address", "sender", "mailbox", "email", "user", "event_id", "subject", "host", "folder"}


def used() -> Iterator[str]:
    """Constants of monitoring.metrics that any other module names."""
    names = {one.constant for one in DECLARED}
    for package in ("infra", "streams", "agents", "monitoring"):
        for path in (ROOT / package).rglob("*.py"):
            if path.name in {"metrics.py", "catalogue.py"}:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
                if name in names:
                    yield name


def test_every_metric_is_set_somewhere() -> None:
    assert {one.constant for one in DECLARED} - set(used()) == set()


def test_the_catalogue_is_that_of_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogue.main(["--check"]) == 0, "run python -m monitoring.catalogue"
    assert not capsys.readouterr().out


def test_a_catalogue_that_differs_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(catalogue, "PLACE", tmp_path / "METRICS.md")
    assert catalogue.main(["--check"]) == 1
    assert "METRICS.md differs" in capsys.readouterr().out
    assert catalogue.main([]) == 0
    assert catalogue.main(["--check"]) == 0


@pytest.mark.parametrize("one", DECLARED, ids=lambda one: one.name)
def test_names_and_labels_follow_the_conventions(one: Declared) -> None:
    assert one.name.startswith(("crewai_", "kafka_"))
    assert len(one.meaning.split()) > 1
    assert not PERSONAL & set(one.labels), "a label may not name a person's mailbox"
    if one.kind == "histogram":
        assert one.name.endswith("_seconds")
    if "seconds since the epoch" in one.meaning:
        assert one.name.endswith("_timestamp_seconds")


def test_memory_and_garbage_collection_are_exposed_without_being_declared() -> None:
    exposed = {family.name for family in REGISTRY.collect()}
    assert {"process_resident_memory_bytes", "process_cpu_seconds", "process_open_fds"} <= exposed
    assert {"python_gc_collections", "python_gc_objects_collected", "python_info"} <= exposed
