"""Records and a clock for the tests of agents/oauth."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from agents.accounts import Account, GmailMailbox, ImapServer
from agents.oauth.token import AccessToken, StoredToken

READONLY = "https://www.googleapis.com/auth/gmail.readonly"
STORED = StoredToken(
    provider="google",
    client_id="client-1",
    scopes=(READONLY, "openid"),
    email="me@example.org",
    refresh_token="1//planted-refresh",
    access_token="ya29.planted-access",
    expires_at=5000.0,
    lifetime_s=3600.0,
    login_at=1000.0,
    refreshed_at=1400.0,
)


def stored(**changes: Any) -> StoredToken:
    return replace(STORED, **changes)


def access(value: str, expires_at: float, lifetime_s: float = 3600.0) -> AccessToken:
    return AccessToken(value=value, expires_at=expires_at, lifetime_s=lifetime_s)


def gmail(account_id: str = "box", *, email: str = "me@example.org", key: str = "", imap: str = "") -> Account:
    """A Gmail account; `imap`: the secret of an IMAP server beside it."""
    auth = "xoauth2" if imap.startswith("oauth:") else "password"
    server = ImapServer(host="imap.gmail.com", username=email, auth=auth) if imap else None
    mailbox = GmailMailbox(email=email, service_account=key)
    return Account(id=account_id, kind="gmail", gmail=mailbox, imap=server, secret=imap)


def outlook(account_id: str = "box", username: str = "me@example.org") -> Account:
    server = ImapServer(host="outlook.office365.com", username=username, auth="xoauth2")
    return Account(id=account_id, kind="imap", imap=server, secret="oauth:microsoft")
