"""Pushes of Gmail: hints that a mailbox has changed. A push is acknowledged when the mails behind it are on Kafka.

Pub/Sub ─ streaming pull ─┐                ┌─ own mailbox ──→ its listener (agents/sources/gmail/hints)
                          ├─→ Dispatcher ──┤
HTTPS ─── endpoint ───────┘                └─ another's ─→ ingest.hints ─→ the owner's Relay → its listener, and back
"""

from agents.push.process import Push

__all__ = ["Push"]
