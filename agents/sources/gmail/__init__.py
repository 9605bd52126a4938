"""Gmail: a mailbox as a source over its REST API (`Gmail`), and what all those of a process share (`Service`)."""

from agents.sources.gmail.mailbox import Gmail, GmailLimits
from agents.sources.gmail.service import Service

__all__ = ["Gmail", "GmailLimits", "Service"]
