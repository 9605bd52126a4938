"""Pages of a mailbox's history → what to do, in its order. Pure: pages may repeat, overlap and come in any order.

A record tells of one change; its id is the historyId after it (users.history.list). A mail counts when it comes into
scope: it arrives with one of the account's labels, or it is given one later, as when somebody takes it out of spam."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from streams.feedback import Action

_NO_MAIL = frozenset({"DRAFT", "CHAT"})
_AWAY = frozenset({"TRASH", "SPAM"})
_ADDED: Mapping[str, Action] = {
    "SPAM": "spam",
    "TRASH": "trashed",
    "STARRED": "starred",
    "IMPORTANT": "important",
}
_REMOVED: Mapping[str, Action] = {
    "SPAM": "not_spam",
    "TRASH": "restored",
    "STARRED": "unstarred",
    "IMPORTANT": "not_important",
    "INBOX": "archived",
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail that came into scope."""

    record: int
    message: int
    returned: bool
    """Not by arriving, but by a label: it may have been in scope before."""
    unsure: bool = False
    """The record does not say which labels it has: whether it counts shows when it is fetched."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail that the owner may have sent in answer to another one: which, its thread tells."""

    record: int
    message: int
    thread: int


@dataclass(frozen=True, slots=True)
class Moved:
    """What a person did to a mail."""

    record: int
    message: int
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What pages of history amount to."""

    arrivals: tuple[Arrival, ...]
    """Ascending by record; each mail once."""
    moves: tuple[Moved, ...]
    """Ascending by record."""
    sent: tuple[Sent, ...]
    """Ascending by record; each mail once. Whoever begins a thread, or was deleted since, is not among them."""
    gone: frozenset[int]
    """Mails that were deleted for good later on the same pages: there is no use in fetching them."""
    up_to: int
    """After these changes everything up to this historyId is known."""
    head: int
    """The mailbox's newest historyId when the pages were begun."""


@dataclass(slots=True)
class _Record:
    """One record with what matters of it. Gmail's ids are 64-bit numbers, written in hexadecimal digits."""

    threads: dict[int, int] = field(default_factory=dict)
    """Message → thread, of those that were added or labelled."""

    added: dict[int, frozenset[str] | None] = field(default_factory=dict)
    """None: Google documents no more of these messages than that they "typically only contain id and threadId"."""
    deleted: dict[int, frozenset[str]] = field(default_factory=dict)
    labelled: dict[int, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)
    """Message → labels that were added, labels it has."""
    unlabelled: dict[int, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)


def digest(pages: Iterable[Mapping[str, Any]], scope: frozenset[str], *, start: int, whole: bool = True) -> Changes:
    """What happened after `start`.

    Args:
        pages: answers of users.history.list.
        scope: label ids of which a mail must have one.
        start: the historyId that was asked for; records up to it are passed over, the result never lies before it.
        whole: whether the pages reach to the end of the history; else only what they hold counts as known.

    Raises:
        ValueError, KeyError, TypeError: the pages are not what Gmail documents.
    """
    records: dict[int, _Record] = {}
    heads = []
    for page in pages:
        heads.append(int(page["historyId"]))
        for one in page.get("history", ()):
            if (number := int(one["id"])) > start:
                _read(one, records.setdefault(number, _Record()))
    in_order = sorted(records.items())
    seen = max(records, default=start)
    # A mailbox goes on changing while its pages are read: only what the first answer knew is known to be whole.
    up_to = max(start, seen, min(heads, default=start) if whole else start)
    gone = frozenset(message for _, record in in_order for message in record.deleted)
    return Changes(
        arrivals=_arrivals(in_order, scope),
        moves=tuple(_moves(in_order)),
        sent=_sent(in_order, gone),
        gone=gone,
        up_to=up_to,
        head=min(heads, default=start),
    )


def counts(labels: frozenset[str], scope: frozenset[str]) -> bool:
    """Whether a mail with these labels is in scope."""
    return bool(labels & scope) and not labels & _NO_MAIL


def is_received(labels: frozenset[str]) -> bool:
    """Whether a mail with these labels came to the owner, be it from themselves."""
    return not labels & _NO_MAIL and ("SENT" not in labels or "INBOX" in labels)


def is_sent(labels: frozenset[str]) -> bool:
    """Whether a mail with these labels went out."""
    return "SENT" in labels and not labels & _NO_MAIL


