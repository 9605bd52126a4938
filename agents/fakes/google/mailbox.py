"""One mailbox as Gmail keeps it: messages, labels, and the history of their changes. Pure state, no clock, no I/O."""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Literal

from agents.fakes.google.generated import Generated

Kind = Literal["messageAdded", "messageDeleted", "labelAdded", "labelRemoved"]
KINDS: tuple[Kind, ...] = ("messageAdded", "messageDeleted", "labelAdded", "labelRemoved")
SYSTEM_LABELS = (
    "INBOX", "SPAM", "TRASH", "UNREAD", "STARRED", "IMPORTANT", "SENT", "DRAFT", "CHAT", "CATEGORY_PERSONAL",
    "CATEGORY_SOCIAL", "CATEGORY_PROMOTIONS", "CATEGORY_UPDATES", "CATEGORY_FORUMS",
)  # fmt: skip
HIDDEN = frozenset({"SPAM", "TRASH"})
"""messages.list leaves these out unless includeSpamTrash says otherwise."""
WIDEST_GAP = 40
"""historyIds of a mailbox grow by up to this much: never contiguous, as Gmail's."""


class NoSuchMessage(Exception):
    """The message does not exist, or no more."""


class HistoryExpired(Exception):
    """startHistoryId is older than what is kept, or was never given out (404 in the API)."""


@dataclass(slots=True)
class Message:
    """A mail and where it stands."""

    id: str
    """16 hexadecimal digits; the same number that Gmail's IMAP shows as X-GM-MSGID in decimal."""
    thread_id: str
    labels: frozenset[str]
    internal_ms: int
    """internalDate: when Gmail took it in, milliseconds since the epoch."""
    history_id: int
    content: bytes | Generated

    def raw(self) -> bytes:
        """The mail, RFC 5322."""
        return self.content if isinstance(self.content, bytes) else self.content.bytes()


@dataclass(frozen=True, slots=True)
class Change:
    """One record of history."""

    id: int
    kind: Kind
    message_id: str
    thread_id: str
    labels: frozenset[str]
    """The message's labels after it (before it, when deleted)."""
    moved: frozenset[str]
    """The labels added or removed."""
    at_ms: int

    def concerns(self, label: str | None) -> bool:
        """Whether history.list shows it when asked for this label."""
        return label is None or label in self.labels or label in self.moved


@dataclass
class Mailbox:
    """An address and all it has. The caller says what time it is."""

    address: str
    first_history_id: int = 1000
    user_labels: dict[str, str] = field(default_factory=dict)
    """Label id → name."""

    def __post_init__(self) -> None:
        self.messages: dict[str, Message] = {}
        self.history_id = self.first_history_id
        self.oldest_history_id = self.first_history_id
        """A startHistoryId below this one is refused."""
        self._history: list[Change] = []
        self._by_date: list[tuple[int, str]] = []
        self._gaps = random.Random(self.address)
        self._next = self._gaps.getrandbits(40) | 1 << 60

    def add(
        self,
        content: bytes | Generated,
        *,
        now_ms: int,
        labels: Collection[str] = ("INBOX", "UNREAD"),
        internal_ms: int | None = None,
        thread_id: str | None = None,
        recorded: bool = True,
    ) -> Message:
        """Take a mail in. `recorded=False` leaves no history: a mail from long ago."""
        self._next += self._gaps.randint(1, 9999)
        name = f"{self._next:016x}"
        message = Message(
            id=name,
            thread_id=thread_id or name,
            labels=frozenset(labels),
            internal_ms=now_ms if internal_ms is None else internal_ms,
            history_id=self.history_id,
            content=content,
        )
        self.messages[name] = message
        insort(self._by_date, (message.internal_ms, name))
        if recorded:
            self._record("messageAdded", message, frozenset(), now_ms)
        return message

    def get(self, message_id: str) -> Message:
        """The message, or NoSuchMessage."""
        try:
            return self.messages[message_id]
        except KeyError:
            raise NoSuchMessage(message_id) from None

    def thread(self, thread_id: str) -> list[Message]:
        """Its messages, oldest first."""
        found = [each for each in self.messages.values() if each.thread_id == thread_id]
        return sorted(found, key=lambda each: (each.internal_ms, each.id))

    def delete(self, message_id: str, *, now_ms: int) -> None:
        """Remove it for good, or raise NoSuchMessage."""
        message = self.get(message_id)
        del self.messages[message_id]
        del self._by_date[bisect_left(self._by_date, (message.internal_ms, message_id))]
        self._record("messageDeleted", message, frozenset(), now_ms)

    def relabel(self, message_id: str, *, add: Collection[str], remove: Collection[str], now_ms: int) -> None:
        """Change its labels: one record for those added, one for those removed. NoSuchMessage."""
        message = self.get(message_id)
        gone = message.labels & frozenset(remove)
        new = frozenset(add) - message.labels
        if gone:
            message.labels -= gone
            self._record("labelRemoved", message, gone, now_ms)
        if new:
            message.labels |= new
            self._record("labelAdded", message, new, now_ms)

    def history(self, start: int) -> Iterator[Change]:
        """The changes after `start`, oldest first.

        Raises:
            HistoryExpired: at once, before the first change is asked for.
        """
        if not self.oldest_history_id <= start <= self.history_id:
            raise HistoryExpired
        first = bisect_right(self._history, start, key=lambda change: change.id)
        return (self._history[at] for at in range(first, len(self._history)))

    def forget_history(self, *, before_ms: int | None = None, before_id: int | None = None) -> None:
        """Drop the changes older than this time or id, as Gmail does after about a week."""
        kept = 0
        while kept < len(self._history) and (
            (before_ms is not None and self._history[kept].at_ms < before_ms)
            or (before_id is not None and self._history[kept].id < before_id)
        ):
            kept += 1
        if kept:
            self.oldest_history_id = self._history[kept - 1].id
            del self._history[:kept]
        if before_id is not None:
            self.oldest_history_id = max(self.oldest_history_id, min(before_id, self.history_id))

    def newest_first(self, below: tuple[int, str] | None = None) -> Iterator[Message]:
        """Messages by internalDate, newest first, older than this (internal_ms, id)."""
        end = len(self._by_date) if below is None else bisect_left(self._by_date, below)
        return (self.messages[self._by_date[at][1]] for at in range(end - 1, -1, -1))

    def labels(self) -> dict[str, str]:
        """Label id → name, the system's first."""
        return {name: name for name in SYSTEM_LABELS} | self.user_labels

    def _record(self, kind: Kind, message: Message, moved: frozenset[str], now_ms: int) -> None:
        self.history_id += self._gaps.randint(2, WIDEST_GAP)
        message.history_id = self.history_id
        self._history.append(
            Change(
                id=self.history_id,
                kind=kind,
                message_id=message.id,
                thread_id=message.thread_id,
                labels=message.labels,
                moved=moved,
                at_ms=now_ms,
            )
        )
