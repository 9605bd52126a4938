"""A dead letter as an operator sees it, what its words mean, and the record that puts it back."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.errors import ConfigError
from streams.dead_letters import note as notes
from streams.dead_letters import shown
from streams.dead_letters.anatomy import anatomy
from streams.dead_letters.book import Book, NoSuchLetter
from streams.dead_letters.letter import KEPT_FAILURES, Letter, Origin, Place, headers_again, letter
from streams.dead_letters.note import Note
from streams.dead_letters.selection import Selection
from streams.events import Headers
from streams.reading import Record
from streams.runtime.dead import dead_letter, is_replayed
from streams.topics import DEAD
from tests.unit.runtime.records import BadInput
from tests.unit.runtime.records import Record as Event

AT = "2026-11-24T09:00:00.000Z"
ID = "ab" * 16
SOMEWHERE = Place(3, 7)
OWN: Headers = (("ce_id", ID.encode()), ("x", b"\xff"))


def buried(event: Event, error: Exception, *, place: Place = SOMEWHERE) -> Record:
    """On `mail.dead` as the runtime puts it there."""
    out = dead_letter(event, "triage", error)
    return Record(*place, out.key, out.value, tuple(out.headers), 1_700_000_000_000 + place.offset)


def event(offset: int = 17, topic: str = "mail.received", headers: Headers = OWN) -> Event:
    return Event(offset=offset, topic=topic, headers=headers)


def test_a_letter_says_where_and_why_it_failed() -> None:
    one = letter(buried(event(), BadInput("no header field")))
    assert (one.place, one.origin) == (Place(3, 7), Origin("mail.received", 3, 17))
    assert (one.agent, one.error, one.reason, one.event_id) == ("triage", "BadInput", "no header field", ID)
    assert (one.attempt, one.history) == (0, ())


def test_a_mail_that_fails_again_and_again_keeps_its_latest_failures() -> None:
    failing = event()
    for attempt in range(KEPT_FAILURES + 3):
        record = buried(failing, BadInput(f"attempt {attempt}"), place=Place(3, attempt))
        one = letter(record)
        assert one.attempt == attempt
        failing = event(offset=100 + attempt, headers=headers_again(record.headers, one, who="ops", at=AT))
        assert is_replayed(failing.headers)
    last = letter(buried(failing, BadInput("at last")))
    assert [failure["reason"] for failure in last.history] == [
        f"attempt {number}" for number in range(3, KEPT_FAILURES + 3)
    ]
    assert failing.headers[:2] == event().headers
    assert len({name for name, _ in failing.headers}) == len(failing.headers), "no header twice, however often"


HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["ce_id", "dead_topic", "dead_partition", "dead_offset", "dead_reason", "replay_attempt", "replay_history"]),
        st.binary(max_size=12) | st.sampled_from([b"[1]", b"[{}]", b'{"a":1}', b"mail.received", b"7", b"\xd9\xa3"]),
    ),
    max_size=8,
)  # fmt: skip


@given(HEADERS, st.none() | st.binary(max_size=9), st.none() | st.binary(max_size=9))
def test_whatever_stands_on_the_topic_can_be_listed(
    headers: list[tuple[str, bytes]], key: bytes | None, value: bytes | None
) -> None:
    record = Record(0, 1, key, value, tuple(headers), 5)
    one = letter(record)
    assert "\x1b" not in shown.row(one, None)
    shown.as_json(one, None)
    headers_again(headers, one, who="ops", at=AT)


@pytest.mark.parametrize("topic", ["accounts", "triage.dead", DEAD.name, "../x", ""])
def test_a_record_is_put_back_only_to_a_topic_of_mails(topic: str) -> None:
    assert letter(buried(event(topic=topic), BadInput())).origin is None


def test_causes_are_alike_but_for_numbers_and_ids() -> None:
    first, second = (
        letter(buried(event(), BadInput(reason))).cause
        for reason in ("field 12 of 5579137d00 is bad", "field 7 of ab12cd34ef is bad")
    )
    assert first == second
    assert first.reason == "field N of N is bad"
    assert all(first.is_called(name) for name in (first.id, "BadInput", "triage/BadInput"))
    assert not first.is_called("triage")


def book(*, reasons: Sequence[str] = ("a", "b", "c")) -> Book:
    letters = [
        letter(
            buried(
                event(offset=number, headers=(("ce_id", f"{number:02}".encode() * 16),)),
                BadInput(reason),
                place=Place(0, number),
            )
        )
        for number, reason in enumerate(reasons)
    ]
    return Book(letters={one.place: one for one in letters})


def note_of(one: Letter, state: notes.State, written_ms: int | None = None) -> Note:
    return Note(
        state=state,
        written_ms=one.written_ms if written_ms is None else written_ms,
        event_id=one.event_id,
        attempt=1,
        who="ops",
        why="x",
        at=AT,
    )


def places(selection: Selection, of: Book) -> list[str]:
    return [str(one.place) for one in selection(of)]


# what an operator says; which letters are meant; how many were dealt with. 0:1 was replayed, 0:2 dropped.
MEANT = [
    (Selection(everything=True), ["0:0", "0:3"], 0),
    (Selection(everything=True, limit=1), ["0:0"], 0),
    (Selection(causes=("BadInput",)), ["0:0", "0:3"], 0),
    (Selection(causes=("Other",)), [], 0),
    (Selection(accounts=("home",)), ["0:0", "0:3"], 0),
    (Selection(accounts=("office",)), [], 0),
    (Selection(words=("0:0", "0:0")), ["0:0"], 0),
    (Selection(words=("03030303",)), ["0:3"], 0),
    (Selection(words=("01" * 16,)), [], 1),
    (Selection(words=("0:1",)), [], 1),
    (Selection(words=("0:2",)), ["0:2"], 0),
    (Selection(words=("02" * 16,)), [], 1),
]


@pytest.mark.parametrize(("selection", "meant", "already"), MEANT)
def test_what_an_operator_means(selection: Selection, meant: list[str], already: int) -> None:
    held = book(reasons="abcd")
    for offset, state in ((1, "replayed"), (2, "dropped")):
        one = held.letters[Place(0, offset)]
        held.notes[one.place] = note_of(one, state)  # type: ignore[arg-type]
    selection.already = 0
    assert places(selection, held) == meant
    assert selection.already == already


def test_a_note_about_another_letter_at_the_same_place_closes_nothing() -> None:
    held = book()
    one = held.letters[Place(0, 1)]
    held.notes[one.place] = note_of(one, "replayed", written_ms=one.written_ms - 1)
    assert one in held.open()


@pytest.mark.parametrize("word", ["7:7", "zebra", "abc", "99" * 16, "00", "0:"])
def test_a_word_that_means_nothing_is_named(word: str) -> None:
    with pytest.raises(NoSuchLetter, match=word):
        book().named(word)


@pytest.mark.parametrize(
    "choice", [{}, {"words": ("0:1",), "everything": True}, {"causes": ("x",), "everything": True}]
)
def test_nothing_is_meant_by_chance(choice: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="say which"):
        Selection(**choice)  # type: ignore[arg-type]


@given(st.binary(max_size=20), st.binary(max_size=60))
def test_a_note_of_another_form_is_none(key: bytes, value: bytes) -> None:
    assert notes.read(key, value) is None


def test_a_note_reads_back() -> None:
    note = note_of(letter(buried(event(), BadInput())), "dropped")
    assert notes.read(notes.key(Place(3, 7)), note.encode()) == (Place(3, 7), note)


@given(
    st.binary(max_size=400)
    | st.binary(max_size=60).map(lambda raw: b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + raw)
)
def test_the_structure_of_any_bytes_can_be_shown(raw: bytes) -> None:
    found = anatomy(raw)
    assert found.root is None or found.root.content_type
