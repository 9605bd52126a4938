"""What the commands understand, without any service."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from infra.errors import ConfigError
from monitoring.commands.versions import before, promote, shadow
from streams.control import AuditEntry
from streams.replay.command import replay


@pytest.mark.parametrize(
    "arguments",
    [
        ["--since", "yesterday"],
        ["--since", "999999d"],
        ["--lane", "highest"],
        ["--rule", "no_such_rule"],
        ["--rate", "0"],
        ["--max-changes", "-1"],
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_a_usage_error(arguments: list[str]) -> None:
    assert CliRunner().invoke(replay, arguments).exit_code == 2


@pytest.mark.parametrize("more", [[], ["--why", " "], ["--why", "x", "--as", ""]], ids=str)
def test_nothing_is_applied_without_who_and_why(more: list[str]) -> None:
    done = CliRunner().invoke(replay, ["--apply", *more])
    assert isinstance(done.exception, ConfigError)
    assert "a change needs" in str(done.exception)


def test_a_candidate_is_something_and_one_thing() -> None:
    assert CliRunner().invoke(shadow, ["start", "--why", "x"]).exit_code == 2
    both = CliRunner().invoke(promote, ["--why", "x", "--rollback", "--deployed"])
    assert both.exit_code == 2
    assert "one of" in both.output


def entry(name: str, value: str | None, was: str | None, action: str = "set") -> AuditEntry:
    return AuditEntry(at="2026-01-01T00:00:00Z", who="a", action=action, name=name, value=value, before=was)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], None),
        ([entry("SHADOW", "p/m", None)], None),
        ([entry("POLICY", "a/b", None)], ""),
        ([entry("POLICY", "a/b", None), entry("SHADOW", "x/y", None), entry("POLICY", "c/d", "a/b")], "a/b"),
        ([entry("POLICY", "a/b", None), entry("POLICY", None, "a/b", "clear")], "a/b"),
        ([entry("POLICY", "a/b", None), entry("POLICY", "200", None, "call")], ""),
    ],
    ids=["nothing", "a shadow", "the first", "the second", "cleared", "a call of the API"],
)
def test_a_rollback_goes_to_what_was_before_the_last_change(entries: list[AuditEntry], expected: str | None) -> None:
    assert before(entries) == expected
