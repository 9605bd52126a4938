"""The AsyncAPI 3.0 document: every topic of `streams.topics`, its key, headers, payload and settings."""

from __future__ import annotations

from typing import Any

from streams import topics
from streams.contract import headers
from streams.topics import TopicSpec

CONTRACT_VERSION = "1.3.0"
"""Raised by hand: major when a reader must change, minor when there is more to read."""
_BINDING = {"bindingVersion": "0.5.0"}
# Topic settings that the Kafka binding knows; the others are the operator's business.
_DESCRIBED_SETTINGS = ("retention.ms", "max.message.bytes")

_ACCOUNT_KEY = {
    "type": "string",
    "description": "The account: one mailbox is ordered, in one partition.",
}
_INSTANCE_KEY = {"type": "string", "description": "The process's INSTANCE_ID."}
_INTERNAL_KEY = {"type": "string", "format": "binary", "description": "Internal; begins with the account."}

_JSON, _MAIL, _ANY = "application/json", "message/rfc822", "application/octet-stream"
_INTERNAL = {
    "type": ["object", "null"],
    "description": "This system's own; may change without notice.",
}


def document() -> dict[str, Any]:
    """The whole document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "CrewAI Email Triage",
            "version": CONTRACT_VERSION,
            "description": (
                "E-mail triage on Kafka. Ingest puts raw mails on mail.received; the stream worker decides each and "
                "writes its verdict to one of four lanes. Consumers of the lanes read committed records only "
                "(isolation.level=read_committed), and recognise a verdict by event_id and revision."
            ),
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": _JSON,
        "channels": {spec.name: _channel(spec) for spec in topics.ALL},
        "operations": dict(_operation(action, spec) for spec in topics.ALL for action in ("send", "receive")),
        "components": {"messages": _messages()},
    }


def _messages() -> dict[str, Any]:
    mail = {"type": "string", "format": "binary", "description": "RFC 5322 bytes, neither re-encoded nor base64."}
    original = {
        "type": ["string", "null"],
        "format": "binary",
        "description": "The original record's value.",
    }
    tombstone = " A null value says that the key is gone."
    return {
        "received": _message(
            "A mail as found at the provider. One that was put back from mail.dead has replay_* headers, too: "
            "replay_attempt, replay_of, replay_by, replay_at and replay_history (JSON).",
            _MAIL, mail, _ACCOUNT_KEY, headers.RECEIVED,
        ),
        "verdict": _message(
            "The verdict about one mail.", _JSON, {"$ref": "./verdict.schema.json"}, _ACCOUNT_KEY, headers.VERDICT
        ),
        "feedback": _message(
            "What a person did to a mail.", _JSON, {"$ref": "./feedback.schema.json"}, _ACCOUNT_KEY, headers.FEEDBACK
        ),
        "dead": _message(
            "A record that could not be handled: its own key, value and headers, and the reason in more headers.",
            _ANY, original, _ACCOUNT_KEY, headers.DEAD,
        ),
        "undelivered": _message(
            "A verdict that a webhook endpoint did not take: its own key, value and headers, and the reason in more"
            " headers. A null value (header undelivered_settled: redelivered or dropped) says that it is settled;"
            " undelivered_who by whom, where a person dropped it.",
            _ANY, original, _ACCOUNT_KEY, headers.UNDELIVERED,
        ),
        "dead_note": _message(
            "That a dead letter was replayed or dropped, by whom, when and why.", _JSON, _INTERNAL,
            {"type": "string", "description": "partition:offset of the letter on mail.dead."},
        ),
        "status": _message(
            "What a process says of itself." + tombstone, _JSON, {"$ref": "./status.schema.json"}, _INSTANCE_KEY
        ),
        "control": _message(
            "The value that a setting has instead of its start value; or, with a key that begins with order:, "
            "something to do once (who, why, at)." + tombstone,
            _JSON, {"$ref": "./control.schema.json"}, {"type": "string", "description": "The setting's name."},
        ),
        "audit": _message(
            "A change to the running system, or a call of the admin API.", _JSON, {"$ref": "./audit.schema.json"},
            {"type": "string", "description": "What was changed or called."},
        ),
        "version": _message(
            "A policy or a model, as the bytes whose digest its key names.", _ANY, _INTERNAL,
            {"type": "string", "pattern": "^(policy|model):[0-9a-f]{12}$"},
        ),
        "account": _message("One mailbox." + tombstone, _JSON, _INTERNAL, _ACCOUNT_KEY),
        "cursor": _message("How far one folder of a mailbox was read." + tombstone, _JSON, _INTERNAL, _INTERNAL_KEY),
        "hint": _message("That a mailbox has changed, or how far it is committed.", _JSON, _INTERNAL, _ACCOUNT_KEY),
        "review": _message(
            "A mail that is to be reviewed.", _JSON, {"$ref": "./review.schema.json"}, _ACCOUNT_KEY, headers.REVIEW
        ),
        "reviewed": _message(
            "What came of a review.", _JSON, {"$ref": "./reviewed.schema.json"}, _ACCOUNT_KEY, headers.REVIEWED
        ),
        "spent": _message("What an account's reviews used today." + tombstone, _JSON, _INTERNAL, _ACCOUNT_KEY),
        "row": _message("A row of a table with its source_offset." + tombstone, _JSON, _INTERNAL, _INTERNAL_KEY),
    }  # fmt: skip


def _message(summary: str, content: str, payload: Any, key: Any, described: Any = None) -> dict[str, Any]:
    return {
        "summary": summary,
        "contentType": content,
        **({"headers": headers.schema(described)} if described else {}),
        "payload": payload,
        "bindings": {"kafka": {"key": key, **_BINDING}},
    }


_MESSAGE_OF = {
    topics.ACCOUNTS.name: "account",
    topics.CURSORS.name: "cursor",
    topics.RECEIVED.name: "received",
    topics.DEAD.name: "dead",
    topics.UNDELIVERED.name: "undelivered",
    topics.DEAD_NOTES.name: "dead_note",
    topics.FEEDBACK.name: "feedback",
    topics.HINTS.name: "hint",
    topics.SENDERS.name: "row",
    topics.THREADS.name: "row",
    topics.RECENT.name: "row",
    topics.HABITS.name: "row",
    topics.CORRECTED.name: "row",
    topics.STATUS.name: "status",
    topics.REVIEW.name: "review",
    topics.REVIEWED.name: "reviewed",
    topics.REVIEWS.name: "row",
    topics.CREW_SPENT.name: "spent",
    topics.CANARY.name: "verdict",
    topics.CONTROL.name: "control",
    topics.AUDIT.name: "audit",
    topics.POLICIES.name: "version",
    **dict.fromkeys(topics.LANE_OF, "verdict"),
}


def _channel(spec: TopicSpec) -> dict[str, Any]:
    name = _MESSAGE_OF[spec.name]
    configuration: dict[str, Any] = {"cleanup.policy": spec.config.get("cleanup.policy", "delete").split(",")}
    configuration |= {setting: int(spec.config[setting]) for setting in _DESCRIBED_SETTINGS if setting in spec.config}
    return {
        "address": spec.name,
        "description": spec.purpose,
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
        "bindings": {"kafka": {"topic": spec.name, "topicConfiguration": configuration, **_BINDING}},
    }


def _operation(action: str, spec: TopicSpec) -> tuple[str, dict[str, Any]]:
    return f"{action}.{spec.name}", {
        "action": action,
        "channel": {"$ref": f"#/channels/{spec.name}"},
        "messages": [{"$ref": f"#/channels/{spec.name}/messages/{_MESSAGE_OF[spec.name]}"}],
    }
