"""A record of `mail.dead` as an operator sees it, its cause, and the record that puts it back. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from streams import header_values
from streams.events import ATTEMPT_HEADER, Headers
from streams.reading import Record
from streams.runtime.dead import CUT
from streams.topics import ALL, DEAD

REPLAYABLE = frozenset(spec.name for spec in ALL if spec.name.startswith("mail.")) - {DEAD.name}
"""Where a dead letter may be put back; its own headers say where it came from, and headers can be anybody's."""
HISTORY_HEADER = "replay_history"
KEPT_FAILURES = 10
"""Of a mail's earlier failures the latest so many stay with it."""
_REASON_CHARACTERS = 200
_VARIABLE = re.compile(r"[0-9a-f]{8,}|\d+")
_DEAD, _REPLAY = "dead_", "replay_"


class Place(NamedTuple):
    """Where a dead letter stands on `mail.dead`."""

    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.partition}:{self.offset}"


class Origin(NamedTuple):
    """Where the record was when it failed."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"


class Cause(NamedTuple):
    """What dead letters have in common."""

    agent: str
    error: str
    reason: str
    """The error's message with "N" for what differs from mail to mail: numbers and ids."""

    @property
    def id(self) -> str:
        """Six digits that stand for it on the command line."""
        return hashlib.blake2b("\0".join(self).encode("utf-8", "replace"), digest_size=3).hexdigest()

    def is_called(self, name: str) -> bool:
        """Whether an operator's word means this: its id, the error's name, or agent/error."""
        return name in (self.id, self.error, f"{self.agent}/{self.error}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A dead letter without its bytes. Everything in it but place and time may be hostile text."""

    place: Place
    written_ms: int
    """By the broker's clock, milliseconds since 1970."""
    account: str
    event_id: str
    origin: Origin | None
    """None: it cannot be put back: the record does not say where it came from, or is not whole."""
    agent: str
    error: str
    reason: str
    at: str
    attempt: int
    """How often it was put back before it failed this time."""
    history: tuple[Mapping[str, str], ...]
    """Its earlier failures, oldest first: agent, error, reason, at, origin."""
    size: int
    """Bytes of the value."""

    @property
    def cause(self) -> Cause:
        """Its group."""
        return Cause(self.agent, self.error, _VARIABLE.sub("N", self.reason))

    @property
    def identity(self) -> tuple[object, ...]:
        """The same for two dead letters of one failure: an effect outside a transaction may bury a record twice."""
        return self.origin or self.place, self.event_id


def letter(record: Record) -> Letter:
    """Read a record of `mail.dead`, whatever it holds."""
    said = header_values.texts(record.headers)
    return Letter(
        place=Place(record.partition, record.offset),
        written_ms=record.timestamp,
        account=(record.key or b"").decode("utf-8", "replace"),
        event_id=said.get("ce_id", ""),
        origin=_origin(said),
        agent=said.get("dead_agent", ""),
        error=said.get("dead_error", ""),
        reason=said.get("dead_reason", ""),
        at=said.get("dead_at", ""),
        attempt=_number(said.get(ATTEMPT_HEADER, "")) or 0,
        history=_history(said.get(HISTORY_HEADER, "")),
        size=len(record.value or b""),
    )


def headers_again(headers: Iterable[tuple[str, bytes]], dead: Letter, *, who: str, at: str) -> Headers:
    """The headers with which a dead letter is put back: its own, and that it is a replay with this history."""
    own = tuple(pair for pair in headers if not pair[0].startswith((_DEAD, _REPLAY)))
    failure = {
        "agent": dead.agent,
        "error": dead.error,
        "reason": dead.reason[:_REASON_CHARACTERS],
        "at": dead.at,
        "origin": str(dead.origin or ""),
    }
    added = {
        ATTEMPT_HEADER: str(dead.attempt + 1),
        "replay_of": f"{DEAD.name}/{dead.place.partition}/{dead.place.offset}",
        "replay_by": who,
        "replay_at": at,
    }
    history = orjson.dumps([*dead.history, failure][-KEPT_FAILURES:])
    texts = tuple((name, text.encode("utf-8", "replace")) for name, text in added.items())
    return (*own, *texts, (HISTORY_HEADER, history))


def _origin(said: Mapping[str, str]) -> Origin | None:
    topic = said.get("dead_topic", "")
    if CUT in said:
        return None
    partition, offset = _number(said.get("dead_partition", "")), _number(said.get("dead_offset", ""))
    if topic not in REPLAYABLE or partition is None or offset is None:
        return None
    return Origin(topic, partition, offset)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _history(text: str) -> tuple[Mapping[str, str], ...]:
    try:
        found = orjson.loads(text)
        return tuple({str(name): str(value) for name, value in failure.items()} for failure in found)
    except (orjson.JSONDecodeError, AttributeError, TypeError):
        return ()
