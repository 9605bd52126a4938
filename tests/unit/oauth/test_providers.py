"""Which provider, client and scopes an account's tokens come with."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from agents.accounts import Account
from agents.oauth.providers import client_of, mailbox_of, missing_scopes, needed_scopes, provider_of
from agents.oauth.report import judge
from infra.errors import ConfigError
from infra.settings import load
from tests.unit.oauth.records import READONLY, gmail, outlook, stored

ALL = "https://mail.google.com/"
OUTLOOK = "https://outlook.office.com/IMAP.AccessAsUser.All"
MAILDIR = Account(id="box", kind="maildir", maildir="/mail")


@pytest.mark.parametrize(
    ("account", "provider", "mailbox", "scopes"),
    [
        (gmail(), "google", "me@example.org", (READONLY,)),
        (gmail(imap="oauth:google"), "google", "me@example.org", (READONLY, ALL)),
        (gmail(imap="env:APP_PASSWORD"), "google", "me@example.org", (READONLY,)),
        (outlook(username="ops@example.org"), "microsoft", "ops@example.org", (OUTLOOK,)),
        (MAILDIR, "", "", ()),
    ],
)
def test_what_an_accounts_tokens_must_be(
    account: Account, provider: str, mailbox: str, scopes: tuple[str, ...]
) -> None:
    assert (provider_of(account), mailbox_of(account), needed_scopes(account)) == (provider, mailbox, scopes)


@pytest.mark.parametrize(
    ("granted", "needed", "missing"),
    [
        ((READONLY,), (READONLY,), ()),
        ((ALL,), (READONLY, ALL), ()),
        (("https://www.googleapis.com/auth/gmail.modify",), (READONLY,), ()),
        ((READONLY,), (READONLY, ALL), (ALL,)),
        (("openid", "email"), (READONLY,), (READONLY,)),
        ((OUTLOOK.lower(),), (OUTLOOK,), ()),
        ((), (), ()),
    ],
)
def test_what_a_grant_lacks(granted: tuple[str, ...], needed: tuple[str, ...], missing: tuple[str, ...]) -> None:
    assert missing_scopes(granted, needed) == missing


def test_the_client_comes_from_googles_file(tmp_path: Path) -> None:
    file = tmp_path / "client.json"
    file.write_bytes(orjson.dumps({"installed": {"client_id": "id-9", "client_secret": "GOCSPX-planted"}}))
    client = client_of(load(google_client_file=file), "google")
    assert client.credentials == {"client_id": "id-9", "client_secret": "GOCSPX-planted"}
    assert "planted" not in repr(client)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"web": {"client_id": "x"}}', b'{"installed": {}}'])
def test_a_file_that_is_no_desktop_client_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "client.json"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=r"GOOGLE_CLIENT_FILE=.*desktop app"):
        client_of(load(google_client_file=file), "google")


@pytest.mark.parametrize(
    ("provider", "setting"), [("google", "GOOGLE_CLIENT_ID"), ("microsoft", "MICROSOFT_CLIENT_ID")]
)
def test_a_missing_client_is_named(provider: str, setting: str) -> None:
    with pytest.raises(ConfigError, match=setting):
        client_of(load(), provider)


def test_a_public_client_sends_no_secret() -> None:
    assert client_of(load(microsoft_client_id="x"), "microsoft").credentials == {"client_id": "x"}


@pytest.mark.parametrize(
    ("account", "token", "says"),
    [
        (gmail(), stored(), None),
        (gmail(), stored(email="ME@Example.org"), None),
        (gmail(), stored(email=""), None),
        (gmail(), stored(scopes=("openid",)), "gmail.readonly was not granted; run `triage auth login box`"),
        (gmail(), stored(email="you@example.org"), "opens you@example.org, not me@example.org"),
        (outlook(), stored(provider="microsoft", email="you@example.org", scopes=(OUTLOOK,)), None),
    ],
)
def test_what_is_wrong_with_a_stored_token(account: Account, token, says: str | None) -> None:
    found = judge(account, token)
    assert (says is None) == (not found)
    assert says is None or says in found[0]
