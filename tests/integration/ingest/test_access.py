"""A whole run with OAuth: key, accounts, logins, checks, ingest over XOAUTH2, a revocation, a new login; and no secret in it.

Against the fake Google, a real Dovecot that believes its tokens, and a real broker."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from agents.oauth.store import TokenStore
from infra.settings import load
from streams.reading import to_end
from streams.topics import ALL
from tests.integration.ingest.conftest import Site
from tests.integration.oauth.conftest import browse_elsewhere
from tests.integration.source_conformance import mail
from tests.services.dovecot import Dovecot
from tests.services.google import Google

CLIENT_SECRET = "GOCSPX-planted-client-secret"


class Run:
    """Commands as a person types them; remembers everything that was said."""

    def __init__(self, site: Site, google: Google) -> None:
        key = self._start(["auth", "key"], site.environment).communicate(timeout=120)[0].strip()
        google.add_client("client-1", CLIENT_SECRET)
        self.key = key
        self.environment = {
            **site.environment,
            "GOOGLE_AUTH_URL": f"{google.url}/auth",
            "GOOGLE_TOKEN_URL": f"{google.url}/token",
            "GOOGLE_CLIENT_ID": "client-1",
            "GOOGLE_CLIENT_SECRET": CLIENT_SECRET,
            "GMAIL_API_ROOT": google.url,
            "TOKEN_DIR": str(site.directory / "tokens"),
            "TOKEN_KEY": key,
            "LOG_LEVEL": "DEBUG",
        }
        self.said: list[str] = []
        self.codes: list[str] = []

    def triage(self, *arguments: str, code: int = 0) -> str:
        process = self._start(list(arguments), self.environment)
        output, errors = process.communicate(timeout=120)
        self.said += [output, errors]
        assert process.returncode == code, output + errors
        return output

    def json(self, *arguments: str, code: int = 0) -> Any:
        return orjson.loads(self.triage(*arguments, "--json", code=code))

    def log_in_elsewhere(self, account: str) -> None:
        """--no-browser: the address is opened somewhere else, and what that browser shows is pasted."""
        process = self._start(["auth", "login", account, "--no-browser"], self.environment)
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        url = next(found[0] for line in lines if (found := re.match(r"http\S+", line)))
        answer = browse_elsewhere(url)
        self.codes.append(re.search(r"code=([^&]+)", answer)[1])  # type: ignore[index]
        output, errors = process.communicate(f"{answer}\n", timeout=120)
        self.said += [url, output, errors]
        assert process.returncode == 0, errors

    def _start(self, arguments: list[str], environment: dict[str, str]) -> subprocess.Popen[str]:
        program = [sys.executable, "-c", "from infra.cli import main; main()", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            program, env={"PATH": "/usr/bin:/bin", **environment}, stdin=pipe, stdout=pipe, stderr=pipe, text=True
        )


@pytest.fixture
def google(make_google: Callable[..., Google]) -> Google:
    return make_google(None)


@pytest.fixture
def address(dovecot: Dovecot, google: Google, unique: str) -> str:
    """A mailbox at both servers."""
    email = f"u{unique}@example.org"
    google.create(email)
    dovecot.add_user(email, "unused")
    dovecot.tokens.trust(google.url)
    dovecot.deliver(email, mail("planted-subject-1"))
    return email


async def test_a_whole_run_and_no_secret_in_it(
    shared_site: Site, google: Google, dovecot: Dovecot, address: str, tmp_path: Path
) -> None:
    run = Run(shared_site, google)
    browser = tmp_path / "browser.py"
    browser.write_text("import sys, urllib.request\nurllib.request.urlopen(sys.argv[1]).read()\n")
    server = ("--imap", "127.0.0.1", "--port", str(dovecot.port), "--security", "plain", "--username", address)

    run.triage("account", "add", "api", "--gmail", address, "--disabled")
    run.triage("account", "add", "box", *server, "--secret", "oauth:google", "--everything")
    assert {one["id"]: one["kind"] for one in run.json("account", "list")["accounts"]} == {
        "api": "gmail",
        "box": "imap",
    }
    before = run.json("auth", "check", code=1)
    assert ["nobody has granted access yet" in one["findings"][0] for one in before["accounts"]] == [True, True]

    run.log_in_elsewhere("box")
    run.environment["BROWSER"] = f"{sys.executable} {browser} %s"
    assert f"access granted as {address}" in run.triage("auth", "login", "api")
    checked = run.json("auth", "check")
    assert [(one["account"], one["belongs_to"], one["ok"]) for one in checked["accounts"]] == [
        ("api", address, True), ("box", address, True),
    ]  # fmt: skip
    assert "https://mail.google.com/" in checked["accounts"][1]["scopes"]
    later = run.json("auth", "refresh", "api")["accounts"][0]
    assert later["expires_at"] >= checked["accounts"][0]["expires_at"]

    steps = run.json("provider", "test", "api")["accounts"][0]["steps"]
    assert [step["name"] for step in steps] == ["dns", "tcp", "tls", "auth", "scopes", "mailbox", "quota", "labels"]
    assert all(step["ok"] for step in steps)
    steps = run.json("provider", "test", "box")["accounts"][0]["steps"]
    assert [step["name"] for step in steps][:5] == ["token", "dns", "tcp", "tls", "auth"]
    assert run.json("account", "test", "box")["ok"]

    ingest = shared_site.ingest(**{name: run.environment[name] for name in run.environment if name != "BROWSER"})
    await shared_site.until_received(1)
    secrets = _stored_secrets(run)
    google.clear_counters()
    google.revoke(address)
    dovecot.kick(address)
    status = await shared_site.until_status(
        lambda said: any("triage auth login box" in check.reason for check in said.checks)
    )
    (reason,) = [check.reason for check in status.checks if not check.ok]
    assert reason.startswith("auth_failed: ")
    assert "google no longer honours its grant (invalid_grant" in reason
    run.triage("auth", "check", "box", code=1)
    assert google.counters().requests["oauth.token"] == 1  # however often ingest and commands asked since
    failed = run.triage("provider", "test", "box", code=1)
    assert "run `triage auth login box`" in failed

    run.log_in_elsewhere("box")
    dovecot.deliver(address, mail("planted-subject-2"))
    await shared_site.until_received(2)
    secrets |= _stored_secrets(run) | {run.key, CLIENT_SECRET, *run.codes}
    assert len(secrets) >= 9
    ingest.stop()

    everything = "\n".join([*run.said, ingest.log.read_text(), await _topics(shared_site)])
    assert "box" in everything
    assert [secret[:12] for secret in secrets if secret in everything] == []
    assert "planted-subject" not in "\n".join([*run.said, ingest.log.read_text()])


def _stored_secrets(run: Run) -> set[str]:
    store = TokenStore.of(load(token_dir=run.environment["TOKEN_DIR"], token_key=run.key))
    found = [token for name in ("api", "box") if (token := store.read(name))]
    return {secret for token in found for secret in (token.refresh_token, token.access_token) if secret}


async def _topics(site: Site) -> str:
    """Every record's key, headers and value."""
    parts = []
    for topic in ALL:
        async for chunk in to_end(site.settings, topic.name):
            parts += [repr((record.key, record.headers, record.value)) for record in chunk]
    return "\n".join(parts)
