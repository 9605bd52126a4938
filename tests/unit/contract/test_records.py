"""Records as the code writes them follow the committed schemas, and broken ones do not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, get_args

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator, FormatChecker

from streams.contract import headers
from streams.contract.generate import DIRECTORY
from streams.events import Received, VerdictRecord, verdict_headers
from streams.feedback import Action, Feedback
from streams.runtime.dead import dead_letter
from streams.status import Check, Status
from streams.trace_context import new_context
from tests.verdicts import VERDICT, VERDICTS, At, changed

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
RECEIVED = Received(
    event_id="0" * 32, account="home", raw=b"Subject: x\r\n\r\n", received_at=NOW, location="INBOX;UID=1"
)

formats = FormatChecker(formats=())


@formats.checks("date-time")
def is_rfc3339_utc(value: object) -> bool:
    """The one form of time on the wire."""
    return not isinstance(value, str) or (value.endswith("Z") and datetime.fromisoformat(value).tzinfo == UTC)


def validator(name: str) -> Draft7Validator:
    schema = json.loads((DIRECTORY / name).read_text("utf-8"))
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema, format_checker=formats)


VERDICT_SCHEMA, STATUS_SCHEMA = validator("verdict.schema.json"), validator("status.schema.json")


@given(VERDICTS)
def test_every_verdict_follows_its_schema_and_reads_back_the_same(record: VerdictRecord) -> None:
    encoded = record.encode()
    VERDICT_SCHEMA.validate(orjson.loads(encoded))
    assert VerdictRecord.decode(encoded) == record


def broken(path: str, value: Any) -> Any:
    data = orjson.loads(VERDICT.encode())
    *parents, last = path.split(".")
    place = data
    for name in parents:
        place = place[name]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return data


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("event_id", "short"),
        ("event_id", ...),
        ("revision", -1),
        ("priority", 11),
        ("priority", 7.5),
        ("lane", "slow"),
        ("category", None),
        ("confidence", 1.1),
        ("date", ...),
        ("received_at", None),
        ("received_at", "2026-01-02T03:04:05+01:00"),
        ("sender", "a@b.example"),
        ("sender.address", ...),
        ("origin.offset", "17"),
        ("reasons", [{"rule": "r"}]),
        ("facts.sender.mails", -1),
        ("facts.owner", "me@home.example"),
        ("counterfactual.lane", "slow"),
        ("counterfactual", "the deadline"),
    ],
)
def test_a_broken_verdict_does_not(path: str, value: Any) -> None:
    assert not VERDICT_SCHEMA.is_valid(broken(path, value))


def test_a_verdict_of_before_it_said_why_in_short_is_still_one() -> None:
    data = orjson.loads(VERDICT.encode())
    del data["because"], data["counterfactual"]
    VERDICT_SCHEMA.validate(data)
    assert VerdictRecord.decode(orjson.dumps(data)) == changed(because="", counterfactual=None)


def test_a_verdict_of_a_newer_writer_may_say_more() -> None:
    assert VERDICT_SCHEMA.is_valid(broken("summary", "new in a later version"))


@given(
    st.lists(st.builds(Check, name=st.text(), ok=st.booleans(), reason=st.text()), max_size=3).map(tuple),
    st.none()
    | st.dictionaries(st.text(), st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)),
)
def test_every_status_follows_its_schema(checks: tuple[Check, ...], counts: dict[str, int | float] | None) -> None:
    said = "2026-01-02T03:04:05.000Z"
    status = Status(instance="i", component="worker", pid=7, started_at=said, at=said, checks=checks, counts=counts)
    STATUS_SCHEMA.validate(orjson.loads(status.encode()))


def test_a_broken_status_does_not() -> None:
    assert not STATUS_SCHEMA.is_valid({"instance": "i", "component": "worker"})


class Event(At):
    """A record that could not be handled."""

    key = b"home"
    value = b"Subject: x"
    headers = (("ce_id", b"0" * 32),)


DEAD_HEADERS = tuple(pair for pair in dead_letter(Event(), "triage", ValueError("bad")).headers if pair[0] != "ce_id")


@pytest.mark.parametrize(
    ("described", "written"),
    [
        (headers.RECEIVED, RECEIVED.headers()),
        (headers.VERDICT, verdict_headers(VERDICT, str(new_context()))),
        (headers.DEAD, DEAD_HEADERS),
    ],
    ids=["received", "verdict", "dead"],
)
def test_the_described_headers_are_those_that_are_written(
    described: dict[str, Any], written: tuple[tuple[str, bytes], ...]
) -> None:
    assert {name for name, _ in written} == set(described)
    schema = headers.schema(described)
    Draft7Validator.check_schema(schema)
    values = {name: value.decode() for name, value in written}
    Draft7Validator(schema).validate(values)
    for name in described:
        assert not Draft7Validator(schema).is_valid({other: values[other] for other in values if other != name})


def test_a_dead_letter_keeps_key_value_and_headers_of_the_original() -> None:
    letter = dead_letter(Event(), "triage", ValueError("bad"))
    assert (letter.key, letter.value) == (b"home", b"Subject: x")
    assert dict(letter.headers)["ce_id"] == b"0" * 32
    assert dict(letter.headers)["dead_offset"] == b"41"


def test_feedback_is_what_its_schema_and_headers_say():
    feedback = Feedback(
        event_id="0" * 32, account="box", action="archived", at="2026-11-25T12:00:00.000Z", provider="gmail"
    )
    validator("feedback.schema.json").validate(json.loads(feedback.encode()))
    assert {name for name, _ in feedback.headers()} == set(headers.FEEDBACK)
    assert dict(feedback.headers())["ce_id"] == b"0" * 32


def test_the_schema_of_feedback_knows_every_action():
    schema = json.loads((DIRECTORY / "feedback.schema.json").read_text("utf-8"))
    assert schema["properties"]["action"]["enum"] == list(get_args(Action))
