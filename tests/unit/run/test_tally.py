"""Counting: what each record changes, and what it must not."""

from __future__ import annotations

import random

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.run.tally import Record, Tally, identity, percentile
from streams.triage.verdict import Lane
from tests.unit.run.records import ACCOUNT, BEGUN, dead, mail_id, received, verdict


def tally(*records: Record, account: str | None = ACCOUNT) -> Tally:
    made = Tally(account=account, begun_ms=BEGUN)
    for one in records:
        made.take(one)
    return made


def test_a_mail_counts_once_however_often_it_is_on_the_log() -> None:
    made = tally(received(1), received(1), received(2))
    assert made.received == {mail_id(1), mail_id(2)}
    assert made.announced == made.received
    assert made.found == 2


def test_a_mail_that_was_found_before_the_run_began_is_received_but_not_announced() -> None:
    made = tally(received(1, found=BEGUN - 1), received(2, found=BEGUN))
    assert made.received == {mail_id(1), mail_id(2)}
    assert made.announced == {mail_id(2)}


def test_other_accounts_show_in_the_view_but_are_not_accounted_for() -> None:
    made = tally(received(1, account="other"), verdict(1, account="other", lane=Lane.HIGH), dead(2, account="other"))
    assert (made.received, made.judged, made.dead) == (set(), set(), set())
    assert (made.found, made.lanes[Lane.HIGH], made.dead_records) == (1, 1, 1)


def test_a_pair_of_event_and_revision_that_comes_again_is_a_duplicate_once() -> None:
    again = [verdict(1), verdict(1), verdict(1), verdict(1, lane=Lane.HIGH)]
    assert len(tally(*again).twice) == 1


def test_another_revision_or_another_mail_is_no_duplicate() -> None:
    assert tally(verdict(1), verdict(1, revision=1), verdict(1, revision=2), verdict(2)).twice == set()
    assert len(tally(verdict(1, revision=1), verdict(1, revision=1)).twice) == 1


def test_latency_is_measured_on_mails_of_this_run_only() -> None:
    made = tally(*(verdict(number, took=number) for number in range(1, 101)), verdict(200, found=BEGUN - 1, took=5000))
    assert (made.latency(0.5), made.latency(0.99), made.latency(1)) == (50, 99, 100)


def test_without_a_mail_of_this_run_there_is_no_latency() -> None:
    assert tally(verdict(1, found=BEGUN - 10)).latency(0.5) is None


@pytest.mark.parametrize("value", [b"", b"[]", b"not json", b'{"revision": null}', b'{"revision": "x"}'])
def test_a_lane_record_that_is_no_verdict_is_counted_and_nothing_else(value: bytes) -> None:
    made = tally(verdict(1, lane=Lane.HIGH, value=value))
    assert (made.malformed, made.judged, made.latest) == (1, set(), [])


def test_a_pressing_record_with_missing_fields_makes_no_headline() -> None:
    made = tally(verdict(1, lane=Lane.URGENT, value=b'{"revision": 0}'))
    assert (made.malformed, made.latest) == (1, [])


def test_the_latest_pressing_mails_are_kept_the_newest_first() -> None:
    numbers = list(range(100))
    random.Random(1).shuffle(numbers)
    made = tally(*(verdict(number, lane=Lane.URGENT, at=BEGUN + number, subject=str(number)) for number in numbers))
    assert [one.subject for one in made.latest][:3] == ["99", "98", "97"]
    assert len(made.latest) == 30
    assert tally(verdict(1), verdict(2, lane=Lane.LOW)).latest == []


def test_urgent_mails_are_not_pushed_off_the_list_by_newer_ones_that_are_less_pressing() -> None:
    high = [verdict(number, lane=Lane.HIGH, at=BEGUN + 10 + number) for number in range(1, 60)]
    made = tally(verdict(0, lane=Lane.URGENT, at=BEGUN), *high)
    assert [one.lane for one in made.latest] == [Lane.URGENT, *[Lane.HIGH] * 30]


def test_only_what_this_run_announced_is_news() -> None:
    made = tally(verdict(1, lane=Lane.URGENT, found=BEGUN - 1), verdict(2, lane=Lane.HIGH, subject="new"))
    assert [one.subject for one in made.fresh] == ["new"]
    assert len(made.latest) == 2


def test_the_rate_counts_the_last_whole_seconds() -> None:
    made = tally(*(verdict(number, at=BEGUN + 1000 * (number % 10)) for number in range(100)))
    assert made.rate(BEGUN / 1000 + 10.5) == 10.0
    assert made.rate(BEGUN / 1000 + 60) == 0.0


@given(
    st.permutations(
        [received(1), received(2), verdict(1), verdict(2), verdict(2), dead(3), received(3), verdict(1, revision=1)]
    )
)
def test_the_order_between_partitions_does_not_matter(records: list[Record]) -> None:
    made = tally(*records)
    assert (len(made.received), len(made.announced), len(made.judged), len(made.twice), len(made.dead)) == (
        3,
        3,
        3,
        1,
        1,
    )


@given(st.dictionaries(st.text(max_size=8), st.binary(max_size=40), max_size=4), st.none() | st.binary(max_size=20))
def test_whatever_headers_hold_every_record_can_be_counted(found: dict[str, bytes], value: bytes | None) -> None:
    for topic in ("mail.received", "mail.dead", "mail.urgent", "mail.unheard"):
        for key in ("ce_id", "ce_time"):
            record = Record(topic, 0, 0, BEGUN, ACCOUNT.encode(), value, tuple({**found, key: b"\xff\x00"}.items()))
            assert tally(record).progress is not None


def test_a_dead_letter_without_an_id_is_known_by_where_its_record_stood() -> None:
    def letter(offset: int) -> Record:
        why = (("dead_topic", b"mail.received"), ("dead_partition", b"1"), ("dead_offset", b"7"))
        return Record("mail.dead", 0, offset, BEGUN, ACCOUNT.encode(), b"", why)

    assert identity(letter(1), dict(letter(1).headers)) == identity(letter(2), dict(letter(2).headers))
    assert len(tally(letter(1), letter(2)).dead) == 1


@pytest.mark.parametrize(
    ("counted", "share", "expected"),
    [({}, 0.5, None), ({7: 1}, 0.99, 7), ({1: 50, 9: 50}, 0.5, 1), ({1: 50, 9: 50}, 0.51, 9)],
)
def test_percentiles_are_by_nearest_rank(counted: dict[int, int], share: float, expected: int | None) -> None:
    assert percentile(counted, share) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("revision", -1),
        ("revision", 2**40),
        ("revision", None),
        ("priority", "9"),
        ("sender", {"name": 1, "address": []}),
    ],
)
def test_a_lane_record_of_anybody_is_counted_as_no_verdict_and_ends_nothing(name: str, value: object) -> None:
    good = verdict(1, lane=Lane.URGENT)
    foreign = good._replace(value=orjson.dumps({**orjson.loads(good.value or b""), name: value}))
    made = tally(foreign, verdict(2, lane=Lane.URGENT))
    assert (made.malformed, made.judged >= {mail_id(2)}) == (1, True)


@pytest.mark.parametrize("when", [b"", b"0001-01-01T00:00:00", b"9999-12-31T23:59:59-23:00"])
def test_a_time_that_says_nothing_is_none(when: bytes) -> None:
    mail = received(1)
    assert tally(mail._replace(headers=(*mail.headers, ("ce_time", when)))).received == {mail_id(1)}
