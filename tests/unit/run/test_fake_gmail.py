"""A run beside a fake Gmail: the server is one more process, ended last; every process is led to it and away from Google."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from infra.settings import load
from monitoring.run import fake_gmail
from monitoring.run.command import run
from monitoring.run.fake_gmail import FakeGmail
from monitoring.run.home import Home
from monitoring.run.programs import programs


def test_the_server_is_started_beside_the_others_and_ended_last(tmp_path: Path) -> None:
    home = Home(root=tmp_path)
    gmail = FakeGmail(home, print)
    groups = programs(load(), home, workers=1, own_stack=True, beside=gmail)
    assert [program.name for group in groups for program in group][-1] == "google"
    ingest = groups[0][0]
    assert ingest.env["GMAIL_API_ROOT"] == gmail.google.url
    assert ingest.env["GOOGLE_TOKEN_URL"].startswith(gmail.google.url)
    assert "--port" in groups[-1][0].argv


def test_without_it_nothing_changes(tmp_path: Path) -> None:
    groups = programs(load(), Home(root=tmp_path), workers=1, own_stack=True)
    assert "GMAIL_API_ROOT" not in groups[0][0].env


async def test_a_later_run_forgets_the_mailboxes_that_are_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, removed = ["sample", "me", "fake-gmail"], ["fake-gmail-20261124-090000", "fake-gmail-20261124-100000"]
    gone: list[str] = []

    async def listed(_: object) -> tuple[list[SimpleNamespace], dict[str, str]]:
        return [SimpleNamespace(id=name) for name in (*kept, *removed)], {}

    async def remove(_: object, name: str) -> None:
        gone.append(name)

    monkeypatch.setattr(fake_gmail, "list_accounts", listed)
    monkeypatch.setattr(fake_gmail, "remove_account", remove)
    await fake_gmail.forget(load())
    assert gone == removed


def test_it_is_a_mailbox_of_its_own() -> None:
    done = CliRunner().invoke(run, ["--with-fake-gmail", "--sample"])
    assert done.exit_code == 2
    assert "mailbox of its own" in done.output
