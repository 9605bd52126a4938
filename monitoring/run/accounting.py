"""Is every file accounted for? Pure: sets of ids in, an outcome with its reasons out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.terminal import printable
from monitoring.run.mailbox import Listing
from monitoring.run.tally import Tally
from streams.triage.verdict import Lane

NAMED = 10
"""So many files are named in a problem; the rest is a number."""
REASONS = 5
"""So many reasons of dead letters are told apart."""

Name = Callable[[frozenset[bytes]], list[str]]
"""Paths of the files with these ids."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a mailbox."""

    account: str
    files: int
    """Mails in the folder now, by our own listing."""
    received: int
    announced: int
    """Of these by this run."""
    archived: int
    lanes: Mapping[Lane, int]
    """Archived mails by their current verdict."""
    dead: int
    duplicates: int
    malformed: int
    """Records of all lanes that are no verdicts, of whatever account: something else wrote there."""
    p50_ms: int | None
    p99_ms: int | None
    """From ingest's find to the lane record, of the mails that this run announced; None without any."""
    missing: int
    """Files and received mails that are neither archived nor dead."""
    unreadable: int
    """Folders whose content nobody knows."""
    problems: tuple[str, ...]

    @property
    def accounted_for(self) -> bool:
        """Whether every file is archived or, with its reason, on mail.dead, and nothing came twice."""
        return self.missing == 0 and self.duplicates == 0 and self.unreadable == 0

    @property
    def complete(self) -> bool:
        """Whether nothing is on its way any more."""
        return self.missing == 0

    def as_json(self, seconds: float) -> dict[str, Any]:
        """The object that `--json` prints."""
        return {
            "account": self.account,
            "files": self.files,
            "received": self.received,
            "announced": self.announced,
            "archived": self.archived,
            "lanes": {str(lane): self.lanes.get(lane, 0) for lane in Lane},
            "dead": self.dead,
            "duplicates": self.duplicates,
            "malformed": self.malformed,
            "seconds": round(seconds, 2),
            "latency_ms": {"p50": self.p50_ms, "p99": self.p99_ms},
            "problems": list(self.problems),
        }

    def as_text(self, seconds: float) -> str:
        """The same for people."""
        lanes = "  ".join(f"{lane} {self.lanes.get(lane, 0):,}" for lane in Lane)
        foreign = f", {self.malformed:,} lane records that are no verdicts" if self.malformed else ""
        latency = "" if self.p50_ms is None else f"\nfound to lane: p50 {self.p50_ms} ms, p99 {self.p99_ms} ms"
        return (
            f"{self.files:,} files: {self.received:,} received ({self.announced:,} by this run),"
            f" {self.archived:,} archived, {self.dead:,} dead, {self.duplicates:,} duplicates{foreign},"
            f" in {seconds:.1f} s"
            f"\n{lanes}{latency}"
        )


def settle(
    tally: Tally, listing: Listing, archived: frozenset[bytes], lanes: Mapping[Lane, int], name: Name
) -> Outcome:
    """Compare the files with what came of them.

    Args:
        tally: what the topics show.
        listing: the files as they are now.
        archived: ids in PostgreSQL.
        lanes: their current verdicts.
        name: finds the paths of ids, for problems.
    """
    dead = tally.dead - archived
    # What retention has taken from the log was received all the same, or it would not be archived.
    received = tally.received | archived | dead
    missing = frozenset((listing.ids | tally.received) - archived - dead)
    return Outcome(
        account=tally.account or "",
        files=len(listing.ids),
        received=len(received),
        announced=len(tally.announced),
        archived=len(archived),
        lanes=lanes,
        dead=len(dead),
        duplicates=len(tally.twice),
        malformed=tally.malformed,
        p50_ms=tally.latency(0.5),
        p99_ms=tally.latency(0.99),
        missing=len(missing),
        unreadable=len(listing.closed),
        problems=tuple(_problems(tally, listing, missing, frozenset(dead), name)),
    )


def _problems(
    tally: Tally, listing: Listing, missing: frozenset[bytes], dead: frozenset[bytes], name: Name
) -> list[str]:
    said = [f"folder {printable(one)}: nobody knows what is in it" for one in listing.closed]
    if listing.links:
        said.append(f"symbolic links passed over: {listing.links}")
    if tally.malformed:
        said.append(f"{tally.malformed} records in the lanes are no verdicts: who else writes there?")
    stages = (
        *_by_reason(dead, tally.reasons),
        (missing - tally.received, "not read by ingest"),
        ((missing & tally.received) - tally.judged, "received, but in no lane"),
        (missing & tally.received & tally.judged, "in a lane, but not archived"),
    )
    return said + [f"{len(ids)} {what}: {_named(ids, name)}" for ids, what in stages if ids]


def _by_reason(dead: frozenset[bytes], reasons: Mapping[bytes, str]) -> Iterator[tuple[frozenset[bytes], str]]:
    """Dead mails with the same reason, the most frequent reason first."""
    frequent = [reason for reason, _ in Counter(reasons[mail] for mail in dead).most_common(REASONS)]
    for reason in frequent:
        yield frozenset(mail for mail in dead if reasons[mail] == reason), f"on mail.dead ({printable(reason)})"
    yield frozenset(mail for mail in dead if reasons[mail] not in frequent), "on mail.dead (for other reasons)"


def _named(ids: frozenset[bytes], name: Name) -> str:
    shown = [printable(path) for path in name(ids)[:NAMED]]
    if not shown:
        shown = [mail.hex() for mail in sorted(ids)[:NAMED]]  # no longer in the folder
    more = len(ids) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
