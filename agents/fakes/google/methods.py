"""The methods of Gmail v1 that are served: one function each, from a call to its resource."""

from __future__ import annotations

import json
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable
from itertools import islice
from typing import Any

from agents.fakes.google import query, resources
from agents.fakes.google.call import Call
from agents.fakes.google.errors import forbidden, invalid, not_found
from agents.fakes.google.mailbox import HIDDEN, KINDS, Change, HistoryExpired, Mailbox, Message, NoSuchMessage
from agents.fakes.google.pushes import WATCH_S, Watch
from agents.fakes.google.world import World

Method = Callable[[World, Mailbox, Call, str], Awaitable[dict[str, Any] | None]]
"""world, the caller's mailbox, the call, the id in its path → the resource; None: 204. Raises ApiError."""

PAGE = 100
TOP_PAGE = 500
FORMATS = {"minimal", "full", "raw", "metadata"}
THREAD_FORMATS = FORMATS - {"raw"}
METADATA_SCOPE = "https://www.googleapis.com/auth/gmail.metadata"
READING = frozenset(
    {
        "https://www.googleapis.com/auth/gmail.readonly",
        "https://www.googleapis.com/auth/gmail.modify",
        "https://mail.google.com/",
    }
)
ALLOWED = READING | {METADATA_SCOPE}
"""Any one of these opens every method here; metadata alone has no bodies and no search."""


async def get_profile(_world: World, box: Mailbox, _call: Call, _id: str) -> dict[str, Any]:
    """users.getProfile."""
    return resources.profile(box)


async def list_labels(_world: World, box: Mailbox, _call: Call, _id: str) -> dict[str, Any]:
    """users.labels.list."""
    return {"labels": [resources.label(name, shown) for name, shown in box.labels().items()]}


async def list_history(_world: World, box: Mailbox, call: Call, _id: str) -> dict[str, Any]:
    """users.history.list. 404: startHistoryId is older than what is kept, or unknown."""
    text = call.query.get("startHistoryId", "")
    if not (text.isascii() and text.isdigit()):
        raise invalid("Missing or invalid startHistoryId")
    position = _position(call)
    kinds = _kinds(call)
    label = call.query.get("labelId")
    try:
        box.history(int(text))
        changes = box.history(int(position) if position else int(text))
    except (HistoryExpired, ValueError):
        raise not_found() from None
    shown = (change for change in changes if change.kind in kinds and change.concerns(label))
    size = call.number("maxResults", PAGE, TOP_PAGE)
    page: list[Change] = list(islice(shown, size))
    answer: dict[str, Any] = {"historyId": str(box.history_id)}
    if page:
        answer["history"] = [resources.record(change) for change in page]
    if len(page) == size and next(shown, None) is not None:
        answer["nextPageToken"] = _page_token(str(page[-1].id))
    return answer


async def list_messages(_world: World, box: Mailbox, call: Call, _id: str) -> dict[str, Any]:
    """users.messages.list: newest first. A page ends at a mail, so that changes meanwhile shift no page."""
    labels = frozenset(call.query.getall("labelIds", []))
    if unknown := labels - box.labels().keys():
        raise invalid(f"Invalid label: {min(unknown)}")
    text = call.query.get("q", "")
    tests = query.parse(text)
    hidden = HIDDEN - labels
    if call.flag("includeSpamTrash") or query.hidden_wanted(text):
        hidden = frozenset()
    position = _position(call)
    try:
        at, _, name = position.partition("/")
        below = (int(at), name) if position else None
    except ValueError:
        raise invalid("Invalid pageToken") from None
    found = (
        message
        for message in box.newest_first(below)
        if labels <= message.labels and not hidden & message.labels and all(test(message) for test in tests)
    )
    size = call.number("maxResults", PAGE, TOP_PAGE)
    page: list[Message] = list(islice(found, size))
    more = len(page) == size and next(found, None) is not None
    answer: dict[str, Any] = {"resultSizeEstimate": len(page) + more}
    if page:
        answer["messages"] = [{"id": message.id, "threadId": message.thread_id} for message in page]
    if more:
        answer["nextPageToken"] = _page_token(f"{page[-1].internal_ms}/{page[-1].id}")
    return answer


async def get_message(world: World, box: Mailbox, call: Call, message_id: str) -> dict[str, Any]:
    """users.messages.get. 404: deleted, or never there."""
    form = _format(world, call, FORMATS)
    try:
        found = box.get(message_id)
    except NoSuchMessage:
        raise not_found() from None
    return resources.message(found, form, call.query.getall("metadataHeaders", []))


async def get_thread(world: World, box: Mailbox, call: Call, thread_id: str) -> dict[str, Any]:
    """users.threads.get: its messages, drafts and those in spam and trash among them. 404: all are deleted."""
    form = _format(world, call, THREAD_FORMATS)
    found = box.thread(thread_id)
    if not found:
        raise not_found()
    return resources.thread(thread_id, found, form, call.query.getall("metadataHeaders", []))


async def watch(world: World, box: Mailbox, call: Call, _id: str) -> dict[str, Any]:
    """users.watch: for seven days; a first push goes out at once."""
    try:
        body = json.loads(call.body or b"{}")
        topic, labels = body["topicName"], frozenset(body.get("labelIds", []))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise invalid("topicName required") from None
    if unknown := labels - box.labels().keys():
        raise invalid(f"Invalid label: {min(unknown)}")
    behaviour = body.get("labelFilterBehavior") or body.get("labelFilterAction") or "include"
    expires_s = world.clock.now() + WATCH_S
    wanted = Watch(topic, labels, exclude=str(behaviour).lower() == "exclude", expires_s=expires_s)
    await world.pushes.watch(box, wanted)
    return {"historyId": str(box.history_id), "expiration": str(int(expires_s * 1000))}


async def stop(world: World, box: Mailbox, _call: Call, _id: str) -> None:
    """users.stop."""
    world.pushes.stop(box.address)


def _format(world: World, call: Call, allowed: set[str]) -> str:
    form = call.query.get("format", "full").lower()
    if form not in allowed:
        raise invalid(f"Invalid value at 'format', \"{form}\"")
    access = world.authority.who(call.token, world.clock.now())
    if form in {"full", "raw"} and access is not None and not access.grant.scopes & READING:
        raise forbidden(f"Metadata scope doesn't allow format {form.upper()}")
    return form


def _kinds(call: Call) -> frozenset[str]:
    wanted = frozenset(call.query.getall("historyTypes", []))
    if unknown := wanted - set(KINDS):
        raise invalid(f"Invalid value at 'history_types', \"{min(unknown)}\"")
    return wanted or frozenset(KINDS)


def _page_token(position: str) -> str:
    return urlsafe_b64encode(position.encode()).decode().rstrip("=")


def _position(call: Call) -> str:
    """Where the page before ended; empty: the first page."""
    token = call.query.get("pageToken", "")
    try:
        return b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:
        raise invalid("Invalid pageToken") from None


METHODS: dict[tuple[str, str], tuple[str, Method]] = {
    # verb, path below /gmail/v1/users/{userId}: name, function
    ("GET", "profile"): ("users.getProfile", get_profile),
    ("GET", "labels"): ("users.labels.list", list_labels),
    ("GET", "history"): ("users.history.list", list_history),
    ("GET", "messages"): ("users.messages.list", list_messages),
    ("GET", "messages/*"): ("users.messages.get", get_message),
    ("GET", "threads/*"): ("users.threads.get", get_thread),
    ("POST", "watch"): ("users.watch", watch),
    ("POST", "stop"): ("users.stop", stop),
}
