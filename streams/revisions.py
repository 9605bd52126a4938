"""Who spoke last about a mail: tables `reviews` (second opinions) and `corrected` (its owner), by account and event id.

Each is written by events of one topic and read by those of both, so no two revisions of a mail share a number, and a
second opinion that comes after its owner's word changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from streams.runtime import Known, Table
from streams.topics import CORRECTED as CORRECTED_TOPIC
from streams.topics import FEEDBACK, REVIEWED
from streams.topics import REVIEWS as REVIEWS_TOPIC

KEY_CHARACTERS = 300
"""Addresses and thread ids are cut here in table keys: both are the sender's own text."""

ALL_OF_IT = ""
"""In the place of an event id in `corrected`: when all that the account's feedback taught was last forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedFacts:
    """What became of a mail's review."""

    revision: int = 0
    """The last revision that this mail has."""
    reviews: int = 0
    """Reviews that were applied or found to change nothing."""
    priority: int = 0
    """After the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedFacts:
    """That its owner said where a mail belongs, or (`ALL_OF_IT`) had all forgotten."""

    revision: int = 0
    """The last revision that this mail has."""
    at: str = ""
    """When the owner said so: what was said before it, or just then, changes nothing any more. Empty: not known."""


REVIEWS = Table(name="reviews", changelog=REVIEWS_TOPIC.name, row=ReviewedFacts, source=REVIEWED.name)
CORRECTED = Table(name="corrected", changelog=CORRECTED_TOPIC.name, row=CorrectedFacts, source=FEEDBACK.name)


def row_key(account: str, name: str) -> bytes:
    """Key of a table row: account and name are separated by a byte that neither can hold."""
    return f"{account}\x00{name[:KEY_CHARACTERS]}".encode("utf-8", "replace")


def spoke_since(known: Known, account: str, event_id: str, at: str) -> bool:
    """Whether a mail's owner said where it belongs at that time or later; with `ALL_OF_IT` had all forgotten."""
    last = known.get(CORRECTED, row_key(account, event_id))
    return last is not None and at <= last.at


def last_revision(known: Known, account: str, event_id: str) -> int:
    """The number of the last revision that a mail was given here; 0: it has the stream's own verdict alone."""
    key = row_key(account, event_id)
    rows = known.get(REVIEWS, key), known.get(CORRECTED, key)
    return max((row.revision for row in rows if row is not None), default=0)
