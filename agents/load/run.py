"""One load run: several writers at a rate, then patience until everything is accounted for."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import count
from typing import Any

from agents.load.landing import Landed, watching
from agents.load.mails import Mails, number_in
from agents.load.targets import Target
from infra.settings import Settings

TICK_S = 0.5
QUANTILES = (0.5, 0.9, 0.99, 1.0)


@dataclass(slots=True)
class Progress:
    """What is known while it runs."""

    emails: int
    written: dict[int, float] = field(default_factory=dict)
    """When each mail was handed over, Unix time."""
    wrote_s: float = 0.0
    """How long writing took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of a run."""

    seed: int
    emails: int
    written: int
    landed: int
    dead: int
    lost: int
    """Written, and neither in a lane nor a dead letter."""
    twice: int
    seconds: float
    """From the first mail written to the last accounted for."""
    written_per_s: float
    landed_per_s: float
    latency_ms: dict[str, float]
    """From handing a mail over to its lane record, by the broker's clock: p50, p90, p99, max."""
    lanes: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)

    @property
    def ok(self) -> bool:
        """Every mail was written, none was lost, none came twice."""
        return self.written == self.emails and not self.lost and not self.twice


async def run(
    settings: Settings,
    mails: Mails,
    target: Target,
    *,
    emails: int,
    concurrent: int,
    rate: float | None,
    patience_s: float,
    show: Callable[[Progress, Landed], None],
) -> Report:
    """Write so many mails; the report when all are accounted for, or nothing more has come for `patience_s`.

    Args:
        settings: how to reach Kafka.
        mails: what to write.
        target: where to.
        emails: how many.
        concurrent: writers.
        rate: mails per second, all writers together; None: as fast as the target takes them.
        patience_s: longest time without progress once all is written.
        show: called twice a second.

    Raises:
        KafkaUnavailable: lanes cannot be read. Whatever the target raises when it cannot be written.
    """
    progress = Progress(emails)
    async with watching(settings, partial(_number, mails.seed)) as landed:
        showing = asyncio.create_task(_show(show, progress, landed))
        began = time.time()
        try:
            todo = zip(range(emails), _due(rate), strict=False)
            async with asyncio.TaskGroup() as writers:
                for number in range(min(concurrent, emails)):
                    writers.create_task(_write(target, number, mails, todo, progress))
            progress.wrote_s = time.time() - began
            await _settle(progress, landed, patience_s)
        finally:
            showing.cancel()
            with suppress(asyncio.CancelledError):
                await showing
        return report(mails.seed, progress, landed, time.time() - began)


def _number(seed: int, text: bytes) -> int | None:
    return number_in(text, seed)


def _due(rate: float | None) -> Iterator[float]:
    """When each next mail is to be written; a writer that is late does not make the others hurry more than the rate."""
    began = time.monotonic()
    return (began + number / rate if rate else 0.0 for number in count())


async def _write(
    target: Target, number: int, mails: Mails, todo: Iterator[tuple[int, float]], progress: Progress
) -> None:
    async with target.writer(number) as writer:
        for mail, due in todo:
            raw = mails.mail(mail)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            at = time.time()
            await writer.write(mail, raw)
            progress.written[mail] = at


async def _settle(progress: Progress, landed: Landed, patience_s: float) -> None:
    known, changed_at = -1, time.monotonic()
    while landed.accounted < len(progress.written):
        if landed.accounted != known:
            known, changed_at = landed.accounted, time.monotonic()
        elif time.monotonic() - changed_at > patience_s:
            return
        await asyncio.sleep(0.05)


async def _show(show: Callable[[Progress, Landed], None], progress: Progress, landed: Landed) -> None:
    while True:
        await asyncio.sleep(TICK_S)
        show(progress, landed)


def report(seed: int, progress: Progress, landed: Landed, seconds: float) -> Report:
    """The figures. Pure."""
    written, at = progress.written, landed.at_s
    latencies = sorted(max(0.0, at[number] - written[number]) for number in written if number in at)
    ended = max(at.values(), default=0.0) - min(written.values(), default=0.0)
    took = ended if 0 < ended <= seconds else seconds
    return Report(
        seed=seed,
        emails=progress.emails,
        written=len(written),
        landed=len(at),
        dead=len(landed.dead - at.keys()),
        lost=sum(number not in at and number not in landed.dead for number in written),
        twice=landed.twice,
        seconds=round(took, 3),
        written_per_s=round(len(written) / progress.wrote_s, 1) if progress.wrote_s else 0.0,
        landed_per_s=round(len(at) / took, 1) if took else 0.0,
        latency_ms={_name(one): round(1000 * _quantile(latencies, one), 1) for one in QUANTILES},
        lanes=dict(sorted(Counter(landed.lanes.values()).items())),
    )


def _name(quantile: float) -> str:
    return "max" if quantile == 1 else f"p{100 * quantile:g}"


def _quantile(ordered: list[float], share: float) -> float:
    """The nearest rank; 0 of nothing."""
    return ordered[max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1)] if ordered else 0.0
