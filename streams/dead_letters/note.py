"""A record of `triage.dead`: what was done about one dead letter. Key partition:offset, value JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import orjson

from streams.dead_letters.letter import Letter, Place

State = Literal["replayed", "dropped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What became of a dead letter. Without one it is open."""

    state: State
    written_ms: int
    """The letter's own time: a topic that was made anew has other letters at the same places."""
    event_id: str
    attempt: int
    """How often the mail has been put back with this; of a dropped one, before."""
    who: str
    why: str
    at: str
    """RFC 3339, UTC."""
    same_as: str = ""
    """Place of another letter of the same failure, with which the record was put back."""

    def encode(self) -> bytes:
        """The record's value."""
        return orjson.dumps(self)

    def is_about(self, letter: Letter) -> bool:
        """Whether the letter is the one that was meant."""
        return self.written_ms == letter.written_ms and self.event_id == letter.event_id


def key(place: Place) -> bytes:
    """The record's key."""
    return str(place).encode()


def read(raw_key: bytes, value: bytes) -> tuple[Place, Note] | None:
    """A record of the topic; None for one that is not ours to understand."""
    partition, _, offset = raw_key.partition(b":")
    try:
        data = orjson.loads(value)
        note = Note(**{name: held for name, held in data.items() if name in Note.__slots__})
        return Place(int(partition), int(offset)), note
    except (orjson.JSONDecodeError, AttributeError, TypeError, ValueError):
        return None
