"""`triage dead`: what is on `mail.dead`, and what to do about it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import click
import orjson

from infra import settings as configuration
from infra.accountable import who_option, why_option
from infra.options import as_json
from infra.settings import Settings
from streams.dead_letters import settle, shown
from streams.dead_letters.book import Book, NoSuchLetter, chosen, read
from streams.dead_letters.letter import Letter, Place
from streams.dead_letters.selection import Selection
from streams.dead_letters.settle import Settled
from streams.reading import Record, to_end
from streams.topics import DEAD

which = click.argument("which", nargs=-1, metavar="[PARTITION:OFFSET|EVENT_ID]...")
cause_option = click.option("--cause", "causes", multiple=True, help="An id of `dead causes`, or an error's name.")
account_option = click.option("--account", "accounts", multiple=True, help="Only this mailbox.")


@click.group()
def dead() -> None:
    """Dead letters: see them, find their causes, put them back, give them up."""


@dead.command("list")
@cause_option
@account_option
@click.option("--all", "everything", is_flag=True, help="Also those that were replayed or dropped.")
@click.option("-n", "--limit", type=click.IntRange(min=1), default=100, show_default=True, help="The newest so many.")
@as_json
def list_letters(
    *, causes: tuple[str, ...], accounts: tuple[str, ...], everything: bool, limit: int, machine: bool
) -> None:
    """The open dead letters: place, time, event, account, what failed and why."""
    book = _book()
    found = chosen(book.letters.values() if everything else book.open(), causes=causes, accounts=accounts)
    for one in sorted(found, key=lambda one: one.written_ms)[-limit:]:
        note = book.note(one)
        click.echo(orjson.dumps(shown.as_json(one, note)) if machine else shown.row(one, note))
    if not machine:
        more = f"; the newest {limit} are shown" if len(found) > limit else ""
        click.echo(f"{len(book.open())} open of {len(book.letters)} dead letters{more}")


@dead.command("causes")
@account_option
@as_json
def list_causes(*, accounts: tuple[str, ...], machine: bool) -> None:
    """The open dead letters by what they have in common: agent, error, message."""
    found = shown.causes(chosen(_book().open(), accounts=accounts))
    for one in found:
        click.echo(orjson.dumps(shown.cause_json(one)) if machine else shown.cause_row(one))
    if not machine and not found:
        click.echo("no dead letter is open")


@dead.command()
@click.argument("word", metavar="PARTITION:OFFSET|EVENT_ID")
@click.option("--body", is_flag=True, help="The mail's bytes, too: as harmless text, with --json in base64.")
@as_json
def show(*, word: str, body: bool, machine: bool) -> None:
    """Everything about a dead letter but its content: error, origin, earlier failures, the mail's structure."""
    settings = configuration.load()
    book = asyncio.run(read(settings))
    letters = book.named(word)
    records = asyncio.run(_records(settings, letters))
    for number, one in enumerate(letters):
        note, record = book.note(one), records[one.place]
        if machine:
            click.echo(orjson.dumps(shown.described_json(one, note, record, body=body)))
        else:
            lines = shown.described(one, note, record, body=body)
            click.echo("\n".join(["", *lines] if number else lines))


def selecting(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say which letters, and who says so."""
    for option in (
        as_json,
        who_option,
        click.option("-n", "--limit", type=click.IntRange(min=1), help="Not more than so many, the oldest first."),
        click.option("--all", "everything", is_flag=True, help="All that are open."),
        account_option,
        cause_option,
        which,
    ):
        command = option(command)
    return command


@dead.command()
@selecting
@click.option("--why", default="", help="Why, for those who look later.")
def replay(*, which: tuple[str, ...], who: str, why: str, machine: bool, **choice: Any) -> None:
    """Put dead letters back to where they failed: the same mails under the same event ids, for the code of now.

    Each is put back once, however often this is run or killed. One that fails again comes back to mail.dead, with the
    history of its failures. Exit 1 when a letter does not say where it came from.
    """
    selection = Selection(words=which, **choice)
    done = asyncio.run(settle.replay(configuration.load(), selection, who=who, why=why, progress=_progress()))
    _tell(done, selection, machine=machine)


@dead.command()
@selecting
@why_option
def drop(*, which: tuple[str, ...], who: str, why: str, machine: bool, **choice: Any) -> None:
    """Give dead letters up, with a reason. They are listed no more; a replay by place still takes them back."""
    selection = Selection(words=which, **choice)
    done = asyncio.run(settle.drop(configuration.load(), selection, who=who, why=why))
    _tell(done, selection, machine=machine)


def _book() -> Book:
    return asyncio.run(read(configuration.load()))


async def _records(settings: Settings, letters: list[Letter]) -> dict[Place, Record]:
    """The records of some letters, with their bytes."""
    found: dict[Place, Record] = {}
    for one in letters:
        async with aclosing(to_end(settings, DEAD.name, (one.place.partition,), begin=one.place.offset)) as chunks:
            first = await anext(chunks, None)
        if first is None or first[0].offset != one.place.offset:
            raise NoSuchLetter(f"{one.place}: retention has just taken it")
        found[one.place] = first[0]
    return found


def _progress() -> settle.Progress:
    def tell(done: int, of: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{done:,} of {of:,}", nl=done >= of, err=True)

    return tell


def _tell(done: Settled, selection: Selection, *, machine: bool) -> None:
    counts = {"replayed": done.replayed, "dropped": done.dropped, "same": done.same, "already": selection.already}
    if machine:
        click.echo(orjson.dumps(counts | {"impossible": [str(place) for place in done.impossible]}))
    else:
        told = {"same": "were of the same failure as another", "already": "had been dealt with"}
        click.echo(", ".join(f"{count} {told.get(name, name)}" for name, count in counts.items() if count) or "nothing")
        for place in done.impossible:
            click.echo(f"{place}: does not say where it came from, or is not whole; it stays open", err=True)
    sys.exit(1 if done.impossible else 0)
