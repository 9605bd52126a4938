"""`triage drain` and `triage refill`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import click
import orjson

from infra import settings as configuration
from infra.errors import ConfigError
from infra.options import as_json
from streams.topics import FEEDBACK, LANE_OF, LANES, RECEIVED, REVIEWED
from streams.triage.verdict import Lane

GROUPS = {
    **dict.fromkeys((RECEIVED.name, FEEDBACK.name, REVIEWED.name), "triage"),
    **dict.fromkeys(LANE_OF, "triage-archive"),
}
"""Topic → the group whose queue it is."""
TELL_S = 2.0


@click.command()
@click.argument("source", metavar="LANE_OR_TOPIC")
@click.option("--output", "-o", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file.")
@click.option("--group", help="Begin at the offsets of this group.  [default: the group that works the queue off]")
@click.option("--from-beginning", is_flag=True, help="Begin at the first record that is kept.")
@click.option("--advance", is_flag=True, help="Then set the group's offsets behind what was drained.")
@as_json
def drain(*, source: str, output: Path, group: str | None, from_beginning: bool, advance: bool, machine: bool) -> None:
    """Write what waits in LANE_OR_TOPIC to a file: urgent, high, normal, low, received, or a topic's name.

    `triage refill` is the way back. Read only, unless --advance: then the group finds nothing of it any more; it must
    have no live members. A drain that was killed goes on where it was when it is started again; the file has its name
    only when it is whole.
    """
    from streams.drain import drain as work

    topic = LANES[Lane(source)].name if source in LANES else RECEIVED.name if source == "received" else source
    chosen = None if from_beginning else group or GROUPS.get(topic)
    if from_beginning and (group or advance):
        raise ConfigError("--from-beginning asks no group: leave out --group and --advance")
    if not from_beginning and chosen is None:
        raise ConfigError(f"{topic} is nobody's queue: name a --group, or use --from-beginning")
    told = _told(topic)
    done = work.drain(
        configuration.load(), topic, output, group=chosen, advance=advance,
        progress=lambda records, share: told(f"{records:,} records, {100 * share:.0f} %"),
    )  # fmt: skip
    size = output.stat().st_size
    if machine:
        spans = {str(number): span for number, span in done.header.spans.items()}
        facts = {"file": str(output), "topic": topic, "group": chosen, "records": done.end.records, "bytes": size}
        click.echo(orjson.dumps(facts | {"sha256": done.end.sha256, "spans": spans, "advanced": done.advanced}))
    else:
        moved = f"; {chosen} goes on behind them" if done.advanced else ""
        click.echo(f"{output}: {done.end.records:,} records of {topic}, {size:,} bytes{moved}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--topic", help="Another topic than the one it was drained from, with as many partitions.")
@click.option("--new-timestamps", is_flag=True, help="Give the records the time of now.")
@click.option("--again", is_flag=True, help="Also what was put back before. After a kill go on without it.")
@click.option("--check", is_flag=True, help="Only read the file and say what it holds.")
@as_json
def refill(*, file: Path, topic: str | None, new_timestamps: bool, again: bool, check: bool, machine: bool) -> None:
    """Put the records of FILE back: the same keys, values, headers and timestamps on the same partitions.

    Each once, however often it is killed and started again.

    A damaged file is refused before anything is written. While it runs, a topic that stamps records itself (the lanes)
    takes the records' own timestamps.
    """
    from streams.drain import refill as work

    if check:
        header, end = work.verify(file)
        facts = {"file": str(file), "topic": header.topic, "records": end.records, "created_at": header.created_at}
        told = f"{file}: undamaged, {end.records:,} records of {header.topic}, drained {header.created_at}"
        click.echo(orjson.dumps(facts | {"sha256": end.sha256}) if machine else told)
        return
    tell = _told(topic or file.name)
    done = work.refill(
        configuration.load(), file, topic=topic, new_timestamps=new_timestamps, again=again,
        progress=lambda records, of: tell(f"{records:,} of {of:,} records"),
    )  # fmt: skip
    if machine:
        facts = {"file": str(file), "topic": done.topic, "written": done.written, "already": done.already}
        click.echo(orjson.dumps(facts))
    else:
        before = f", {done.already:,} were there from an earlier run" if done.already else ""
        click.echo(f"{done.topic}: {done.written:,} records put back{before}")


def _told(what: str) -> Callable[[str], None]:
    """Says how far it is: over and over in one line of a terminal, every few seconds elsewhere."""
    last = monotonic()

    def tell(text: str) -> None:
        nonlocal last
        now = monotonic()
        if sys.stderr.isatty() and now - last > TELL_S / 10:
            click.echo(f"\r{what}: {text}   \r", nl=False, err=True)
        elif not sys.stderr.isatty() and now - last > TELL_S:
            click.echo(f"{what}: {text}", err=True)
        else:
            return
        last = now

    return tell
