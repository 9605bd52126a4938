"""Which source reads an account: what its record and the settings say."""

from __future__ import annotations

import pytest

from agents.accounts import Account, GmailMailbox, ImapServer
from agents.ingest.announced import AnnouncedOnLog
from agents.ingest.sources import make_source
from agents.sources.fallback import WithFallback
from agents.sources.gmail import Gmail, Service
from agents.sources.imap import ImapFolder
from agents.sources.maildir import Maildir
from infra.settings import load

IMAP = ImapServer(host="127.0.0.1", security="plain", username="box@example.org")
GMAIL = GmailMailbox(email="box@example.org", service_account="file:/key.json")


@pytest.mark.parametrize(
    ("account", "fallback", "kind"),
    [
        (Account(id="box", kind="maildir", maildir="/x"), "imap", Maildir),
        (Account(id="box", kind="imap", imap=IMAP, secret="env:X"), "imap", ImapFolder),
        (Account(id="box", kind="gmail", gmail=GMAIL), "imap", Gmail),
        (Account(id="box", kind="gmail", gmail=GMAIL, imap=IMAP, secret="env:X"), "", Gmail),
        (Account(id="box", kind="gmail", gmail=GMAIL, imap=IMAP, secret="env:X"), "imap", WithFallback),
    ],
)
async def test_a_source_is_made_of_the_record_and_the_settings(account: Account, fallback: str, kind: type) -> None:
    settings = load(fallback_provider=fallback)
    gmail = Service(settings)
    made = make_source(settings, account, account.folders[0], AnnouncedOnLog(settings, account.id, 4), gmail)
    assert type(made) is kind
    await gmail.close()