def message_number(message_id: str) -> int:
    """The 64-bit id behind the API's hexadecimal digits: the same number that IMAP shows as X-GM-MSGID.

    Raises:
        ValueError: something else.
    """
    return int(message_id, 16)


def _read(one: Mapping[str, Any], record: _Record) -> None:
    for change in one.get("messagesAdded", ()):
        number, labels = _message(change)
        record.added[number] = labels if "labelIds" in change["message"] else None
        record.threads[number] = _thread(change)
    for change in one.get("messagesDeleted", ()):
        number, labels = _message(change)
        record.deleted[number] = labels
    for name, changed in (("labelsAdded", record.labelled), ("labelsRemoved", record.unlabelled)):
        for change in one.get(name, ()):
            number, labels = _message(change)
            moved, _ = changed.get(number, (frozenset[str](), labels))
            changed[number] = (moved | frozenset(change.get("labelIds", ())), labels)
            record.threads[number] = _thread(change)


def _message(change: Mapping[str, Any]) -> tuple[int, frozenset[str]]:
    message = change["message"]
    return message_number(message["id"]), frozenset(message.get("labelIds", ()))


def _thread(change: Mapping[str, Any]) -> int:
    """0: the record does not say."""
    return message_number(change["message"].get("threadId") or "0")


def _arrivals(records: Sequence[tuple[int, _Record]], scope: frozenset[str]) -> tuple[Arrival, ...]:
    left: defaultdict[int, set[str]] = defaultdict(set)
    """Labels that were taken from a mail later: a mail that was filed away before we looked had come all the same."""
    for _, record in records:
        for message, (moved, _) in record.unlabelled.items():
            left[message] |= moved
    found: dict[int, Arrival] = {}
    for number, record in records:
        for message, added in record.added.items():
            labels = added or frozenset()
            in_scope = bool((labels | left[message]) & scope)
            if (in_scope or added is None) and not labels & _NO_MAIL:
                found.setdefault(message, Arrival(number, message, returned=False, unsure=not in_scope))
        for message, (moved, labels) in record.labelled.items():
            if moved & scope and not labels & _NO_MAIL:
                if message in found and found[message].unsure:
                    del found[message]
                found.setdefault(message, Arrival(number, message, returned=True))
    return tuple(found.values())


def _sent(records: Sequence[tuple[int, _Record]], gone: frozenset[int]) -> tuple[Sent, ...]:
    """Mails that were sent: added as such or, should a draft keep its id, labelled so. Of one whose labels the record
    does not name, its thread says whether it was."""
    found: dict[int, Sent] = {}
    for number, record in records:
        added = [one for one, labels in record.added.items() if labels is None or is_sent(labels)]
        labelled = [one for one, (new, labels) in record.labelled.items() if "SENT" in new and is_sent(labels | new)]
        for message in dict.fromkeys((*added, *labelled)):
            # A thread bears the number of its first message, which answers nothing that is still there.
            if record.threads[message] not in {0, message} and message not in gone:
                found.setdefault(message, Sent(number, message, record.threads[message]))
    return tuple(found.values())


def _moves(records: Sequence[tuple[int, _Record]]) -> Iterable[Moved]:
    put_away = {
        message
        for _, record in records
        for message, (moved, _) in record.labelled.items()
        if moved & _AWAY
    }  # fmt: skip
    for number, record in records:
        for message, (moved, labels) in record.labelled.items():
            if is_received(labels):
                for label in sorted(moved & _ADDED.keys()):
                    yield Moved(number, message, _deletion(_ADDED[label], labels))
        for message, (moved, labels) in record.unlabelled.items():
            for label in sorted(moved & _REMOVED.keys()) if is_received(labels) else ():
                if label == "INBOX" and (labels & _AWAY or message in put_away):
                    continue  # the one act of moving it there also takes it out of the inbox
                yield Moved(number, message, _REMOVED[label])
        for message, labels in record.deleted.items():
            if is_received(labels) and not labels & _AWAY:  # Gmail itself empties trash and spam
                yield Moved(number, message, _deletion("deleted", labels))


def _deletion(action: Action, labels: frozenset[str]) -> Action:
    return "deleted_unread" if action in {"trashed", "deleted"} and "UNREAD" in labels else action
