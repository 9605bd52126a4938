"""W3C Trace Context: the specification's own cases, and that a stage's context is a function of its event."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.trace_context import TraceContext, child, child_traceparent, new_context, parse

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SAMPLED, UNSAMPLED = f"00-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-00"
PLACE = ("mail.received", 3, 17)


@pytest.mark.parametrize(
    ("traceparent", "sampled"),
    [(SAMPLED, True), (UNSAMPLED, False), (f"00-{TRACE}-{SPAN}-03", True), (f"00-{TRACE}-{SPAN}-02", False)],
)
def test_a_traceparent_is_read_and_written(traceparent: str, sampled: bool) -> None:
    assert parse(traceparent) == TraceContext(TRACE, SPAN, sampled)
    assert parse(str(parse(traceparent))) == parse(traceparent)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "00",
        SAMPLED.upper(),
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"ff-{TRACE}-{SPAN}-01",
        f"{SAMPLED}-more",
        f"{SAMPLED}\n",
        f"00-{TRACE[:-1]}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-1",
        "00-ana@example.org-01",
    ],
)
def test_what_is_none_is_ignored_and_passed_on(wrong: str) -> None:
    assert parse(wrong) is None
    assert child_traceparent(wrong, "triage", *PLACE) == wrong


@given(st.text(max_size=80))
def test_nothing_that_a_header_may_hold_raises(text: str) -> None:
    assert parse(text) is None or len(text) == len(SAMPLED)
    child_traceparent(text, "triage", *PLACE)


def test_a_stage_has_its_own_span_in_the_same_trace() -> None:
    parent = parse(SAMPLED)
    assert parent is not None
    stage = parse(child_traceparent(SAMPLED, "triage", *PLACE))
    assert stage == child(parent, "triage", *PLACE)
    assert (stage.trace_id, stage.sampled) == (TRACE, True)
    assert stage.span_id != SPAN


def test_the_span_follows_from_stage_and_place_alone() -> None:
    one = child_traceparent(SAMPLED, "triage", "mail.received", 3, 17)
    assert one == child_traceparent(SAMPLED, "triage", "mail.received", 3, 17)
    others = {
        child_traceparent(SAMPLED, "archive", "mail.received", 3, 17),
        child_traceparent(SAMPLED, "triage", "mail.urgent", 3, 17),
        child_traceparent(SAMPLED, "triage", "mail.received", 31, 7),
        child_traceparent(SAMPLED, "triage", "mail.received", 3, 18),
    }
    assert len(others | {one}) == 5


def test_a_trace_that_nobody_records_is_passed_on_as_it_came() -> None:
    assert child_traceparent(UNSAMPLED, "triage", *PLACE) == UNSAMPLED


@pytest.mark.parametrize(("ratio", "least", "most"), [(0.0, 0, 0), (0.25, 150, 350), (1.0, 1000, 1000)])
def test_so_many_mails_are_traced(ratio: float, least: int, most: int) -> None:
    made = [new_context(ratio) for _ in range(1000)]
    assert least <= sum(one.sampled for one in made) <= most
    assert len({one.trace_id for one in made}) == len({one.span_id for one in made}) == 1000
    assert all(parse(str(one)) == one for one in made)
