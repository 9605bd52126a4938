"""`triage lane`: have the consumers of a lane wait, and go on."""

from __future__ import annotations

from datetime import timedelta

import click

from infra.accountable import why_and_who
from infra.options import as_json
from monitoring.control import operate
from streams.triage.verdict import Lane

a_lane = click.argument("name", metavar="LANE", type=click.Choice([str(lane) for lane in Lane]))


@click.group()
def lane() -> None:
    """Have the consumers of a lane wait; what waits keeps its place and counts as lag."""


@lane.command()
@a_lane
@operate.lasting_option
@why_and_who
@as_json
def pause(*, name: str, lasting: timedelta | None, why: str, who: str, machine: bool) -> None:
    """Nothing of LANE is archived or delivered until it is resumed."""
    operate.put(f"LANE:{name}", "paused", lasting=lasting, why=why, who=who, machine=machine)


@lane.command()
@a_lane
@why_and_who
@as_json
def resume(*, name: str, why: str, who: str, machine: bool) -> None:
    """Go on with LANE where it stopped. Exit 1 when it was not paused."""
    operate.end(f"LANE:{name}", why=why, who=who, machine=machine)
