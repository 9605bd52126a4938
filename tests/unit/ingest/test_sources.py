"""From a record to its source."""

from __future__ import annotations

import pytest

from agents.accounts import Account, ImapServer
from agents.ingest.sources import ALL_DAYS, imap_account, make_source, since_days
from agents.sources.base import ProviderTransient, unbounded
from agents.sources.imap.login import read_secret
from infra.settings import load
from tests.integration.following import nothing_announced

SERVER = ImapServer(host="imap.example.org", username="me", folders=("inbox",))
ACCOUNT = Account(id="box", kind="imap", imap=SERVER, secret="env:BOX_SECRET")


async def test_a_secret_that_is_not_there_yet_is_waited_for_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody was asked, so no account comes nearer to a lock: no reason for the long pause of a refusal."""
    monkeypatch.delenv("BOX_SECRET", raising=False)
    given = imap_account(ACCOUNT, SERVER)
    with pytest.raises(ProviderTransient, match="BOX_SECRET is not set"):
        await read_secret(given)
    monkeypatch.setenv("BOX_SECRET", "there")
    assert await read_secret(given) == "there"


@pytest.mark.parametrize(("record", "days"), [("setting", 3.0), (None, None), (0.5, 0.5), (0, 0.0)])
def test_how_far_back_a_first_contact_reads(record: float | str | None, days: float | None) -> None:
    account = Account(id="box", kind="imap", imap=SERVER, secret="env:X", since_days=record)
    settings = load(first_contact_days=3)
    assert since_days(settings, account) == days
    source = make_source(settings, account, "INBOX", nothing_announced, unbounded)
    assert source._limits.first_contact_days == (ALL_DAYS if days is None else days)  # type: ignore[attr-defined]
