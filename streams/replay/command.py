"""`triage replay`: mails of the log decided again by another policy or model; what would change, and why."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import orjson

from infra import settings as configuration
from infra.accountable import who_option
from infra.times import Moment
from streams.triage.verdict import Lane

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
RATE = 200.0
PROGRESS_EVERY_S = 1.0


def candidate_options(command: Any) -> Any:
    """What decides; nothing said: what decides now."""
    for option in (
        click.option(
            "--candidate", default="", metavar="NAME", help="POLICY/MODEL as `shadow show` names it, or: shadow."
        ),
        click.option("--model", type=FILE, help="Weights of `python -m agents.training`."),
        click.option("--policy", type=FILE, help="A TOML policy file."),
    ):
        command = option(command)
    return command


@click.command()
@candidate_options
@click.option("--since", type=Moment(), help="Mails from then on: RFC 3339, a date, or how long ago (2h, 7d).")
@click.option("--until", type=Moment(), help="Mails before then.")
@click.option("--offsets", multiple=True, metavar="[P:]FIRST-LAST", help="Of mail.received; repeatable.")
@click.option("--account", "accounts", multiple=True, help="Mails of this account; repeatable.")
@click.option(
    "--lane",
    "lanes",
    multiple=True,
    type=click.Choice([lane.value for lane in Lane]),
    help="Mails that went there; repeatable.",
)
@click.option("--rule", "rules", multiple=True, help="Mails whose verdict has this reason; repeatable.")
@click.option("--facts", type=click.Choice(["recorded", "rebuilt"]), default="recorded", show_default=True,
              help="Senders, threads and corrections: as the verdict knew them, or tables grown anew.")  # fmt: skip
@click.option("--max-changes", type=click.IntRange(0), help="Exit 1, and apply nothing, when more mails change.")
@click.option("--show", default=20, show_default=True, type=click.IntRange(0), help="Changes to print.")
@click.option("--json", "machine", is_flag=True, help="JSON Lines: each change, then the sums.")
@click.option("--html", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Write a report here.")
@click.option("--apply", "applied", is_flag=True, help="Publish the changes as new revisions of the verdicts.")
@click.option("--why", default="", help="With --apply: why, for those who look later.")
@who_option
@click.option("--rate", default=RATE, show_default=True, type=click.FloatRange(0.1), help="Most revisions a second.")
@click.option("--processes", default=0, type=click.IntRange(0), help="Default: as many as there are cores.")
def replay(*, machine: bool, max_changes: int | None, **options: Any) -> None:
    """Decide mails of the log again, and show which change lane or category, from what to what, and why.

    Reads only, in no consumer group. With --apply new revisions of the changed verdicts go to the lanes, and who did
    it and why to triage.audit; after a kill the same command goes on where it was. Exit 1: more changes than
    --max-changes.
    """
    from streams.control.records import entry, require_account
    from streams.replay.apply import Publisher
    from streams.replay.run import compared

    by = {"who": options["who"], "why": options["why"]}
    if options["applied"]:
        require_account(**by)
    task = _task(options)
    heading = _heading(task)
    with ExitStack() as stack:
        publisher = stack.enter_context(Publisher(task.settings, task.name)) if options["applied"] else None
        told = stack.enter_context(progress())
        outcome = stack.enter_context(compared(task, told, publisher))
        too_many = max_changes is not None and outcome.sums.changes > max_changes
        published = None
        if publisher is not None and not too_many:
            total = outcome.sums.changes - outcome.sums.stands
            done_by = entry("replay", task.name, **by, value=f"{total} revisions: {heading}")
            published = publisher.publish(outcome.found(), options["rate"], lambda done: told(done, total), done_by)
            publisher.forget()
        told(-1, 0)
        show(outcome, heading, machine=machine, shown=options["show"], published=published)
        if options["html"]:
            from streams.replay.report import html, save

            save(options["html"], html(outcome.sums, outcome.changes(), heading))
    if too_many:
        said = f"{outcome.sums.changes} mails change, --max-changes {max_changes}"
        click.echo(said + ("; nothing was applied" if options["applied"] else ""), err=True)
        sys.exit(1)


def show(outcome: Any, heading: str, *, machine: bool, shown: int, published: int | None = None) -> None:
    """Print an outcome."""
    from streams.replay.told import lines

    if machine:
        for change in outcome.changes():
            click.echo(orjson.dumps({"kind": "change", **orjson.loads(orjson.dumps(change))}))
        more = {"decided_by": heading, "resumed": outcome.resumed, "published": published}
        click.echo(orjson.dumps({"kind": "sums", **outcome.sums.as_data(), **more}))
        return
    click.echo(heading)
    if outcome.resumed:
        click.echo("an earlier run ended before its time: this is what it had left")
    for line in lines(outcome.sums, outcome.changes(), shown):
        click.echo(line)
    if published is not None:
        click.echo(f"{published} revisions published")


def _task(options: dict[str, Any]) -> Any:
    from streams.replay.plan import Offsets, Range
    from streams.replay.run import Task
    from streams.triage.rules import RULES
    from streams.versions.choose import given

    unknown = [rule for rule in options["rules"] if rule not in RULES and not rule.startswith(("own:", "learned_"))]
    if unknown:
        raise click.BadParameter(f"no such rule: {', '.join(unknown)}", param_hint="--rule")
    settings = configuration.load()
    by = asyncio.run(
        given(settings, policy=options["policy"], model=options["model"], named=options["candidate"])
    )  # fmt: skip
    wanted = Range(
        since=options["since"],
        until=options["until"],
        offsets=tuple(map(Offsets.parse, options["offsets"])),
        accounts=frozenset(options["accounts"]),
        lanes=frozenset(options["lanes"]),
        rules=frozenset(options["rules"]),
    )
    return Task(settings=settings, judge=by, wanted=wanted, facts=options["facts"], processes=options["processes"])


def _heading(task: Any) -> str:
    since = f" since {task.wanted.since:%Y-%m-%d %H:%M:%S %Z}" if task.wanted.since else ""
    by = f"{task.judge.name} (policy {task.judge.policy.version}, model {task.judge.model.version})"
    return f"mails{since} decided by {by}, with {task.facts} facts"


@contextmanager
def progress() -> Iterator[Any]:
    """A line on a terminal's standard error that says how far it is; a negative number ends it."""
    last = datetime.now(UTC)
    shown = False
    live = sys.stderr.isatty()

    def told(done: int, total: int) -> None:
        nonlocal last, shown
        now = datetime.now(UTC)
        if not live or (done >= 0 and now - last < timedelta(seconds=PROGRESS_EVERY_S)):
            return
        last = now
        if done >= 0:
            shown = True
            click.echo(f"\r{done} of about {total}\x1b[K", nl=False, err=True)
        elif shown:
            shown = False
            click.echo("\r\x1b[K", nl=False, err=True)

    yield told
