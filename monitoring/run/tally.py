"""What the topics show, counted. Pure: records in, figures out; the order between partitions does not matter.

Every id is kept as 16 bytes, and only those of the one mailbox that the run accounts for."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

import orjson

from streams.canary import is_canary
from streams.events import MalformedEvent, VerdictRecord
from streams.topics import DEAD, LANE_OF, RECEIVED
from streams.triage.verdict import Lane

PRESSING = (Lane.URGENT, Lane.HIGH)
LATEST = 30
"""Of each pressing lane."""
FRESH = 5
RATE_S = 5


class Record(NamedTuple):
    """A record as a consumer gets it."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    """Milliseconds since 1970: of the lanes and mail.dead by the broker's clock."""
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A pressing mail for people. The texts are the sender's: hostile."""

    at: int
    lane: Lane
    priority: int
    sender: str
    subject: str
    reason: str
    event_id: str


@dataclass(kw_only=True)
class Tally:
    """Figures of a run; `account` is the mailbox that it accounts for."""

    account: str | None
    begun_ms: int
    """A mail that ingest found at or after this was announced by this run."""
    received: set[bytes] = field(default_factory=set)
    """Mails of the account on mail.received."""
    announced: set[bytes] = field(default_factory=set)
    """Those that this run announced."""
    judged: set[bytes] = field(default_factory=set)
    """Mails of the account in the lanes; with the revision when it is not 0."""
    twice: set[bytes] = field(default_factory=set)
    """(event id, revision) pairs of the account that the lanes hold more than once."""
    dead: set[bytes] = field(default_factory=set)
    """Mails of the account on mail.dead."""
    reasons: dict[bytes, str] = field(default_factory=dict)
    """Why they are there. An exception's words: hostile."""
    found: int = 0
    """Mails of all accounts that this run announced."""
    dead_records: int = 0
    lanes: Counter[Lane] = field(default_factory=Counter)
    """Records of all accounts."""
    malformed: int = 0
    """Lane records that are no verdicts."""
    latencies: Counter[int] = field(default_factory=Counter)
    """From ingest's find to the lane record, milliseconds, of the mails that this run announced."""
    last_ms: int | None = None
    """The latency that was counted last."""
    fresh: deque[Headline] = field(default_factory=lambda: deque(maxlen=FRESH))
    """Pressing mails that this run announced, since the view last took them: an old one is not news."""
    _latest: dict[Lane, list[Headline]] = field(default_factory=lambda: {lane: [] for lane in PRESSING})
    _seconds: Counter[int] = field(default_factory=Counter)

    def take(self, record: Record) -> None:
        """Count one record; a canary is nobody's mail."""
        if is_canary(record.key):
            return
        headers = dict(record.headers)
        if record.topic == RECEIVED.name:
            self._take_mail(record, headers)
        elif record.topic == DEAD.name:
            self._take_dead(record, headers)
        elif lane := LANE_OF.get(record.topic):
            self._take_verdict(record, headers, lane)

    @property
    def progress(self) -> tuple[int, ...]:
        """Differs from an earlier one exactly when something was counted."""
        return (self.found, len(self.received), sum(self.lanes.values()), self.dead_records)

    @property
    def latest(self) -> list[Headline]:
        """Pressing mails: urgent ones, then high ones, the newest of each first."""
        return [one for lane in PRESSING for one in self._latest[lane]]

    def rate(self, now_s: float) -> float:
        """Verdicts per second over the last few whole seconds."""
        whole = int(now_s)
        return sum(self._seconds[second] for second in range(whole - RATE_S, whole)) / RATE_S

    def latency(self, share: float) -> int | None:
        """The latency that this share of the mails does not exceed (nearest rank), milliseconds."""
        return percentile(self.latencies, share)

    def _ours(self, record: Record) -> bool:
        return self.account is not None and record.key == self.account.encode()

    def _take_mail(self, record: Record, headers: Mapping[str, bytes]) -> None:
        mail = identity(record, headers)
        new = _since(headers) >= self.begun_ms
        if not self._ours(record):
            self.found += new
            return
        if new and mail not in self.announced:
            self.found += 1
            self.announced.add(mail)
        self.received.add(mail)

    def _take_dead(self, record: Record, headers: Mapping[str, bytes]) -> None:
        self.dead_records += 1
        if self._ours(record):
            mail = identity(record, headers)
            self.dead.add(mail)
            self.reasons[mail] = headers.get("dead_reason", b"").decode("utf-8", "replace") or "no reason given"

    def _take_verdict(self, record: Record, headers: Mapping[str, bytes], lane: Lane) -> None:
        self.lanes[lane] += 1
        try:
            revision = _revision(record.value)
        except (ValueError, KeyError, TypeError):
            self.malformed += 1
            return
        if self._ours(record):
            mail = identity(record, headers)
            pair = mail + revision.to_bytes(4, "big") if revision else mail
            (self.twice if pair in self.judged else self.judged).add(pair)
        since = _since(headers)
        if since >= self.begun_ms and not revision:  # a later opinion takes its time
            self.last_ms = record.timestamp - since
            self.latencies[self.last_ms] += 1
            self._seconds[record.timestamp // 1000] += 1
            self._forget_seconds(record.timestamp // 1000)
        if lane in PRESSING:
            self._show(record, lane, new=since >= self.begun_ms)

    def _forget_seconds(self, newest: int) -> None:
        if len(self._seconds) > 20 * RATE_S:
            for second in [one for one in self._seconds if one < newest - 2 * RATE_S]:
                del self._seconds[second]

    def _show(self, record: Record, lane: Lane, *, new: bool) -> None:
        kept = self._latest[lane]
        if not new and len(kept) == LATEST and record.timestamp < kept[-1].at:
            return
        try:
            verdict = VerdictRecord.checked(record.value)
        except MalformedEvent:
            self.malformed += 1
            return
        shown = _headline(verdict, record.timestamp, lane)
        self._latest[lane] = sorted([*kept, shown], key=lambda one: (-one.at, -one.priority))[:LATEST]
        if new:
            self.fresh.append(shown)


def identity(record: Record, headers: Mapping[str, bytes]) -> bytes:
    """The event id as 16 bytes; a record without a proper one is known by its place, which is as unique."""
    try:
        mail = bytes.fromhex(headers["ce_id"].decode("ascii"))
    except (KeyError, ValueError):
        mail = b""
    if len(mail) == 16:
        return mail
    origin = [headers.get(f"dead_{part}", b"") for part in ("topic", "partition", "offset")]
    place = b"/".join(origin) if any(origin) else f"{record.topic}/{record.partition}/{record.offset}".encode()
    return blake2b(place, digest_size=16).digest()


def percentile(counted: Mapping[int, int], share: float) -> int | None:
    """The smallest value that at least this share of the counted ones does not exceed; None without any."""
    wanted = share * sum(counted.values())
    seen = 0
    for value in sorted(counted):
        seen += counted[value]
        if seen >= wanted:
            return value
    return None


def _since(headers: Mapping[str, bytes]) -> int:
    """When ingest found the mail, milliseconds since 1970; 0 when the header says no time."""
    try:
        return round(datetime.fromisoformat(headers["ce_time"].decode()).timestamp() * 1000)
    except (KeyError, ValueError, OverflowError):
        return 0


def _revision(value: bytes | None) -> int:
    """Of a lane record. Raises ValueError, KeyError, TypeError for what is none."""
    revision = int(orjson.loads(value or b"")["revision"])
    if not 0 <= revision < 1 << 32:
        raise ValueError(revision)
    return revision


def _headline(verdict: VerdictRecord, at: int, lane: Lane) -> Headline:
    return Headline(
        at=at,
        lane=lane,
        priority=verdict.priority,
        sender=verdict.sender.name or verdict.sender.address,
        subject=verdict.subject,
        reason=verdict.reasons[0].text if verdict.reasons else "no rule hit",
        event_id=verdict.event_id,
    )
