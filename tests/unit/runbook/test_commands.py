"""Every `triage` command that the runbook names, in blocks and in sentences, exists and can be typed as it stands there."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from infra.cli import triage
from tests.unit.alerts.machine import RUNBOOK

SPAN = re.compile(r"`([^`]+)`")
COMMAND = re.compile(r"(?:^|[\s(])triage ([a-z][^|;&>\n)']*)")


def named() -> list[str]:
    """All that follows the word `triage`: in code spans, broken over lines or not, and in blocks."""
    text = RUNBOOK.read_text("utf-8")
    blocks = re.findall(r"^```sh\b.*\n((?:.*\n)*?)```$", text, re.MULTILINE)
    prose = re.sub(r"^```(?:.*\n)*?```$", "", text, flags=re.MULTILINE)
    spans = [re.sub(r"\s+", " ", span) for span in SPAN.findall(prose)]
    found = [words for each in (*blocks, *spans) for words in COMMAND.findall(each)]
    return sorted({words.split(" <")[0].strip() for words in found})


def problem(words: str) -> str:
    """What is wrong with a command; empty: nothing."""
    command: click.Command = triage
    context = click.Context(triage)
    rest = shlex.split(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        below = command.get_command(context, rest[0])
        if below is None:
            return f"no command {rest[0]!r}"
        command, rest = below, rest[1:]
        context = click.Context(command, parent=context)
    options = {name: one for one in command.params if isinstance(one, click.Option) for name in one.opts}
    given = {word.partition("=")[0] for word in rest if word.startswith("--")}
    if unknown := given - options.keys() - {"--help"}:
        return f"no option {', '.join(sorted(unknown))}"
    required = {name for name, one in options.items() if one.required and name.startswith("--")}
    return f"needs {', '.join(sorted(required - given))}" if required - given else ""


def test_the_runbook_names_many() -> None:
    assert len(named()) > 60


@pytest.mark.parametrize("words", named())
def test_it_can_be_typed(words: str) -> None:
    assert not problem(words)


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("breaker open imap --for 1h", "needs --why"),
        ("lag --watsh", "no option --watsh"),
        ("dead revive", "no command 'revive'"),
        ("lag --watch", ""),
    ],
)
def test_what_cannot_be_typed_is_told(words: str, wrong: str) -> None:
    assert problem(words) == wrong
