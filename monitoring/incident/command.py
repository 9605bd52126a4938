"""`triage incident start|note|end|report|list`."""

from __future__ import annotations

import getpass
import os

import click
import orjson

from infra.errors import Transient
from infra.settings import Settings, load
from infra.terminal import printable
from monitoring.incident.alerts import current
from monitoring.incident.journal import Entry, Journal, merged, now
from monitoring.incident.report import report as written

which = click.option("--incident", "name", default="", help="Default: the last one.")


@click.group()
def incident() -> None:
    """Keep an incident's timeline in INCIDENT_DIR, with the alerts of ALERTMANAGER_URL, and report it."""


@incident.command()
@click.argument("title")
def start(*, title: str) -> None:
    """Begin an incident; the alerts that fire now are its first entries. Prints its name."""
    settings = load()
    journal = Journal(settings.incident_dir)
    name = journal.start(title, _who(), now())
    _note_alerts(settings, journal, name)
    click.echo(name)


@incident.command()
@click.argument("text")
@which
def note(*, text: str, name: str) -> None:
    """Add to the timeline what you saw or did."""
    _add(name, "note", text)


@incident.command()
@click.argument("text", default="over")
@which
def end(*, text: str, name: str) -> None:
    """It is over."""
    _add(name, "end", text)


@incident.command()
@which
@click.option("--json", "machine", is_flag=True, help="The timeline, one JSON object.")
def report(*, name: str, machine: bool) -> None:
    """The post-incident document, in Markdown: timeline filled in, the rest to be written."""
    settings = load()
    journal = Journal(settings.incident_dir)
    name, _ = journal.read(name)
    _note_alerts(settings, journal, name)
    _, entries = journal.read(name)
    if machine:
        click.echo(orjson.dumps({"incident": name, "timeline": entries}))
    else:
        click.echo(written(name, entries))


@incident.command("list")
def list_incidents() -> None:
    """Name and title of each."""
    journal = Journal(load().incident_dir)
    for name in journal.names():
        title = next((one.text for one in journal.read(name)[1] if one.kind == "start"), "(its beginning was cut)")
        click.echo(printable(f"{name}  {title}"))


def _add(name: str, kind: str, text: str) -> None:
    journal = Journal(load().incident_dir)
    name, _ = journal.read(name)
    journal.add(name, [Entry(at=now().isoformat(), kind="end" if kind == "end" else "note", text=text, by=_who())])


def _note_alerts(settings: Settings, journal: Journal, name: str) -> None:
    """Alerts that are not in the timeline yet; without Alertmanager the incident goes on without."""
    if not settings.alertmanager_url:
        return
    try:
        alerts = current(settings.alertmanager_url)
    except Transient as error:
        click.echo(f"triage: no alerts noted: {error}", err=True)
        return
    _, entries = journal.read(name)
    journal.add(name, [one for one in merged(entries, alerts) if one not in entries])


def _who() -> str:
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (OSError, KeyError):  # a container's user has no name
        return f"uid {os.getuid()}"
