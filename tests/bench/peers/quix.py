"""Quix Streams as its documentation writes it, at least once; options as for everybody. Its JSON is orjson by itself.

Runs in the peers' environment, whose confluent-kafka is the one that Quix Streams asks for."""

from __future__ import annotations

from typing import Any

from quixstreams import Application, State
from quixstreams.models import Topic

from tests.bench.peers.work import BATCH_BYTES, COMMIT_S, Task, Work


def main() -> None:
    """Run until terminated."""
    task = Task.from_environment()
    work = Work(task)
    app = Application(
        broker_address=task.bootstrap,
        consumer_group=task.prefix,
        auto_offset_reset="earliest",
        commit_interval=COMMIT_S,
        state_dir=task.folder / "state",
        producer_extra_config={
            "acks": "all",
            "compression.type": "lz4",
            "linger.ms": task.linger_ms,
            "batch.size": BATCH_BYTES,
        },
        loglevel="WARNING",
    )
    received = app.topic(task.input, value_deserializer="json", key_deserializer="bytes")
    outputs = {
        priority: app.topic(name, value_serializer="json", key_serializer="bytes")
        for priority, name in task.outputs.items()
    }

    def classified(event: dict[str, Any]) -> dict[str, Any]:
        return work.decide(event)[1]

    def counted(event: dict[str, Any], state: State) -> dict[str, Any]:
        count = state.get("count", 0) + 1
        state.set("count", count)
        return work.decide(event, count)[1]

    def lane(value: Any, key: Any, timestamp: int, headers: Any) -> Topic:
        return outputs[value["priority"]]

    events = app.dataframe(received)
    events = events.apply(counted, stateful=True) if task.table else events.apply(classified)
    events.to_topic(lane)
    app.run()


if __name__ == "__main__":
    main()
