"""What triage decides about a mail and from what: decision = f(mail, facts, policy). Everything here is plain data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Lane(StrEnum):
    """The output topics, most pressing first."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class Category(StrEnum):
    """What kind of mail it is (the labelling guideline's six)."""

    __hash__ = str.__hash__  # Enum's own is a Python function, and every decision looks categories up

    WORK = "work"
    PERSONAL = "personal"
    NOTIFICATION = "notification"
    BULK = "bulk"
    SPAM = "spam"
    PHISHING = "phishing"


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderFacts:
    """What the senders table knew of (account, sender address) before this mail."""

    mails: int = 0
    """Mails seen from this sender."""
    important: int = 0
    """How many of them went to urgent or high."""
    junk: int = 0
    """How many of them were spam or phishing."""
    first_seen: str | None = None
    """RFC 3339, UTC: when the first of them was received."""
    last_seen: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadFacts:
    """What the threads table knew of (account, thread id) before this mail."""

    mails: int = 0
    top_priority: int = 0
    owner_wrote: bool = False
    """Whether the owner of the mailbox has written in this thread."""
    last_seen: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What the owner's corrections and acts taught about one sender, thread or circle (see `streams.triage.habits`)."""

    shift: float = 0.0
    """Points of priority that corrected mail was off by: above 0 it belonged higher."""
    want: float = 5.0
    """The priority that corrected mail should have had: none is moved beyond it."""
    corrections: int = 0
    doubts: int = 0
    """So many of the next corrections are about one matter of the sender, not about the sender (see `taught`)."""
    category: Category | None = None
    """Of a sender: what kind of mail the owner said it writes. Of a circle: the kind of mail that was corrected."""
    at: str = ""
    """RFC 3339, UTC: the last correction."""
    lean: float = 0.0
    """Points of priority that acts on its mail moved it by (see `streams.triage.acts`)."""
    replied: int = 0
    """Mails that were answered."""
    marked: int = 0
    """Stars, and marks of importance or the contrary."""
    deleted_unread: int = 0
    acted_at: str = ""
    """RFC 3339, UTC: the last act."""
    wrote_before: int = 0
    """Of the account's own row: mails that people had written when the first of them was answered (table senders)."""
    wrote: int = 0
    """The same when the last one was."""
    generation: int = 0
    """Rows of another generation than the account's are forgotten."""

    def told(self) -> str:
        """The acts by kind, for a person."""
        kinds = {"answered": self.replied, "marked": self.marked, "deleted unread": self.deleted_unread}
        return ", ".join(f"{kind} {number}" for kind, number in kinds.items() if number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """How often an owner answers people, from the first answer to the last; lists and programs do not count."""

    mails: int
    replied: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """The corrections that bear on one mail."""

    sender: Habit | None = None
    thread: Habit | None = None
    circle: Habit | None = None
    """Of the list, or the sender's organisation."""
    people: Answered | None = None
    """Where the owner answered mail of the sender: how often they answer people in general."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a decision may know beside the mail. Recorded in the verdict, so that it can be derived again."""

    owner: tuple[str, ...] = ()
    """Addresses of the mailbox's owner, lower case; empty when unknown."""
    received_at: str = ""
    """RFC 3339, UTC: when the mail reached the mailbox. The only "now" a decision has."""
    sender: SenderFacts | None = None
    """None: first contact."""
    thread: ThreadFacts | None = None
    """None: first mail of its thread."""
    habits: Habits | None = None
    """None: the owner never corrected or answered mail that it is like, nor did anything else to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One rule that hit, or one part of the learned model, and what it did to the score."""

    rule: str
    weight: float
    text: str
    """The rule's sentence, for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterfactual:
    """What the lane turns on: deciding again without these reasons leads to another one."""

    lane: Lane
    """Where the mail would be."""
    without: tuple[str, ...]
    """Rules of the reasons that it takes to get there, strongest first."""
    text: str
    """The same for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The decision. `confidence` is the probability, 0..1, that the lane is right (calibrated, see MODEL.md); `reasons`
    are ordered by effect, strongest first."""

    priority: int
    """0..10."""
    lane: Lane
    category: Category
    needs_reply: bool
    confidence: float
    reasons: tuple[Reason, ...]
    policy_version: str
    model_version: str
    """A digest of the learned model's weights; "rules" where none took part."""
    because: str = ""
    """The two or three reasons that mattered most, for a person; empty where there is none."""
    counterfactual: Counterfactual | None = None
    """None: no three of its reasons turn it."""
