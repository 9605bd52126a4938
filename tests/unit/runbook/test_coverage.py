"""Every command of the first runbook has a row that says what became of it, and where; seed.tsv is the list of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from infra.cli import COMMANDS
from tests.unit.alerts.machine import ROOT
from tests.unit.alerts.test_alerts import headings

COVERAGE = (ROOT / "monitoring" / "RUNBOOK-COVERAGE.md").read_text()
SEED = [tuple(line.split("\t")) for line in (Path(__file__).parent / "seed.tsv").read_text().splitlines()]
ROW = re.compile(
    r"^\| `(?P<command>.+?)` \| (?P<status>kept|replaced|dropped) \| \[(?P<here>.+)\]\(RUNBOOK\.md#(?P<place>[\w-]+)\) \| (?P<why>.*) \|$"
)


def rows() -> list[tuple[str, re.Match[str]]]:
    """Section and row, in the table's order."""
    found, section = [], ""
    for line in COVERAGE.splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif match := ROW.match(line):
            found.append((section, match))
    return found


def test_no_command_is_missing_and_none_is_invented() -> None:
    assert [(section, row["command"].replace("\\|", "|")) for section, row in rows()] == SEED


@pytest.mark.parametrize("row", [row for _, row in rows()], ids=lambda row: row["command"][:60])
def test_a_row_leads_to_a_section_and_names_commands_that_exist(row: re.Match[str]) -> None:
    assert row["place"] in headings()
    for command in re.findall(r"`triage ([a-z]+)", row["here"]):
        assert command in COMMANDS
    assert row["status"] != "dropped" or row["why"], "say why"
