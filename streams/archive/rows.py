"""Pure: a verdict of a lane → a row of the table `verdicts`. Whatever the text holds, PostgreSQL can store the row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from operator import index
from typing import Any, NamedTuple, Protocol

import orjson

from infra.errors import Permanent
from streams.events import VerdictRecord
from streams.moments import utc_moment, utc_text

INDEXED_CHARACTERS = 500
"""Sender addresses and thread ids are cut here: an entry of a B-tree, account included, must fit 2,704 bytes."""
FLAG_SEPARATOR = "\x1f"
"""Between flags in `Row.flags`: a batch is an array per column, and PostgreSQL has no ragged arrays of arrays."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# PostgreSQL's text holds no NUL, UTF-8 no lone surrogate. Both are removed upstream; here they must not cost the row.
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


class MalformedRow(Permanent):
    """A verdict with a time or a field of the wrong kind. The message names its place, never its content."""


class Coordinates(Protocol):
    """Where the lane record stands (aiokafka's ConsumerRecord fits)."""

    @property
    def topic(self) -> str:
        """Of a lane."""
        ...

    @property
    def partition(self) -> int:
        """Its account's."""
        ...

    @property
    def offset(self) -> int:
        """In the partition."""
        ...

    @property
    def timestamp(self) -> int:
        """Milliseconds since 1970, by the broker's clock."""
        ...


class Row(NamedTuple):
    """One row, its fields in the order in which `upsert_verdicts` takes them."""

    event_id: str
    revision: int
    account: str
    sender_address: str
    sender_name: str
    subject: str
    mail_date: datetime | None
    received_at: datetime
    snippet: str
    message_id: str
    thread_id: str
    attachments: int
    size: int
    flags: str
    priority: int
    lane: str
    category: str
    needs_reply: bool
    confidence: float
    reasons: str
    facts: str
    policy_version: str
    model_version: str
    origin_topic: str
    origin_partition: int
    origin_offset: int
    location: str
    lane_topic: str
    lane_partition: int
    lane_offset: int
    lane_timestamp: datetime
    because: str
    counterfactual: str | None


def row(record: VerdictRecord, at: Coordinates) -> Row:
    """The row of one lane record.

    Raises:
        MalformedRow: a field is not of the kind that the wire contract says.
    """
    try:
        return _row(record, at)
    except (AttributeError, TypeError, ValueError, OverflowError) as error:
        place = f"{at.topic}/{at.partition}/{at.offset}"
        raise MalformedRow(f"no row can be made of the verdict at {place}: {type(error).__name__}") from None


def latest(rows: Sequence[Row]) -> list[int]:
    """The indexes to write, in the order of the primary key: of rows with one key only the last in the log's order.

    One statement can't touch a row twice, and two processes that lock rows in one order can't deadlock.
    """
    chosen: dict[tuple[str, int], int] = {}
    for position, item in enumerate(rows):
        key = (item.event_id, item.revision)
        other = chosen.get(key)
        if other is None or _place(item) >= _place(rows[other]):
            chosen[key] = position
    return [chosen[key] for key in sorted(chosen)]


def _place(item: Row) -> tuple[datetime, str, int, int]:
    """The order between records of one event, as in `upsert_verdicts`: the broker's clock, then anything fixed."""
    return (item.lane_timestamp, item.lane_topic, item.lane_partition, item.lane_offset)


def _row(record: VerdictRecord, at: Coordinates) -> Row:
    return Row(
        event_id=_text(record.event_id),
        revision=index(record.revision),
        account=_text(record.account),
        sender_address=_text(record.sender.address)[:INDEXED_CHARACTERS],
        sender_name=_text(record.sender.name),
        subject=_text(record.subject),
        mail_date=None if record.date is None else utc_moment(record.date),
        received_at=utc_moment(record.received_at),
        snippet=_text(record.snippet),
        message_id=_text(record.message_id),
        thread_id=_text(record.thread_id)[:INDEXED_CHARACTERS],
        attachments=index(record.attachments),
        size=index(record.size),
        flags=FLAG_SEPARATOR.join(map(_text, record.flags)),
        priority=index(record.priority),
        lane=_text(record.lane),
        category=_text(record.category),
        needs_reply=record.needs_reply,
        confidence=record.confidence,
        reasons=_json(record.reasons),
        facts=_json(record.facts),
        policy_version=_text(record.policy_version),
        model_version=_text(record.model_version),
        origin_topic=_text(record.origin.topic),
        origin_partition=index(record.origin.partition),
        origin_offset=index(record.origin.offset),
        location=_text(record.location),
        lane_topic=at.topic,
        lane_partition=at.partition,
        lane_offset=at.offset,
        lane_timestamp=_EPOCH + timedelta(milliseconds=at.timestamp),
        because=_text(record.because),
        counterfactual=_json(record.counterfactual) if record.counterfactual else None,
    )


def _text(value: str) -> str:
    return _UNSTORABLE.sub("\ufffd", value)


def _json(value: Any) -> str:
    """JSON that the type jsonb takes: it refuses the escape of a NUL."""
    try:
        encoded = orjson.dumps(value)
    except TypeError:  # a lone surrogate
        encoded = b""
    if not encoded or rb"\u0000" in encoded:
        encoded = orjson.dumps(_storable(value))
    return encoded.decode()


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, tuple):
        return [_storable(item) for item in value]
    if is_dataclass(value):
        return {field.name: _storable(getattr(value, field.name)) for field in fields(value)}
    return value


def verdict(stored: Mapping[str, Any]) -> VerdictRecord:
    """The verdict that a stored row was made of (`find_verdicts`).

    Raises:
        MalformedEvent: the row holds something that this version of the wire contract does not know.
    """
    date: datetime | None = stored["mail_date"]
    content = {
        **{name: stored[name] for name in VerdictRecord.__slots__ if name in Row._fields},
        "sender": {"name": stored["sender_name"], "address": stored["sender_address"]},
        "date": utc_text(date) if date else None,
        "received_at": utc_text(stored["received_at"]),
        "reasons": orjson.loads(stored["reasons"]),
        "facts": orjson.loads(stored["facts"]),
        "counterfactual": orjson.loads(stored["counterfactual"] or b"null"),
        "origin": {name: stored[f"origin_{name}"] for name in ("topic", "partition", "offset")},
    }
    return VerdictRecord.decode(orjson.dumps(content))
