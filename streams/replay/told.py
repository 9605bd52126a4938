"""A replay's outcome for a person at a terminal. Whatever a mail says stays on its line (`printable`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from infra.terminal import printable
from streams.replay.difference import NO_LANE, Change, Shift, Sums
from streams.triage.verdict import Lane

LANES = (*map(str, Lane), NO_LANE)
_REASONS = 3
_SUBJECT = 60


def lines(sums: Sums, changes: Iterable[Change], shown: int) -> Iterator[str]:
    """The sums, the lanes as a table, and the first changes."""
    share = 100 * sums.changes / sums.mails if sums.mails else 0.0
    pace = f", {sums.mails / sums.seconds:.0f} mails/s" if sums.seconds else ""
    yield f"{sums.mails} mails decided again, {sums.changes} change lane or category ({share:.2f} %){pace}"
    for count, meaning in (
        (sums.moved, "have another priority or answer to expect, within their lane and category"),
        (sums.stands, "of the changes would not take effect: a later opinion stands"),
        (sums.unrecorded, "have no verdict on the lanes: not triaged yet, dead letters, or older than the lanes keep"),
        (sums.unreadable, "records are no mails"),
    ):
        if count:
            yield f"{count} {meaning}"
    if sums.changes:
        yield ""
        yield from table(sums)
        yield ""
        yield from changed(changes, shown)


def table(sums: Sums) -> Iterator[str]:
    """Lanes: from a row to a column."""
    to = [lane for lane in LANES if lane != NO_LANE or any(new == NO_LANE for _, new in sums.lanes)]
    yield "from \\ to  " + "".join(f"{lane:>9}" for lane in to)
    for old in LANES[:-1]:
        counts = [sums.lanes[old, new] for new in to]
        if any(counts):
            yield f"{old:<11}" + "".join(f"{count or '·':>9}" for count in counts)


def changed(changes: Iterable[Change], shown: int) -> Iterator[str]:
    """The first changes, two lines each."""
    left = 0
    for number, one in enumerate(changes):
        if number >= shown:
            left += 1
            continue
        stands = "  (a later opinion stands)" if one.stands else ""
        yield printable(f"{one.event_id[:8]}  {moves(one)}  {one.subject[:_SUBJECT] or '(no subject)'}{stands}")
        yield printable("          " + (one.error or "; ".join(map(reason, one.why[:_REASONS])) or "other bounds"))
    if left:
        yield f"... and {left} more; --show, --json or --html have them"


def moves(one: Change) -> str:
    """From what to what."""
    old, new = one.lanes
    if one.after is None:
        return f"{old} → {new}"
    lanes = old if old == new else f"{old} → {new}"
    before, after = one.before.category, one.after.category
    kind = before if before == after else f"{before} → {after}"
    return f"{lanes}, {kind}, priority {one.before.priority} → {one.after.priority}"


def reason(shift: Shift) -> str:
    """A reason that weighs otherwise."""
    return f"{shift.text.rstrip('.')} ({shift.rule} {shift.before:+.2f} → {shift.after:+.2f})"
