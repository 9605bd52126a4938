"""Changes on disk while a replay runs, so that any number of them fits: a file per part, a JSON line per change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from streams.replay.again import Found
from streams.replay.difference import Change, Shift, Side
from streams.replay.plan import Span


def place(folder: Path, span: Span) -> Path:
    """The file of a part."""
    return folder / f"{span.partition:06}-{span.first:020}.jsonl"


def write(path: Path, found: Iterable[Found]) -> None:
    """Write a part's changes as they come."""
    with path.open("wb") as file:
        for one in found:
            file.write(encode(one))


def encode(one: Found) -> bytes:
    """One line."""
    record = {
        "topic": one.topic,
        "value": one.value.decode(),
        "headers": [(name, raw.decode()) for name, raw in one.headers],
    }
    return orjson.dumps({"change": one.change, "record": record}) + b"\n"


def read(folder: Path) -> Iterator[Found]:
    """All changes, by partition and in the order of the mails."""
    for path in sorted(folder.glob("*.jsonl")):
        with path.open("rb") as file:
            for line in file:
                yield decode(line)


def decode(line: bytes) -> Found:
    """What `encode` wrote."""
    data = orjson.loads(line)
    record = data["record"]
    return Found(
        change=_change(data["change"]),
        topic=record["topic"],
        value=record["value"].encode(),
        headers=tuple((name, text.encode()) for name, text in record["headers"]),
    )


def _change(data: dict[str, Any]) -> Change:
    after = data["after"]
    return Change(
        **data
        | {
            "before": Side(**data["before"]),
            "after": Side(**after) if after else None,
            "why": tuple(Shift(**shift) for shift in data["why"]),
        }
    )
