"""Replay, shadow, promote and time travel as a person runs them: a real broker, a real worker at work beside."""

from __future__ import annotations

import signal
import subprocess
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.errors import ConfigError
from infra.settings import load
from infra.stack.ports import any_free
from streams.admin import create_topics
from streams.replay.again import FactsFrom
from streams.replay.apply import MOST
from streams.replay.difference import Sums
from streams.replay.plan import Offsets, Range
from streams.replay.run import Task, compared
from streams.versions.judge import of_files
from tests.integration.pipeline.processes import TRIAGE, pipeline
from tests.integration.replay.site import POLICY, Site
from tests.services.servers import new_broker, running

MAILS, CHANGED = 600, 6


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A broker of these tests' own, since they write to the lanes; mails of which 1 % change by the candidate."""
    folder = tmp_path_factory.mktemp("replay")
    with running(new_broker(folder / "kafka")) as broker:
        (port,) = any_free()
        environment = {
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap,
            "DATABASE_URL": "postgresql://crewai@127.0.0.1:9/none",
            "TABLE_STORE": "memory",
            "STATUS_INTERVAL_S": "1",
        }
        settings = load(kafka_bootstrap_servers=broker.bootstrap)
        create_topics(settings)
        (folder / "policy.toml").write_text(POLICY)
        with pipeline(folder, **environment, PROCESS_METRICS_PORT=str(port)) as flow:
            flow.start("worker-0")
            flow.environment = environment | {"METRICS": str(port)}
            made = Site(settings, flow, folder)
            made.mails(MAILS, CHANGED)
            yield made


@pytest.fixture(scope="module")
def policy(site: Site) -> str:
    return str(site.folder / "policy.toml")


def test_what_decides_now_changes_nothing(site: Site) -> None:
    done = site.run("replay", "--max-changes", "0")
    assert done.code == 0, done
    assert f"{MAILS} mails decided again, 0 change" in done.out


def test_exactly_the_mails_that_a_policy_changes_are_told(site: Site, policy: str, tmp_path: Path) -> None:
    site.until(lambda: site.lag() == 0, "the worker has committed all")
    before, groups, page = Counter(record.event_id for record in site.verdicts()), site.groups(), tmp_path / "page.html"
    options = ("--json", "--html", str(page), "--processes", "2", "--max-changes", str(CHANGED))
    done = site.run("replay", "--policy", policy, *options)
    assert done.code == 0, done
    *changes, sums = done.lines()
    assert {change["event_id"] for change in changes} == site.muted
    assert len(changes) == CHANGED
    assert {change["after"]["lane"] for change in changes} == {"low"}
    assert all("muted" in [shift["rule"] for shift in change["why"]] for change in changes)
    assert (sums["mails"], sums["changes"], sums["without_a_verdict"]) == (MAILS, CHANGED, 0)
    assert Counter(record.event_id for record in site.verdicts()) == before
    assert (site.groups(), site.lag()) == (groups, 0)
    text = page.read_text()
    assert "&lt;script&gt;document.title" in text
    assert "<script" not in text
    assert text.count('<span class="down">') == CHANGED


def test_more_changes_than_allowed_exit_with_1_and_say_so(site: Site, policy: str) -> None:
    done = site.run("replay", "--policy", policy, "--max-changes", str(CHANGED - 1), "--apply", "--why", "x")
    assert done.code == 1
    assert f"{CHANGED} mails change, --max-changes {CHANGED - 1}; nothing was applied" in done.err
    assert {record.revision for record in site.verdicts()} == {0}
    assert "document.title" in done.out
    assert "\u202e" not in done.out


def replayed(site: Site, *, facts: FactsFrom = "recorded", **wanted: Any) -> tuple[Sums, set[str]]:
    """In this process: what the command prints, without its start."""
    by = of_files(site.folder / "policy.toml" if facts == "recorded" else None, None)
    task = Task(settings=site.settings, judge=by, wanted=Range(**wanted), facts=facts, processes=1)
    with compared(task, lambda *_: None) as outcome:
        return outcome.sums, {change.event_id for change in outcome.changes()}


def test_parts_of_the_log_are_replayed_alone(site: Site) -> None:
    everything = site.verdicts()
    of_box = [record for record in everything if record.account == "box-1"]
    sums, changes = replayed(site, accounts=frozenset({"box-1"}))
    assert (sums.mails, changes) == (len(of_box), {record.event_id for record in of_box} & site.muted)
    partition, lane = of_box[0].origin.partition, of_box[0].lane
    there = [record.origin.offset for record in everything if record.origin.partition == partition]
    for text, expected in (
        (f"{partition}:0-19", sum(offset < 20 for offset in there)),
        (f"{partition}:20-", sum(offset >= 20 for offset in there)),
        ("-", len(everything)),
    ):
        assert replayed(site, offsets=(Offsets.parse(text),))[0].mails == expected
    assert replayed(site, lanes=frozenset({lane}))[0].mails == sum(record.lane is lane for record in everything)
    assert replayed(site, rules=frozenset({"advance_fee"}))[0].mails == 0
    now = datetime.now(UTC)
    assert replayed(site, since=now - timedelta(hours=2))[0].mails == len(everything)
    assert replayed(site, until=now - timedelta(hours=2))[0].mails == 0
    with pytest.raises(ConfigError, match="has the partitions 0-3"):
        replayed(site, offsets=(Offsets.parse("9:0-1"),))


