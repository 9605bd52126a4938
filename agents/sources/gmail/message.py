"""A raw message as users.messages.get answers it → bytes, size and what tells whether it is new. Pure.

The answer to a huge mail is cut while it is read: then its JSON is not whole, but the beginning of `raw` is there."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from agents.sources.base import ProviderTransient

JSON_ROOM = 64 * 1024
"""What an answer holds beside `raw`: ids, labels and a snippet."""
_RAW = re.compile(rb'"raw"\s*:\s*"([A-Za-z0-9_+/=-]*)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What Gmail says of a message beside its content."""

    history_id: int
    """The last change of the message."""
    internal_date: datetime
    size: int
    labels: frozenset[str]


def answer_limit(mail_max_bytes: int) -> int:
    """Bytes of the answer that are needed for so many bytes of mail: base64 makes four of three."""
    return (mail_max_bytes // 3 + 2) * 4 + JSON_ROOM


def described(answer: bytes) -> Described:
    """Read a whole answer, of any format.

    Raises:
        ProviderTransient: it is not what Gmail documents.
    """
    try:
        fields: dict[str, Any] = json.loads(answer)
        return Described(
            history_id=int(fields["historyId"]),
            internal_date=datetime.fromtimestamp(int(fields["internalDate"]) / 1000, UTC),
            size=int(fields.get("sizeEstimate", 0)),
            labels=frozenset(fields.get("labelIds", ())),
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError) as error:
        raise ProviderTransient(f"a message that is not what Gmail documents ({type(error).__name__})") from None


def raw_of(answer: bytes, limit: int) -> tuple[bytes, bool]:
    """The first `limit` bytes of the mail in an answer, whole or cut, and whether the answer had more.

    Raises:
        ProviderTransient: there is no `raw`, or it is no base64 (RFC 4648 §5).
    """
    found = _RAW.search(answer)
    if found is None:
        raise ProviderTransient("a message without its content")
    text = found[1].rstrip(b"=")
    usable = text[: len(text) - 1] if len(text) % 4 == 1 else text  # a lone digit is no byte yet
    try:
        data = base64.b64decode(usable + b"=" * (-len(usable) % 4), altchars=b"-_")
    except ValueError:
        raise ProviderTransient("a message whose content is no base64") from None
    return data[:limit], len(data) > limit
