"""`triage worker` with a clock around each stage: python -m tests.bench.rig.timed_worker WARM_UP FILE.

When it is stopped it writes to FILE, as JSON, the processor seconds of every stage from mail number WARM_UP + 1 to the last
one, of its main thread and of the whole process, and the time that elapsed. Processor time, because a stage that waits for the
interpreter's lock while another thread holds it does nothing itself."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps
from pathlib import Path
from time import perf_counter, process_time, thread_time
from typing import Any

import streams.classify
import streams.route
from infra.settings import load
from streams.process import run
from streams.runtime import Event, Known, Outcome
from streams.runtime.tables import Overlay
from streams.triage.shipped import DEFAULT
from streams.worker import GROUP

WHOLE = "whole"
"""All that the agent does with a mail, the stages included."""


class Clocks:
    """Processor seconds by stage."""

    def __init__(self, warm_up: int) -> None:
        self.spent: dict[str, float] = {}
        self._left = warm_up
        self._at = (0.0, 0.0, 0.0)

    def timed(self, stage: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """The call, with its time added to the stage's."""

        @wraps(call)
        def timed(*args: Any, **kwargs: Any) -> Any:
            started = thread_time()
            try:
                return call(*args, **kwargs)
            finally:
                self.spent[stage] = self.spent.get(stage, 0.0) + thread_time() - started

        return timed

    def mail(self, decide: Callable[[Event, Known], Outcome]) -> Callable[[Event, Known], Outcome]:
        """The agent's decision; the clocks start when the warm-up is over."""
        timed = self.timed(WHOLE, decide)

        def one(event: Event, known: Known) -> Outcome:
            if self._left >= 0:
                self._left -= 1
                self.spent.clear()
                self._at = thread_time(), process_time(), perf_counter()
            outcome: Outcome = timed(event, known)
            self.spent["main_thread"] = thread_time() - self._at[0]
            self.spent["process"] = process_time() - self._at[1]
            self.spent["elapsed"] = perf_counter() - self._at[2]
            return outcome

        return one


def main(warm_up: int, file: Path) -> None:
    """Run until stopped."""
    clocks = Clocks(warm_up)
    for module, name, stage in (
        (streams.classify, "parse", "parse"),
        (streams.classify, "decide", "decide"),
        (streams.route, "route", "encode"),
        (streams.route, "learn", "learn"),
        (Overlay, "get", "rows_read"),
        (Overlay, "write", "rows_written"),  # these two by the runtime, after the agent
        (Overlay, "encoded", "rows_written"),
    ):
        setattr(module, name, clocks.timed(stage, getattr(module, name)))
    agent = streams.route.triage_agent(DEFAULT)
    agent = replace(agent, decide=clocks.mail(partial(streams.route.triage, policy=DEFAULT)))

    async def write_down() -> None:
        file.write_text(json.dumps(clocks.spent))

    run(load(), "worker", GROUP, [agent], cleanup=write_down)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
