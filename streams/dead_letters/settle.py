"""Dealing with dead letters: put back to where they failed, or given up; each with its note, in one transaction.

Every step is one transaction of records and notes, and whoever deals with dead letters holds one transactional id. So
a kill in the middle repeats nothing, and of two at once the first stops. The book is read after the id was taken."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime

from infra.settings import Settings
from streams.dead_letters import note as notes
from streams.dead_letters.book import Book, read
from streams.dead_letters.letter import Letter, Place, headers_again, letter
from streams.dead_letters.note import Note
from streams.moments import utc_text
from streams.reading import Record, to_end
from streams.topics import DEAD, DEAD_NOTES
from streams.transactions import Outgoing, Transactions

TRANSACTIONAL_ID = "triage-dead"
STEP_LETTERS = 500
STEP_BYTES = 8 * 1024 * 1024
"""At most so much is written in one transaction."""

Choose = Callable[[Book], Sequence[Letter]]
Progress = Callable[[int, int], None]
"""Told how many are dealt with, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was done."""

    replayed: int = 0
    dropped: int = 0
    same: int = 0
    """Letters of a failure whose record was put back from another letter: closed without writing it again."""
    impossible: tuple[Place, ...] = ()
    """Letters that do not say where they came from: they stay open."""


async def drop(settings: Settings, choose: Choose, *, who: str, why: str) -> Settled:
    """Give letters up: their notes say who and why, their records stay where they are until retention takes them.

    Raises:
        KafkaUnavailable, Interrupted, TakenOver, what `choose` raises
    """
    with Transactions(settings, TRANSACTIONAL_ID) as log:
        meant = choose(await read(settings))
        for start in range(0, len(meant), STEP_LETTERS):
            step = [
                _noted(one, Note(
                    state="dropped", written_ms=one.written_ms, event_id=one.event_id, attempt=one.attempt,
                    who=who, why=why, at=utc_text(datetime.now(UTC)),
                ))
                for one in meant[start : start + STEP_LETTERS]
            ]  # fmt: skip
            log.write(step)
    return Settled(dropped=len(meant))


async def replay(settings: Settings, choose: Choose, *, who: str, why: str, progress: Progress) -> Settled:
    """Put letters back to the topic and partition where they failed, in the order of the log.

    Raises:
        KafkaUnavailable, Interrupted, TakenOver, what `choose` raises
    """
    with Transactions(settings, TRANSACTIONAL_ID) as log:
        book = await read(settings)
        meant = choose(book)
        wanted = {one.place for one in meant if one.origin is not None}
        written = _Written(book.put_back(), who=who, why=why)
        async with aclosing(_steps(settings, wanted)) as steps:
            async for step in steps:
                log.write(written.step(step))
                progress(written.replayed + written.same, len(wanted))
    impossible = tuple(one.place for one in meant if one.origin is None)
    return Settled(replayed=written.replayed, same=written.same, impossible=impossible)


class _Written:
    """Makes the records of each transaction and counts."""

    def __init__(self, put_back: dict[tuple[object, ...], Place], *, who: str, why: str) -> None:
        self._put_back, self._who, self._why = put_back, who, why
        self.replayed = self.same = 0

    def step(self, records: Sequence[Record]) -> list[Outgoing]:
        out: list[Outgoing] = []
        for record in records:
            dead, at = letter(record), utc_text(datetime.now(UTC))
            assert dead.origin is not None
            first = self._put_back.setdefault(dead.identity, dead.place)
            if again := first != dead.place:
                self.same += 1
            else:
                self.replayed += 1
                headers = headers_again(record.headers, dead, who=self._who, at=at)
                out.append(Outgoing(dead.origin.topic, dead.origin.partition, record.key, record.value, headers))
            note = Note(
                state="replayed", written_ms=dead.written_ms, event_id=dead.event_id, attempt=dead.attempt + 1,
                who=self._who, why=self._why, at=at, same_as=str(first) if again else "",
            )  # fmt: skip
            out.append(_noted(dead, note))
        return out


def _noted(one: Letter, note: Note) -> Outgoing:
    return Outgoing(DEAD_NOTES.name, one.place.partition, notes.key(one.place), note.encode())


async def _steps(settings: Settings, wanted: Collection[Place]) -> AsyncGenerator[list[Record]]:
    """The wanted letters with their bytes, as much at once as one transaction takes."""
    if not wanted:
        return
    step: list[Record] = []
    size = 0
    partitions = sorted({place.partition for place in wanted})
    begin = min(place.offset for place in wanted)
    async with aclosing(to_end(settings, DEAD.name, partitions, begin=begin)) as chunks:
        async for chunk in chunks:
            for record in chunk:
                if (record.partition, record.offset) not in wanted:
                    continue
                step.append(record)
                size += len(record.value or b"")
                if len(step) >= STEP_LETTERS or size >= STEP_BYTES:
                    yield step
                    step, size = [], 0
    if step:
        yield step
