"""The headers of every record, for people and for tools. A test holds them against the headers that the code writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from streams.events import TYPE_FEEDBACK, TYPE_RECEIVED, TYPE_VERDICT
from streams.reviews import TYPE_REVIEW, TYPE_REVIEWED

_EVENT = {
    "ce_specversion": {"const": "1.0", "description": "CloudEvents 1.0, Kafka protocol binding, binary mode."},
    "ce_id": {
        "pattern": "^[0-9a-f]{32}$",
        "description": "The mail's id, the same whenever it is read again.",
    },
    "ce_source": {"pattern": "^/accounts/", "description": "/accounts/ and the account's id."},
    "ce_time": {"format": "date-time", "description": "When ingest found the mail."},
    "traceparent": {"description": "W3C Trace Context of the mail's journey."},
}
RECEIVED: Mapping[str, Any] = _EVENT | {
    "ce_type": {"const": TYPE_RECEIVED, "description": "What the record is."},
    "ce_subject": {"description": 'Its place at the provider, e.g. "INBOX;UIDVALIDITY=7;UID=12" or a file name.'},
    "ce_mailowner": {"description": "Addresses of the mailbox's owner, comma-separated; may be empty."},
    "ce_mailsize": {"pattern": "^[0-9]+$", "description": "Bytes at the provider, before any cut."},
    "ce_mailtruncated": {
        "enum": ["true", "false"],
        "description": "Whether the value was cut to a bound.",
    },
    "ce_mailfingerprint": {"description": "Hash by which the mails of a rebuilt folder are recognised; may be empty."},
    "ce_mailsource": {"description": "Kind of the mailbox: imap, gmail or maildir; may be empty."},
    "content-type": {"const": "message/rfc822", "description": "What the value is."},
}
VERDICT: Mapping[str, Any] = _EVENT | {
    "ce_type": {"const": TYPE_VERDICT, "description": "What the record is."},
    "content-type": {"const": "application/json", "description": "What the value is."},
}
REVIEW: Mapping[str, Any] = {**VERDICT, "ce_type": {"const": TYPE_REVIEW, "description": "What the record is."}}
REVIEWED: Mapping[str, Any] = {**VERDICT, "ce_type": {"const": TYPE_REVIEWED, "description": "What the record is."}}
FEEDBACK: Mapping[str, Any] = _EVENT | {
    "ce_time": {"format": "date-time", "description": "When it was learned of."},
    "ce_type": {"const": TYPE_FEEDBACK, "description": "What the record is."},
    "content-type": {"const": "application/json", "description": "What the value is."},
}
DEAD: Mapping[str, Any] = {
    "dead_agent": {"description": "The stream agent that could not handle the record."},
    "dead_error": {"description": "Name of the error."},
    "dead_reason": {"description": "The error's message, cut."},
    "dead_topic": {"description": "Topic of the original record."},
    "dead_partition": {"pattern": "^[0-9]+$", "description": "Its partition."},
    "dead_offset": {"pattern": "^[0-9]+$", "description": "Its offset."},
    "dead_at": {"format": "date-time", "description": "When it was given up."},
}
UNDELIVERED: Mapping[str, Any] = {
    "undelivered_endpoint": {"description": "Name of the webhook endpoint."},
    "undelivered_topic": {"description": "Topic of the lane record."},
    "undelivered_partition": {"pattern": "^[0-9]+$", "description": "Its partition."},
    "undelivered_offset": {"pattern": "^[0-9]+$", "description": "Its offset."},
    "undelivered_reason": {"description": "Why it was given up, or why it was dropped."},
    "undelivered_attempts": {"pattern": "^[0-9]+$", "description": "How often it was attempted."},
    "undelivered_at": {"format": "date-time", "description": "When it was given up, or settled."},
}


def schema(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Headers as a schema: each is required, a UTF-8 text, and there may be more."""
    properties = {name: {"type": "string"} | dict(rule) for name, rule in headers.items()}
    return {"type": "object", "required": list(properties), "properties": properties}
