"""The runbook's blocks as data: every tag is one that exists, every checked block is sound as far as it can be told here."""

from __future__ import annotations

import re
import subprocess

import pytest
import yaml
from click.testing import CliRunner

from infra.cli import COMMANDS, triage
from monitoring.runbook.__main__ import main
from monitoring.runbook.blocks import Block, MalformedTag, blocks, of_runbook
from tests.unit.alerts.machine import ROOT, RUNBOOK, alerts

HERE = of_runbook()
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
SERVICE = re.compile(r"docker (?:compose )?(?:exec|logs|up|start|stop|restart|kill)\b[^|&;\n]*?\b(crewai-[a-z-]+)")
TRIAGE = re.compile(r"\btriage ([a-z]+)(?: ([a-z-]+))?")


@pytest.mark.parametrize("block", HERE, ids=lambda block: f"line {block.line}")
def test_a_block_is_a_shell_command_that_names_services_and_commands_that_exist(block: Block) -> None:
    subprocess.run(["bash", "-n", "-c", block.text], check=True)
    assert set(SERVICE.findall(block.text)) <= COMPOSE.keys()
    for command, _ in TRIAGE.findall(re.sub(r"crewai-[a-z-]*", "", block.text)):
        assert command in COMMANDS, command


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(command: str) -> None:
    done = CliRunner().invoke(triage, [command, "--help"])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("name", alerts())
def test_an_alert_has_a_section_from_what_users_feel_to_when_to_call_the_next_one(name: str) -> None:
    section = RUNBOOK.read_text().split(f"\n### {name}\n")[1].split("\n### ")[0]
    assert all(part in section for part in ("- Users: ", "- Look: ", "- Do", "- Worked: ", "- Escalate: "))


def test_the_list_counts_what_runs_and_says_why_the_rest_does_not() -> None:
    said = CliRunner().invoke(main).output
    checked = [block for block in HERE if block.checked]
    assert f"run {len(HERE) - len(checked)}, checked only {len(checked)}, total {len(HERE)}" in said
    assert all(block.checked in said for block in checked)


def test_tags_are_read() -> None:
    (block,) = blocks('## Top\n\n```sh fault=kafka-down exit=1 says="no answer|gone" mends\necho\n```\n')
    assert block == Block(
        section="Top", line=3, text="echo\n", fault="kafka-down", exit=1, says="no answer|gone", mends=True
    )


@pytest.mark.parametrize("tags", ["faul=x", "exit=one", 'says="("', "says='open"])
def test_a_malformed_tag_is_named_with_its_line(tags: str) -> None:
    with pytest.raises(MalformedTag, match="line 2"):
        blocks(f"\n```sh {tags}\necho\n```\n")
