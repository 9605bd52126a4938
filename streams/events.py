"""The wire contract: what the records on the topics hold, in both directions.

Downstream teams read the same shapes from `streams/contract/`, generated out of this module (AsyncAPI, JSON Schema).
Headers: CloudEvents 1.0 Kafka protocol binding, binary mode (`ce_*`, `content-type`), and W3C `traceparent`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from streams import header_values
from streams.kinds import require_kinds
from streams.mail.model import Mail
from streams.moments import utc_text
from streams.trace_context import new_context
from streams.triage.decoding import counterfactual_from, facts_from
from streams.triage.verdict import Category, Counterfactual, Facts, Lane, Reason, Verdict

Headers = tuple[tuple[str, bytes], ...]

TYPE_RECEIVED = "email.triage.mail.received.v1"
TYPE_VERDICT = "email.triage.mail.verdict.v1"
TYPE_FEEDBACK = "email.triage.mail.feedback.v1"
SOURCE_HEADER = "ce_mailsource"
ATTEMPT_HEADER = "replay_attempt"
"""Only on records that `triage dead replay` has put back: how often, as decimal digits."""
SNIPPET_CHARACTERS = 240


class MalformedEvent(ValueError):
    """A record does not follow the wire contract; the message says which field."""


def event_id(account: str, *identity: str | int) -> str:
    """The deterministic id of a mail: 32 hex digits over the account and what its provider guarantees unique.

    IMAP: ("imap", folder, UIDVALIDITY, UID); Maildir: ("maildir", unique name); Gmail: ("gmail", message id).
    """
    text = "\x00".join([account, *map(str, identity)])
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A mail on `mail.received`: the raw bytes are the record's value, everything else its headers."""

    event_id: str
    account: str
    raw: bytes
    """RFC 5322 bytes, cut to the configured bound when `truncated`."""
    received_at: datetime
    """When ingest found the mail, UTC."""
    location: str
    """Where the provider keeps it, e.g. "INBOX;UIDVALIDITY=7;UID=12" (RFC 5092 notation) or a file's name."""
    owner: tuple[str, ...] = ()
    """Addresses of the mailbox's owner."""
    size: int = 0
    """Bytes at the provider, before any cut."""
    truncated: bool = False
    fingerprint: str = ""
    """Hash over Message-ID and content, by which a rebuilt folder's mails are recognised."""
    source: str = ""
    """Kind of the mailbox: imap, gmail or maildir."""
    traceparent: str = ""
    replayed: bool = False
    """Whether it comes from `mail.dead`; ingest found it long ago."""

    def headers(self) -> Headers:
        """The record's headers."""
        pairs = {
            "ce_specversion": "1.0",
            "ce_id": self.event_id,
            "ce_source": f"/accounts/{self.account}",
            "ce_type": TYPE_RECEIVED,
            "ce_time": utc_text(self.received_at),
            "ce_subject": self.location,
            "ce_mailowner": ",".join(self.owner),
            "ce_mailsize": str(self.size or len(self.raw)),
            "ce_mailtruncated": "true" if self.truncated else "false",
            "ce_mailfingerprint": self.fingerprint,
            SOURCE_HEADER: self.source,
            "content-type": "message/rfc822",
            "traceparent": self.traceparent or str(new_context()),
        }
        return tuple((name, value.encode("utf-8", "replace")) for name, value in pairs.items())

    @classmethod
    def from_record(cls, key: bytes | None, value: bytes | None, headers: Iterable[tuple[str, bytes]]) -> Received:
        """Read a record of `mail.received`.

        Raises:
            MalformedEvent: the key, the value or a required header is missing or unreadable.
        """
        if key is None or value is None:
            raise MalformedEvent("a record of mail.received needs a key (account) and a value (the mail)")
        found = header_values.texts(headers)
        try:
            return cls(
                event_id=header_values.identity(found["ce_id"]),
                account=key.decode(),
                raw=value,
                received_at=header_values.moment(found["ce_time"]),
                location=found.get("ce_subject", ""),
                owner=tuple(filter(None, found.get("ce_mailowner", "").split(","))),
                size=header_values.size(found.get("ce_mailsize", "")) or len(value),
                truncated=found.get("ce_mailtruncated") == "true",
                fingerprint=found.get("ce_mailfingerprint", ""),
                source=found.get(SOURCE_HEADER, ""),
                traceparent=found.get("traceparent", ""),
                replayed=ATTEMPT_HEADER in found,
            )
        except KeyError as missing:
            raise MalformedEvent(f"header {missing} is missing") from None
        except ValueError as error:
            raise MalformedEvent(f"unreadable header or key: {error}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the mail stands on `mail.received`, so that its verdict can be derived again."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondent:
    """Who wrote: the name is the sender's own claim."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRecord:
    """A record of a lane topic: JSON by orjson, key = account. One (event_id, revision) is one verdict."""

    event_id: str
    revision: int
    """0: the stream's own verdict; higher: a later opinion replaces it."""
    account: str
    sender: Correspondent
    subject: str
    date: str | None
    """The mail's own Date header, RFC 3339 UTC."""
    received_at: str
    """When ingest found the mail."""
    snippet: str
    """The first characters of the newly written text."""
    message_id: str
    thread_id: str
    attachments: int
    size: int
    flags: tuple[str, ...]
    """What was odd about the bytes."""
    priority: int
    lane: Lane
    category: Category
    needs_reply: bool
    confidence: float
    reasons: tuple[Reason, ...]
    facts: Facts
    policy_version: str
    model_version: str
    origin: Origin
    location: str
    because: str = ""
    """The two or three reasons that mattered most, for a person; empty in records of before it was told."""
    counterfactual: Counterfactual | None = None
    """What the lane turns on; null where no few reasons do; records of before it was told lack it."""

    def encode(self) -> bytes:
        """The record's value."""
        return orjson.dumps(self)

    @classmethod
    def decode(cls, value: bytes | None) -> VerdictRecord:
        """Read a lane record.

        Raises:
            MalformedEvent: not JSON, or a field is missing or of the wrong kind.
        """
        try:
            return verdict_from(orjson.loads(value or b""))
        except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
            raise MalformedEvent(f"not a verdict record: {type(error).__name__}: {error}") from None

    @classmethod
    def checked(cls, value: bytes | None) -> VerdictRecord:
        """The same, with every field looked at, for who relies on their kinds; it takes three times as long. Raises
        MalformedEvent."""
        record = cls.decode(value)
        try:
            require_kinds(record)
        except TypeError as error:
            raise MalformedEvent(f"not a verdict record: {error}") from None
        return record


def verdict_record(received: Received, mail: Mail, facts: Facts, verdict: Verdict, origin: Origin) -> VerdictRecord:
    """What the lanes carry about one decided mail."""
    return VerdictRecord(
        event_id=received.event_id,
        revision=0,
        account=received.account,
        sender=Correspondent(name=mail.sender.name, address=mail.sender.address),
        subject=mail.subject,
        date=utc_text(mail.date) if mail.date else None,
        received_at=utc_text(received.received_at),
        snippet=" ".join((mail.new_text or mail.text)[: 4 * SNIPPET_CHARACTERS].split())[:SNIPPET_CHARACTERS],
        message_id=mail.message_id,
        thread_id=mail.thread_id,
        attachments=len(mail.attachments),
        size=received.size,
        flags=tuple(sorted(mail.flags)),
        facts=facts,
        origin=origin,
        location=received.location,
        **decided(verdict),
    )


_DECIDED = tuple(Verdict.__slots__)


def decided(verdict: Verdict) -> dict[str, Any]:
    """The fields of a record that say what was decided: all of the verdict's, under the same names."""
    return {name: getattr(verdict, name) for name in _DECIDED}


def verdict_headers(record: VerdictRecord, traceparent: str) -> Headers:
    """Headers of a lane record: the same identity and time as the mail it judges; `traceparent` names the span in which
    it was judged."""
    return headers_about(record.event_id, record.account, TYPE_VERDICT, record.received_at, traceparent)


def headers_about(event_id: str, account: str, kind: str, time: str, traceparent: str) -> Headers:
    """Headers of a JSON record about a mail; `ce_id` is the mail's, so that all records about it share it."""
    pairs = {
        "ce_specversion": "1.0",
        "ce_id": event_id,
        "ce_source": f"/accounts/{account}",
        "ce_type": kind,
        "ce_time": time,
        "content-type": "application/json",
        "traceparent": traceparent,
    }
    return tuple((name, value.encode()) for name, value in pairs.items())


def verdict_from(data: Mapping[str, Any]) -> VerdictRecord:
    """A verdict from its JSON. Raises KeyError, TypeError, ValueError."""
    return VerdictRecord(
        **{
            **{name: data[name] for name in VerdictRecord.__slots__ if name in data},  # a newer writer may say more
            "sender": Correspondent(**data["sender"]),
            "flags": tuple(data["flags"]),
            "lane": Lane(data["lane"]),
            "category": Category(data["category"]),
            "reasons": tuple(Reason(**reason) for reason in data["reasons"]),
            "facts": facts_from(data["facts"]),
            "origin": Origin(**data["origin"]),
            "counterfactual": counterfactual_from(data.get("counterfactual")),
        }
    )
