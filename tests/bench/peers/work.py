"""The work that every contender does on every event, and the events: the same function, the same bytes in and out.

An event is JSON of about 953 bytes, its key one of 1,000 accounts. It is loaded, classified by about 10 µs of plain
Python, dumped as about 570 bytes and goes, with the same key, to the output topic of its priority."""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

PARTITIONS = 4
PRIORITIES = ("urgent", "high", "normal", "low")
BATCH_BYTES = 262144
"""Of a producer's batch; all contenders."""
COMMIT_S = 1.0
"""Commit interval of the contenders that commit by time."""
ACCOUNTS = 1000

_MONEY = re.compile(r"\$\d[\d,]*(?:\.\d\d)?")
_URL = re.compile(r"https?://[^\s]+")
_URGENT = re.compile(r"\b(?:urgent|asap|immediately|deadline|outage)\b", re.IGNORECASE)
_WORDS = ("invoice", "unsubscribe", "meeting", "payment", "contract", "newsletter", "security", "refund")
_VOCABULARY = (
    "the of to and we in please review your account team for update with from this that have will "
    "project status next week attached report weekly customer order delivery schedule budget answer "
    "question system server note change request approval draft final version call about there which "
    "tomorrow regarding following information details regards thanks best office people time work"
).split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a contender is told, by its environment."""

    bootstrap: str
    input: str
    prefix: str
    """Of its output topics, and its consumer group."""
    mark: Path
    """Where to leave the time of the first event (`work.Mark`)."""
    linger_ms: int
    table: bool
    """Whether to count events per account in a table and put the count into the output."""
    folder: Path
    """Scratch space."""

    @classmethod
    def from_environment(cls) -> Task:
        """Of this process."""
        told = {name: os.environ[f"BENCH_{name.upper()}"] for name in cls.__slots__}
        return cls(
            bootstrap=told["bootstrap"],
            input=told["input"],
            prefix=told["prefix"],
            mark=Path(told["mark"]),
            linger_ms=int(told["linger_ms"]),
            table=bool(told["table"]),
            folder=Path(told["folder"]),
        )

    def environment(self) -> dict[str, str]:
        """The inverse."""
        told = {name: getattr(self, name) for name in self.__slots__} | {"table": "1" if self.table else ""}
        return {f"BENCH_{name.upper()}": str(value) for name, value in told.items()}

    @property
    def outputs(self) -> dict[str, str]:
        """Priority → topic."""
        return {priority: self.prefix + priority for priority in PRIORITIES}


@dataclass(frozen=True, slots=True)
class Mark:
    """When a contender took its first event."""

    time_s: float
    """Since 1970."""
    cpu_s: float
    """Processor time the process had used by then."""

    @classmethod
    def read(cls, path: Path) -> Mark:
        """What `Work` has left there."""
        return cls(*map(float, path.read_text().split()))


class Work:
    """The work of one process. Its first event leaves a mark."""

    def __init__(self, task: Task) -> None:
        self._mark: Path | None = task.mark

    def verdict(self, raw: bytes, count: int | None = None) -> tuple[str, bytes]:
        """Encoded event → priority and encoded output."""
        priority, output = self.decide(orjson.loads(raw), count)
        return priority, orjson.dumps(output)

    def decide(self, event: dict[str, Any], count: int | None = None) -> tuple[str, dict[str, Any]]:
        """The same for libraries that load and dump themselves."""
        if self._mark is not None:
            self._mark.write_text(f"{time.time()} {time.process_time()}")
            self._mark = None
        priority, score, hits, money, urls = classify(event)
        output = {
            "event_id": event["event_id"],
            "account": event["account"],
            "priority": priority,
            "score": score,
            "hits": hits,
            "money": money,
            "urls": urls,
            "from": event["from"],
            "subject": event["subject"],
            "snippet": event["text"][:240],
            "ts": event["ts"],
            "model": "rules-2026-01",
            "explain": "score=urgent*20+money*5+hits*4-urls*3",
        }
        if count is not None:
            output["count"] = count
        return priority, output


def classify(event: dict[str, Any]) -> tuple[str, int, list[str], list[str], int]:
    """About 10 µs of plain Python: three regular expressions, eight `in`, some sums."""
    subject, text = event["subject"], event["text"]
    low = text.lower()
    hits = [word for word in _WORDS if word in low]
    money = _MONEY.findall(text)
    urls = len(_URL.findall(text))
    urgent = len(_URGENT.findall(subject)) * 3 + ("deadline" in low) + ("outage" in low)
    score = urgent * 20 + len(money) * 5 + len(hits) * 4 - urls * 3 - 10 * ("unsubscribe" in low)
    score += sum(map(ord, event["event_id"][:8])) % 7
    score += low.count(" ") // 40 + subject.count("!")
    priority = "urgent" if score >= 50 else "high" if score >= 18 else "normal" if score >= 8 else "low"
    return priority, score, hits, money, urls


def events(count: int, seed: int = 1) -> Iterator[tuple[bytes, bytes]]:
    """Key and value of so many events, always the same ones for a seed."""
    rnd = random.Random(seed)
    for number in range(count):
        account = f"acct-{rnd.randrange(ACCOUNTS):04d}"
        event = {
            "event_id": f"{rnd.getrandbits(64):016x}-{number:08d}",
            "account": account,
            "from": f"user{rnd.randrange(5000)}@example.org",
            "subject": ("URGENT: " if rnd.random() < 0.12 else "") + " ".join(rnd.choices(_VOCABULARY, k=6)),
            "text": _text(rnd),
            "ts": 1763000000.123456 + number / 1000,
        }
        yield account.encode(), orjson.dumps(event)


def _text(rnd: random.Random) -> str:
    words = rnd.choices(_VOCABULARY, k=118)
    if rnd.random() < 0.35:
        words[20] = f"${rnd.randrange(10, 99999)}.00"
    if rnd.random() < 0.30:
        words[40] = f"https://example.org/{rnd.randrange(10**8):x}"
    if rnd.random() < 0.20:
        words[60] = "unsubscribe"
    if rnd.random() < 0.08:
        words[80] = "outage"
    for place in range(90, 90 + rnd.randrange(4)):
        words[place] = rnd.choice(("invoice", "meeting", "payment", "contract", "deadline"))
    return " ".join(words)
