"""Pure: a recorded verdict beside another one on the same mail; what differs, and the sums over many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from streams.events import VerdictRecord
from streams.triage.verdict import Category, Lane, Reason, Verdict

NO_LANE = "dead"
"""In the place of a lane: this program cannot handle the mail."""


class Decided(Protocol):
    """What a verdict and its record have in common."""

    @property
    def priority(self) -> int:
        """0..10."""
        ...

    @property
    def lane(self) -> Lane:
        """Where it went."""
        ...

    @property
    def category(self) -> Category:
        """What kind of mail it is."""
        ...

    @property
    def needs_reply(self) -> bool:
        """Whether an answer is expected."""
        ...

    @property
    def policy_version(self) -> str:
        """By which policy."""
        ...

    @property
    def model_version(self) -> str:
        """By which model."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two verdicts."""

    lane: str
    category: str
    priority: int
    needs_reply: bool
    policy_version: str
    model_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A reason that weighs otherwise."""

    rule: str
    text: str
    before: float
    """What it moved the score by; 0: it was none."""
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A mail whose lane or category comes out otherwise."""

    event_id: str
    account: str
    partition: int
    offset: int
    """Of the mail on mail.received."""
    received_at: str
    sender: str
    subject: str
    revision: int
    """Of the recorded verdict."""
    before: Side
    after: Side | None
    """None: this program cannot handle the mail, for the reason in `error`."""
    why: tuple[Shift, ...] = ()
    """Largest shift first."""
    error: str = ""
    stands: bool = False
    """A later opinion, of a person or of the crew, stands in the place of the recorded verdict: `--apply` leaves it."""

    @property
    def lanes(self) -> tuple[str, str]:
        """From, to."""
        return self.before.lane, self.after.lane if self.after else NO_LANE


@dataclass(slots=True, kw_only=True)
class Sums:
    """What came of a range of mails."""

    mails: int = 0
    """Decided again and compared."""
    moved: int = 0
    """Mails of the same lane and category whose priority, or whether they need a reply, differs."""
    unrecorded: int = 0
    """Mails without a verdict on the lanes: not triaged yet, dead letters, or older than the lanes' retention."""
    unreadable: int = 0
    """Records that are no mail event."""
    stands: int = 0
    """Changes that a later opinion keeps from taking effect."""
    lanes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(from, to) of each mail compared."""
    categories: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(from, to), of those that differ."""
    changes: int = 0
    seconds: float = 0.0
    """Longest time of one process, from its first record."""

    def add(self, other: Sums) -> None:
        """Take in the sums of another part."""
        for name in ("mails", "moved", "unrecorded", "unreadable", "stands", "changes"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.lanes += other.lanes
        self.categories += other.categories

    def as_data(self) -> dict[str, Any]:
        """For programs."""
        return {
            "mails": self.mails,
            "changes": self.changes,
            "lanes": [{"from": old, "to": new, "mails": count} for (old, new), count in self.lanes.most_common()],
            "categories": [
                {"from": old, "to": new, "mails": count} for (old, new), count in self.categories.most_common()
            ],
            "moved_within_their_lane": self.moved,
            "later_opinion_stands": self.stands,
            "without_a_verdict": self.unrecorded,
            "unreadable": self.unreadable,
            "seconds": round(self.seconds, 3),
            "mails_per_s": round(self.mails / self.seconds, 1) if self.seconds else None,
        }


def side(decided: Decided) -> Side:
    """What a comparison shows of a verdict."""
    return Side(
        lane=str(decided.lane),
        category=str(decided.category),
        priority=decided.priority,
        needs_reply=decided.needs_reply,
        policy_version=decided.policy_version,
        model_version=decided.model_version,
    )


def changed(before: Decided, after: Decided) -> bool:
    """Whether it is a change that counts."""
    return before.lane is not after.lane or before.category is not after.category


def moved(before: Decided, after: Decided) -> bool:
    """Whether it differs in less."""
    return before.priority != after.priority or before.needs_reply != after.needs_reply


def shifts(before: Sequence[Reason], after: Sequence[Reason]) -> tuple[Shift, ...]:
    """Reasons whose weight differs, those that moved most first."""
    old, new = ({reason.rule: reason for reason in reasons} for reasons in (before, after))
    found = [
        Shift(
            rule=rule,
            text=(new.get(rule) or old[rule]).text,
            before=old[rule].weight if rule in old else 0.0,
            after=new[rule].weight if rule in new else 0.0,
        )
        for rule in {**old, **new}
    ]
    different = [shift for shift in found if shift.before != shift.after]
    return tuple(sorted(different, key=lambda shift: (-abs(shift.after - shift.before), shift.rule)))


def change(record: VerdictRecord, verdict: Verdict | None, *, error: str = "", stands: bool = False) -> Change:
    """The change from a recorded verdict to another, or to none."""
    return Change(
        event_id=record.event_id,
        account=record.account,
        partition=record.origin.partition,
        offset=record.origin.offset,
        received_at=record.received_at,
        sender=record.sender.address,
        subject=record.subject,
        revision=record.revision,
        before=side(record),
        after=side(verdict) if verdict else None,
        why=shifts(record.reasons, verdict.reasons) if verdict else (),
        error=error,
        stands=stands,
    )
