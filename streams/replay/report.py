"""A replay's outcome as one HTML file: no script, nothing fetched, and whatever a mail says is text in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from infra import files
from infra.terminal import printable
from streams.replay.difference import NO_LANE, Change, Sums
from streams.replay.told import LANES

MOST_ROWS = 2000
_MOST_REASONS = 12


@dataclass(slots=True)
class Behind:
    """A reason over all changes."""

    rule: str
    text: str
    count: int = 0
    total: float = 0.0

    @property
    def mean(self) -> float:
        """By how much it moved the score."""
        return self.total / self.count


def html(sums: Sums, changes: Iterable[Change], heading: str) -> str:
    """The report. Of many changes the first are shown; sums and reasons are of all."""
    shown: list[Change] = []
    behind: dict[str, Behind] = {}
    count = 0
    for count, one in enumerate(changes, start=1):
        if count <= MOST_ROWS:
            shown.append(_harmless(one))
        for shift in one.why[:3]:
            reason = behind.setdefault(shift.rule, Behind(shift.rule, shift.text))
            reason.count += 1
            reason.total += shift.after - shift.before
    template = Environment(
        loader=PackageLoader("streams.replay", "."), autoescape=True, undefined=StrictUndefined
    ).get_template("report.html.jinja")
    return template.render(
        sums=sums,
        heading=heading,
        rows=[lane for lane in LANES[:-1] if any(old == lane for old, _ in sums.lanes)],
        columns=[lane for lane in LANES if lane != NO_LANE or any(new == NO_LANE for _, new in sums.lanes)],
        reasons=sorted(behind.values(), key=lambda reason: (-reason.count, reason.rule))[:_MOST_REASONS],
        changes=shown,
        left_out=max(0, count - MOST_ROWS),
    )


def save(path: Path, content: str) -> None:
    """Write it whole or not at all, for its owner alone: subjects are private. Raises OSError."""
    files.replace(path, content.encode("utf-8", "replace"))


def _harmless(one: Change) -> Change:
    """Nothing that reorders what stands beside it, and no control characters; markup is the template's to escape."""
    return replace(
        one,
        subject=printable(one.subject),
        sender=printable(one.sender),
        account=printable(one.account),
        error=printable(one.error),
        why=tuple(replace(shift, text=printable(shift.text), rule=printable(shift.rule)) for shift in one.why),
    )
