"""`triage account add`: which record its options make."""

from __future__ import annotations

from typing import Any

import click
import pytest

from agents.commands.account_options import account_record

NONE: dict[str, Any] = {
    "maildir": None, "host": None, "port": None, "security": "tls", "allow_plaintext": False, "username": None,
    "auth": None, "secret": None, "folders": (), "cafile": None, "email": None, "labels": (), "service_account": None,
    "owner": (), "since_days": None, "everything": False, "disabled": False,
}  # fmt: skip


def record(**options: Any) -> Any:
    return account_record("box", **{**NONE, **options})


def test_a_gmail_mailbox_belongs_to_its_address() -> None:
    made = record(email="me@example.org", labels=("INBOX", "Label_1"))
    assert (made.kind, made.owner, made.imap, made.secret) == ("gmail", ("me@example.org",), None, "")
    assert made.gmail.labels == ("INBOX", "Label_1")


def test_an_imap_server_beside_it_shares_the_tokens() -> None:
    made = record(email="me@example.org", host="imap.gmail.com", secret="oauth")
    assert (made.kind, made.secret, made.imap.auth, made.imap.username) == (
        "gmail", "oauth:google", "xoauth2", "me@example.org",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("host", "secret", "kept"),
    [
        ("imap.gmail.com", "oauth", "oauth:google"),
        ("outlook.office365.com", "oauth", "oauth:microsoft"),
        ("imap.example.org", "oauth:microsoft", "oauth:microsoft"),
        ("imap.example.org", "env:TOKEN", "env:TOKEN"),
    ],
)
def test_who_issues_the_tokens_of_an_imap_server(host: str, secret: str, kept: str) -> None:
    made = record(host=host, secret=secret)
    assert (made.secret, made.imap.auth) == (kept, "password" if secret.startswith("env:") else "xoauth2")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "name one of"),
        ({"email": "me@example.org", "maildir": "/x"}, "name one of"),
        ({"host": "imap.example.org", "secret": "oauth"}, "who issues the tokens of imap.example.org"),
        ({"email": "me@example.org", "secret": "env:X"}, "triage auth login"),
        ({"host": "h", "secret": "env:X", "labels": ("A",)}, "are for --gmail"),
    ],
)
def test_options_that_do_not_go_together_are_named(options: dict[str, Any], says: str) -> None:
    with pytest.raises(click.UsageError, match=says):
        record(**options)
