"""`triage load`."""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
import orjson

from infra import settings as configuration
from infra.errors import Fatal, TriageError

if TYPE_CHECKING:
    from agents.load.landing import Landed
    from agents.load.run import Progress, Report

QUIET_S = 5.0
"""Where nobody looks at a terminal, progress is a line this often."""


@click.command()
@click.option("--emails", default=1000, show_default=True, type=click.IntRange(1, 10_000_000), help="How many.")
@click.option("--concurrent", default=10, show_default=True, type=click.IntRange(1, 256), help="Writers at once.")
@click.option("--rate", type=click.FloatRange(0.01), help="Mails per second; default: as fast as they are taken.")
@click.option("--to", required=True, metavar="TARGET", help="maildir:DIR, imap:ACCOUNT[,ACCOUNT...] or kafka.")
@click.option("--seed", type=click.IntRange(0), help="The same seed and --at give the same mails; default: of now.")
@click.option("--at", type=click.DateTime(), help="UTC time that the mails are written around; default: now.")
@click.option("--patience", default=60.0, show_default=True, type=click.FloatRange(1), help="Seconds without progress.")
@click.option("--json", "machine", is_flag=True, help="Print the report as one JSON object.")
def load(
    *, emails: int, concurrent: int, rate: float | None, to: str, seed: int | None, at: datetime | None,
    patience: float, machine: bool,
) -> None:  # fmt: skip
    """Write realistic mail and see all of it come through. Exit 1 when any is lost, or comes twice.

    The system takes these mails for real: they are in the lanes, the archive and what your services consume.
    maildir:DIR and imap:ACCOUNT need the mailbox to be on record (`triage account add`); on Kafka they are of the
    accounts load-0 to load-15.
    """
    from agents.load.mails import Mails
    from agents.load.run import run
    from agents.load.targets import target

    settings = configuration.load()
    mails = Mails(int(time.time()) if seed is None else seed, at.replace(tzinfo=UTC) if at else datetime.now(UTC))
    show = _Shown()
    try:
        report = asyncio.run(
            run(
                settings, mails, target(settings, to), emails=emails, concurrent=concurrent, rate=rate,
                patience_s=patience, show=show,
            )
        )  # fmt: skip
    except ExceptionGroup as group:  # of the writers: they have one reason
        raise _reason(group) from None
    show.end()
    if machine:
        click.echo(orjson.dumps(report.as_json()))
    else:
        _print(report, to)
    sys.exit(0 if report.ok else 1)


class _Shown:
    """Progress on standard error: a line that changes for people, lines now and then for logs."""

    def __init__(self) -> None:
        self._terminal, self._said_at = sys.stderr.isatty(), 0.0

    def __call__(self, progress: Progress, landed: Landed) -> None:
        text = f"{len(progress.written)} of {progress.emails} written"
        text += f", {len(landed.at_s)} in a lane, {len(landed.dead)} dead"
        text += f" ({landed.trouble})" if landed.trouble else ""
        if self._terminal:
            click.echo(f"\r\x1b[K{text}", nl=False, err=True)
        elif time.monotonic() - self._said_at >= QUIET_S:
            self._said_at = time.monotonic()
            click.echo(text, err=True)

    def end(self) -> None:
        """Leave the line."""
        if self._terminal:
            click.echo("\r\x1b[K", nl=False, err=True)


def _print(report: Report, to: str) -> None:
    lanes = ", ".join(f"{lane} {many}" for lane, many in report.lanes.items())
    latency = ", ".join(f"{name} {value:g}" for name, value in report.latency_ms.items())
    click.echo(f"{report.written} of {report.emails} mails written to {to}, {report.written_per_s:g} per second")
    click.echo(f"{report.landed} in a lane within {report.seconds:g} s, {report.landed_per_s:g} per second: {lanes}")
    click.echo(f"from written to lane, ms: {latency}")
    click.echo(f"dead letters {report.dead}, twice {report.twice}, lost {report.lost}; seed {report.seed}")
    if report.lost and not report.landed:
        click.echo("none came through: is the mailbox on record, and do ingest and worker run? `triage status` says")


def _reason(group: BaseExceptionGroup[BaseException]) -> BaseException:
    first: BaseException = group
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first if isinstance(first, TriageError) else Fatal(f"writing stopped: {first}")
