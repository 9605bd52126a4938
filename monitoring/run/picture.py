"""One moment of a run as the view shows it, put together from all that is known."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from monitoring.health.instances import Instance, Instances
from monitoring.run.queues import Queues
from monitoring.run.settling import Settling
from monitoring.run.shelf import Shelf
from monitoring.run.supervisor import Kept, Supervisor
from monitoring.run.tally import Headline, Tally
from streams.triage.verdict import Lane


@dataclass(frozen=True, kw_only=True)
class Part:
    """One process."""

    name: str
    well: bool
    said: str
    """In a few words; not free of what a mailbox's server said, so hostile."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Plain figures; texts of mails in it are hostile."""

    seconds: float
    found: int
    """Mails announced by this run."""
    dead: int
    malformed: int
    """Lane records that are no verdicts."""
    lanes: Mapping[Lane, int]
    archived: Mapping[Lane, int]
    waiting: Mapping[str, int]
    """Consumer lag by lane, and `received`; empty while it is not known."""
    waiting_s: Mapping[str, float]
    rate: float
    last_ms: int | None
    p50_ms: int | None
    p99_ms: int | None
    parts: tuple[Part, ...]
    latest: tuple[Headline, ...]
    fresh: tuple[Headline, ...]
    """Pressing mails since the last picture."""
    goal: str
    """What a run that ends by itself waits for."""


@dataclass(kw_only=True)
class Scene:
    """Everything that a picture is taken of."""

    tally: Tally
    shelf: Shelf
    queues: Queues
    instances: Instances
    supervisor: Supervisor
    settling: Settling | None
    began: float
    """Monotonic seconds."""

    def picture(self) -> Picture:
        """How it is now; takes the fresh headlines away."""
        tally = self.tally
        fresh = tuple(tally.fresh)
        tally.fresh.clear()
        return Picture(
            seconds=time.monotonic() - self.began,
            found=tally.found,
            dead=tally.dead_records,
            malformed=tally.malformed,
            lanes=dict(tally.lanes),
            archived=dict(self.shelf.lanes),
            waiting=self.queues.length,
            waiting_s=self.queues.age_s,
            rate=tally.rate(time.time()),
            last_ms=tally.last_ms,
            p50_ms=tally.latency(0.5),
            p99_ms=tally.latency(0.99),
            parts=self._parts(),
            latest=tuple(tally.latest),
            fresh=fresh,
            goal=self._goal(),
        )

    def _parts(self) -> tuple[Part, ...]:
        heard = {one.status.pid: one for one in self.instances.seen(datetime.now(UTC))}
        parts = tuple(part(one, heard.get(one.pid or -1)) for one in self.supervisor.kept)
        if self.shelf.trouble and self.shelf.lanes:
            return (*parts, Part(name="database", well=False, said=self.shelf.trouble))
        return parts

    def _goal(self) -> str:
        if self.settling is None or self.settling.files is None:
            return ""
        done = self.shelf.ours.total() + len(self.tally.dead)
        return f"{min(done, self.settling.files):,} of {self.settling.files:,} mails archived"


def part(kept: Kept, heard: Instance | None) -> Part:
    """A process by what the supervisor knows and what it says of itself."""
    name = kept.program.name
    if kept.pid is None and not kept.deaths:
        return Part(name=name, well=True, said="starting")
    if kept.pid is None:
        return Part(name=name, well=False, said="ended, will be started again")
    if heard is None:
        return Part(name=name, well=True, said="starting")
    if heard.silent:
        return Part(name=name, well=False, said=f"silent for {heard.age_s:.0f} s")
    if heard.failing:
        return Part(name=name, well=False, said=heard.failing[0].reason or heard.failing[0].name)
    return Part(name=name, well=True, said=f"ok, {kept.restarts} restarts" if kept.restarts else "ok")
