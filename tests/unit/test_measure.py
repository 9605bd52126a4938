"""What the triage counts of a committed batch."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitoring.metrics import EMAILS_PROCESSED, PROCESSING_SECONDS
from streams.canary import accounts
from streams.events import SOURCE_HEADER, Received
from streams.measure import SOURCES, UNKNOWN, bounded, count_mails, declare_series
from streams.runtime import Outcome
from streams.triage.verdict import Lane
from tests.unit.runtime.records import Record


def mail(source: str = "imap", *, age_s: float = 0.0) -> Received:
    found = datetime.now(UTC) - timedelta(seconds=age_s)
    return Received(event_id="0" * 32, account="home", raw=b"", received_at=found, location="x", source=source)


def processed(status: str, lane: str, source: str) -> float:
    value: float = EMAILS_PROCESSED.labels(status, lane, source)._value.get()
    return value


def within(lane: str, seconds: float) -> float:
    """How many took at most so long."""
    (family,) = PROCESSING_SECONDS.collect()
    wanted = {"lane": lane, "le": str(float(seconds))}
    return next(sample.value for sample in family.samples if sample.labels == wanted)


def test_mails_are_counted_by_status_lane_and_source() -> None:
    before = [processed("success", "urgent", "gmail"), processed("failure", "none", "imap")]
    letters = (Outcome(label="buried"), Outcome(label="buried"))
    headers = ((SOURCE_HEADER, b"imap"),)
    count_mails(
        [Record(offset=0), Record(offset=1, headers=headers), Record(offset=2, headers=headers)],
        [Outcome(label="urgent", note=mail("gmail")), *letters],
    )
    assert processed("success", "urgent", "gmail") == before[0] + 1
    assert processed("failure", "none", "imap") == before[1] + 2


def test_a_canary_is_nobodys_mail_whatever_comes_of_it() -> None:
    declare_series()
    before = [
        sample for family in EMAILS_PROCESSED.collect() for sample in family.samples if sample.name.endswith("_total")
    ]
    (account, *_) = accounts(1)
    count_mails([Record(offset=0, key=account.encode())], [Outcome(label="canary")])
    after = [
        sample for family in EMAILS_PROCESSED.collect() for sample in family.samples if sample.name.endswith("_total")
    ]
    assert after == before


@pytest.mark.parametrize("bound", [0.01, 0.1, 1.0, 5.0])
def test_a_mail_is_timed_in_its_lane_from_the_moment_it_was_found(bound: float) -> None:
    declare_series()
    quick, slow = within("high", bound), within("low", bound)
    count_mails([Record(offset=0)], [Outcome(label="high", note=mail(age_s=0.0))])
    count_mails([Record(offset=1)], [Outcome(label="low", note=mail(age_s=bound + 0.001))])
    assert within("high", bound) >= quick + (1 if bound >= 0.1 else 0)
    assert within("low", bound) == slow


def test_a_mail_from_mail_dead_is_timed_from_the_moment_it_was_put_back() -> None:
    before = within("urgent", 5.0)
    found_long_ago = replace(mail(age_s=86_400), replayed=True)
    put_back = Record(offset=0, timestamp=int(1000 * datetime.now(UTC).timestamp()))
    count_mails([put_back], [Outcome(label="urgent", note=found_long_ago)])
    assert within("urgent", 5.0) == before + 1


def test_a_clock_that_runs_ahead_makes_no_negative_time() -> None:
    before = within("normal", 0.005)
    count_mails([Record(offset=0)], [Outcome(label="normal", note=mail(age_s=-30))])
    assert within("normal", 0.005) == before + 1


@pytest.mark.parametrize("said", [None, b"\xff\x00", b"ana@example.org"])
def test_a_dead_letter_with_an_odd_header_counts_as_of_unknown_source(said: bytes | None) -> None:
    before = processed("failure", "none", UNKNOWN)
    headers: Any = ((SOURCE_HEADER, said),)
    count_mails([Record(offset=1, headers=headers)], [Outcome(label="buried")])
    assert processed("failure", "none", UNKNOWN) == before + 1


@pytest.mark.parametrize("said", ["", "IMAP", "ana@example.org", "imap\x00", "gmail "])
def test_a_label_holds_nothing_but_a_known_source(said: str) -> None:
    assert bounded(said) == UNKNOWN


def test_every_series_is_there_before_the_first_mail() -> None:
    declare_series()
    (family,) = EMAILS_PROCESSED.collect()
    there = {tuple(sample.labels.values()) for sample in family.samples if sample.name.endswith("_total")}
    for source in (*SOURCES, UNKNOWN):
        assert ("failure", "none", source) in there
        assert {("success", str(lane), source) for lane in Lane} <= there
