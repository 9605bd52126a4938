"""What the comparison of a mailbox with the log says. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
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
    recognised: int
    """Mails of a folder that was rebuilt since: on the log under a former id."""
    since: str
    """From when on mails are compared, RFC 3339."""

    @property
    def holds(self) -> bool:
        """Nothing is missing, nothing twice."""
        return not self.missing and not self.twice


def compare(
    account: str,
    listed: Mapping[str, str],
    logged: Iterable[str],
    since: str,
    *,
    recognised: Collection[str] = (),
    put_back: Collection[str] = (),
) -> Proof:
    """Hold the two against each other.

    Args:
        account: id of the mailbox.
        listed: event id → where the provider keeps the mail.
        logged: event ids on the log, in its order.
        since: see `Proof`.
        recognised: event ids of listed mails that are on the log under another id.
        put_back: event ids of dead letters that stand there again, perhaps without the first time: not "twice".
    """
    counts = Counter(logged)
    counts |= Counter(set(put_back))
    known = counts.keys() | set(recognised)
    return Proof(
        account=account,
        listed=len(listed),
        logged=len(counts),
        missing=tuple(sorted(place for event_id, place in listed.items() if event_id not in known)),
        twice=tuple(sorted(event_id for event_id, count in counts.items() if count > 1)),
        extra=max(0, len(counts.keys() - listed.keys()) - len(recognised)),
        recognised=len(recognised),
        since=since,
    )
