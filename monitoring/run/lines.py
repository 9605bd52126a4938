"""The same for a pipe or a file: plain lines, written when something has changed."""

from __future__ import annotations

from infra.terminal import printable
from monitoring.run.picture import Picture
from monitoring.run.tally import Headline
from monitoring.run.view import latency
from streams.triage.verdict import Lane


class Lines:
    """Remembers what it has said."""

    def __init__(self) -> None:
        self._said = ""
        self._told: dict[str, str] = {}

    def of(self, picture: Picture) -> list[str]:
        """What there is to say now."""
        lines = [headline(one) for one in picture.fresh]
        lines += self._processes(picture)
        if (figures := _figures(picture)) != self._said:
            self._said = figures
            lines.append(f"{picture.seconds:6.1f} s  {figures}  {picture.rate:,.1f}/s")
        return lines

    def _processes(self, picture: Picture) -> list[str]:
        changed = [one for one in picture.parts if self._told.get(one.name) != one.said]
        self._told |= {one.name: one.said for one in changed}
        return [f"{one.name}: {printable(one.said)}" for one in changed]


def headline(one: Headline) -> str:
    """A pressing mail on one line."""
    return printable(
        f"  {one.lane:<6} {one.priority:>2}  {one.sender[:30]}: {one.subject[:70]}  ({one.reason})  {one.event_id[:8]}"
    )


def _figures(picture: Picture) -> str:
    lanes = "  ".join(f"{lane} {picture.lanes.get(lane, 0):,}" for lane in Lane)
    waiting = sum(picture.waiting.values()) if picture.waiting else "?"
    said = [
        picture.goal,
        lanes,
        f"dead {picture.dead:,}",
        f"no verdicts {picture.malformed:,}" if picture.malformed else "",
        f"archived {sum(picture.archived.values()):,}",
        f"waiting {waiting}",
        latency(picture),
    ]
    return "  ".join(filter(None, said))
