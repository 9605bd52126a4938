"""What the operator's commands refuse before they reach Kafka, and the token that they make."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from click.testing import CliRunner

from infra.cli import triage
from monitoring.admin.tokens import Tokens


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["control", "set", "BATCH_SIZE", "10"], "Missing option '--why'"),
        (["control", "set", "BATCH_SIZE", "10", "--why", "x", "--for", "soon"], "write 90s, 30m"),
        (["control", "priority-only", "--why", "x"], "give --min-priority N"),
        (["control", "priority-only", "--why", "x", "--off", "--min-priority", "8"], "give --min-priority N"),
        (["control", "priority-only", "--why", "x", "--off", "--for", "5m"], "give --min-priority N"),
        (["control", "priority-only", "--why", "x", "--min-priority", "11"], "1<=x<=10"),
        (["lane", "pause", "express", "--why", "x"], "'urgent', 'high', 'normal', 'low'"),
        (["control", "dance"], "No such command 'dance'"),
    ],
)
def test_a_wrong_call_is_a_usage_error(arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(triage, arguments)
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize("arguments", [["control"], ["control", "set"], ["lane"], ["breaker", "open"]])
def test_every_command_explains_itself(arguments: list[str]) -> None:
    done = CliRunner().invoke(triage, [*arguments, "--help"])
    assert done.exit_code == 0
    assert "Usage:" in done.output


def test_a_token_that_was_made_lets_in_until_it_expires() -> None:
    done = CliRunner().invoke(triage, ["control", "token", "ops", "--role", "operate", "--for", "2h", "--json"])
    made = orjson.loads(done.output)
    now = datetime.now(UTC)
    principal = Tokens([made["entry"]]).admit(f"Bearer {made['token']}", now)
    assert (principal.name, principal.role) == ("ops", "operate")
    assert timedelta(hours=1) < principal.expires_at - now <= timedelta(hours=2)
