"""A run's figures, and its writers, over a target of the test's own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agents.load import run as module
from agents.load.landing import Landed, _note
from agents.load.mails import Mails, message_id, number_in
from agents.load.run import Progress, report
from agents.load.targets import MaildirTarget, target
from infra.errors import ConfigError
from infra.settings import load
from streams.topics import DEAD
from tests.unit.deliver.rows import LaneRecord
from tests.verdicts import changed

MAILS = Mails(5, datetime(2026, 3, 4, tzinfo=UTC))


def test_the_report_counts_what_landed_what_died_and_what_is_lost() -> None:
    progress = Progress(6, written={number: 100.0 + number for number in range(5)}, wrote_s=10.0)
    landed = Landed(at_s={0: 100.5, 1: 101.25, 2: 101.9}, lanes={0: "low", 1: "low", 2: "high"}, dead={3}, twice=1)
    made = report(5, progress, landed, 30.0)
    assert (made.emails, made.written, made.landed, made.dead, made.lost, made.twice) == (6, 5, 3, 1, 1, 1)
    assert made.latency_ms == {"p50": 250.0, "p90": 500.0, "p99": 500.0, "max": 500.0}, "a clock behind ours gives 0"
    assert (made.written_per_s, made.seconds, made.lanes) == (0.5, 1.9, {"high": 1, "low": 2})
    assert not made.ok


@pytest.mark.parametrize(
    ("written", "landed", "ok"),
    [
        ({0: 1.0}, Landed(at_s={0: 2.0}), True),
        ({0: 1.0}, Landed(dead={0}), True),
        ({0: 1.0}, Landed(), False),
        ({}, Landed(), False),
        ({0: 1.0}, Landed(at_s={0: 2.0}, twice=1), False),
    ],
)
def test_a_run_is_well_when_each_mail_is_accounted_for_once(
    written: dict[int, float], landed: Landed, ok: bool
) -> None:
    assert report(5, Progress(1, written=written, wrote_s=1.0), landed, 9.0).ok is ok


def seen(*records: LaneRecord) -> Landed:
    landed = Landed()
    for record in records:
        _note(record.topic, record, lambda text: number_in(text, 5), landed)
    return landed


def verdict(number: int, *, seed: int = 5, revision: int = 0) -> LaneRecord:
    value = changed(message_id=message_id(seed, number), revision=revision).encode()
    return LaneRecord("mail.low", 0, 0, b"a", value, timestamp=2500)


def test_lane_records_and_dead_letters_are_known_by_the_mails_id() -> None:
    dead = LaneRecord(DEAD.name, 0, 0, b"a", MAILS.mail(9))
    landed = seen(
        verdict(3), verdict(3, revision=1), verdict(4, seed=6), dead, LaneRecord("mail.low", 0, 1, b"a", b"{")
    )
    assert (landed.at_s, landed.lanes, landed.dead, landed.twice) == ({3: 2.5}, {3: "low"}, {9}, 0)
    assert seen(verdict(3), verdict(3)).twice == 1


async def test_a_maildir_gets_whole_mails_under_names_of_their_own(tmp_path: Path) -> None:
    async with MaildirTarget(tmp_path / "box").writer(0) as writer:
        for number in range(3):
            await writer.write(number, MAILS.mail(number))
    assert {path.read_bytes() for path in (tmp_path / "box" / "new").iterdir()} == {MAILS.mail(n) for n in range(3)}
    assert list((tmp_path / "box" / "tmp").iterdir()) == []


class Instant:
    """A target behind which every mail lands at once."""

    def __init__(self, landed: Landed) -> None:
        self.landed, self.writers = landed, 0

    @asynccontextmanager
    async def writer(self, number: int) -> AsyncIterator[Instant]:
        self.writers += 1
        yield self

    async def write(self, number: int, raw: bytes) -> None:
        await asyncio.sleep(0.001)
        if number != 13:
            self.landed.at_s[number] = time.time()


async def test_writers_share_the_mails_at_the_rate_and_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    landed = Landed()

    @asynccontextmanager
    async def watching(*_: object) -> AsyncIterator[Landed]:
        yield landed

    monkeypatch.setattr(module, "watching", watching)
    instant, shown = Instant(landed), list[int]()
    made = await module.run(
        load(), MAILS, instant, emails=60, concurrent=4, rate=100.0, patience_s=0.6,
        show=lambda progress, _: shown.append(len(progress.written)),
    )  # fmt: skip
    assert instant.writers == 4
    assert (made.written, made.landed, made.lost, made.ok) == (60, 59, 1, False)
    assert made.written_per_s <= 105
    assert shown


@pytest.mark.parametrize("to", ["", "maildir:", "imap:", "imap:a,,b", "kafka:x", "smtp:x"])
def test_another_target_is_refused_with_those_that_there_are(to: str) -> None:
    with pytest.raises(ConfigError, match="maildir:DIR, imap:ACCOUNT"):
        target(load(), to)


def test_the_three_targets() -> None:
    names = [type(target(load(), to)).__name__ for to in ("maildir:/x", "imap:a,b", "kafka")]
    assert names == ["MaildirTarget", "ImapTarget", "KafkaTarget"]
