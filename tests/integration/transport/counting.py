"""A stream process of the tests: counts events per key in a table and writes each count to a topic.

Run as `python -m tests.integration.transport.counting PREFIX`; settings come from the environment."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from infra.settings import load
from streams.process import run
from streams.runtime import Agent, Event, Known, Outcome, Output, Table, Write


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A row of the table."""

    events: int = 0


class Unreadable(ValueError):
    """The expected error of this agent."""


def table(prefix: str) -> Table[Count]:
    """The one table; Faust names its changelog."""
    return Table(name="counts", changelog=f"{prefix}counting-counts-changelog", row=Count)


def counting_agent(prefix: str) -> Agent:
    """PREFIX in → PREFIX out: "id count", with events per key counted in the table."""
    counts = table(prefix)

    def count(event: Event, known: Known) -> Outcome:
        if event.value == b"poison" or event.key is None or event.value is None:
            raise Unreadable("poison")
        row = known.get(counts, event.key) or Count()
        new = Count(events=row.events + 1)
        return Outcome(
            outputs=(Output(topic=f"{prefix}out", key=event.key, value=b"%s %d" % (event.value, new.events)),),
            writes=(Write(table=counts, key=event.key, row=new),),
        )

    return Agent(name="counting", reads=(f"{prefix}in",), decide=count, expected=(Unreadable,), tables=(counts,))


if __name__ == "__main__":
    prefix = sys.argv[1]
    sys.exit(run(load(), "counting", f"{prefix}counting", [counting_agent(prefix)]))
