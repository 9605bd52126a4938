"""What a push says. Pure."""

from __future__ import annotations

import json
from typing import NamedTuple


class Malformed(ValueError):
    """Not a push of Gmail's."""


class PushedChange(NamedTuple):
    """A mailbox has reached a historyId."""

    email: str
    """In lower case."""
    history_id: int


def decode(data: bytes) -> PushedChange:
    """Read a Pub/Sub message's data (Gmail API, "Push notifications": `{"emailAddress": ..., "historyId": ...}`).

    Raises:
        Malformed
    """
    try:
        fields = json.loads(data)
        email, history_id = fields["emailAddress"], int(fields["historyId"])
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise Malformed(type(error).__name__) from None
    if not isinstance(email, str) or "@" not in email or not 0 < history_id < 1 << 64:
        raise Malformed("emailAddress or historyId")
    return PushedChange(email.lower(), history_id)
