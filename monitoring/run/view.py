"""Draws a picture for a terminal. Everything that came out of a mail goes through `infra.terminal.markup`."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from infra.terminal import markup, printable
from monitoring.commands.wording import duration
from monitoring.run.picture import Picture
from monitoring.run.tally import Headline
from streams.triage.verdict import Lane

COLOURS = {Lane.URGENT: "bold red", Lane.HIGH: "yellow", Lane.NORMAL: "green", Lane.LOW: "dim"}
BAR = 24
OTHER_LINES = 26
"""Lines besides the list of mails, those included that were printed above the view and should stay visible."""


def draw(picture: Picture, *, height: int) -> RenderableType:
    """The live view, no taller than the terminal."""
    room = max(4, height - OTHER_LINES)
    parts: list[RenderableType] = [_summary(picture), _lanes(picture), Text(), _processes(picture)]
    if picture.latest:
        parts += [Text(), _mails(worth_showing(picture.latest, room))]
    return Group(*parts)


def worth_showing(latest: tuple[Headline, ...], room: int) -> tuple[Headline, ...]:
    """As many as there is room for: what is urgent first, but a third is left to the other lanes where they need it."""
    urgent = [one for one in latest if one.lane == Lane.URGENT]
    others = [one for one in latest if one.lane != Lane.URGENT]
    shown = urgent[: max(room - len(others), room - room // 3)]
    return (*shown, *others[: room - len(shown)])


def _summary(picture: Picture) -> Text:
    said = [
        picture.goal,
        f"{picture.found:,} new",
        f"{picture.rate:,.1f}/s",
        latency(picture),
        f"{picture.dead:,} dead" if picture.dead else "",
        f"{picture.malformed:,} no verdicts" if picture.malformed else "",
        f"up {duration(picture.seconds)}",
    ]
    return Text("  ·  ".join(filter(None, said)), style="bold", no_wrap=True, overflow="ellipsis")


def latency(picture: Picture) -> str:
    """From found to lane, in words; empty before the first verdict."""
    if picture.last_ms is None or picture.p50_ms is None or picture.p99_ms is None:
        return ""
    last, p50, p99 = map(_milliseconds, (picture.last_ms, picture.p50_ms, picture.p99_ms))
    return f"found to lane: last {last}, p50 {p50}, p99 {p99}"


def _milliseconds(value: int) -> str:
    return f"{value} ms" if value < 10_000 else f"{value / 1000:.1f} s"


def _lanes(picture: Picture) -> Table:
    shown = Table(box=None, header_style="dim", pad_edge=False)
    shown.add_column("lane")
    for title in ("mails", "archived", "waiting", "oldest"):
        shown.add_column(title, justify="right")
    shown.add_column("")
    most = max([1, *picture.lanes.values()])
    for lane in Lane:
        mails = picture.lanes.get(lane, 0)
        bar = "█" * -(-BAR * mails // most)
        shown.add_row(
            Text(str(lane), style=COLOURS[lane]), f"{mails:,}", f"{picture.archived.get(lane, 0):,}",
            *_waiting(picture, str(lane)), Text(bar, style=COLOURS[lane]),
        )  # fmt: skip
    shown.add_row(Text("before triage", style="dim"), "", "", *_waiting(picture, "received"), "")
    return shown


def _waiting(picture: Picture, lane: str) -> tuple[str, str]:
    count = picture.waiting.get(lane)
    age = picture.waiting_s.get(lane)
    return ("?" if count is None else f"{count:,}"), (duration(age) if count else "")


def _processes(picture: Picture) -> Text:
    shown = Text(no_wrap=True, overflow="ellipsis")
    for one in picture.parts:
        shown.append(f"{one.name} ", style="dim")
        shown.append(f"{printable(one.said)}   ", style="green" if one.well else "red")
    return shown


def _mails(headlines: tuple[Headline, ...]) -> Table:
    shown = Table(box=None, header_style="dim", pad_edge=False, expand=True)
    shown.add_column("", justify="right", no_wrap=True)
    for title, ratio in (("from", 3), ("subject", 6), ("why", 6)):
        shown.add_column(title, ratio=ratio, no_wrap=True, overflow="ellipsis")
    shown.add_column("id", no_wrap=True, width=8)
    for one in headlines:
        colour = COLOURS[one.lane]
        shown.add_row(
            f"[{colour}]{one.priority}[/]", markup(one.sender), f"[{colour}]{markup(one.subject)}[/]",
            markup(one.reason), one.event_id[:8],
        )  # fmt: skip
    return shown
