"""What `triage top` shows, without any service."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from rich.console import Console

from monitoring.commands import top
from monitoring.commands.status import report_of
from monitoring.commands.top import View, as_dict, draw
from monitoring.health.instances import Instances
from monitoring.lag.model import GroupLag, LagSnapshot, TopicLag
from monitoring.lag.state import Status as State
from streams.status import Check, Status
from streams.topics import LANES


def queue(
    group: str, topic: str, records: int, *, rate: float | None = None, status: State | None = State.OK
) -> TopicLag:
    return TopicLag(
        group=group, topic=topic, records=records, exact=True, seconds=records / 2, drain_per_s=rate, status=status
    )


def group(name: str, *topics: TopicLag) -> GroupLag:
    return GroupLag(group=name, state="Stable", members=1, topics=topics, partitions=())


SNAPSHOT = LagSnapshot(
    at_ms=1,
    groups=(
        group("reporting", queue("reporting", "mail.urgent", 99)),
        group(
            "triage",
            queue("triage", "mail.received", 1200, rate=10.0, status=State.OK),
            queue("triage", "mail.feedback", 1),  # no lane: `triage lag` has it
        ),
        group(
            "triage-archive",
            *(queue("triage-archive", spec.name, 3, rate=-1.0, status=State.STALL) for spec in LANES.values()),
        ),
    ),
    took_s=0.1,
    read_bytes=0,
)


def view(*said: tuple[str, str, str], lag: LagSnapshot | None = SNAPSHOT, trouble: str = "") -> View:
    """Processes as (component, instance, what is wrong)."""
    now = datetime.now(UTC)
    instances = Instances(interval_s=60.0)  # silent after five minutes: no test is so slow
    for component, instance, reason in said:
        word = Status(
            component=component,
            instance=instance,
            pid=7,
            started_at=(now - timedelta(minutes=1)).isoformat(),
            at=now.isoformat(),
            checks=(Check(name="mailbox", ok=False, reason=reason),) if reason else (),
            counts={"done": 3},
        )
        instances.hear(instance, orjson.dumps(word), now=now)
    return View(at=now, lag=lag, trouble=trouble, report=report_of(instances))


def lines(shown: View) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=160).print(draw(shown))
    return out.getvalue().splitlines()


WELL = (("archive", "archive-0", ""), ("ingest", "ingest-0", ""), ("worker", "worker-0", ""))


def test_lanes_come_in_the_order_of_the_way_and_somebody_elses_group_is_none():
    rows = [line.split() for line in lines(view(*WELL))]
    assert rows[2] == ["received", "1,200", "10", "min", "10.0", "2", "min", "ok"]
    assert [row[0] for row in rows[3:7]] == ["urgent", "high", "normal", "low"]
    assert rows[3] == ["urgent", "3", "1.5", "s", "-1.0", "grows", "stall"]
    assert "99" not in str(rows[:8])


def test_every_process_is_there_and_what_is_missing():
    shown = "\n".join(lines(view(("ingest", "ingest-0", ""), ("worker", "worker-7", "no disk"))))
    assert "worker-7" in shown
    assert "no disk" in shown
    assert "archive: no live process" in shown
    assert "status: down" in shown


def test_when_kafka_is_away_it_says_so_and_shows_no_old_figures():
    shown = "\n".join(lines(view(*WELL, lag=None, trouble="no answer from Kafka at h:9")))
    assert "no answer from Kafka at h:9" in shown
    assert "received" not in shown


def test_names_cannot_write_to_the_terminal():
    shown = "\n".join(lines(view(("worker", "w\x1b[2J[red]", "[bold]x\x1b]0;"))))
    assert "\x1b" not in shown
    assert "[red]" in shown


def test_json_has_what_is_shown():
    said = orjson.loads(orjson.dumps(as_dict(view(*WELL))))
    assert [(row["lane"], row["lag"], row["status"]) for row in said["lanes"]][:2] == [
        ("received", 1200, "ok"),
        ("urgent", 3, "stall"),
    ]
    assert said["components"]["worker"]["instances"][0]["instance"] == "worker-0"
    assert (said["status"], said["trouble"]) == ("ok", "")


async def test_live_goes_on_after_kafka_was_away(monkeypatch: pytest.MonkeyPatch):
    """Each view replaces the last one; the words for trouble come and go."""

    async def views():
        for one in (view(*WELL), view(*WELL, lag=None, trouble="away"), view(*WELL)):
            yield one

    out = io.StringIO()
    monkeypatch.setattr(top, "console", lambda: Console(file=out, width=160))
    await top._print_live(views())
    assert out.getvalue().count("received") >= 1
