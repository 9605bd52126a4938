"""Drain, wipe, refill: the topic holds the same bytes again, whatever is killed on the way."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from infra.cli import triage
from infra.settings import Settings
from streams.admin import create_topics
from streams.drain import file as drain_file
from streams.drain import refill as refilling
from streams.drain.cluster import ClusterView, NotDrainable
from streams.drain.drain import drain
from streams.drain.file import InTheWay
from streams.drain.format import Damaged
from streams.drain.refill import refill
from streams.kafka_errors import answered
from streams.reading import Record
from streams.topics import LANES, RECEIVED, TopicSpec
from streams.transactions import Transactions
from streams.triage.verdict import Lane
from tests.integration.dead_letters.log import records
from tests.integration.dead_letters.test_settling import Killed

LANE = LANES[Lane.LOW]
RECORDS = 600
GROUP = "triage-archive"


def nothing(_: float, __: float) -> None:
    """Nobody watches."""


def contents(settings: Settings, topic: str) -> list[tuple[int, int, bytes | None, bytes | None, object]]:
    """Everything but the offsets."""
    return [(one.partition, one.timestamp, one.key, one.value, one.headers) for one in records(settings, topic)]


@pytest.fixture
def admin(bootstrap: str) -> AdminClient:
    return AdminClient({"bootstrap.servers": bootstrap})


@pytest.fixture
def wipe(admin: AdminClient, settings: Settings) -> Callable[[TopicSpec], None]:
    """Delete a topic and make it anew, empty."""

    def wiped(spec: TopicSpec) -> None:
        for future in admin.delete_topics([spec.name], operation_timeout=60).values():
            future.result(60)
        deadline = time.monotonic() + 90
        while spec.name not in create_topics(settings, [spec]).created:
            assert time.monotonic() < deadline
        while contents(settings, spec.name):
            assert time.monotonic() < deadline

    return wiped


@pytest.fixture(params=[LANE, RECEIVED], ids=["a lane", "mail.received"])
def filled(
    request: pytest.FixtureRequest, settings: Settings, wipe: Callable[[TopicSpec], None], unique: str
) -> Iterator[TopicSpec]:
    """A topic with records of every kind in transactions, some of which were aborted."""
    spec: TopicSpec = request.param
    wipe(spec)
    rnd, now = random.Random(7), int(time.time() * 1000)
    producer = Producer({"bootstrap.servers": settings.kafka_bootstrap_servers, "transactional.id": unique})
    producer.init_transactions(30)
    for turn in range(12):
        producer.begin_transaction()
        for _ in range(RECORDS // 10):
            key = rnd.choice([None, b"", b"box"])
            value = rnd.choice([None, b"", rnd.randbytes(rnd.randrange(9000))])
            headers = [("ce_id", rnd.randbytes(8)), ("twice", b"1"), ("twice", b""), ("none", None), ("ü", b"\xff")]
            producer.produce(
                spec.name,
                value,
                key,
                rnd.randrange(4),
                headers=headers[: rnd.randrange(6)],
                timestamp=now - rnd.randrange(10**6),
            )
        producer.flush(60)
        (producer.abort_transaction if turn % 6 == 2 else producer.commit_transaction)(30)
    yield spec
    wipe(spec)


def test_drain_wipe_refill_with_kills_gives_the_same_bytes(
    filled: TopicSpec,
    settings: Settings,
    wipe: Callable[[TopicSpec], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drain_file, "BLOCK_BYTES", 50_000)
    monkeypatch.setattr(refilling, "STEP_RECORDS", 90)
    before, output = contents(settings, filled.name), tmp_path / "waiting.drain"
    assert len(before) == RECORDS
    for seen in (100, 250, 400):
        _drain_killed_after(seen, settings, filled.name, output, monkeypatch)
        assert not output.exists()
        with output.with_name("waiting.drain.part").open("ab") as torn:
            torn.write(b"R\x00\x00\x10")  # what a kill in the middle of a write leaves
    done = drain(settings, filled.name, output, group=None, advance=False, progress=nothing)
    assert done.end.records == RECORDS
    wipe(filled)
    whole = Transactions.write
    for turn in (2, 1):
        with monkeypatch.context() as patched:
            patched.setattr(Transactions, "write", _killed_at(whole, turn))
            with pytest.raises(Killed):
                refill(settings, output, progress=nothing)
    last = refill(settings, output, progress=nothing)
    assert last.written + last.already == RECORDS
    assert last.already > 0
    assert contents(settings, filled.name) == before
    assert refill(settings, output, progress=nothing).written == 0, "once, however often it is asked"
    wipe(filled)
    assert refill(settings, output, progress=nothing).written == RECORDS, "a topic that was made anew is empty"
    assert contents(settings, filled.name) == before


def _drain_killed_after(
    seen: int, settings: Settings, topic: str, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = drain_file.DrainFile.add
    with monkeypatch.context() as patched:

        def add_until(file: drain_file.DrainFile, *record: object) -> None:
            if file.records > seen:
                raise Killed
            add(file, *record)  # type: ignore[arg-type]

        patched.setattr(drain_file.DrainFile, "add", add_until)
        with pytest.raises(Killed):
            drain(settings, topic, output, group=None, advance=False, progress=nothing)


def _killed_at(write: Callable[..., None], turn: int) -> Callable[..., None]:
    calls = 0

    def write_until(log: Transactions, *rest: object) -> None:
        nonlocal calls
        calls += 1
        if calls > turn:
            log._producer.begin_transaction()
            for record in rest[0]:  # type: ignore[attr-defined]
                log._produce(record)
            log._producer.flush(60)
            raise Killed
        write(log, *rest)

    return write_until


@pytest.mark.parametrize("filled", [LANE], indirect=True, ids=["a lane"])
def test_a_groups_queue_is_drained_and_advanced_past(
    filled: TopicSpec, settings: Settings, admin: AdminClient, tmp_path: Path
) -> None:
    found = records(settings, filled.name)
    half = {number: _middle(found, number) for number in range(4)}
    spots = [TopicPartition(filled.name, number, offset) for number, offset in half.items()]
    _commit(admin, spots)
    waiting = [one for one in found if one.offset >= half[one.partition]]
    options = {"bootstrap.servers": settings.kafka_bootstrap_servers, "group.id": GROUP, "enable.auto.commit": False}
    member = Consumer(options)
    member.subscribe([filled.name])
    deadline = time.monotonic() + 90
    while not member.assignment():
        member.poll(0.1)
        assert time.monotonic() < deadline
    with pytest.raises(NotDrainable, match="1 live members"):
        drain(settings, filled.name, tmp_path / "a.drain", group=GROUP, advance=True, progress=nothing)
    assert not (tmp_path / "a.drain").exists()
    member.close()

    looked = drain(settings, filled.name, tmp_path / "a.drain", group=GROUP, advance=False, progress=nothing)
    assert (looked.end.records, looked.advanced) == (len(waiting), False)
    done = _command("drain", "low", "--output", str(tmp_path / "b.drain"), "--advance", "--json", settings=settings)
    assert json.loads(done.stdout)["records"] == len(waiting)
    again = drain(settings, filled.name, tmp_path / "b.drain", group=GROUP, advance=True, progress=nothing)
    assert again.advanced, "a kill between the file and the offsets is made good by running it again"
    empty = drain(settings, filled.name, tmp_path / "c.drain", group=GROUP, advance=False, progress=nothing)
    assert empty.end.records == 0
    with pytest.raises(InTheWay, match="exists"):
        drain(settings, filled.name, tmp_path / "b.drain", group=GROUP, advance=False, progress=nothing)
    with closing(ClusterView(settings)) as view:
        view.set_config(LANE.name, "message.timestamp.type", "CreateTime")  # what a killed refill has left
        assert refill(settings, tmp_path / "b.drain", progress=nothing).written == len(waiting)
        assert view.config(LANE.name)["message.timestamp.type"] == "LogAppendTime"


def _commit(admin: AdminClient, spots: list[TopicPartition]) -> None:
    answered(lambda: admin.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(GROUP, spots)])[GROUP], 60)


def _middle(found: list[Record], number: int) -> int:
    offsets = [one.offset for one in found if one.partition == number]
    return offsets[len(offsets) // 2]


def _command(*words: str, settings: Settings) -> Result:
    done = CliRunner().invoke(triage, words, env={"KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers})
    assert done.exit_code == 0, done.output
    return done


@pytest.mark.parametrize("filled", [LANE], indirect=True, ids=["a lane"])
def test_what_does_not_fit_is_refused_before_anything_is_written(
    filled: TopicSpec, settings: Settings, admin: AdminClient, tmp_path: Path
) -> None:
    output, before = tmp_path / "a.drain", contents(settings, filled.name)
    drain(settings, filled.name, output, group=None, advance=False, progress=nothing)
    data = bytearray(output.read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "bad.drain").write_bytes(data)
    with pytest.raises(Damaged, match="checksum at byte"):
        refill(settings, tmp_path / "bad.drain", progress=nothing)
    with pytest.raises(NotDrainable, match="no such topic"):
        refill(settings, output, topic="mail.nowhere", progress=nothing)
    with pytest.raises(NotDrainable, match="retention"):
        _with_short_retention(settings, output)
    assert contents(settings, filled.name) == before


def _with_short_retention(settings: Settings, output: Path) -> None:
    view = ClusterView(settings)
    kept = view.config(LANE.name)["retention.ms"]
    view.set_config(LANE.name, "retention.ms", "1000")
    try:
        refill(settings, output, progress=nothing)
    finally:
        view.set_config(LANE.name, "retention.ms", kept)
        view.close()
