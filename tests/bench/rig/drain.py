"""How fast a contender works off a topic that is already full, seen from the broker.

The clock starts with the contender's first event (its own mark) and ends when the broker shows its last output to a
read_committed reader. Meanwhile nobody reads the outputs: the broker is only asked, every 20 ms, up to which offset they
are committed. Afterwards they are read and counted: a contender that skips or repeats an event has no speed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from confluent_kafka import OFFSET_BEGINNING, Consumer, IsolationLevel, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from tests.bench.peers.work import PARTITIONS, Mark, Task
from tests.bench.rig.contenders import Running

LOOK_S = 0.02
QUIET_S = 1.0
"""Without a new output for so long, they are counted."""
DRAINED_S = 180.0

YOUNG = (
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError.UNKNOWN_LEADER_EPOCH,
)
"""What is said of a partition whose topic was made a moment ago."""

Place = tuple[str, int]
Offsets = Mapping[Place, int]


class Wrong(Exception):
    """The outputs are not what the inputs demand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a contender was in one round."""

    events_per_s: float
    cpu_us: float
    """Processor time per event, microseconds, all threads."""
    peak_mb: float
    """Largest resident set."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at one moment."""

    time_s: float
    committed: Offsets
    cpu_s: float
    rss_mb: float


@dataclass(slots=True)
class Found:
    """The outputs, read to their end."""

    events: Counter[str] = field(default_factory=Counter)
    last: dict[Place, int] = field(default_factory=dict)
    """Offset of the last record."""
    counts: dict[str, int] = field(default_factory=dict)
    """Largest count per account."""
    per_account: Counter[str] = field(default_factory=Counter)


def drain(contender: Running, task: Task, events: int) -> Pace:
    """Follow the contender until all its outputs are there.

    Raises:
        Wrong: outputs are missing, or are there twice, or a table has counted wrongly.
        RuntimeError: it ended by itself.
    """
    looks, found = _watch(contender, task, events)
    _check(found, task, events)
    mark = Mark.read(task.mark)
    end = finished(looks, found.last)
    return Pace(
        events_per_s=events / (end.time_s - mark.time_s),
        cpu_us=1e6 * (end.cpu_s - mark.cpu_s) / events,
        peak_mb=max(look.rss_mb for look in looks),
    )


def finished(looks: list[Look], last: Offsets) -> Look:
    """The first look at which every partition was committed past its last record."""
    return next(look for look in looks if all(look.committed[place] > offset for place, offset in last.items()))


def _watch(contender: Running, task: Task, events: int) -> tuple[list[Look], Found]:
    client = AdminClient({"bootstrap.servers": task.bootstrap, "log_level": 2})
    places = [TopicPartition(topic, partition) for topic in task.outputs.values() for partition in range(PARTITIONS)]
    looks: list[Look] = []
    changed = time.monotonic()
    deadline = changed + DRAINED_S
    while time.monotonic() < deadline:
        time.sleep(LOOK_S)
        contender.require_alive()
        if (committed := committed_ends(client, places)) is None:
            continue
        if looks and committed != looks[-1].committed:
            changed = time.monotonic()
        looks.append(Look(time.time(), committed, contender.cpu_s, contender.rss_mb))
        if sum(committed.values()) >= events and time.monotonic() - changed > QUIET_S:
            found = read(task)
            if found.events.total() >= events:
                return looks, found
            changed = time.monotonic()
    raise Wrong(
        f"{contender.name}: {read(task).events.total()} of {events} outputs after {DRAINED_S:.0f} s\n"
        + contender.log_end()
    )


def committed_ends(client: AdminClient, places: list[TopicPartition]) -> dict[Place, int] | None:
    """The last stable offset of each partition (KIP-98): what a read_committed reader can get.

    None: a partition of a topic that was just made has no leader yet.
    """
    answers = client.list_offsets(
        {place: OffsetSpec.latest() for place in places}, isolation_level=IsolationLevel.READ_COMMITTED
    )
    try:
        return {(place.topic, place.partition): answer.result(10).offset for place, answer in answers.items()}
    except KafkaException as error:
        if error.args[0].code() not in YOUNG:
            raise
        return None


def read(task: Task) -> Found:
    """Every committed output up to the end."""
    reader = Consumer({
        "bootstrap.servers": task.bootstrap,
        "group.id": "bench-reader",  # required by the client; it neither joins nor commits
        "isolation.level": "read_committed",
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "log_level": 2,
    })  # fmt: skip
    left = {(topic, partition) for topic in task.outputs.values() for partition in range(PARTITIONS)}
    reader.assign([TopicPartition(*place, OFFSET_BEGINNING) for place in left])
    found = Found()
    while left:
        for message in reader.consume(5000, 0.2):
            place = message.topic(), message.partition()
            if message.error() is None:
                _take(found, place, message.offset(), orjson.loads(message.value()))
            elif message.error().code() == KafkaError._PARTITION_EOF:
                left.discard(place)
    reader.close()
    return found


def _take(found: Found, place: Place, offset: int, output: Mapping[str, object]) -> None:
    account = str(output["account"])
    found.events[str(output["event_id"])] += 1
    found.last[place] = offset
    found.per_account[account] += 1
    if isinstance(count := output.get("count"), int):
        found.counts[account] = max(count, found.counts.get(account, 0))


def _check(found: Found, task: Task, events: int) -> None:
    if len(found.events) != events or found.events.total() != events:
        twice = found.events.total() - len(found.events)
        raise Wrong(f"{task.prefix}: {len(found.events)} different outputs of {events}, {twice} of them again")
    if task.table and found.counts != found.per_account:
        wrong = sum(found.counts.get(account) != count for account, count in found.per_account.items())
        raise Wrong(f"{task.prefix}: the table has counted {wrong} accounts wrongly")
