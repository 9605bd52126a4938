"""Open dead letters as a metric: whichever topic is read first, whatever stands there."""

from __future__ import annotations

import random

import pytest

from monitoring.dead_letters.tally import CAUSES, Tally
from streams.dead_letters import note as notes
from streams.dead_letters.letter import Letter, letter
from streams.dead_letters.note import Note
from streams.reading import Record


def dead(offset: int, *, agent: str = "triage", error: str = "KeyError", at: int = 5) -> Letter:
    headers = {"ce_id": f"{offset}", "dead_agent": agent, "dead_error": error}
    return letter(Record(0, offset, b"box", b"", tuple((name, text.encode()) for name, text in headers.items()), at))


def noted(one: Letter, at: int = 5) -> tuple[bytes, bytes]:
    note = Note(state="replayed", written_ms=at, event_id=one.event_id, attempt=1, who="ops", why="", at="")
    return notes.key(one.place), note.encode()


@pytest.mark.parametrize("seed", range(5))
def test_a_letter_is_open_until_its_note_in_whatever_order_they_are_read(seed: int) -> None:
    letters = [dead(offset) for offset in range(6)]
    heard: list[Letter | tuple[bytes, bytes]] = [*letters, *map(noted, letters[:4])]
    random.Random(seed).shuffle(heard)
    tally = Tally()
    for one in heard:
        tally.hear(one) if isinstance(one, Letter) else tally.hear_note(*one)
    assert tally.counts() == {("triage", "KeyError"): 2}


def test_a_note_about_a_letter_of_a_former_topic_closes_nothing() -> None:
    tally = Tally()
    tally.hear_note(*noted(dead(1), at=4))
    tally.hear(dead(1))
    tally.hear(dead(2))
    tally.hear_note(*noted(dead(2), at=4))
    tally.hear_note(b"junk", b"junk")
    assert tally.counts() == {("triage", "KeyError"): 2}


def test_what_retention_takes_is_open_no_more() -> None:
    tally = Tally()
    for offset in range(4):
        tally.hear(dead(offset))
    tally.forget(1, 100)
    tally.forget(0, 3)
    assert tally.counts() == {("triage", "KeyError"): 1}


def test_series_are_bounded_and_hold_no_strange_text() -> None:
    tally = Tally()
    for number in range(CAUSES + 20):
        tally.hear(dead(number, error=f"Error{number}"))
    tally.hear(dead(1000, agent="a@example.org", error="no word\n"))
    counts = tally.counts()
    assert len(counts) <= CAUSES + 1
    assert sum(counts.values()) == CAUSES + 21
    assert counts["other", "other"] >= 20
