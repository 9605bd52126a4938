"""This project's worker, exactly once: an agent declared as the product declares its own, run by `streams.process`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from infra.settings import load
from streams.process import run
from streams.runtime import Agent, Event, Known, Outcome, Output, Table, Write
from tests.bench.peers.work import Task, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A row of the table."""

    events: int = 0


class NoEvent(ValueError):
    """The record has no key or no value."""


def counts_table(group: str) -> Table[Count]:
    """Events per account; Faust names its changelog."""
    return Table(name="counts", changelog=f"{group}-counts-changelog", row=Count)


def worker_agent(task: Task) -> Agent:
    """Input → output of its priority, with the table if the task wants one."""
    work, counts = Work(task), counts_table(task.prefix)
    return Agent(
        name="bench",
        reads=(task.input,),
        decide=_counting(work, counts, task.outputs) if task.table else _stateless(work, task.outputs),
        expected=(NoEvent,),
        tables=(counts,) if task.table else (),
    )


def _stateless(work: Work, outputs: dict[str, str]) -> Callable[[Event, Known], Outcome]:
    def decide(event: Event, known: Known) -> Outcome:
        if event.value is None:
            raise NoEvent("no value")
        priority, value = work.verdict(event.value)
        return Outcome(outputs=(Output(topic=outputs[priority], key=event.key, value=value),), label=priority)

    return decide


def _counting(work: Work, counts: Table[Count], outputs: dict[str, str]) -> Callable[[Event, Known], Outcome]:
    def decide(event: Event, known: Known) -> Outcome:
        if event.key is None or event.value is None:
            raise NoEvent("no key or no value")
        row = known.get(counts, event.key) or Count()
        new = Count(events=row.events + 1)
        priority, value = work.verdict(event.value, new.events)
        return Outcome(
            outputs=(Output(topic=outputs[priority], key=event.key, value=value),),
            writes=(Write(table=counts, key=event.key, row=new),),
            label=priority,
        )

    return decide


if __name__ == "__main__":
    told = Task.from_environment()
    sys.exit(run(load(), "bench", told.prefix, [worker_agent(told)]))
