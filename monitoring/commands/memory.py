"""`triage memory`: where the memory of a process is, asked of its own port."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from typing import Any

import click
import orjson

from infra.options import as_json
from infra.settings import Settings, load
from infra.terminal import printable
from monitoring.metrics_memory import LONGEST_TRACE_S

ANSWER_S = 15.0


@click.command()
@click.argument("where", metavar="HOST[:PORT]")
@click.option("--collect", is_flag=True, help="Collect garbage first, and give free pages back to the system.")
@click.option("--trace", type=click.IntRange(1, int(LONGEST_TRACE_S)), metavar="SECONDS",
              help="Also follow allocations for so long, which slows the process meanwhile.")  # fmt: skip
@as_json
def memory(*, where: str, collect: bool, trace: int | None, machine: bool) -> None:
    """Where the memory of the process at HOST[:PORT] is (PORT: PROCESS_METRICS_PORT, in containers 9100).

    Bytes as the kernel sees them, what is held on purpose (table cache, mails in ingest's buffer), rows of tables,
    kinds of objects. It changes nothing unless --collect is given, and never restarts anything.
    """
    base = f"http://{_place(where, load())}/memory"
    told: dict[str, Any] = {}
    if collect:
        told["collect"] = _asked(f"{base}/collect", post=True)
    told |= _asked(base)
    if trace:
        told["trace"] = _asked(f"{base}/trace?{trace}", post=True, seconds=ANSWER_S + trace)
    click.echo(orjson.dumps(told) if machine else printable("\n".join(_lines(told))))


def _place(where: str, settings: Settings) -> str:
    if ":" in where:
        return where
    if not settings.process_metrics_port:
        raise click.UsageError("PROCESS_METRICS_PORT is not set here: give the port, HOST:PORT")
    return f"{where}:{settings.process_metrics_port}"


def _asked(url: str, *, post: bool = False, seconds: float = ANSWER_S) -> dict[str, Any]:
    request = urllib.request.Request(url, data=b"" if post else None)  # noqa: S310 - http, written above
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:  # noqa: S310 - the same
            found: dict[str, Any] = orjson.loads(answer.read())
    except (OSError, ValueError, urllib.error.URLError) as error:
        reason = getattr(error, "reason", error)
        click.echo(f"triage: {url}: {reason}; does the process run, and is that its PROCESS_METRICS_PORT?", err=True)
        sys.exit(1)
    return found


def _lines(told: dict[str, Any]) -> list[str]:
    kernel = f"resident  {_mb(told['rss'])}   its own {_mb(told['uss'])}   swapped {_mb(told['swap'])}"
    shown = [f"{kernel}   threads {told['threads']}"]
    shown += [f"held      {_mb(size)}   {name}" for name, size in told["held"].items()]
    shown += [
        f"table     {_mb(one.get('bytes', 0))}   {name}: {one.get('rows', 0)} rows (bytes on disk)"
        for name, one in told["tables"].items()
    ]
    shown += [f"objects   {_mb(one['bytes'])}   {one['count']:>9} {one['kind']}" for one in told["objects"]]
    if "collect" in told:
        done = told["collect"]
        shown.append(
            f"collected {done['collected']} objects: {_mb(done['rss_before'])} before, {_mb(done['rss_after'])} after"
        )
    if (trace := told.get("trace")) is not None:
        shown.append("somebody else traces" if "busy" in trace else f"grown within {trace['seconds']:.0f} s:")
        shown += [
            f"          {_mb(one['bytes'])}   {one['blocks']:>9} {one['place']}" for one in trace.get("grown", ())
        ]
    return shown


def _mb(size: int) -> str:
    return f"{size / 1e6:9.1f} MB"
