"""Records of the topics as a consumer gets them."""

from __future__ import annotations

from datetime import UTC, datetime

from monitoring.run.tally import Record
from streams.events import event_id
from streams.moments import utc_text
from streams.triage.verdict import Lane, Reason
from tests.verdicts import changed

BEGUN = 1_800_000_000_000
ACCOUNT = "box"


def mail_id(number: int, account: str = ACCOUNT) -> bytes:
    return bytes.fromhex(event_id(account, "maildir", str(number)))


def headers(number: int, account: str, found: int) -> tuple[tuple[str, bytes], ...]:
    time = utc_text(datetime.fromtimestamp(found / 1000, UTC)).encode()
    return (("ce_id", mail_id(number, account).hex().encode()), ("ce_time", time))


def received(number: int, *, account: str = ACCOUNT, found: int = BEGUN) -> Record:
    return Record("mail.received", 1, number, found, account.encode(), b"raw", headers(number, account, found))


def verdict(
    number: int,
    *,
    account: str = ACCOUNT,
    found: int = BEGUN,
    took: int = 50,
    lane: Lane = Lane.NORMAL,
    revision: int = 0,
    at: int | None = None,
    subject: str = "Subject",
    value: bytes | None = None,
) -> Record:
    record = changed(
        event_id=mail_id(number, account).hex(),
        revision=revision,
        account=account,
        lane=lane,
        subject=subject,
        reasons=(Reason(rule="asks", weight=1.0, text="Asks something."),),
    )
    timestamp = found + took if at is None else at
    return Record(
        f"mail.{lane}",
        1,
        number,
        timestamp,
        account.encode(),
        record.encode() if value is None else value,
        headers(number, account, found),
    )


def dead(number: int, *, account: str = ACCOUNT, found: int = BEGUN, reason: str = "no header field") -> Record:
    told = (*headers(number, account, found), ("dead_reason", reason.encode()))
    return Record("mail.dead", 1, number, found, account.encode(), b"raw", told)
