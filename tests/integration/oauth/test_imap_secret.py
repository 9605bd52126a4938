"""An IMAP login with `oauth:google` where a service account speaks for the mailbox: nothing is stored, nobody logs in."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from agents.accounts import Account, GmailMailbox, ImapServer
from agents.ingest.sources import imap_account
from agents.oauth.providers import GMAIL_ALL, GMAIL_READONLY
from agents.probing.account import probe
from agents.sources.imap import ImapFolder
from agents.sources.imap.account import ImapLimits
from infra.settings import Settings
from tests.integration.following import nothing_announced, read_all
from tests.integration.source_conformance import mail, subjects
from tests.services.dovecot import Dovecot
from tests.services.google import Google

ROBOT = "robot@project.iam.gserviceaccount.example"
Make = Callable[[tuple[str, ...]], Account]


@pytest.fixture
def delegated(fake: Google, dovecot: Dovecot, unique: str, monkeypatch: pytest.MonkeyPatch) -> Make:
    """An account that both servers know, of a domain that has delegated these scopes."""
    email = f"u{unique}@example.org"

    def make(scopes: tuple[str, ...]) -> Account:
        fake.create(email)
        dovecot.add_user(email, "unused")
        dovecot.tokens.trust(fake.url)
        dovecot.deliver(email, mail("over imap"))
        monkeypatch.setenv("ROBOT_KEY", json.dumps(fake.add_service_account(ROBOT, scopes=scopes)))
        server = ImapServer(
            host="127.0.0.1", port=dovecot.port, security="plain", username=email, auth="xoauth2", folders=("INBOX",)
        )
        mailbox = GmailMailbox(email=email, service_account="env:ROBOT_KEY")
        return Account(id="box", kind="gmail", gmail=mailbox, imap=server, secret="oauth:google")

    return make


async def test_both_ways_of_a_mailbox_open_with_one_key(settings: Settings, delegated: Make) -> None:
    account = delegated((GMAIL_READONLY, GMAIL_ALL))
    assert account.imap is not None
    steps = await probe(settings, account)
    assert {"auth", "mailbox", "imap token", "imap auth"} <= {step.name for step in steps}
    assert [step for step in steps if not step.ok] == []
    source = ImapFolder(imap_account(settings, account, account.imap), "INBOX", ImapLimits(), nothing_announced)
    assert subjects([one.raw for one in (await read_all(source)).mails]) == ["over imap"]


async def test_a_scope_that_is_not_delegated_is_named_with_the_place_to_do_it(
    settings: Settings, delegated: Make
) -> None:
    steps = await probe(settings, delegated((GMAIL_READONLY,)))
    (failed,) = [step for step in steps if not step.ok and step.name == "auth"]
    assert GMAIL_ALL in failed.detail
    assert "Domain-wide delegation" in failed.detail
