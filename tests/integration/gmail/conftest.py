"""Ingest processes that read Gmail: a real broker, Google's Pub/Sub server, the fake Gmail and OAuth as a process."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson
import pytest

from agents.accounts import Account, GmailMailbox, save_account
from agents.oauth.seal import new_key
from agents.oauth.store import TokenStore
from agents.oauth.token import StoredToken
from agents.sources.gmail.fetch import identity
from infra.settings import load
from infra.stack import KafkaBroker
from streams.admin import create_topics
from streams.reading import Record, to_end
from streams.topics import FEEDBACK
from tests.integration.ingest.conftest import Site, fresh_topics
from tests.services.google import Google
from tests.services.pubsub.server import PubSub


class GmailSite(Site):
    """A site whose mailboxes are at the fake Gmail."""

    def __init__(self, bootstrap: str, directory: Path, stack: ExitStack, google: Google, pubsub: PubSub) -> None:
        super().__init__(bootstrap, directory, stack)
        self.google, self.pubsub = google, pubsub
        self.key = new_key()
        name = f"t{time.monotonic_ns()}"
        self.topic, self.subscription = f"projects/local/topics/{name}", f"projects/local/subscriptions/{name}"
        self.environment |= {
            "GMAIL_API_ROOT": google.url,
            "GOOGLE_TOKEN_URL": f"{google.url}/token",
            "GOOGLE_AUTH_URL": f"{google.url}/auth",
            "GOOGLE_CLIENT_ID": google.client_id,
            "GOOGLE_CLIENT_SECRET": google.client_secret,
            "TOKEN_DIR": str(directory / "tokens"),
            "TOKEN_KEY": self.key,
            "GMAIL_TOPIC": self.topic,
            "GMAIL_SUBSCRIPTION": self.subscription,
            "GMAIL_USER_UNITS": "1000000",
            "GMAIL_PROJECT_UNITS": "100000000",
            "AUTH_RETRY_S": "1",
            **pubsub.environment,
        }
        google.set_quota(plan=None)
        self.tokens = TokenStore.of(load(token_dir=directory / "tokens", token_key=self.key))

    async def gmail(self, name: str, **changes: Any) -> str:
        """A mailbox at Gmail, logged in to, that is on record; its address."""
        address = f"{name}@example.org"
        self.google.create(address)
        self.log_in(name)
        account = {
            "id": name,
            "kind": "gmail",
            "gmail": GmailMailbox(email=address),
            "created_at": "2026-01-01T00:00:00Z",
        }
        await save_account(self.settings, Account(**{**account, **changes}))
        return address

    async def enable(self, name: str) -> None:
        """A mailbox that was on record, disabled, is read from now on."""
        mailbox = GmailMailbox(email=f"{name}@example.org")
        await save_account(self.settings, Account(id=name, kind="gmail", gmail=mailbox))

    def log_in(self, name: str) -> None:
        """What `triage auth login` does."""
        given = self.google.consent(f"{name}@example.org")
        self.tokens.write(
            name,
            StoredToken(
                provider="google",
                client_id=self.google.client_id,
                scopes=("https://www.googleapis.com/auth/gmail.readonly",),
                email=f"{name}@example.org",
                refresh_token=given.refresh_token,
            ),
        )

    def prove(self, name: str, wait_s: float = 0) -> dict[str, Any]:
        """`triage prove --json`."""
        done = self.triage("prove", name, "--wait", str(wait_s), "--json")
        found: dict[str, Any] = orjson.loads(done.stdout)
        assert done.returncode == (0 if found["ok"] else 1)
        return found

    def triage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command as a person types it."""
        return subprocess.run(
            self.command(*arguments), env=self.process_environment, capture_output=True, text=True, timeout=300, check=False
        )  # fmt: skip

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-c", "from infra.cli import main; main()", *arguments]

    @property
    def process_environment(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", **self.environment}

    async def feedback(self) -> list[Record]:
        """Everything committed to mail.feedback."""
        return [record async for chunk in to_end(self.settings, FEEDBACK.name) for record in chunk]


def ids(records: list[Record]) -> list[str]:
    return [dict(record.headers)["ce_id"].decode() for record in records]


def event_ids(account: str, messages: list[str]) -> set[str]:
    return {identity(account, int(one, 16)) for one in messages}


@pytest.fixture
def gmail_site(
    kafka_broker: KafkaBroker, make_google: Callable[..., Google], pubsub: PubSub, tmp_path: Path
) -> Iterator[GmailSite]:
    with ExitStack() as stack:
        made = GmailSite(kafka_broker.bootstrap, tmp_path, stack, make_google(pubsub), pubsub)
        create_topics(made.settings)
        yield made


@pytest.fixture
def shared_gmail_site(
    ingest_broker: KafkaBroker, make_google: Callable[..., Google], pubsub: PubSub, tmp_path: Path
) -> Iterator[GmailSite]:
    """On a broker that is shared: quicker, but stop every process in order, or a group member lingers."""
    with ExitStack() as stack:
        made = GmailSite(ingest_broker.bootstrap, tmp_path, stack, make_google(pubsub), pubsub)
        with fresh_topics(made.settings):
            yield made
