"""What the commands print, without any service."""

from __future__ import annotations

import io
import resource
import sys
from importlib import metadata

import pytest
from rich.console import Console

from infra.settings import Settings, load
from monitoring.commands.lag import as_dict, table
from monitoring.commands.settings_list import rows
from monitoring.commands.wording import duration
from monitoring.health import finding
from monitoring.lag.model import GroupLag, LagSnapshot, PartitionLag, TopicLag
from monitoring.lag.state import Status


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "?"),
        (0.0, "0 s"),
        (0.04, "0.0 s"),
        (3.21, "3.2 s"),
        (45, "45 s"),
        (119, "119 s"),
        (600, "10 min"),
        (7200, "2 h"),
        (9e5, "10 d"),
    ],
)
def test_durations_read_as_a_person_would_say_them(seconds, text):
    assert duration(seconds) == text


def snapshot(*, group: str = "triage", exact: bool = True, status: Status | None = None) -> LagSnapshot:
    row = PartitionLag(
        group=group, topic="mail.received", partition=0, committed=None, end=9, records=1234, exact=exact, seconds=5.0
    )
    topic = TopicLag(
        group=group, topic="mail.received", records=1234, exact=exact, seconds=5.0, status=status, drain_per_s=10.0
    )
    groups = (GroupLag(group=group, state="Stable", members=2, topics=(topic,), partitions=(row,)),)
    return LagSnapshot(at_ms=1, groups=groups, took_s=0.1, read_bytes=0)


def printed(shown: LagSnapshot, *, partitions: bool = False) -> str:
    out = io.StringIO()
    Console(file=out, width=160).print(table(shown, partitions=partitions))
    return out.getvalue()


def test_the_table_has_lane_figures_and_pace():
    text = printed(snapshot())
    assert text.splitlines()[1].split() == [
        "triage",
        "2",
        "stable",
        "mail.received",
        "received",
        "1,234",
        "5.0",
        "s",
        "2",
        "min",
        "?",
    ]


def test_a_groups_state_is_shown():
    assert printed(snapshot(status=Status.STALL)).splitlines()[1].split()[-1] == "stall"
    (group,) = as_dict(snapshot(status=Status.STALL), partitions=False)["groups"]
    assert group["status"] == group["topics"][0]["status"] == "stall"


def test_an_upper_bound_is_marked():
    assert "≤ 1,234" in printed(snapshot(exact=False))


def test_a_partition_that_was_never_committed_says_so():
    assert "never" in printed(snapshot(), partitions=True)


def test_a_groups_name_cannot_write_to_the_terminal():
    text = printed(snapshot(group="x\x1b[2J[red]y"))
    assert "\x1b" not in text
    assert "[red]y" in text


def test_json_has_what_the_table_has():
    (group,) = as_dict(snapshot(), partitions=True)["groups"]
    assert (group["group"], group["lag"], group["exact"], group["members"]) == ("triage", 1234, True, 2)
    assert group["topics"][0]["drained_in_s"] == pytest.approx(123.4)
    assert group["partitions"][0]["partition"] == 0


def test_every_setting_is_listed_with_its_meaning_and_no_secret():
    listed = {
        row.name: row for row in rows(load(kafka_sasl_password="hunter2", database_url="postgresql://u:hunter2@h/d"))
    }
    assert set(listed) == {name.upper() for name in Settings.model_fields}
    assert listed["KAFKA_SASL_PASSWORD"].value == listed["DATABASE_URL"].value == "***"
    assert "hunter2" not in repr(listed)
    assert listed["IMAP_IDLE_S"].doc.startswith("IDLE is re-issued this often")
    assert listed["HEALTH_PORT"].default == "8000"
    assert listed["LOG_FORMAT"].kind == "json | text"
    assert listed["BATCH_SIZE"].kind == "int ≥ 1, ≤ 10000"


def test_the_python_that_runs_the_tests_is_supported():
    assert finding.python().ok


def test_an_unsupported_python_has_a_remedy(monkeypatch):
    monkeypatch.setattr(finding, "PYTHON", ((4, 0), (5, 0)))
    assert not finding.python().ok
    assert finding.python().remedy


@pytest.mark.parametrize(("limit", "ok"), [(1024, True), (resource.RLIM_INFINITY, True), (1023, False)])
def test_few_open_files_are_told_with_their_remedy(monkeypatch, limit: int, ok: bool):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, resource.RLIM_INFINITY))
    found = finding.files()
    assert (found.ok, "ulimit -n" in found.remedy) == (ok, not ok)


def test_installed_packages_are_as_required():
    assert all(one.ok for one in finding.packages())


@pytest.mark.parametrize(
    ("requirement", "found"),
    [("click>=999", f"click {metadata.version('click')}"), ("no-such-package-here>=1", "no-such-package-here missing")],
)
def test_a_wrong_or_missing_package_is_named_with_what_is_needed(monkeypatch, requirement, found):
    monkeypatch.setattr(finding, "requirements", lambda: ["click>=8", requirement])
    (one,) = finding.packages()
    assert (one.ok, one.found) == (False, found)
    assert requirement in one.remedy


def test_a_requirement_for_another_python_does_not_count(monkeypatch):
    monkeypatch.setattr(finding, "requirements", lambda: ["no-such-package; python_version < '3'"])
    assert finding.packages()[0].ok
    assert sys.version_info >= (3,)


def test_every_setting_says_what_it_means():
    assert [row.name for row in rows(load()) if not row.doc] == []
