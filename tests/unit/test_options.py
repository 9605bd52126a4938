"""Options of all commands: the same name for the same thing, each explained."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from infra.cli import triage


def _commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found is not None
            yield from _commands(found, f"{name} {child}")


COMMANDS = dict(_commands(triage, "triage"))


def _options(command: click.Command) -> dict[str, click.Option]:
    return {name: one for one in command.params if isinstance(one, click.Option) for name in one.opts}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_explained(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    assert [option for option, one in _options(command).items() if not one.help] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_a_reason_is_why_and_comes_with_who(name: str) -> None:
    options = _options(COMMANDS[name])
    assert not options.keys() & {"--reason", "--because", "--who", "--by"}
    assert ("--why" in options) == ("--as" in options)


@pytest.mark.parametrize("name", COMMANDS)
def test_an_option_that_several_commands_have_is_of_one_kind(name: str) -> None:
    options = _options(COMMANDS[name])
    flags = {"--json", "--apply", "--from-beginning", "--all", "--yes"}
    assert [option for option in flags & options.keys() if not options[option].is_flag] == []
    spans = [options[option].type.name for option in {"--for"} & options.keys()]
    assert set(spans) <= {"span"}
