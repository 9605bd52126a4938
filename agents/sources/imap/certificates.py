"""When the certificates expire that IMAP servers show, learned from the connections that are open anyway."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import WeakSet

from agents.sources.imap.wire import Wire
from monitoring import metrics

PROVIDER = "imap"
KEPT_S = 86_400.0
"""How long a server's certificate counts that no open connection shows any more: a server whose certificate has
expired has no connections, one whose mailboxes were removed neither."""


@dataclass(slots=True, kw_only=True)
class _Shown:
    expires_at: float
    at: float
    by: WeakSet[Wire] = field(default_factory=WeakSet)
    """Open connections to the server."""


class Certificates:
    """By server, what its newest connection showed."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._shown: dict[str, _Shown] = {}

    def note(self, server: str, wire: Wire) -> None:
        """A connection that has just been greeted; without TLS there is nothing to note."""
        tls = wire.transport.get_extra_info("ssl_object")
        expires = (tls.getpeercert() or {}).get("notAfter") if tls else None
        if expires:
            self.shown(server, ssl.cert_time_to_seconds(expires), wire)

    def shown(self, server: str, expires_at: float, wire: Wire) -> None:
        """`expires_at`: seconds since 1970."""
        one = self._shown.setdefault(server, _Shown(expires_at=expires_at, at=0.0))
        one.expires_at, one.at = expires_at, self._clock()
        one.by.add(wire)

    def measure(self) -> None:
        """Set the gauge: the first to expire, seconds from now; no series without certificates."""
        now = self._clock()
        for server, one in list(self._shown.items()):
            if any(not wire.ended for wire in one.by):
                one.at = now
            elif now - one.at > KEPT_S:
                del self._shown[server]
        first = min((one.expires_at for one in self._shown.values()), default=None)
        if first is None:
            metrics.CERTIFICATE_EXPIRY_SECONDS.clear()
        else:
            metrics.CERTIFICATE_EXPIRY_SECONDS.labels(PROVIDER).set(first - now)


CERTIFICATES = Certificates()
"""This process's."""
