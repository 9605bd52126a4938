"""From the options of `triage account add` to an account's record."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from agents.accounts import Account, GmailMailbox, ImapServer
from agents.accounts.account import SETTING

ISSUERS = {"gmail.com": "google", "googlemail.com": "google", "outlook.com": "microsoft", "office365.com": "microsoft"}
"""Who issues the tokens of an IMAP server, by its domain."""


def account_record(account_id: str, **options: Any) -> Account:
    """The record.

    Raises:
        click.UsageError: options that do not go together.
        InvalidAccount: a value that breaks the record's rules.
    """
    _check_together(options)
    maildir, days = options["maildir"], options["since_days"]
    secret = _secret(options)
    gmail = _gmail(options)
    return Account(
        id=account_id,
        kind="gmail" if gmail else "imap" if options["host"] else "maildir",
        owner=options["owner"] or ((gmail.email,) if gmail else ()),
        imap=_server(account_id, options, secret) if options["host"] else None,
        gmail=gmail,
        maildir=str(maildir.absolute()) if maildir else None,
        secret=secret,
        since_days=None if options["everything"] else SETTING if days is None else days,
        enabled=not options["disabled"],
        created_at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    )


def _check_together(options: dict[str, Any]) -> None:
    maildir, host, email = options["maildir"], options["host"], options["email"]
    if (maildir is None) == (host is None and email is None):
        raise click.UsageError("name one of --maildir, --imap and --gmail (--imap may stand beside --gmail)")
    if maildir and options["secret"]:
        raise click.UsageError("a maildir needs no --secret")
    if host and not options["secret"]:
        raise click.UsageError("--imap needs --secret env:NAME or file:/path, or --secret oauth")
    if not host and options["secret"]:
        raise click.UsageError("--secret is for --imap; a Gmail mailbox uses `triage auth login` or --service-account")
    if not email and (options["labels"] or options["service_account"]):
        raise click.UsageError("--label and --service-account are for --gmail")


def _gmail(options: dict[str, Any]) -> GmailMailbox | None:
    if not options["email"]:
        return None
    return GmailMailbox(
        email=options["email"],
        labels=options["labels"] or ("INBOX",),
        service_account=options["service_account"] or "",
    )


def _server(account_id: str, options: dict[str, Any], secret: str) -> ImapServer:
    cafile = options["cafile"]
    return ImapServer(
        host=options["host"],
        port=options["port"] or (993 if options["security"] == "tls" else 143),
        security=options["security"],
        username=options["username"] or options["email"] or account_id,
        auth=options["auth"] or ("xoauth2" if secret.startswith("oauth:") else "password"),
        folders=options["folders"] or ("INBOX",),
        cafile=str(cafile.absolute()) if cafile else None,
        allow_plaintext=options["allow_plaintext"],
    )


def _secret(options: dict[str, Any]) -> str:
    """The reference; a bare "oauth" is completed by who issues the server's tokens."""
    secret: str = options["secret"] or ""
    if secret != "oauth":  # noqa: S105 - a word for where secrets are
        return secret
    domain = ".".join(options["host"].lower().split(".")[-2:])
    issuer = "google" if options["email"] else ISSUERS.get(domain)
    if issuer is None:
        raise click.UsageError(f"who issues the tokens of {options['host']}? --secret oauth:google or oauth:microsoft")
    return f"oauth:{issuer}"
