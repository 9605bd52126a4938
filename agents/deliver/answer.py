"""Pure: what an endpoint's answer means for the delivery and for the endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

RETRY_AFTER_MAX_S = 3600.0
"""Longest pause that an endpoint may ask for at once."""
LATER = frozenset({408, 409, 425, 429})
"""Of the 4xx: the same request may succeed later (RFC 9110 §15.5.9, §15.5.10; RFC 8470 §5.2; RFC 6585 §4)."""


class Fate(StrEnum):
    """What becomes of an attempt."""

    DELIVERED = "delivered"
    AGAIN = "again"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How an attempt ended."""

    fate: Fate
    reason: str
    """For people: status code or kind of failure; never anything that the endpoint wrote."""
    sick: bool = False
    """The endpoint itself is in trouble: counts for its circuit breaker."""
    pause_s: float = 0.0
    """For how long the whole endpoint asks to be left alone (Retry-After)."""


def judge(status: int, retry_after: str | None, now: datetime) -> Answer:
    """The meaning of an HTTP answer. Redirects are not followed: whoever moves an endpoint changes its URL."""
    reason = f"HTTP {status}"
    if 200 <= status < 300:
        return Answer(fate=Fate.DELIVERED, reason=reason)
    if status >= 500 or status in LATER:
        pause = pause_s(retry_after, now) if status in {429, 503} else 0.0
        return Answer(fate=Fate.AGAIN, reason=reason, sick=status >= 500 or status == 408, pause_s=pause)
    if 300 <= status < 400:
        reason += ", a redirect, which is not followed"
    return Answer(fate=Fate.REFUSED, reason=reason)


def failed(error: str) -> Answer:
    """No answer: it cannot be reached, is too slow, or does not speak HTTP or TLS as it should."""
    return Answer(fate=Fate.AGAIN, reason=error, sick=True)


def pause_s(retry_after: str | None, now: datetime) -> float:
    """Retry-After (RFC 9110 §10.2.3), seconds or a date, in seconds from now; 0 when absent or unreadable."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:9])
    else:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return 0.0
        seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    return min(max(seconds, 0.0), RETRY_AFTER_MAX_S)
