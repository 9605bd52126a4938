"""What is on the topics, as a read_committed reader sees it."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from streams.runtime.tables import POSITION_KEY
from streams.topics import DEAD, STATUS
from tests.integration.transport.counting import PARTITIONS, table
from tests.integration.transport.model import Model
from tests.services.log import committed_records


def create_topics(bootstrap: str, prefix: str, replicas: int = 1, *, changelog_partitions: int = PARTITIONS) -> None:
    """All that `counting` reads and writes."""
    own = [NewTopic(f"{prefix}{name}", PARTITIONS, replicas) for name in ("in", "out")]
    compacted = {"cleanup.policy": "compact"}
    changelog = NewTopic(table(prefix).changelog, changelog_partitions, replicas, config=compacted)
    admin = AdminClient({"bootstrap.servers": bootstrap})
    present = admin.list_topics(timeout=60).topics
    shared = [
        NewTopic(spec.name, PARTITIONS, replicas, config=dict(spec.config))  # as other tests on this broker want them
        for spec in (DEAD, STATUS)
        if spec.name not in present
    ]
    for future in admin.create_topics([*own, changelog, *shared]).values():
        future.result(60)


def partitions(topic: str) -> list[TopicPartition]:
    return [TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in range(PARTITIONS)]


def values_by_key(bootstrap: str, topic: str) -> dict[bytes, list[bytes]]:
    """Values in order, per key."""
    found: dict[bytes, list[bytes]] = defaultdict(list)
    for message in committed_records(bootstrap, topic):
        found[message.key()].append(message.value())
    return dict(found)


def wait_for_records(bootstrap: str, topic: str, number: int, seconds: float) -> int:
    """How many committed records the topic holds, as soon as these are `number`, or after `seconds`."""
    reader = Consumer({
        "bootstrap.servers": bootstrap, "group.id": "reading", "isolation.level": "read_committed",
        "enable.auto.commit": False, "log_level": 2,
    })  # fmt: skip
    reader.assign(partitions(topic))
    count, deadline = 0, time.monotonic() + seconds
    while count < number and time.monotonic() < deadline:
        count += sum(message.error() is None for message in reader.consume(5000, 0.2))
    reader.close()
    return count


@dataclass(kw_only=True)
class Verdict:
    """How the topics differ from the model. All empty: exactly once."""

    missing: list[bytes] = field(default_factory=list)
    twice: list[bytes] = field(default_factory=list)
    strangers: list[bytes] = field(default_factory=list)
    out_of_order: list[bytes] = field(default_factory=list)
    """Keys."""
    wrong_rows: list[bytes] = field(default_factory=list)
    dead_wrong: list[str] = field(default_factory=list)
    wrong_positions: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(vars(self).values())

    def __str__(self) -> str:
        return ", ".join(f"{name} {len(found)}: {found[:5]}" for name, found in vars(self).items() if found) or "right"


def verdict(bootstrap: str, prefix: str, model: Model, *, seconds: float = 60) -> Verdict:
    """Compare outputs, table and dead letters with the model, until they are right or the time is over: the last of a
    letter, a row and an offset may come after the last output. What is there twice, or should not be, stays."""
    deadline = time.monotonic() + seconds
    while (found := _verdict(bootstrap, prefix, model)) and time.monotonic() < deadline:
        time.sleep(0.5)
    return found


def _verdict(bootstrap: str, prefix: str, model: Model) -> Verdict:
    result = Verdict()
    outputs, wanted = values_by_key(bootstrap, f"{prefix}out"), model.outputs
    for key in outputs.keys() | wanted.keys():
        _compare(result, key, outputs.get(key, []), wanted.get(key, []))
    counts = table(prefix)
    rows = {
        key: values[-1] for key, values in values_by_key(bootstrap, counts.changelog).items() if key != POSITION_KEY
    }
    result.wrong_rows = [
        key
        for key in rows.keys() | model.counts.keys()
        if key not in rows or counts.decode(rows[key]).events != model.counts.get(key)
    ]
    _compare_dead(result, bootstrap, prefix, model)
    _compare_positions(result, bootstrap, prefix)
    return result


def _compare_positions(result: Verdict, bootstrap: str, prefix: str) -> None:
    """The group's offsets, and those that the tables say they count up to, are one thing."""
    said = {
        message.partition(): int(message.value() or b"0")
        for message in committed_records(bootstrap, table(prefix).changelog)
        if message.key() == POSITION_KEY
    }
    reader = Consumer({"bootstrap.servers": bootstrap, "group.id": f"{prefix}counting", "log_level": 2})
    spots = reader.committed([TopicPartition(f"{prefix}in", number) for number in said], timeout=60)
    reader.close()
    committed = {spot.partition: spot.offset for spot in spots}
    result.wrong_positions = [f"{number}: {said[number]}, {committed[number]}" for number in said if said != committed]


def _compare(result: Verdict, key: bytes, found: list[bytes], wanted: list[bytes]) -> None:
    ids, wanted_ids = ([value.split()[0] for value in values] for values in (found, wanted))
    result.missing += sorted(set(wanted_ids) - set(ids))
    result.strangers += sorted(set(ids) - set(wanted_ids))
    result.twice += sorted({event for event in ids if ids.count(event) > 1} if len(ids) > len(set(ids)) else ())
    if found != wanted and set(ids) == set(wanted_ids):
        result.out_of_order.append(key)


def _compare_dead(result: Verdict, bootstrap: str, prefix: str, model: Model) -> None:
    places = {
        (message.partition(), message.offset()): message.value()
        for message in committed_records(bootstrap, f"{prefix}in")
    }
    seen = []
    for letter in committed_records(bootstrap, DEAD.name):
        headers = {name: value.decode() for name, value in letter.headers() or ()}
        if headers["dead_topic"] != f"{prefix}in":
            continue
        seen.append(letter.value())
        origin = int(headers["dead_partition"]), int(headers["dead_offset"])
        if places.get(origin) != letter.value() or headers["dead_error"] != "Unreadable":
            result.dead_wrong.append(f"{letter.value()!r} says it came from {origin}")
    if sorted(seen) != sorted(model.poison):
        result.dead_wrong.append(f"{len(seen)} dead letters, {len(set(seen))} different, of {len(model.poison)}")
