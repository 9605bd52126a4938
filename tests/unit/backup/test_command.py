"""What the command refuses before it touches anything, and how it says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from infra.errors import Fatal, Transient
from infra.settings import load
from monitoring.backup.base import _environment, _refusal, unpack
from monitoring.backup.command import backup


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["restore"], "say what to restore"),
        (["restore", "--topics", "--until", "yesterday"], "is no time"),
        (["restore", "--topics", "--until", "2026-11-26T03:40:12"], "has no zone"),
    ],
)
def test_a_restore_that_is_unclear_is_refused(arguments: list[str], complaint: str) -> None:
    done = CliRunner().invoke(backup, arguments)
    assert done.exit_code == 2
    assert complaint in done.output


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("18")
    with pytest.raises(Fatal, match="is not empty"):
        unpack(iter([b""]), tmp_path, archive=None, until=None)


def test_what_the_server_refuses_names_the_remedy() -> None:
    assert isinstance(_refusal("FATAL:  no pg_hba.conf entry for replication connection"), Fatal)
    assert "ALTER ROLE crewai REPLICATION" in str(_refusal("must be replication role"))
    assert isinstance(_refusal("connection refused"), Transient)


def test_a_password_is_in_no_command_line() -> None:
    made = _environment(load(database_url="postgresql://crewai:a%2Fb@db:5433/x"))
    assert (made["PGHOST"], made["PGPORT"], made["PGUSER"], made["PGPASSWORD"]) == ("db", "5433", "crewai", "a/b")


def test_an_empty_shelf_has_nothing_to_verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKUP_DIR", str(tmp_path))
    done = CliRunner().invoke(backup, ["verify"])
    assert "no backup at all" in str(done.exception)
    assert CliRunner().invoke(backup, ["list"]).output == ""
