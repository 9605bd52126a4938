"""Mailbox state as the API's JSON resources. 64-bit numbers are strings there (proto3 JSON), shorter ones numbers."""

from __future__ import annotations

import html
from base64 import urlsafe_b64encode
from collections.abc import Collection
from email import message_from_bytes
from email.message import Message as Parsed
from typing import Any

from agents.fakes.google.mailbox import Change, Kind, Mailbox, Message

FIELDS: dict[Kind, str] = {
    "messageAdded": "messagesAdded",
    "messageDeleted": "messagesDeleted",
    "labelAdded": "labelsAdded",
    "labelRemoved": "labelsRemoved",
}
SNIPPET_CHARS = 200


def profile(mailbox: Mailbox) -> dict[str, Any]:
    """Profile."""
    threads = {message.thread_id for message in mailbox.messages.values()}
    return {
        "emailAddress": mailbox.address,
        "messagesTotal": len(mailbox.messages),
        "threadsTotal": len(threads),
        "historyId": str(mailbox.history_id),
    }


def record(change: Change) -> dict[str, Any]:
    """History."""
    message: dict[str, Any] = {"id": change.message_id, "threadId": change.thread_id}
    detail: dict[str, Any] = {"message": message | {"labelIds": sorted(change.labels)}}
    if change.moved:
        detail["labelIds"] = sorted(change.moved)
    return {"id": str(change.id), "messages": [message], FIELDS[change.kind]: [detail]}


def label(name: str, shown: str) -> dict[str, Any]:
    """Label."""
    return {"id": name, "name": shown, "type": "system" if name == shown else "user"}


def message(found: Message, form: str, headers: Collection[str] = ()) -> dict[str, Any]:
    """Message in format raw, minimal, metadata (those headers only, when named) or full."""
    raw = found.raw()
    parsed = _parsed(raw)
    resource: dict[str, Any] = {
        "id": found.id,
        "threadId": found.thread_id,
        "labelIds": sorted(found.labels),
        "snippet": _snippet(parsed),
        "historyId": str(found.history_id),
        "internalDate": str(found.internal_ms),
        "sizeEstimate": len(raw),
    }
    if form == "raw":
        resource["raw"] = urlsafe_b64encode(raw).decode()
    elif form == "metadata":
        resource["payload"] = {"mimeType": parsed.get_content_type(), "headers": _headers(parsed, headers)}
    elif form == "full":
        resource["payload"] = _part(parsed, "")
    return resource


def thread(thread_id: str, found: Collection[Message], form: str, headers: Collection[str] = ()) -> dict[str, Any]:
    """Thread; its messages, oldest first, as in `message`. The snippet is a list's."""
    return {
        "id": thread_id,
        "historyId": str(max(each.history_id for each in found)),
        "messages": [message(each, form, headers) for each in found],
    }


def _parsed(raw: bytes) -> Parsed:
    """The mail's structure; none where the standard library gives up, since raw is given for any bytes at all."""
    try:
        parsed = message_from_bytes(raw)
        for part in parsed.walk():
            part.get_filename()
    except (RecursionError, ValueError, LookupError, TypeError):
        return Parsed()
    return parsed


def _snippet(parsed: Parsed) -> str:
    for part in parsed.walk():
        if part.get_content_type() == "text/plain" and not part.is_multipart():
            data = part.get_payload(decode=True)
            text = data[: 4 * SNIPPET_CHARS].decode(errors="replace") if isinstance(data, bytes) else ""
            return html.escape(" ".join(text.split())[:SNIPPET_CHARS])
    return ""


def _headers(parsed: Parsed, wanted: Collection[str]) -> list[dict[str, str]]:
    names = {name.lower() for name in wanted}
    return [
        {"name": name, "value": str(value)}
        for name, value in parsed.items()
        if not names or name.lower() in names
    ]  # fmt: skip


def _part(parsed: Parsed, part_id: str) -> dict[str, Any]:
    """MessagePart; partId counts from 0 in each multipart, joined by dots."""
    part: dict[str, Any] = {
        "partId": part_id,
        "mimeType": parsed.get_content_type(),
        "filename": parsed.get_filename() or "",
        "headers": _headers(parsed, ()),
    }
    if parsed.is_multipart():
        below = [each for each in parsed.get_payload() if isinstance(each, Parsed)]
        part["body"] = {"size": 0}
        part["parts"] = [_part(each, f"{part_id}.{at}".lstrip(".")) for at, each in enumerate(below)]
        return part
    data = parsed.get_payload(decode=True)
    content = data if isinstance(data, bytes) else b""
    part["body"] = {"size": len(content), "data": urlsafe_b64encode(content).decode()}
    return part
