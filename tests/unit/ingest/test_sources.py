"""Which source reads an account: what its record and the settings say."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from agents.accounts import Account, GmailMailbox, ImapServer
from agents.ingest.announced import AnnouncedOnLog, LogMemory
from agents.ingest.sources import ALL_DAYS, imap_account, make_source, since_days
from agents.sources.base import ProviderTransient, Source, unbounded
from agents.sources.fallback import WithFallback
from agents.sources.gmail import Gmail, Service
from agents.sources.imap import ImapFolder
from agents.sources.imap.login import read_secret
from agents.sources.maildir import Maildir
from infra.settings import Settings, load

IMAP = ImapServer(host="imap.example.org", username="box@example.org", folders=("inbox",))
GMAIL = GmailMailbox(email="box@example.org", service_account="file:/key.json")
ACCOUNT = Account(id="box", kind="imap", imap=IMAP, secret="env:BOX_SECRET")


@pytest.fixture
async def gmail() -> AsyncIterator[Service]:
    service = Service(load())
    yield service
    await service.close()


def made(settings: Settings, account: Account, gmail: Service) -> Source:
    log = AnnouncedOnLog(LogMemory(settings), account.id, 4)
    return make_source(settings, account, account.folders[0], log, gmail, room=unbounded)


@pytest.mark.parametrize(
    ("account", "fallback", "kind"),
    [
        (Account(id="box", kind="maildir", maildir="/x"), "imap", Maildir),
        (ACCOUNT, "imap", ImapFolder),
        (Account(id="box", kind="gmail", gmail=GMAIL), "imap", Gmail),
        (Account(id="box", kind="gmail", gmail=GMAIL, imap=IMAP, secret="env:X"), "", WithFallback),
        (Account(id="box", kind="gmail", gmail=GMAIL, imap=IMAP, secret="env:X"), "imap", WithFallback),
    ],
)
async def test_a_source_is_made_of_the_record_and_the_settings(
    account: Account, fallback: str, kind: type, gmail: Service
) -> None:
    assert type(made(load(fallback_provider=fallback), account, gmail)) is kind


async def test_a_secret_that_is_not_there_yet_is_waited_for_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody was asked, so no account comes nearer to a lock: no reason for the long pause of a refusal."""
    monkeypatch.delenv("BOX_SECRET", raising=False)
    given = imap_account(load(), ACCOUNT, IMAP)
    with pytest.raises(ProviderTransient, match="BOX_SECRET is not set"):
        await read_secret(given)
    monkeypatch.setenv("BOX_SECRET", "there")
    assert await read_secret(given) == "there"


@pytest.mark.parametrize(("record", "days"), [("setting", 3.0), (None, None), (0.5, 0.5), (0, 0.0)])
async def test_how_far_back_a_first_contact_reads(
    record: float | str | None, days: float | None, gmail: Service
) -> None:
    account = Account(id="box", kind="imap", imap=IMAP, secret="env:X", since_days=record)
    settings = load(first_contact_days=3)
    assert since_days(settings, account) == days
    source = made(settings, account, gmail)
    assert source._limits.first_contact_days == (ALL_DAYS if days is None else days)  # type: ignore[attr-defined]
