"""messages.list's `q`: the operators that a reader of mailboxes needs. Others are refused, not guessed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

from agents.fakes.google.errors import invalid
from agents.fakes.google.mailbox import Message

Test = Callable[[Message], bool]
PACIFIC = timezone(timedelta(hours=-8))
"""Dates in a query mean midnight there (Gmail API, "Search and filter messages"); we leave its summer time out."""
PLACES = {"inbox": "INBOX", "spam": "SPAM", "trash": "TRASH", "sent": "SENT"}


def parse(text: str) -> list[Test]:
    """The conditions of a query, all of which must hold.

    `after:` and `before:` take seconds since the epoch or YYYY/MM/DD. Compared by whole seconds and strictly: a mail
    of the very second is after neither; Google does not say, so a client had better leave a margin.

    Raises:
        ApiError: 400 for an operator that this server does not know.
    """
    return [_condition(word) for word in text.split()]


def hidden_wanted(text: str) -> bool:
    """Whether it asks for spam or trash by name, or for everything."""
    return any(word in {"in:anywhere", "in:spam", "in:trash"} for word in text.lower().split())


def _condition(word: str) -> Test:
    negative, word = word.startswith("-"), word.removeprefix("-")
    operator, _, value = word.partition(":")
    made = _operator(operator.lower(), value)
    return (lambda message: not made(message)) if negative else made


def _operator(operator: str, value: str) -> Test:
    if operator in {"after", "newer"}:
        bound = _seconds(value)
        return lambda message: message.internal_ms // 1000 > bound
    if operator in {"before", "older"}:
        bound = _seconds(value)
        return lambda message: message.internal_ms // 1000 < bound
    if operator == "is" and value in {"unread", "read"}:
        return lambda message: ("UNREAD" in message.labels) == (value == "unread")
    if operator == "in" and value.lower() == "anywhere":
        return lambda _: True
    if operator in {"in", "label"}:
        wanted = PLACES.get(value.lower(), value)
        return lambda message: wanted in message.labels
    if operator == "rfc822msgid":
        needle = value.strip("<>").encode()
        return lambda message: needle in message.raw().partition(b"\r\n\r\n")[0]
    raise invalid(f"this server does not know the search operator {operator!r}")


def _seconds(value: str) -> int:
    if value.isascii() and value.isdigit():
        return int(value)
    try:
        day = datetime.strptime(value.replace("-", "/"), "%Y/%m/%d").replace(tzinfo=PACIFIC)
    except ValueError:
        raise invalid(f"{value!r} is neither seconds since the epoch nor YYYY/MM/DD") from None
    return int(day.astimezone(UTC).timestamp())
