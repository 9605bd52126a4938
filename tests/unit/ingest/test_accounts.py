"""An account record is valid or says which field is not; secrets are references only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.accounts import Account, GmailMailbox, ImapServer, InvalidAccount, SecretUnavailable, resolve
from agents.accounts.secret import InvalidReference
from agents.ingest.sources import imap_account
from infra.settings import load

FIELDS = [*Account.__slots__, *ImapServer.__slots__]
SERVER: dict[str, Any] = {"host": "imap.example.org", "username": "me"}


def imap(**changes: Any) -> Account:
    server = ImapServer(**{**SERVER, **changes.pop("imap", {})})
    return Account(**{"id": "box", "kind": "imap", "imap": server, "secret": "env:BOX", **changes})


def maildir(**changes: Any) -> Account:
    return Account(**{"id": "box", "kind": "maildir", "maildir": "/mail", **changes})


def gmail(**changes: Any) -> Account:
    mailbox = GmailMailbox(**{"email": "me@example.org", **changes.pop("gmail", {})})
    return Account(**{"id": "box", "kind": "gmail", "gmail": mailbox, **changes})


def oauth(secret: str = "oauth:google", auth: str = "xoauth2") -> dict[str, Any]:
    return {"imap": ImapServer(**SERVER, auth=auth), "secret": secret}


@pytest.mark.parametrize(
    "account",
    [
        gmail(),
        gmail(gmail={"labels": ("INBOX", "Label_7"), "service_account": "file:/run/secrets/key.json"}),
        gmail(**oauth()),
        gmail(**oauth("env:APP_PASSWORD", "password")),
        Account(id="box", kind="imap", **oauth("oauth:microsoft")),
        imap(owner=("me@example.org",), imap={"folders": ("INBOX", "Ärger")}),
        imap(secret="file:/run/secrets/box", imap={"auth": "xoauth2", "security": "starttls", "port": 143}),
        imap(imap={"host": "127.0.0.1", "security": "plain"}),
        imap(imap={"security": "plain", "allow_plaintext": True}),
        maildir(since_days=None, enabled=False),
        maildir(since_days=2.5, created_at="2026-11-01T00:00:00Z"),
    ],
)
def test_a_record_reads_back_as_it_was_written(account: Account) -> None:
    assert Account.decode(b"box", account.encode()) == account


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda: gmail(gmail={"email": "me"}), "^gmail.email: name@domain, not 'me'"),
        (lambda: gmail(gmail={"labels": ()}), "^gmail.labels:"),
        (lambda: gmail(gmail={"service_account": "hunter2"}), "^gmail.service_account: a reference"),
        (lambda: gmail(maildir="/x"), "^maildir: absent for kind gmail"),
        (lambda: gmail(secret="env:X"), "^secret: absent"),
        (lambda: gmail(**oauth("")), "^secret: a reference"),
        (lambda: gmail(**oauth(auth="password")), "^imap.auth: xoauth2 with oauth:google"),
        (lambda: Account(id="box", kind="gmail"), "^gmail: present for kind gmail"),
        (lambda: Account(id="box", kind="imap", gmail=GmailMailbox(email="a@b.c"), **oauth()), "^gmail: absent"),
        (lambda: maildir(id=""), "^id:"),
        (lambda: maildir(id="a\x00b"), "^id:"),
        (lambda: maildir(id="x" * 129), "^id:"),
        (lambda: maildir(kind="pop3"), "^kind: imap, maildir or gmail, not 'pop3'"),
        (lambda: maildir(maildir="relative"), "^maildir: an absolute path"),
        (lambda: maildir(maildir=None), "^maildir:"),
        (lambda: maildir(imap=ImapServer(**SERVER)), "^imap: absent"),
        (lambda: maildir(owner=("me",)), "^owner:"),
        (lambda: imap(imap={"port": 993.5}), "^imap.port: 1..65535, not 993.5"),
        (lambda: imap(imap={"port": True}), "^imap.port:"),
        (lambda: imap(imap={"allow_plaintext": "no", "security": "plain"}), "^imap.allow_plaintext: true or false"),
        (lambda: imap(imap={"cafile": 5}), "^imap.cafile: an absolute path"),
        (lambda: imap(imap={"cafile": "ca.pem"}), "^imap.cafile: an absolute path"),
        (lambda: imap(imap={"folders": ("INBOX", "inbox")}), "^imap.folders: different"),
        (lambda: imap(imap={"folders": ("A", 7)}), "^imap.folders: different"),
        (lambda: imap(imap={"folders": tuple(map(str, range(16)))}), "^imap.folders: at most 15"),
        (lambda: maildir(owner=("a@b,c@d",)), "^owner:"),
        (lambda: maildir(since_days=-1), "^since_days:"),
        (lambda: maildir(since_days=True), "^since_days:"),
        (lambda: maildir(since_days="soon"), "^since_days:"),
        (lambda: maildir(enabled="yes"), "^enabled:"),
        (lambda: imap(imap={"host": "a b"}), "^imap.host:"),
        (lambda: imap(imap={"port": 0}), "^imap.port: 1..65535, not 0"),
        (lambda: imap(imap={"security": "ssl"}), "^imap.security: tls, starttls or plain"),
        (lambda: imap(imap={"auth": "cram-md5"}), "^imap.auth:"),
        (lambda: imap(imap={"username": "a\r\nb"}), "^imap.username:"),
        (lambda: imap(imap={"folders": ()}), "^imap.folders:"),
        (lambda: imap(imap={"folders": ("A", "A")}), "^imap.folders:"),
        (lambda: imap(imap={"security": "plain"}), "in the clear to imap.example.org"),
        (lambda: imap(maildir="/x"), "^maildir: absent"),
        (lambda: imap(imap={}, secret=""), "^secret: a reference"),
    ],
)
def test_a_bad_field_is_named(make: Any, complaint: str) -> None:
    with pytest.raises(InvalidAccount, match=complaint):
        make()


@pytest.mark.parametrize("value", [b"", b"{", b"[]", b"null", b'{"id":"box"}', b'{"id":1,"kind":"maildir"}', b'"x"'])
def test_a_record_that_is_none_is_refused(value: bytes) -> None:
    with pytest.raises(InvalidAccount):
        Account.decode(b"box", value)


@pytest.mark.parametrize(
    ("field", "value"), [("folders", "INBOX"), ("folders", None), ("folders", {"INBOX": 1}), ("owner", "a@b.example")]
)
def test_a_list_that_is_none_is_refused_and_not_taken_apart(field: str, value: Any) -> None:
    """The letters of "INBOX" would be five folders."""
    data = orjson.loads(imap().encode())
    (data if field == "owner" else data["imap"])[field] = value
    with pytest.raises(InvalidAccount, match=f"^{field}: a list"):
        Account.decode(b"box", orjson.dumps(data))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=8).filter(str.isprintable),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=8),
        max_leaves=20,
    ),
    st.sampled_from(FIELDS),
)  # fmt: skip
def test_nonsense_in_any_field_is_refused_or_harmless(value: Any, field: str) -> None:
    """Whatever is accepted can be turned into what the source takes."""
    whole = orjson.loads(imap().encode())
    inner = {**whole, "imap": {**whole["imap"], field: value}}
    for record in (inner, {**whole, field: value}, {**whole, **value} if isinstance(value, dict) else value):
        try:
            account = Account.decode(None, orjson.dumps(record))
        except InvalidAccount:
            continue
        if account.imap:
            assert imap_account(load(), account, account.imap).folders
        assert account.folders


def test_inbox_is_one_folder_however_it_is_written() -> None:
    """So that its cursor is found again when somebody writes it in another way."""
    assert imap(imap={"folders": ("inbox", "Work")}).folders == ("INBOX", "Work")


def test_a_record_under_another_key_is_refused() -> None:
    with pytest.raises(InvalidAccount, match="the record's key"):
        Account.decode(b"other", maildir().encode())


def test_a_newer_versions_fields_are_passed_over() -> None:
    data = orjson.loads(imap().encode())
    data["colour"] = "blue"
    data["imap"]["quota"] = 5
    assert Account.decode(b"box", orjson.dumps(data)) == imap()


@pytest.mark.parametrize("reference", ["hunter2", "env:", "env:A B", "file:relative", "ENV:X", "env:X\n", "", None])
def test_what_is_no_reference_is_refused_without_being_repeated(reference: Any) -> None:
    with pytest.raises(InvalidReference) as refused:
        resolve(reference)
    assert "hunter2" not in str(refused.value)


def test_secrets_are_resolved_anew_each_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BOX_SECRET", "one")
    assert resolve("env:BOX_SECRET") == "one"
    file = tmp_path / "secret"
    file.write_text("two\n")
    assert resolve(f"file:{file}") == "two"
    file.write_text("three")
    assert resolve(f"file:{file}") == "three"


@pytest.mark.parametrize("reference", ["env:SURELY_NOT_SET", "file:/nowhere/at/all", "file:/etc"])
def test_a_reference_that_leads_nowhere_is_named(reference: str) -> None:
    with pytest.raises(SecretUnavailable, match=reference.partition(":")[2]):
        resolve(reference)


def test_no_secret_is_in_a_record_or_its_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOX", "hunter2")
    assert "hunter2" not in repr(imap()) + imap().encode().decode()
