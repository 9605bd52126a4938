"""`triage explain` and `triage tail` as a person runs them, on a real broker and a real PostgreSQL."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from confluent_kafka import Producer

from agents.commands import lane_log
from infra.database import migrate
from infra.settings import Settings, load
from infra.stack.ports import any_free
from streams.admin import create_topics
from streams.archive.rows import row
from streams.archive.sink import VerdictSink
from streams.events import Headers, Origin, Received, VerdictRecord, event_id, verdict_headers, verdict_record
from streams.mail import parse
from streams.topics import LANES, RECEIVED
from streams.triage.decide import decide
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Facts, SenderFacts
from tests.services.log import settle
from tests.services.servers import new_broker, running
from tests.verdicts import At

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
RAW = b"""From: Ana Exemplo <ana@shop.example>\r
To: me@home.example\r
Subject: Please confirm by Friday\x1b[31m\r
Date: Tue, 03 Mar 2026 10:00:00 +0000\r
Message-ID: <1@shop.example>\r
\r
Could you please confirm the delivery date by Friday?\r
"""
COMMAND = [sys.executable, "-c", "from infra.cli import main; main()"]


@dataclass(frozen=True)
class Done:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Stage:
    """A broker with topics, a migrated database, and the hands that put mails and verdicts there."""

    settings: Settings
    account: str
    producer: Producer

    def run(self, *arguments: str, **environment: str) -> Done:
        """Run `triage` with these arguments."""
        done = subprocess.run(
            [*COMMAND, *arguments],
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    def environment(self, **changes: str) -> dict[str, str]:
        """Variables that lead a command here."""
        return {
            **os.environ,
            "KAFKA_BOOTSTRAP_SERVERS": self.settings.kafka_bootstrap_servers,
            "DATABASE_URL": self.settings.database_url.get_secret_value(),
            **changes,
        }

    def put(self, topic: str, value: bytes, headers: Headers, *, abort: bool = False) -> Origin:
        """One record in a transaction of its own."""
        placed: list[Any] = []
        self.producer.begin_transaction()
        self.producer.produce(
            topic,
            value,
            self.account.encode(),
            headers=list(headers),
            on_delivery=lambda error, message: placed.append(message),
        )
        self.producer.flush()
        (self.producer.abort_transaction if abort else self.producer.commit_transaction)()
        settle(self.settings.kafka_bootstrap_servers, topic)
        return Origin(topic=topic, partition=placed[0].partition(), offset=placed[0].offset())

    def mail(self, number: int = 1, raw: bytes = RAW) -> tuple[Received, VerdictRecord]:
        """A mail on mail.received, and the verdict that today's program gives it."""
        received = Received(
            event_id=event_id(self.account, number),
            account=self.account,
            raw=raw,
            received_at=NOW,
            location=f"INBOX;UID={number}",
        )
        origin = self.put(RECEIVED.name, raw, received.headers())
        facts = Facts(owner=("me@home.example",), received_at="2026-03-04T05:06:07.000Z", sender=SenderFacts(mails=3))
        mail = parse(raw)
        return received, verdict_record(received, mail, facts, decide(mail, facts, DEFAULT), origin)

    def lane(self, received: Received, record: VerdictRecord, *, abort: bool = False) -> None:
        """The verdict on its lane."""
        self.put(LANES[record.lane].name, record.encode(), verdict_headers(record, received.traceparent), abort=abort)

    def archive(self, *records: VerdictRecord) -> None:
        """The verdicts in PostgreSQL."""

        async def write() -> None:
            sink = VerdictSink(self.settings)
            await sink.write([row(record, At(topic=LANES[record.lane].name)) for record in records])
            await sink.close()

        asyncio.run(write())


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A broker of these tests' own: what they put into the lanes is nobody else's business."""
    with running(new_broker(tmp_path_factory.mktemp("explain"))) as server:
        yield server.bootstrap


@pytest.fixture
def stage(broker: str, database: str, unique: str) -> Stage:
    settings = load(kafka_bootstrap_servers=broker, database_url=database)
    create_topics(settings)
    asyncio.run(migrate(settings))
    producer = Producer({"bootstrap.servers": broker, "log_level": 2, "transactional.id": unique})
    producer.init_transactions()
    return Stage(settings, f"account-{unique}", producer)


def nowhere() -> int:
    """A port that nobody listens on."""
    return any_free()[0]


def test_an_archived_verdict_is_explained_and_comes_out_the_same(stage: Stage) -> None:
    _, record = stage.mail()
    stage.archive(record)
    done = stage.run("explain", record.event_id)
    assert done.code == 0, done
    for expected in ("Please confirm by Friday", "Ana Exemplo <ana@shop.example>", f"priority {record.priority} → {record.lane}",
                     *(reason.text for reason in record.reasons), "3 mails", "first mail of its thread", "PostgreSQL",
                     f"mail.received/{record.origin.partition}/{record.origin.offset}", "identical"):  # fmt: skip
        assert expected in done.out
    assert "\x1b" not in done.out


def test_a_program_reads_the_same_as_json(stage: Stage) -> None:
    _, record = stage.mail()
    stage.archive(record)
    done = stage.run("explain", record.event_id, "--json")
    told = orjson.loads(done.out)
    assert (done.code, told["identical"], told["differences"]) == (0, True, [])
    assert VerdictRecord.decode(orjson.dumps(told["recorded"])) == record
    assert told["derived"]["priority"] == record.priority


def test_the_beginning_of_an_id_is_enough_while_it_is_the_only_one(stage: Stage) -> None:
    _, record = stage.mail()
    twin = dataclasses.replace(record, event_id=record.event_id[:12] + "0" * 20)
    stage.archive(record)
    assert stage.run("explain", record.event_id[:8].upper()).code == 0
    stage.archive(twin)
    ambiguous = stage.run("explain", record.event_id[:8])
    assert ambiguous.code == 2
    assert record.event_id in ambiguous.err
    assert twin.event_id in ambiguous.err
    assert stage.run("explain", record.event_id).code == 0


@pytest.mark.parametrize("wrong", ["abc", "not-hexadecimal", "0" * 33, "%"])
def test_what_is_no_id_is_a_usage_error(stage: Stage, wrong: str) -> None:
    assert stage.run("explain", wrong).code == 2


def test_a_verdict_that_is_not_archived_yet_is_found_in_its_lane(stage: Stage) -> None:
    received, record = stage.mail()
    stage.lane(received, record)
    done = stage.run("explain", record.event_id)
    assert done.code == 0, done
    assert "offsets of each lane partition" in done.out


@pytest.mark.parametrize("migrated", [True, False], ids=["away", "empty"])
def test_without_postgresql_the_lanes_answer(stage: Stage, migrated: bool, postgres: str, unique: str) -> None:
    """The server is away, or has no table yet."""
    received, record = stage.mail()
    stage.lane(received, record)
    url = f"postgresql://crewai@127.0.0.1:{nowhere()}/none" if migrated else postgres
    done = stage.run("explain", record.event_id, DATABASE_URL=url)
    assert done.code == 0, done


def test_an_unknown_mail_is_not_found_and_the_places_are_named(stage: Stage) -> None:
    done = stage.run("explain", "0123456789abcdef" * 2)
    assert (done.code, done.out) == (1, "")
    assert "PostgreSQL" in done.err
    assert "lane partition" in done.err


def test_a_verdict_of_an_aborted_transaction_never_was(stage: Stage) -> None:
    received, record = stage.mail()
    stage.lane(received, record, abort=True)
    assert stage.run("explain", record.event_id).code == 1


def test_a_verdict_that_comes_out_otherwise_is_shown_beside_the_old_one(stage: Stage) -> None:
    _, record = stage.mail()
    stage.archive(dataclasses.replace(record, priority=(record.priority + 1) % 11, policy_version="before"))
    done = stage.run("explain", record.event_id)
    assert done.code == 1
    assert "differs, for the policy has changed" in done.out
    assert f"priority: recorded {(record.priority + 1) % 11}, now {record.priority}" in done.out
    told = orjson.loads(stage.run("explain", record.event_id, "--json").out)
    assert [one["field"] for one in told["differences"]] == ["priority", "policy_version"]


def test_a_later_opinion_is_shown_and_the_streams_own_verdict_derived(stage: Stage) -> None:
    _, record = stage.mail()
    stage.archive(record, dataclasses.replace(record, revision=1, priority=10, model_version="crew"))
    done = stage.run("explain", record.event_id)
    assert done.code == 0, done
    assert "priority 10" in done.out
    assert "revision 1" in done.out


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        ({"offset": 2**40}, "the log now holds offsets"),
        ({"partition": 999}, "no such topic or partition"),
        ({"topic": "mail.gone"}, "no such topic or partition"),
    ],
    ids=["offset", "partition", "topic"],
)
def test_a_mail_that_is_gone_from_the_log_is_said_to_be(stage: Stage, origin: dict[str, Any], said: str) -> None:
    _, record = stage.mail()
    stage.archive(dataclasses.replace(record, origin=dataclasses.replace(record.origin, **origin)))
    done = stage.run("explain", record.event_id)
    assert done.code == 1
    assert said in done.out


def test_a_transaction_marker_at_the_origin_is_no_mail(stage: Stage) -> None:
    _, record = stage.mail()
    beside = dataclasses.replace(record.origin, offset=record.origin.offset + 1)
    stage.archive(dataclasses.replace(record, origin=beside))
    done = stage.run("explain", record.event_id)
    assert done.code == 1
    assert "no committed record stands there" in done.out


def test_another_mail_at_the_origin_is_not_taken_for_this_one(stage: Stage) -> None:
    _, first = stage.mail(1)
    _, second = stage.mail(2)
    stage.archive(dataclasses.replace(first, origin=second.origin))
    done = stage.run("explain", first.event_id)
    assert done.code == 1
    assert "another mail stands at the origin" in done.out


def test_without_kafka_the_archived_verdict_is_still_shown(stage: Stage) -> None:
    _, record = stage.mail()
    stage.archive(record)
    done = stage.run("explain", record.event_id, KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{nowhere()}")
    assert done.code == 1
    assert "not derived: no answer from Kafka at 127.0.0.1" in done.out


def test_without_both_it_says_so_in_one_line(stage: Stage) -> None:
    port = nowhere()
    away = {
        "KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{port}",
        "DATABASE_URL": f"postgresql://crewai@127.0.0.1:{port}/none",
    }
    done = stage.run("explain", "0" * 32, **away)
    assert done.code == 1
    assert done.err.count("\n") == 1


async def test_the_lanes_are_searched_backwards_in_steps_and_to_a_depth(
    broker: str, unique: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Offsets 0, 2, 4, ... hold records, the others the markers of their transactions; the last was aborted."""
    monkeypatch.setattr(lane_log, "CHUNK", 4)
    settings = load(kafka_bootstrap_servers=broker)
    await asyncio.to_thread(create_topics, settings)
    producer = Producer({"bootstrap.servers": broker, "log_level": 2, "transactional.id": unique})
    producer.init_transactions()
    place = Stage(settings, unique, producer)
    topic = LANES[next(iter(LANES))].name
    for number in range(10):
        place.put(topic, str(number).encode(), (), abort=number == 9)

    async def values(wanted: set[bytes], depth: int) -> list[bytes]:
        records = await lane_log.newest(
            settings, [topic], lambda one: one.key == unique.encode() and one.value in wanted, depth=depth
        )
        return [record.value for record in records]

    assert await values({b"8", b"2"}, 100) == [b"8"]
    assert await values({b"2"}, 100) == [b"2"]
    assert await values({b"2"}, 12) == []
    assert await values({b"9"}, 100) == []


def test_a_lane_is_followed_from_its_beginning_to_a_count(stage: Stage) -> None:
    lane = None
    for number in range(3):
        received, record = stage.mail(number)
        stage.lane(received, record)
        lane = str(record.lane)
    assert lane
    done = stage.run("tail", lane, "--from-beginning", "--account", stage.account, "-n", "3")
    assert done.code == 0, done
    assert done.out.count("Please confirm by Friday") == 3
    assert "\x1b" not in done.out
    done = stage.run("tail", lane, "--from-beginning", "--account", stage.account, "-n", "2", "--json")
    assert len({VerdictRecord.decode(text.encode()).event_id for text in done.out.splitlines()}) == 2


def test_tail_shows_what_is_committed_from_now_on_and_ends_cleanly_at_ctrl_c(stage: Stage) -> None:
    received, record = stage.mail(1)
    stage.lane(received, record)
    following = subprocess.Popen(
        [*COMMAND, "tail", str(record.lane), "--account", stage.account],
        env=stage.environment(PYTHONUNBUFFERED="1"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert following.stdout
    later, verdict = stage.mail(2)
    first = None
    os.set_blocking(following.stdout.fileno(), False)
    deadline = datetime.now(UTC) + timedelta(seconds=120)
    while first is None and datetime.now(UTC) < deadline:  # it joins when it joins: say it again until it is heard
        stage.lane(later, verdict)
        try:
            subprocess.Popen.wait(following, timeout=0.3)
        except subprocess.TimeoutExpired:
            first = following.stdout.readline() or None
    os.set_blocking(following.stdout.fileno(), True)
    following.send_signal(signal.SIGINT)
    _, complaints = following.communicate(timeout=60)
    assert first is not None
    assert verdict.event_id[:8] in first
    assert (following.returncode, complaints) == (0, "")


def test_a_record_that_is_no_verdict_is_named_and_passed_over(stage: Stage) -> None:
    received, record = stage.mail()
    junk = stage.put(LANES[record.lane].name, b'{"subject": "\x1b[31m"', ())
    stage.lane(received, record)
    done = stage.run("tail", str(record.lane), "--from-beginning", "--account", stage.account, "-n", "1")
    assert done.code == 0, done
    assert f"{junk.topic}/{junk.partition}/{junk.offset}: not a verdict record" in done.err
    assert record.event_id[:8] in done.out


def test_tail_of_what_is_no_lane_is_a_usage_error(stage: Stage) -> None:
    assert stage.run("tail", "slow").code == 2


def test_tail_without_kafka_says_so_in_one_line(stage: Stage) -> None:
    done = stage.run("tail", "urgent", KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{nowhere()}")
    assert done.code == 1
    assert done.err.splitlines()[-1].startswith("triage: no answer from Kafka at 127.0.0.1")
