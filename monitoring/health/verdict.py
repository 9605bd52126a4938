"""From checks, instances and lag to one answer: is the system ready, and if not, what is the reason. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from monitoring.health.instances import Instance
from monitoring.lag.groups import QUEUES
from monitoring.lag.model import LagSnapshot
from streams.status import Check
from streams.topics import FEEDBACK, REVIEWED

EXPECTED = ("ingest", "worker", "archive")
"""Components of which at least one process must live."""
NEEDED = ("kafka", "topics", "database", *EXPECTED)
"""Without one of these no mail gets through."""
BREAKER_STATES = {1: "half open", 2: "open"}
"""As processes count them; 0 is closed."""
LATE_AFTER_S = 300.0
"""What the worker reads beside the mails, when its oldest record has waited for longer."""
BESIDE = frozenset({FEEDBACK.name, REVIEWED.name})
STALLED_AFTER_S = 60.0
"""A group whose committed offsets do not move for this long while records wait."""


class Health(StrEnum):
    """From best to worst."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One part of the system."""

    name: str
    status: Health
    reason: str = ""
    """Empty when all is well."""
    instances: tuple[Instance, ...] = ()
    counts: dict[str, float] = field(default_factory=dict)
    """Sums over the live instances."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole system."""

    components: tuple[Component, ...]

    @property
    def status(self) -> Health:
        """Down when something is missing that no mail gets through without; degraded when anything else is wrong."""
        if not self.ready:
            return Health.DOWN
        return Health.OK if all(one.status is Health.OK for one in self.components) else Health.DEGRADED

    @property
    def ready(self) -> bool:
        """Whether mail gets through."""
        return not self.blockers

    @property
    def blockers(self) -> tuple[Component, ...]:
        """What keeps it from being ready."""
        return tuple(one for one in self.components if one.name in NEEDED and one.status is Health.DOWN)


def judge(
    checks: Iterable[Check],
    instances: Sequence[Instance],
    lag: LagSnapshot | None,
    *,
    unmeasured: str = "not measured yet",
) -> Report:
    """Put everything together; `lag` None means that it is not known now, for the reason `unmeasured`."""
    names = sorted({*EXPECTED, *(one.status.component for one in instances)})
    parts = [of_check(check) for check in checks]
    parts += [of_instances(name, [one for one in instances if one.status.component == name]) for name in names]
    parts += of_sources(instances)
    parts += of_breakers(instances)
    parts += of_groups(lag, unmeasured)
    return Report(components=tuple(parts))


def of_check(check: Check) -> Component:
    """Something that we asked ourselves."""
    bad = Health.DOWN if check.name in NEEDED else Health.DEGRADED
    return Component(name=check.name, status=Health.OK if check.ok else bad, reason="" if check.ok else check.reason)


def of_instances(name: str, instances: Sequence[Instance]) -> Component:
    """All processes of one kind."""
    live = [one for one in instances if not one.silent]
    reasons = [f"{one.status.instance}: {bad.name}: {bad.reason}" for one in live for bad in one.failing]
    reasons += [f"{one.status.instance}: silent for {one.age_s:.0f} s" for one in instances if one.silent]
    status = Health.DEGRADED if reasons else Health.OK
    if name in EXPECTED and not live:
        status = Health.DOWN
        reasons.insert(0, f"no live process; start one with `triage {name}`")
    counts: dict[str, float] = {}
    for one in live:
        for count, value in (one.status.counts or {}).items():
            counts[count] = counts.get(count, 0) + value
    return Component(name=name, status=status, reason="; ".join(reasons), instances=tuple(instances), counts=counts)


def of_sources(instances: Iterable[Instance]) -> list[Component]:
    """Each kind of mailbox that is read, over the live ingest processes, from their counts."""
    counts = _counts(instances, "folders_"), _counts(instances, "broken_")
    return [_of_source(kind, sum(folders), sum(counts[1].get(kind, ()))) for kind, folders in sorted(counts[0].items())]


def _of_source(kind: str, folders: float, broken: float) -> Component:
    bad = Health.DOWN if broken == folders else Health.DEGRADED
    return Component(
        name=f"source {kind}",
        status=bad if broken else Health.OK,
        reason=f"{broken:.0f} of {folders:.0f} mailbox folders are not read; ingest names them" if broken else "",
        counts={"folders": folders, "broken": broken},
    )


def of_breakers(instances: Iterable[Instance]) -> list[Component]:
    """Each circuit breaker, over the live processes: the worst state counts."""
    return [_of_breaker(name, states) for name, states in sorted(_counts(instances, "breaker_").items())]


def _of_breaker(name: str, states: Sequence[float]) -> Component:
    worst, unwell = int(max(states)), sum(map(bool, states))
    return Component(
        name=f"breaker {name}",
        status=Health.DEGRADED if worst else Health.OK,
        reason=f"{BREAKER_STATES[worst]} in {unwell} of {len(states)} processes" if worst else "",
    )


def _counts(instances: Iterable[Instance], prefix: str) -> dict[str, list[float]]:
    """What the live processes count under names with this prefix, by the rest of the name."""
    found: dict[str, list[float]] = {}
    for one in instances:
        for name, value in (one.status.counts or {}).items():
            if name.startswith(prefix) and not one.silent:
                found.setdefault(name.removeprefix(prefix), []).append(value)
    return found


def of_groups(lag: LagSnapshot | None, unmeasured: str) -> list[Component]:
    """The measurement itself, and each of our consumer groups."""
    if lag is None:
        return [Component(name="lag", status=Health.DEGRADED, reason=unmeasured)]
    return [Component(name="lag", status=Health.OK), *(_of_group(lag, name) for name in QUEUES)]


def _of_group(lag: LagSnapshot, name: str) -> Component:
    group = next((group for group in lag.groups if group.group == name), None)
    reason = ""
    if group is None or not group.members:
        waiting = group.records if group else 0
        reason = f"no live member, {waiting} waiting"
    elif group.records and group.unmoved_s > STALLED_AFTER_S:
        reason = f"nothing committed for {group.unmoved_s:.0f} s while {group.records} wait"
    elif late := [topic for topic in group.topics if topic.topic in BESIDE and (topic.seconds or 0) > LATE_AFTER_S]:
        reason = "; ".join(
            f"{one.topic}: the oldest of {one.records} has waited for {one.seconds:.0f} s" for one in late
        )
    return Component(name=f"group {name}", status=Health.DEGRADED if reason else Health.OK, reason=reason)
