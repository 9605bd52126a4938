"""IMAP: a folder as a source (`ImapFolder`), an account's folders, and a test of an account (`probe`)."""

from agents.sources.imap.account import ImapAccount, ImapLimits
from agents.sources.imap.folder import ImapFolder
from agents.sources.imap.probe import list_folders, probe

__all__ = ["ImapAccount", "ImapFolder", "ImapLimits", "list_folders", "probe"]
