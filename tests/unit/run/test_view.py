"""What a person sees: figures right, and nothing of a mail able to move the cursor or colour the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from monitoring.run.lines import Lines, headline
from monitoring.run.picture import Part, Picture
from monitoring.run.screen import _is_due, without_password
from monitoring.run.tally import Headline
from monitoring.run.view import draw, worth_showing
from streams.triage.verdict import Lane

HOSTILE = st.text(st.sampled_from(list("[]/bold red\x1b\r\n\x07\u202e\x9b\x00")) | st.characters(), max_size=60)


def mail(**fields: Any) -> Headline:
    return Headline(**{
        "at": 1, "lane": Lane.URGENT, "priority": 10, "sender": "Ana", "subject": "Sign this", "reason": "Asks something.",
        "event_id": "0123456789abcdef", **fields,
    })  # fmt: skip


def picture(**fields: Any) -> Picture:
    lanes: Mapping[Lane, int] = {Lane.URGENT: 3, Lane.LOW: 1200}
    return Picture(**{
        "seconds": 12.0, "found": 1203, "dead": 2, "malformed": 0, "lanes": lanes, "archived": {Lane.URGENT: 2}, "waiting": {"urgent": 1, "received": 40},
        "waiting_s": {"urgent": 0.5}, "rate": 250.0, "last_ms": 80, "p50_ms": 90, "p99_ms": 12_345,
        "parts": (Part(name="ingest", well=True, said="ok"),), "latest": (mail(),), "fresh": (mail(),), "goal": "", **fields,
    })  # fmt: skip


def drawn(one: Picture, *, height: int = 40, width: int = 120) -> str:
    console = Console(width=width, height=height, color_system=None, force_terminal=False)
    with console.capture() as captured:
        console.print(draw(one, height=height))
    return captured.get()


def test_the_view_shows_lanes_latency_processes_and_pressing_mails() -> None:
    text = drawn(picture())
    for expected in (
        "1,203 new",
        "250.0/s",
        "last 80 ms, p50 90 ms, p99 12.3 s",
        "2 dead",
        "ingest ok",
        "Ana",
        "Sign this",
        "Asks something.",
        "01234567",
    ):
        assert expected in text
    assert [line.split()[:4] for line in text.splitlines() if line.startswith("urgent")] == [["urgent", "3", "2", "1"]]


def test_lane_records_that_are_no_verdicts_are_shown_where_there_are_any() -> None:
    assert "7 no verdicts" in drawn(picture(malformed=7))
    assert any("no verdicts 7" in line for line in Lines().of(picture(malformed=7)))
    assert "no verdicts" not in drawn(picture()) + str(Lines().of(picture()))


def test_an_unknown_lag_is_not_shown_as_none() -> None:
    (row,) = [line for line in drawn(picture(waiting={})).splitlines() if line.startswith("urgent")]
    assert row.split()[3] == "?"


def test_a_low_terminal_gets_a_shorter_list() -> None:
    many = tuple(mail(subject=f"number {number}") for number in range(30))
    assert drawn(picture(latest=many), height=24).count("number") == 4
    assert drawn(picture(latest=many), height=46).count("number") == 20


@pytest.mark.parametrize(
    ("urgent", "high", "shown"), [(30, 30, (8, 4)), (3, 30, (3, 9)), (30, 1, (11, 1)), (30, 0, (12, 0)), (1, 1, (1, 1))]
)
def test_most_of_the_room_is_for_what_is_urgent(urgent: int, high: int, shown: tuple[int, int]) -> None:
    latest = (*[mail()] * urgent, *[mail(lane=Lane.HIGH)] * high)
    lanes = [one.lane for one in worth_showing(latest, 12)]
    assert (lanes.count(Lane.URGENT), lanes.count(Lane.HIGH)) == shown
    assert lanes == sorted(lanes, key=[Lane.URGENT, Lane.HIGH].index)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_text_of_a_mail_can_neither_move_the_cursor_nor_colour(sender: str, subject: str, reason: str) -> None:
    shown = mail(sender=sender, subject=subject, reason=reason)
    part = Part(name="ingest", well=False, said=subject)
    for text in (drawn(picture(latest=(shown,), parts=(part,))), headline(shown)):
        assert not any(character < " " and character != "\n" for character in text)
        assert not set(text) & {"\x7f", "\x9b", "\u202e"}
    assert "\n" not in headline(shown)


def test_markup_of_a_mail_is_shown_as_it_was_written() -> None:
    assert "[bold]win[/bold] [/]" in drawn(picture(latest=(mail(subject="[bold]win[/bold] [/]"),)))


def test_plain_lines_are_written_only_when_something_changed() -> None:
    lines = Lines()
    first = lines.of(picture())
    assert first[0] == "  urgent 10  Ana: Sign this  (Asks something.)  01234567"
    assert first[1] == "ingest: ok"
    assert "urgent 3  high 0  normal 0  low 1,200  dead 2  archived 2  waiting 41" in first[2]
    assert lines.of(picture(fresh=(), seconds=13.0)) == []
    (again,) = lines.of(picture(fresh=(), dead=3))
    assert "dead 3" in again


def test_a_process_is_told_again_when_its_state_changes() -> None:
    lines = Lines()
    lines.of(picture())
    assert "ingest: silent for 9 s" in lines.of(
        picture(parts=(Part(name="ingest", well=False, said="silent for 9 s"),))
    )


def test_counts_up_to_a_total_are_told_in_quarters() -> None:
    assert [number for number in range(47) if _is_due(f"fetching Kafka 4: {number} of 46 jars")] == [
        0,
        11,
        22,
        33,
        44,
        46,
    ]
    assert _is_due("starting Kafka")


def test_the_password_of_the_database_is_not_shown() -> None:
    assert without_password("postgresql://me:secret@host:5432/db?x=1") == "postgresql://me:***@host:5432/db?x=1"
    assert without_password("postgresql://me@host/db") == "postgresql://me@host/db"
