"""A thread, as users.threads.get shows it → which of its mails the owner answered just now. Pure.

In-Reply-To names what a mail answers (RFC 5322 §3.6.4); References only names the conversation, and forwards have it,
too. As with IMAP's flag, a mail is answered once, however many answers it gets: the first tells it, and whoever asks
again is told the same. Ids grow with time, so the first is the one with the lowest."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agents.sources.gmail.history import is_received, is_sent, message_number
from streams.mail.origin import message_id, message_ids

HEADERS = ("Message-ID", "In-Reply-To", "Auto-Submitted")
"""All that is asked for of sent mail, beside ids and labels."""
FIELDS = "messages(id,labelIds,payload/headers)"
"""Without it Gmail would add a snippet of each."""


@dataclass(frozen=True, slots=True)
class _Message:
    number: int
    labels: frozenset[str]
    message_id: str
    answers: tuple[str, ...]
    """Message-IDs; none for a mail that its owner's program sent."""


def answered(thread: Mapping[str, Any], sent: Collection[int]) -> dict[int, tuple[int, ...]]:
    """What the mails `sent` are the first to answer: numbers of mails that the owner had received.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: the thread is not what Gmail documents.
    """
    messages = sorted(map(_message, thread.get("messages", ())), key=lambda one: one.number)
    first: dict[str, int] = {}
    for one in messages:
        if is_sent(one.labels):
            for name in one.answers:
                first.setdefault(name, one.number)
    received: dict[str, int] = {}
    for one in messages:
        if one.message_id and is_received(one.labels):
            received.setdefault(one.message_id, one.number)
    found = {
        one.number: tuple(_received(one, first, received))
        for one in messages
        if one.number in sent and is_sent(one.labels)
    }
    return {number: mails for number, mails in found.items() if mails}


def _received(one: _Message, first: Mapping[str, int], received: Mapping[str, int]) -> Iterator[int]:
    for name in one.answers:
        if first[name] == one.number and received.get(name, one.number) != one.number:
            yield received[name]


def _message(fields: Mapping[str, Any]) -> _Message:
    headers: dict[str, str] = {}
    for one in fields.get("payload", {}).get("headers", ()):
        headers.setdefault(str(one["name"]).lower(), str(one["value"]))
    by_person = headers.get("auto-submitted", "no").strip().lower() == "no"  # RFC 3834 §5
    return _Message(
        number=message_number(fields["id"]),
        labels=frozenset(fields.get("labelIds", ())),
        message_id=message_id(headers.get("message-id", "")),
        answers=message_ids(headers.get("in-reply-to", "")) if by_person else (),
    )
