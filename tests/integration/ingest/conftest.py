"""Ingest as people run it: a process of its own beside a real broker."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from confluent_kafka.admin import AdminClient

from agents.accounts import Account, save_account
from infra.settings import Settings, load
from infra.stack import KafkaBroker
from streams.admin import create_topics
from streams.reading import Record, to_end
from streams.status import Status
from streams.topics import ALL, RECEIVED, STATUS

SESSION_S = 6.0
Seen = TypeVar("Seen")


class Ingest:
    """A running `triage ingest`, or another of its processes."""

    def __init__(self, environment: Mapping[str, str], name: str, log: Path, program: str = "ingest") -> None:
        self.log = log
        command = [sys.executable, "-c", "from infra.cli import main; main()", program]
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command, env={**os.environ, **environment, "INSTANCE_ID": name}, stdout=output, stderr=output
            )

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> float:
        """SIGTERM; seconds until it ended."""
        started = time.monotonic()
        self.process.terminate()
        assert self.process.wait(60) == 0
        return time.monotonic() - started

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.kill()


class Site:
    """A broker with the topics, its settings, and the processes of one test."""

    def __init__(self, bootstrap: str, directory: Path, stack: ExitStack) -> None:
        self.directory = directory
        self._stack = stack
        self._log: dict[int, list[Record]] = {}
        self.environment = {
            "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
            "KAFKA_SESSION_TIMEOUT_S": str(SESSION_S),
            "STATUS_INTERVAL_S": "0.3",
            "RECONNECT_MAX_S": "1",
            "LOG_LEVEL": "INFO",
            "PYTHONPATH": str(Path(__file__).parents[3]),
        }
        self.settings: Settings = load(
            kafka_bootstrap_servers=bootstrap, kafka_session_timeout_s=SESSION_S, instance_id="test"
        )

    def ingest(self, name: str = "ingest-1", **environment: str) -> Ingest:
        return self.start("ingest", name, **environment)

    def start(self, program: str, name: str = "", **environment: str) -> Ingest:
        """Any of the processes."""
        name = name or f"{program}-1"
        made = Ingest({**self.environment, **environment}, name, self.directory / f"{name}.log", program)
        self._stack.callback(made.close)
        return made

    def maildir(self, account: str) -> Box:
        return Box(self.directory / account)

    async def account(self, name: str, **changes: object) -> Box:
        """A mailbox that is on record."""
        box = self.maildir(name)
        await save_account(
            self.settings,
            Account(**{"id": name, "kind": "maildir", "maildir": str(box.root), "since_days": None, **changes}),  # type: ignore[arg-type]
        )
        return box

    async def received(self) -> list[Record]:
        """Everything committed to mail.received. Only what is new since the last look is read: a log of 100 MB that is
        read anew at every look takes the machine from the processes that one waits for."""
        numbers = range(self.settings.topic_partitions)
        news = await asyncio.gather(*(self._news(number, self._log.get(number, [])) for number in numbers))
        for number, records in zip(numbers, news, strict=True):
            known = self._log.setdefault(number, [])
            last = known[-1].offset if known else -1  # somebody else may have looked meanwhile
            known.extend(record for record in records if record.offset > last)
        return [record for number in numbers for record in self._log[number]]

    async def _news(self, partition: int, known: list[Record]) -> list[Record]:
        begin = known[-1].offset + 1 if known else 0
        chunks = to_end(self.settings, RECEIVED.name, (partition,), begin=begin)
        return [record async for chunk in chunks for record in chunk]

    async def until_received(
        self, count: int, seconds: float = 60, missing: Callable[[list[Record]], str] = lambda _: ""
    ) -> list[Record]:
        """Wait for so many committed mails; fails with what is there, how it came and what the processes say of
        themselves. `missing` names what is not there."""
        seen: list[tuple[float, int]] = []
        started = time.monotonic()

        async def look() -> list[Record]:
            found = await self.received()
            if not seen or seen[-1][1] != len(found):
                seen.append((round(time.monotonic() - started, 1), len(found)))
            return found

        try:
            return await until(look, lambda found: len(found) >= count, seconds)
        except AssertionError as error:
            here = [record for records in self._log.values() for record in records]
            said = "\n".join(f"{name}: {status}" for name, status in (await self.statuses()).items())
            pytest.fail(
                f"{error}: {len(here)} of {count} mails; they came (seconds, mails): {seen[-10:]}\n{missing(here)}\n"
                f"{said}\n{self.last_words()}"
            )

    def last_words(self, lines: int = 25) -> str:
        """The end of each process's log."""
        logs = sorted(self.directory.glob("*.log"), key=lambda path: path.stat().st_mtime)
        return "\n".join(
            f"--- {path.name}\n" + "\n".join(path.read_text("utf-8", "replace").splitlines()[-lines:]) for path in logs
        )

    def logs(self, lines: int = 40) -> str:
        """The last lines of every process."""
        return "\n".join(
            "\n".join([f"--- {log.name}", *log.read_text(errors="replace").splitlines()[-lines:]])
            for log in sorted(self.directory.glob("*.log"))
        )

    async def statuses(self) -> dict[str, Status | None]:
        """The last word of each process; None when it said goodbye."""
        said: dict[str, Status | None] = {}
        async for chunk in to_end(self.settings, STATUS.name):
            for record in chunk:
                said[(record.key or b"").decode()] = Status.decode(record.value) if record.value else None
        return said

    async def until_status(
        self, wanted: Callable[[Status], bool], name: str = "ingest-1", seconds: float = 90
    ) -> Status:
        """Wait until the process says what is wanted."""

        def fits(said: dict[str, Status | None]) -> bool:
            last = said.get(name)
            return last is not None and wanted(last)

        status = (await until(self.statuses, fits, seconds))[name]
        assert status is not None
        return status


