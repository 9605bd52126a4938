"""Which mailboxes exist: records on the compacted topic `accounts`; key account id, value JSON, a tombstone removes.

Secrets are references (`env:NAME`, `file:/path`), resolved where a mailbox is read; never stored, never shown."""

from agents.accounts.account import Account, GmailMailbox, ImapServer, InvalidAccount
from agents.accounts.secret import SecretUnavailable, resolve
from agents.accounts.store import list_accounts, remove_account, save_account

__all__ = [
    "Account",
    "GmailMailbox",
    "ImapServer",
    "InvalidAccount",
    "SecretUnavailable",
    "list_accounts",
    "remove_account",
    "resolve",
    "save_account",
]
