"""What the crew changes on labelled mail: the stream's own policy says what is reviewed, and how far it may go."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agents.breakers import Breaker
from agents.commands.labels import Labelled, read_labels, read_mails
from agents.crew.cache import Cache
from agents.crew.reviewing import Asks, Reviewer, Said
from agents.evaluation.judged import NotAMail
from infra.errors import Transient
from infra.settings import Settings
from streams.events import Origin, Received, VerdictRecord, event_id, verdict_record
from streams.mail import MailError, parse
from streams.moments import utc_text
from streams.reviews import ReviewRequest, review_request
from streams.triage.decide import decide
from streams.triage.judging import Pairs, accuracy
from streams.triage.opinion import Standing, revised
from streams.triage.policy import lane_for
from streams.triage.review import wanted
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Facts, Lane

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crewed:
    """A labelled mail with the fast path's lane and the lane after its review."""

    path: str
    true: Lane
    before: Lane
    after: Lane
    said: Said | None
    """None: the policy wanted no review."""
    seconds: float = 0.0


class Endless:
    """A purse without a bound: who evaluates pays what it costs."""

    async def reserve(self, account: str, tokens: int) -> str | None:
        """Always."""
        del account, tokens
        return ""

    def settle(self, account: str, reserved: int, used: int, day: str) -> None:
        """Nothing."""


async def crewed(labels: Path, corpus: Path | None, settings: Settings, panel: Asks) -> list[Crewed]:
    """Every labelled mail, reviewed where the policy wants it, CREW_CONCURRENCY at a time. Raises what `judge` does."""
    breaker = Breaker("crew-evaluation", failures=settings.breaker_failures, reset_s=settings.breaker_reset_s)
    reviewer = Reviewer(settings, panel, Cache(ttl_s=settings.cache_ttl, enabled=False), breaker)
    slots = asyncio.Semaphore(settings.crew_concurrency)

    async def one(label: Labelled, record: VerdictRecord, request: ReviewRequest | None) -> Crewed:
        true, before = lane_for(label.first.priority, DEFAULT), record.lane
        if request is None:
            return Crewed(path=label.path, true=true, before=before, after=before, said=None)
        async with slots:
            began = time.monotonic()
            try:
                said = await reviewer.review(request, Endless())
            except Transient:
                said = Said(outcome="unanswered")
            seconds = time.monotonic() - began
        after = _after(request, said)
        return Crewed(path=label.path, true=true, before=before, after=after, said=said, seconds=seconds)

    source = corpus or (labels.parent if labels.suffix == ".csv" else labels)
    cases = [_case(label, raw) for label, raw in read_mails(read_labels(labels), source)]
    return list(await asyncio.gather(*(one(*case) for case in cases)))


def _case(label: Labelled, raw: bytes) -> tuple[Labelled, VerdictRecord, ReviewRequest | None]:
    try:
        mail = parse(raw)
    except MailError as error:
        raise NotAMail(f"{label.path}: {error}") from error
    facts = Facts(owner=label.owner, received_at=utc_text(mail.date) if mail.date else "")
    verdict = decide(mail, facts, DEFAULT)
    want = wanted(mail, facts, verdict, DEFAULT)
    received = Received(
        event_id=event_id("evaluation", label.path), account="evaluation", raw=raw,
        received_at=mail.date or _EPOCH, location=label.path, owner=label.owner,
    )  # fmt: skip
    record = verdict_record(received, mail, facts, verdict, Origin(topic="evaluation", partition=0, offset=0))
    return label, record, (review_request(mail, record, want) if want else None)


def _after(request: ReviewRequest, said: Said) -> Lane:
    verdict = request.verdict
    if said.opinion is None:
        return verdict.lane
    standing = Standing(
        priority=verdict.priority, lane=verdict.lane, category=verdict.category, needs_reply=verdict.needs_reply
    )
    return revised(standing, said.opinion, request.bounds, DEFAULT).lane


def report(found: Sequence[Crewed]) -> dict[str, Any]:
    """Shares, gains and losses by true lane, cost and latency. Shape: see the keys."""
    reviewed = [each for each in found if each.said is not None]
    moved = [each for each in reviewed if each.after is not each.before]
    seconds = sorted(each.seconds for each in reviewed)
    return {
        "mails": len(found),
        "reviewed": len(reviewed),
        "outcomes": dict(Counter(each.said.outcome for each in reviewed if each.said)),
        "moved": len(moved),
        "gains": dict(Counter(str(each.true) for each in moved if each.after is each.true)),
        "losses": dict(Counter(str(each.true) for each in moved if each.before is each.true)),
        "lane_accuracy": {
            "fast_path": _share([(each.true, each.before) for each in found]),
            "with_crew": _share([(each.true, each.after) for each in found]),
        },
        "tokens": sum(each.said.tokens for each in reviewed if each.said),
        "seconds": {"p50": _at(seconds, 0.5), "p99": _at(seconds, 0.99)},
        "changes": [f"{each.path}: {each.before} → {each.after}, true {each.true}" for each in moved],
    }


def lines(one: dict[str, Any]) -> Iterator[str]:
    """The report for people."""
    yield ""
    yield f"with the crew: {one['reviewed']} of {one['mails']} mails reviewed, {one['outcomes']}"
    for name, figure in one["lane_accuracy"].items():
        interval = f"[{figure['low']:.3f}, {figure['high']:.3f}]"
        yield f"  lane accuracy, {name.replace('_', ' '):10} {figure['value']:.3f} {interval}"
    right = f"right only now {one['gains'] or 0}, right only before {one['losses'] or 0}"
    yield f"  moved {one['moved']}; by true lane: {right}"
    yield f"  {one['tokens']:,} tokens; p50 {one['seconds']['p50']:.1f} s, p99 {one['seconds']['p99']:.1f} s a review"
    yield from (f"  {change}" for change in one["changes"])


def _share(pairs: Pairs[Lane]) -> dict[str, Any]:
    share = accuracy(pairs)
    low, high = share.interval
    return {"value": round(share.value, 3), "low": round(low, 3), "high": round(high, 3), "of": share.of}


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
