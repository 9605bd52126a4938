"""Plain Faust as its documentation writes an agent: one event at a time, `await topic.send`, a table; nothing tuned."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from typing import Any

import faust

from tests.bench.peers.work import PARTITIONS, Task, Work


def main() -> None:
    """Run until terminated."""
    task = Task.from_environment()
    work = Work(task)
    app = faust.App(
        task.prefix,
        broker=f"kafka://{task.bootstrap}",
        consumer_auto_offset_reset="earliest",
        datadir=str(task.folder / "faust"),
        producer_compression_type="lz4",
        store="memory://",
        topic_partitions=PARTITIONS,
        topic_replication_factor=1,
        web_enabled=False,
    )
    received = app.topic(task.input)
    outputs = {priority: app.topic(name) for priority, name in task.outputs.items()}
    counts = app.Table("counts", default=int) if task.table else None

    @app.agent(received)  # type: ignore[untyped-decorator, unused-ignore]
    async def triage(events: AsyncIterator[dict[str, Any]]) -> None:
        async for event in events:
            count = None
            if counts is not None:
                counts[event["account"]] += 1
                count = counts[event["account"]]
            priority, output = work.decide(event, count)
            await outputs[priority].send(key=event["account"], value=output)

    sys.argv = [sys.argv[0], "worker", "--loglevel", "warn", "--without-web"]
    app.main()


if __name__ == "__main__":
    main()
