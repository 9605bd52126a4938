"""Verdicts become rows that PostgreSQL can store, whatever their text holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.archive.rows import FLAG_SEPARATOR, INDEXED_CHARACTERS, MalformedRow, Row, latest, row
from streams.events import Correspondent
from streams.triage.verdict import Facts, Reason
from tests.verdicts import VERDICT, At, changed

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)


def test_every_field_of_a_verdict_has_its_place() -> None:
    made = row(VERDICT, At())
    assert orjson.loads(made.reasons) == [{"rule": "deadline", "weight": 2.5, "text": "Names a deadline."}]
    assert orjson.loads(made.facts)["sender"]["mails"] == 3
    assert orjson.loads(made.counterfactual or "")["without"] == ["deadline"]
    assert row(changed(counterfactual=None), At()).counterfactual is None
    assert made._replace(reasons="", facts="", counterfactual=None) == Row(
        event_id="0123456789abcdef0123456789abcdef",
        revision=0,
        account="home",
        sender_address="orders@shop.example",
        sender_name="A Shop",
        subject="Your order",
        mail_date=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        received_at=datetime(2026, 1, 2, 3, 5, 0, 500_000, tzinfo=UTC),
        snippet="It has shipped",
        message_id="1@shop.example",
        thread_id="0@shop.example",
        attachments=1,
        size=2048,
        flags=f"bad-date{FLAG_SEPARATOR}truncated",
        priority=7,
        lane="high",
        category="work",
        needs_reply=True,
        confidence=0.75,
        reasons="",
        facts="",
        policy_version="p1",
        model_version="rules",
        origin_topic="mail.received",
        origin_partition=2,
        origin_offset=17,
        location="INBOX;UIDVALIDITY=7;UID=12",
        lane_topic="mail.high",
        lane_partition=2,
        lane_offset=41,
        lane_timestamp=datetime(2025, 11, 20, 10, 0, 1, 250_000, tzinfo=UTC),
        because="Names a deadline",
        counterfactual=None,
    )


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_no_text_is_left_that_postgresql_refuses(subject: str, address: str, reason: str) -> None:
    """NUL and lone surrogates are replaced in plain columns and inside the JSON ones; all else is kept."""
    made = row(
        changed(
            subject=subject,
            sender=Correspondent(name=subject, address=address),
            reasons=(Reason(rule=reason, weight=1, text=f"a \\u0000 {reason}"),),
            facts=Facts(owner=(address,)),
        ),
        At(),
    )
    texts = [value for value in made if isinstance(value, str)]
    assert all("\0" not in text and text.encode() for text in texts if text)
    assert len(made.subject) == len(subject)
    reasons, facts = orjson.loads(made.reasons), orjson.loads(made.facts)
    assert reasons == [{"rule": made_of(reason), "weight": 1, "text": f"a \\u0000 {made_of(reason)}"}]
    assert facts["owner"] == [made_of(address)]
    assert made.subject == made_of(subject)


def made_of(text: str) -> str:
    return "".join(
        "\ufffd" if character == "\0" or "\ud800" <= character <= "\udfff" else character for character in text
    )


def test_what_is_indexed_fits_an_index() -> None:
    made = row(changed(thread_id="t" * 998, sender=Correspondent(name="", address="a" * 9000)), At())
    assert len(made.thread_id) == len(made.sender_address) == INDEXED_CHARACTERS


@pytest.mark.parametrize(
    "field",
    [
        {"received_at": "yesterday"},
        {"received_at": "2026-01-02T03:04:05"},
        {"received_at": "9999-12-31T23:59:59-14:00"},
        {"received_at": None},
        {"date": ""},
        {"subject": None},
        {"event_id": 5},
        {"revision": "0"},
        {"priority": 7.5},
        {"sender": None},
        {"origin": {"topic": "t"}},
        {"flags": None},
        {"flags": (1,)},
        {"reasons": (object(),)},
    ],
    ids=lambda wrong: "-".join(wrong) + "-" + type(next(iter(wrong.values()))).__name__,
)
def test_a_verdict_of_the_wrong_kind_is_refused_with_its_place_only(field: dict[str, Any]) -> None:
    with pytest.raises(MalformedRow, match=r"^no row can be made of the verdict at mail\.high/2/41: \w+$"):
        row(changed(**field), At())


def test_a_mail_without_a_date_has_none() -> None:
    assert row(changed(date=None), At()).mail_date is None


@pytest.mark.parametrize(
    ("given_rows", "kept"),
    [
        ([], []),
        ([("b", 0, 5), ("a", 0, 6)], [1, 0]),  # in the order of the key, as every process locks them
        ([("a", 0, 5), ("a", 1, 5)], [0, 1]),  # two revisions are two verdicts
        ([("a", 0, 5), ("a", 0, 5)], [1]),  # delivered twice
        ([("a", 0, 9), ("a", 0, 5), ("a", 0, 7)], [0]),  # the last in the log, not in the batch
    ],
)
def test_of_rows_with_one_key_the_latest_is_written(given_rows: list[tuple[str, int, int]], kept: list[int]) -> None:
    base = row(VERDICT, At())
    rows = [
        base._replace(event_id=event, revision=revision, lane_offset=offset) for event, revision, offset in given_rows
    ]
    assert latest(rows) == kept


def test_the_brokers_clock_decides_before_the_offset() -> None:
    """A verdict may move to another lane: offsets of two topics say nothing about each other."""
    early = row(VERDICT, At(offset=900))
    late = early._replace(
        lane_topic="mail.low", lane_offset=1, lane_timestamp=early.lane_timestamp + timedelta(milliseconds=1)
    )
    assert latest([late, early]) == [0]
