"""The demo of the second opinion: its programs, what it says, and that its script has cases in the sample mailbox."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agents.crew.case import case_of
from agents.crew.panel.answers import Assessment, Suspicion
from agents.sample import OWNER_ADDRESSES, render, templates
from infra.errors import ConfigError
from infra.settings import load
from monitoring.run import crew_demo
from monitoring.run.crew_demo import SCRIPT, CrewDemo, lines
from monitoring.run.home import Home
from monitoring.run.programs import programs
from streams.mail import parse
from streams.triage import review
from streams.triage.decide import decide
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Facts
from tests.unit.crew.requests import request_of
from tests.unit.crew.test_reroute import review_of


def test_crew_and_model_run_beside_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew_demo, "_python", lambda: "/crew/python")
    demo = CrewDemo(print)
    groups = programs(load(), Home(root=tmp_path), workers=1, own_stack=True, demo=demo)
    names = [program.name for group in groups for program in group]
    assert names == ["ingest", "worker-1", "crew", "archive", "control", "model"]
    by_name = {program.name: program for group in groups for program in group}
    assert by_name["crew"].argv[0] == "/crew/python"
    assert by_name["worker-1"].env["CREW_URL"] == by_name["crew"].env["CREW_URL"] != ""


def test_without_crewai_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(crew_demo, "CREW_PYTHON", tmp_path / "none")
    with pytest.raises(ConfigError, match="make crew"):
        CrewDemo(print)


def test_the_script_has_cases_of_the_sample_that_are_reviewed() -> None:
    script = json.loads(SCRIPT.read_text("utf-8"))
    now = datetime.now(UTC)
    hits = set()
    for template in templates().values():
        mail = parse(render(template, now))
        facts = Facts(owner=OWNER_ADDRESSES, received_at=now.isoformat())
        if review.wanted(mail, facts, decide(mail, facts, DEFAULT), DEFAULT):
            body = case_of(request_of(render(template, now))).body
            hits |= {line["contains"] for line in script if line["contains"] in body}
    assert hits, "nothing of the script is ever asked"


def test_the_script_answers_within_the_enumerations() -> None:
    for line in json.loads(SCRIPT.read_text("utf-8")):
        Assessment.model_validate(line["answers"]["Assessment"])
        if "Suspicion" in line["answers"]:
            Suspicion.model_validate(line["answers"]["Suspicion"])


def test_a_changed_case_is_told_with_its_reason() -> None:
    told = list(lines(review_of(request_of())))
    assert "→ urgent 9" in told[0]
    assert "because: Legal notice." in told[1]
    assert "no second opinion (expired)" in next(lines(review_of(request_of(), None)))
