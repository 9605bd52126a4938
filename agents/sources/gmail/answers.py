"""A thread, as users.threads.get shows it → which of its mails the owner answered just now. Pure.

In-Reply-To names what a mail answers (RFC 5322 §3.6.4), but some clients write it into forwards, too. An answer goes to
somebody who had to do with the mail: its From or Reply-To, or another of its recipients; a forward goes to others. As
with IMAP's flag, a mail is answered once, however many answers it gets: the first tells it, and whoever asks again is
told the same. Ids grow with time, so the first is the one with the lowest."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from agents.sources.gmail.history import is_received, is_sent, message_number
from streams.mail.addresses import addresses
from streams.mail.origin import message_id, message_ids

HEADERS = ("Message-ID", "In-Reply-To", "Auto-Submitted", "From", "Reply-To", "To", "Cc")
"""All that is asked for of a thread's mails, beside ids and labels."""
FIELDS = "messages(id,labelIds,payload/headers)"
"""Without it Gmail would add a snippet of each."""


@dataclass(frozen=True, slots=True)
class _Message:
    number: int
    labels: frozenset[str]
    message_id: str
    names: tuple[str, ...]
    """Message-IDs of what it answers or forwards; none for a mail that its owner's program sent."""
    writers: frozenset[str]
    """Addresses of From."""
    back_to: frozenset[str]
    """Of From and Reply-To."""
    readers: frozenset[str]
    """Of To and Cc."""

    def goes_back_on(self, mail: _Message) -> bool:
        """Whether it, a mail that names `mail`, is addressed as answers to it are. Its own writer may answer alone."""
        return bool(self.readers & mail.back_to or (self.readers & mail.readers) - self.writers)


def answered(thread: Mapping[str, Any], sent: Collection[int]) -> dict[int, tuple[int, ...]]:
    """What the mails `sent` are the first to answer: numbers of mails that the owner had received.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: the thread is not what Gmail documents.
    """
    messages = sorted(map(_message, thread.get("messages", ())), key=lambda one: one.number)
    received: dict[str, _Message] = {}
    for one in messages:
        if one.message_id and is_received(one.labels):
            received.setdefault(one.message_id, one)
    first: dict[str, int] = {}
    for one in messages:
        if is_sent(one.labels):
            for name in one.names:
                if name in received and one.goes_back_on(received[name]):
                    first.setdefault(name, one.number)
    found: dict[int, tuple[int, ...]] = {}
    for name, number in first.items():
        if number in sent and received[name].number != number:
            found[number] = (*found.get(number, ()), received[name].number)
    return found


def _message(fields: Mapping[str, Any]) -> _Message:
    headers: dict[str, str] = {}
    for one in fields.get("payload", {}).get("headers", ()):
        headers.setdefault(str(one["name"]).lower(), str(one["value"]))
    by_person = headers.get("auto-submitted", "no").strip().lower() == "no"  # RFC 3834 §5
    writers = _addresses(headers, "from")
    return _Message(
        number=message_number(fields["id"]),
        labels=frozenset(fields.get("labelIds", ())),
        message_id=message_id(headers.get("message-id", "")),
        names=message_ids(headers.get("in-reply-to", "")) if by_person else (),
        writers=writers,
        back_to=writers | _addresses(headers, "reply-to"),
        readers=_addresses(headers, "to", "cc"),
    )


def _addresses(headers: Mapping[str, str], *names: str) -> frozenset[str]:
    return frozenset(
        one.address.lower() for name in names for one in addresses(headers.get(name, ""), set()) if one.address
    )
