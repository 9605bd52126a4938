"""`triage explain EVENT_ID`: the verdict out of PostgreSQL or the lanes, and again out of the mail on mail.received."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import click
import orjson

from agents.commands import lane_log
from agents.commands.explanation import Explanation, differences, lines
from infra import settings as configuration
from infra.database import QUERIES, failure
from infra.database.pool import connect_once
from infra.errors import ConfigError, TriageError
from infra.options import as_json
from infra.settings import Settings
from streams import header_values
from streams.archive.rows import verdict
from streams.events import MalformedEvent, Received, VerdictRecord
from streams.mail import MailError, parse
from streams.topics import LANES
from streams.triage.verdict import Verdict
from streams.versions.history import of_then
from streams.versions.judge import Judge

EVENT_ID = re.compile(r"[0-9a-f]{8,32}")
DEPTH = 20_000
"""Offsets of each lane partition that are searched backwards when PostgreSQL does not know the mail."""
_MOST_ROWS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Verdicts whose event id begins as asked, and where they were found or looked for."""

    verdicts: tuple[VerdictRecord, ...]
    places: tuple[str, ...]

    @property
    def event_ids(self) -> tuple[str, ...]:
        """The different mails among them."""
        return tuple(sorted({record.event_id for record in self.verdicts}))


@click.command()
@click.argument("event_id")
@as_json
@click.option(
    "--depth",
    default=DEPTH,
    show_default=True,
    type=click.IntRange(1),
    help="Offsets of a lane partition searched without PostgreSQL.",
)
@click.pass_context
def explain(context: click.Context, *, event_id: str, machine: bool, depth: int) -> None:
    """Why a mail got its priority, derived again from the log to the same answer.

    EVENT_ID is the 32 hexadecimal digits of a verdict, or the first 8 or more of them.
    Exit 0: the same verdict comes out. 1: it differs, cannot be derived, or no such mail was found. 2: usage.
    """
    wanted = event_id.lower()
    if not EVENT_ID.fullmatch(wanted):
        raise click.BadParameter(f"{event_id!r} is not 8 to 32 hexadecimal digits", param_hint="EVENT_ID")
    settings = configuration.load()
    found = asyncio.run(find(settings, wanted, depth=depth))
    if len(found.event_ids) > 1:
        raise click.UsageError(f"{wanted} is the beginning of several: {', '.join(found.event_ids)}")
    if not found.verdicts:
        places = "; ".join(found.places)
        raise NotFound(
            f"no verdict of {wanted}; looked in: {places}; or is it a dead letter (`triage dead show {wanted}`)?"
        )
    explanation = asyncio.run(explained(settings, found))
    click.echo(orjson.dumps(explanation.as_data()) if machine else "\n".join(lines(explanation)))
    context.exit(0 if explanation.identical else 1)


class NotFound(TriageError):
    """No verdict begins with this id; the message says where it was looked for."""


async def find(settings: Settings, prefix: str, *, depth: int = DEPTH) -> Found:
    """Look in PostgreSQL, then, when it is away or knows nothing, in the lanes from their ends backwards.

    Raises:
        TriageError: PostgreSQL knows nothing and Kafka is away.
    """
    try:
        stored = await _archived(settings, prefix)
        place = "PostgreSQL"
    except ConfigError:
        raise
    except TriageError as away:
        stored, place = (), f"PostgreSQL (no answer: {away})"
    if stored:
        return Found(verdicts=stored, places=(place,))
    records = await lane_log.newest(
        settings,
        [spec.name for spec in LANES.values()],
        lambda record: header_values.value(record.headers, "ce_id").startswith(prefix.encode()),
        depth=depth,
    )
    places = (place, f"the last {depth} offsets of each lane partition")
    return Found(verdicts=tuple(_verdicts(record.value for record in records)), places=places)


def _verdicts(values: Iterable[bytes | None]) -> Iterator[VerdictRecord]:
    for value in values:
        with suppress(MalformedEvent):  # somebody else's record in a lane: no verdict of ours
            yield VerdictRecord.checked(value)


async def explained(settings: Settings, found: Found) -> Explanation:
    """Derive the stream's own verdict (revision 0) again: the mail, the recorded facts, policy and model of then."""
    newest = max(found.verdicts, key=lambda record: record.revision)
    own = min(found.verdicts, key=lambda record: record.revision)
    place = found.places[-1]
    if own.revision:
        return Explanation(
            recorded=newest, found_in=place, obstacle="only a later opinion was found, not the stream's own"
        )
    try:
        record = await lane_log.record_at(settings, own.origin)
        received = Received.from_record(record.key, record.value, record.headers)
        past = await of_then(settings, own)
        derived = derive(received, own, past.judge)
    except (TriageError, MalformedEvent, MailError) as obstacle:
        return Explanation(recorded=newest, found_in=place, obstacle=str(obstacle))
    return Explanation(
        recorded=newest,
        found_in=place,
        derived=derived,
        derived_by=past.said,
        differences=differences(own, derived),
    )


def derive(received: Received, recorded: VerdictRecord, by: Judge) -> Verdict:
    """The verdict that a judge gives the same mail with the same knowledge.

    Raises:
        NotFound: another mail stands at the recorded origin.
        MailError: the bytes are no mail to this version.
    """
    if received.event_id != recorded.event_id:
        raise NotFound(f"another mail stands at the origin: {received.event_id}")
    return by.decide(parse(received.raw, truncated=received.truncated), recorded.facts, received.account)


async def _archived(settings: Settings, prefix: str) -> tuple[VerdictRecord, ...]:
    connection = await connect_once(settings)
    try:
        rows = await connection.fetch(
            QUERIES["find_verdicts"], f"{prefix}%", _MOST_ROWS, timeout=settings.database_timeout_s
        )
        return tuple(verdict(dict(row)) for row in rows)
    except Exception as error:
        raise failure(error) from None
    finally:
        connection.terminate()
