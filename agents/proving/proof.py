"""What the comparison of a mailbox with the log says. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The comparison of one mailbox with the log."""

    account: str
    listed: int
    """Mails that the provider lists since `since`."""
    logged: int
    """Different mails of the account on the log."""
    missing: tuple[str, ...]
    """Where the provider keeps mails that are not on the log."""
    twice: tuple[str, ...]
    """Event ids that are on the log more than once."""
    extra: int
    """Mails on the log that the provider no longer lists there: deleted, moved, or older."""
    since: str
    """From when on mails are compared, RFC 3339."""

    @property
    def holds(self) -> bool:
        """Nothing is missing, nothing twice."""
        return not self.missing and not self.twice


def compare(account: str, listed: Mapping[str, str], logged: Iterable[str], since: str) -> Proof:
    """Hold the two against each other.

    Args:
        account: id of the mailbox.
        listed: event id → where the provider keeps the mail.
        logged: event ids on the log, in its order.
        since: see `Proof`.
    """
    counts = Counter(logged)
    return Proof(
        account=account,
        listed=len(listed),
        logged=len(counts),
        missing=tuple(sorted(place for event_id, place in listed.items() if event_id not in counts)),
        twice=tuple(sorted(event_id for event_id, count in counts.items() if count > 1)),
        extra=len(counts.keys() - listed.keys()),
        since=since,
    )