def test_rebuilt_facts_are_those_that_were_recorded_when_nothing_else_differs(site: Site) -> None:
    sums, changes = replayed(site, facts="rebuilt")
    assert (sums.mails, sums.moved, changes) == (MAILS, 0, set())


def test_a_candidate_is_compared_on_live_mail_promoted_and_taken_back(site: Site, policy: str) -> None:
    why = ("--why", "a test")
    assert site.run("shadow", "show").code == 1
    done = site.run("shadow", "start", "--policy", policy, *why)
    assert done.code == 0, done
    assert "worker-0" in done.out
    site.until(lambda: "crewai_shadow_verdicts_total" in _metrics(site), "the candidate is loaded")
    shadowed = site.mails(120, 12)
    site.until(lambda: _shadowed(site) == (120, 12), "all are counted")
    *changes, sums = site.run("shadow", "show", "--json").lines()
    assert {change["event_id"] for change in changes} == site.muted & set(shadowed)
    assert sums["mails"] == 120

    shipped = {record.policy_version for record in site.verdicts()}
    assert len(shipped) == 1
    assert site.run("promote", *why).code == 0
    promoted = _policies(site, lambda found: found != shipped)
    assert len(promoted) == 1
    site.flow.terminate("worker-0")
    site.flow.start("worker-0")
    assert _policies(site, lambda _: True) == promoted, "a restart is no way back"
    assert site.run("promote", "--rollback", *why).code == 0
    assert _policies(site, lambda found: found != promoted) == shipped
    assert site.run("shadow", "stop", *why).code == 0

    (old,) = [record for record in site.verdicts() if record.policy_version in promoted][:1]
    done = site.run("explain", old.event_id)
    assert done.code == 0, done
    assert "derived again from the log: identical" in done.out


def test_revisions_are_published_once_though_the_first_run_was_killed(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "quiet.toml"
    file.write_text('mutes = ["s1@corp.example", "s2@corp.example"]')
    command = ["replay", "--policy", str(file), "--apply", "--json", "--why", "mutes", "--as", "op"]
    expected = {line["event_id"] for line in site.run(*command[:3], "--json").lines()[:-1]}
    assert len(expected) > 100

    def revised() -> Counter[str]:
        return Counter(record.event_id for record in site.verdicts() if record.revision)

    first = subprocess.Popen([TRIAGE, *command, "--rate", "8"], env=site.environment, stdout=subprocess.DEVNULL)
    site.until(lambda: len(revised()) >= 8, "some are published")
    first.send_signal(signal.SIGKILL)
    first.wait(60)
    assert len(revised()) < len(expected)
    again = site.run(*command, "--rate", str(10 * MOST))
    assert again.code == 0, again
    sums = again.lines()[-1]
    assert sums["resumed"]
    assert sums["published"] < len(expected)
    site.until(
        lambda: len(revised()) == len(expected), "the last transaction is visible a moment after it is committed"
    )
    assert revised() == Counter(expected), "each once"
    assert {record.revision for record in site.verdicts()} == {0, 1}
    third = site.run(*command).lines()
    assert [(line["changes"], line["published"]) for line in third] == [(0, 0)]
    assert not {group for group in site.groups() if group.startswith("triage-replay")}
    told = [line for line in site.run("control", "history", "--json").lines() if line["action"] == "replay"]
    assert [(line["who"], line["why"]) for line in told] == [("op", "mutes")] * 2, "each run that published something"
    assert f"{sums['published']} revisions: " in told[-1]["value"]
    assert site.flow.died() == []


def _metrics(site: Site) -> str:
    port = site.flow.environment["METRICS"]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        text: str = answer.read().decode()
        return text


def _shadowed(site: Site) -> tuple[float, float]:
    """Mails that a candidate decided, and those of them that it would put into the low lane."""
    told = [line for line in _metrics(site).splitlines() if line.startswith("crewai_shadow_verdicts_total")]
    low = [line for line in told if 'candidate="low"' in line]
    return sum(float(line.split()[-1]) for line in told), sum(float(line.split()[-1]) for line in low)


def _policies(site: Site, wanted: Callable[[set[str]], bool]) -> set[str]:
    """Versions that decide new mails, once they are as wanted."""
    found: set[str] = set()

    def as_wanted() -> bool:
        nonlocal found
        ids = set(site.mails(12, 0))
        found = {record.policy_version for record in site.verdicts() if record.event_id in ids}
        return len(found) == 1 and wanted(found)

    site.until(as_wanted, "new mails are decided by another policy")
    return found
