"""A canary: a mail of our own on the way of all mails, so that somebody notices when it does not come through.

It stands on `mail.received` under an account that cannot be anybody's, is triaged as any mail, and ends on
`mail.canary` in the place of a lane."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from itertools import count

from streams.events import Headers, Received, event_id
from streams.partitioning import partition_of
from streams.topics import CANARY

PREFIX = "_canary-"
"""The id of an account begins with a letter or a digit (`agents/accounts/account`)."""
_PREFIX = PREFIX.encode()
TOPIC = CANARY.name
"""Where its verdict goes."""
LABEL = "canary"
"""In metrics, in the place of a lane."""
MARK = ("ce_mailcanary", b"true")
"""The header that tells readers of `mail.received` what it is."""
_ADDRESS = "canary@canary.invalid"  # RFC 2606: nobody's, for ever


def is_canary(key: bytes | None) -> bool:
    """Whether a record with this key (the account) is one."""
    return key is not None and key.startswith(_PREFIX)


@cache
def accounts(partitions: int) -> tuple[str, ...]:
    """The reserved account of each partition, whose mails belong there."""
    found: dict[int, str] = {}
    for number in count():
        name = f"{PREFIX}{number}"
        found.setdefault(partition_of(name.encode(), partitions), name)
        if len(found) == partitions:
            break
    return tuple(found[partition] for partition in range(partitions))


def canary(slot: int, partitions: int, at: datetime) -> Received:
    """The canary of an interval; in turn they probe every partition. The same slot has the same event id."""
    owner = accounts(partitions)[slot % partitions]
    return Received(
        event_id=event_id(owner, "canary", slot),
        account=owner,
        raw=_mail(slot, at),
        received_at=at,
        location=f"canary;slot={slot}",
    )


def headers(received: Received) -> Headers:
    """Those of a mail, and the mark."""
    return (*received.headers(), MARK)


def _mail(slot: int, at: datetime) -> bytes:
    mail = EmailMessage()
    mail["From"] = mail["To"] = _ADDRESS
    mail["Subject"] = "Canary"
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{slot}@canary.invalid>"
    mail.set_content("This mail measures how long mails take. It is nobody's.\n")
    return mail.as_bytes()
