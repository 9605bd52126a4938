"""Bytes → responses, whatever the segments."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.sources.imap import framing
from agents.sources.imap.framing import Framer, Literal, MalformedResponse, Response

STREAM = (
    b"* OK [ALERT] text may end like this {5}\r\n"
    b"* 1 FETCH (UID 3 BODY[] {12}\r\nA: b\r\n)\r\n{3} X {0}\r\n)\r\n"
    b"* LIST () NIL ~{3+}\r\nabc\r\n"
    b"\r\n"
    b"+ go on {7}\r\n"
    b"A1 OK done {1}\r\n"
)
RESPONSES = [
    Response((b"* OK [ALERT] text may end like this {5}",)),
    Response(
        (b"* 1 FETCH (UID 3 BODY[] ", b" X ", b")"),
        (Literal(b"A: b\r\n)\r\n{3}", 12), Literal(b"", 0)),
    ),
    Response((b"* LIST () NIL ", b""), (Literal(b"abc", 3),)),
    Response((b"+ go on {7}",)),
    Response((b"A1 OK done {1}",)),
]


def fed(parts: list[bytes], keep: int = 100) -> list[Response]:
    framer = Framer(keep)
    return [response for part in parts for response in framer.feed(part)]


def test_literals_are_told_from_lines_that_only_look_like_them():
    assert fed([STREAM]) == RESPONSES


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_segments_do_not_matter(cuts):
    edges = [0, *sorted(cuts), len(STREAM)]
    assert fed([STREAM[start:end] for start, end in pairwise(edges)]) == RESPONSES


@given(st.lists(st.tuples(st.binary(max_size=200), st.integers(0, 50)), max_size=5), st.integers(1, 64))
def test_any_literal_arrives_whole_or_cut_at_the_bound(bodies, step):
    stream = b"".join(
        b"* %d FETCH (BODY[] {%d}\r\n%s)\r\n" % (n, len(body), body) for n, (body, _) in enumerate(bodies)
    )
    responses = fed([stream[at : at + step] for at in range(0, len(stream), step)], keep=20)
    assert [response.literals for response in responses] == [(Literal(body[:20], len(body)),) for body, _ in bodies]


def test_of_a_literal_beyond_the_bound_only_its_start_is_kept_and_the_rest_is_not_buffered():
    framer = Framer(10)
    assert list(framer.feed(b"* 1 FETCH (BODY[] {1000000}\r\n")) == []
    for _ in range(1000):
        assert list(framer.feed(b"x" * 1000)) == []
        assert len(framer._buffer) + len(framer._literal) <= 1010
    (response,) = framer.feed(b")\r\n")
    assert response.literals == (Literal(b"x" * 10, 1_000_000),)


def test_ten_thousand_lines_in_one_segment_are_ten_thousand_responses():
    assert len(fed([b"* 1 EXPUNGE\r\n" * 10_000])) == 10_000


def test_a_line_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(framing, "MAX_LINE", 1000)
    with pytest.raises(MalformedResponse):
        fed([b"x" * 600, b"x" * 600])


def test_bare_line_feeds_are_accepted():
    assert fed([b"* OK hi\nA1 OK\n"]) == [Response((b"* OK hi",)), Response((b"A1 OK",))]


def test_between_responses_nothing_is_half_read():
    framer = Framer(10)
    states = []
    for part in (b"", b"* OK", b" x\r\n", b"* LIST {3}\r\n", b"abc\r\n"):
        list(framer.feed(part))
        states.append(framer.between_responses)
    assert states == [True, False, True, False, True]


def test_a_response_of_literals_without_end_is_refused():
    """Each is cut at the bound, yet together they would fill memory."""
    with pytest.raises(MalformedResponse, match="literals"):
        fed([b"* 1 FETCH (" + b"{10}\r\n0123456789" * 1000])


def test_a_response_of_lines_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(framing, "MAX_LINE", 1000)
    with pytest.raises(MalformedResponse):
        fed([b"x" * 600 + b"{0}\r\n", b"x" * 600 + b"{0}\r\n"])