class Box:
    """A Maildir to deliver into."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.delivered: list[str] = []
        for part in ("cur", "new", "tmp"):
            (root / part).mkdir(parents=True, exist_ok=True)

    def deliver(self, count: int = 1, size: int = 0) -> None:
        for _ in range(count):
            name = f"{len(self.delivered):06d}.host"
            raw = f"From: a@example.org\r\nMessage-ID: <{self.root.name}-{name}@example.org>\r\n\r\n".encode()
            (self.root / "tmp" / name).write_bytes(raw.ljust(size, b"x"))
            (self.root / "tmp" / name).rename(self.root / "new" / name)
            self.delivered.append(name)


def each_once(records: list[Record], *boxes: Box) -> None:
    """Every delivered mail is there exactly once, and nothing else."""
    found = Counter(
        (record.key or b"").decode() + "/" + dict(record.headers)["ce_subject"].decode() for record in records
    )
    expected = Counter(f"{box.root.name}/new/{name}" for box in boxes for name in box.delivered)
    assert not expected - found, f"{len(expected - found)} mails are lost"
    assert not found - expected, f"{len(found - expected)} mails too many"
    ids = Counter(dict(record.headers)["ce_id"] for record in records)
    assert max(ids.values()) == 1


async def until(look: Callable[[], Awaitable[Seen]], fits: Callable[[Seen], bool], seconds: float) -> Seen:
    """Look again and again until it fits."""
    deadline = time.monotonic() + seconds
    while True:
        started = time.monotonic()
        seen = await look()
        if fits(seen):
            return seen
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s"
        await asyncio.sleep(max(0.2, time.monotonic() - started))  # half of the time is for those who are watched


@pytest.fixture
def shared_site(ingest_broker: KafkaBroker, tmp_path: Path) -> Iterator[Site]:
    """Fresh topics on a broker that is shared: much quicker than `site`, but a killed group member would linger."""
    with ExitStack() as stack:
        made = Site(ingest_broker.bootstrap, tmp_path, stack)
        with fresh_topics(made.settings):
            yield made


@contextmanager
def fresh_topics(settings: Settings) -> Iterator[None]:
    """All topics, empty; deleted at the end."""
    create_topics(settings)
    yield
    admin = AdminClient({"bootstrap.servers": settings.kafka_bootstrap_servers})
    present = admin.list_topics(timeout=60).topics
    names = [spec.name for spec in ALL if spec.name in present]
    for deleted in admin.delete_topics(names).values():
        deleted.result(60)
    deadline = time.monotonic() + 60
    while left := set(names) & set(admin.list_topics(timeout=60).topics):
        assert time.monotonic() < deadline, f"deleted, and still there: {left}"
        time.sleep(0.05)


@pytest.fixture
def site(kafka_broker: KafkaBroker, tmp_path: Path) -> Iterator[Site]:
    with ExitStack() as stack:
        made = Site(kafka_broker.bootstrap, tmp_path, stack)
        create_topics(made.settings)
        yield made
