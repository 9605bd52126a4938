"""A stream process of the tests: counts events per key in a table and writes each count to a topic.

Run as `python -m tests.integration.transport.counting PREFIX [SINK]`; settings come from the environment. With SINK, a
file, each event's value is also written to that file before its offset is committed; no such folder: the sink is away."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.errors import Transient
from infra.settings import load
from streams.process import run
from streams.runtime import Agent, Event, Known, Outcome, Output, Table, Write

PARTITIONS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A row of the table."""

    events: int = 0


class Unreadable(ValueError):
    """The expected error of this agent."""


def table(prefix: str) -> Table[Count]:
    """The one table; Faust names its changelog."""
    return Table(name="counts", changelog=f"{prefix}counting-counts-changelog", row=Count)


def file_sink(path: Path) -> Callable[[Sequence[bytes]], Awaitable[Mapping[int, Exception]]]:
    """Appends lines to a file; while its folder is missing it is away."""

    async def write(lines: Sequence[bytes]) -> Mapping[int, Exception]:
        if not path.parent.is_dir():
            raise Transient("the sink is away")
        with path.open("ab") as file:
            file.write(b"".join(line + b"\n" for line in lines))
        return {}

    return write


def counting_agent(prefix: str, sink: Path | None = None) -> Agent:
    """PREFIX in → PREFIX out: "id count", with events per key counted in the table, and the id to the sink."""
    counts = table(prefix)

    def count(event: Event, known: Known) -> Outcome:
        if event.key is None or event.value is None or event.value.startswith(b"poison"):
            raise Unreadable("poison")
        row = known.get(counts, event.key) or Count()
        new = Count(events=row.events + 1)
        return Outcome(
            outputs=(Output(topic=f"{prefix}out", key=event.key, value=b"%s %d" % (event.value, new.events)),),
            writes=(Write(table=counts, key=event.key, row=new),),
            effect=event.value if sink is not None else None,
        )

    return Agent(
        name="counting",
        reads=(f"{prefix}in",),
        decide=count,
        expected=(Unreadable,),
        tables=(counts,),
        effect=None if sink is None else file_sink(sink),
    )


if __name__ == "__main__":
    prefix, *rest = sys.argv[1:]
    agent = counting_agent(prefix, Path(rest[0]) if rest else None)
    sys.exit(run(load(), "counting", f"{prefix}counting", [agent]))
