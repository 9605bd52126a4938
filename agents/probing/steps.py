"""The steps of a probe: each with what was found or what helps, and how long it took."""

from __future__ import annotations

import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from agents.sources.base import ProviderError

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step on the way to a mailbox."""

    name: str
    ok: bool
    detail: str
    """What was found; on failure the reason and the remedy."""
    ms: float | None = None
    """How long it took; None: it took no call."""


class Steps(list[Step]):
    """The steps so far."""

    def __init__(self, *, clock: Callable[[], float] = time.perf_counter) -> None:
        super().__init__()
        self._clock = clock
        self.prefix = ""
        """Before the names of the steps to come, where an account is reached in two ways."""

    async def take(self, name: str, work: Awaitable[Found], detail: Callable[[Found], str]) -> Found:
        """Do one step and note how it went.

        Raises:
            ProviderError: it failed, and is the last one noted.
        """
        began = self._clock()
        try:
            found = await work
        except ProviderError as error:
            self.note(name, str(error), ok=False, ms=self._since(began))
            raise
        self.note(name, detail(found), ms=self._since(began))
        return found

    def note(self, name: str, detail: str, *, ok: bool = True, ms: float | None = None) -> None:
        """A step that needs no call, or whose outcome is known."""
        self.append(Step(name=self.prefix + name, ok=ok, detail=detail, ms=ms))

    def _since(self, began: float) -> float:
        return round((self._clock() - began) * 1000, 1)


def encryption(connection: Any, *, now: datetime | None = None) -> str:
    """What a connection's `ssl_object` (None: it has none) shows: protocol, whose certificate, for how long.

    A certificate that is not valid has been refused before."""
    if connection is None:
        return "none: plain text"
    assert isinstance(connection, (ssl.SSLObject, ssl.SSLSocket))
    certificate: dict[str, Any] = connection.getpeercert() or {}
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
    days = (ends - (now or datetime.now(UTC))).days
    return f"{connection.version()}, certificate of {subject(certificate)} verified, {days} days left"


def subject(certificate: dict[str, Any]) -> str:
    """Whose it is: the common name, else the first alternative name."""
    names = {name: value for part in certificate.get("subject", ()) for name, value in part}
    alternative = [value for _, value in certificate.get("subjectAltName", ())]
    found = str(names.get("commonName") or next(iter(alternative), "nobody"))
    return "".join(one for one in found[:120] if one.isprintable())
