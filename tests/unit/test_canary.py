"""Canaries: nobody's mails, on every partition, in no lane and no tally; and the ledger of those on their way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.accounts.account import Account, InvalidAccount
from monitoring.canary.ledger import Ledger
from monitoring.run.tally import Tally
from streams.canary import MARK, accounts, canary, headers, is_canary
from streams.events import Received, VerdictRecord
from streams.partitioning import partition_of
from streams.route import triage_agent
from streams.runtime.tables import Overlay
from streams.triage.shipped import DEFAULT
from tests.unit.run import records
from tests.unit.runtime.records import tables_of

NOW = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)


@given(st.integers(1, 16), st.integers(0, 10**9))
def test_in_turn_they_probe_every_partition(partitions, first):
    keys = [canary(slot, partitions, NOW).account.encode() for slot in range(first, first + partitions)]
    assert {partition_of(key, partitions) for key in keys} == set(range(partitions))
    assert all(map(is_canary, keys))


def test_the_most_partitions_that_a_topic_may_have_are_found_too():
    assert len(set(accounts(1024))) == 1024


def test_no_account_can_have_such_an_id():
    with pytest.raises(InvalidAccount):
        Account(id=accounts(4)[0], kind="maildir", maildir="/mail")


@pytest.mark.parametrize("key", [None, b"", b"box", b"canary", b"x_canary-1", b"_canary"])
def test_other_keys_are_no_canaries(key):
    assert not is_canary(key)


def test_the_same_interval_has_the_same_event_id_and_another_one_another():
    assert canary(7, 4, NOW).event_id == canary(7, 4, datetime.now(UTC)).event_id
    assert len({canary(slot, 4, NOW).event_id for slot in range(100)}) == 100


def test_it_is_triaged_as_any_mail_but_ends_in_no_lane_and_teaches_nothing():
    mail = canary(5, 4, NOW)
    assert MARK in headers(mail)
    record = Record(mail)
    out = triage_agent(DEFAULT).decide(record, Overlay(tables_of()))
    assert (out.label, out.writes, out.effect) == ("canary", (), None)
    (output,) = out.outputs
    assert (output.topic, output.key) == ("mail.canary", mail.account.encode())
    verdict = VerdictRecord.decode(output.value)
    assert (verdict.event_id, verdict.subject, verdict.lane in {"normal", "low"}) == (mail.event_id, "Canary", True)
    assert dict(output.headers)["ce_id"].decode() == mail.event_id


class Record:
    """A canary as the worker reads it."""

    topic, partition, offset, timestamp = "mail.received", 1, 9, 0

    def __init__(self, mail: Received) -> None:
        self.key, self.value, self.headers = mail.account.encode(), mail.raw, headers(mail)


def test_no_tally_counts_them():
    tally = Tally(account=records.ACCOUNT, begun_ms=records.BEGUN)
    key = accounts(4)[1].encode()
    mail = records.received(1)
    tally.take(mail)
    before = tally.progress
    for one in (mail._replace(key=key, offset=2), records.verdict(2)._replace(key=key)):
        tally.take(one)
    assert tally.progress == before == (1, 1, 0, 0)


def test_each_canary_is_seen_or_lost_once():
    ledger = Ledger(began_s=100, lost_after_s=30)
    ledger.sent("a", 100)
    ledger.sent("b", 110)
    assert ledger.seen("a", 100.5) == 0.5
    assert ledger.seen("a", 101) is None
    assert [ledger.give_up(now) for now in (130, 140, 141, 200)] == [0, 0, 1, 0]
    assert ledger.seen("b", 210) is None


def test_the_age_counts_from_the_last_that_came_through_whoever_sent_it():
    ledger = Ledger(began_s=100, lost_after_s=30)
    assert ledger.age(160) == 60
    ledger.sent("a", 160)
    assert ledger.age(200) == 100
    assert ledger.seen("of another process", 200) is None
    assert ledger.age(205) == 5


@given(st.lists(st.tuples(st.sampled_from("SVG"), st.integers(0, 9), st.integers(0, 20)), max_size=60))
def test_what_was_sent_is_seen_lost_or_waited_for(steps):
    ledger, now = Ledger(began_s=0, lost_after_s=30), 0
    sent, seen, lost = set(), 0, 0
    for step, number, passes in steps:
        now += passes
        if step == "S" and str(number) not in sent:
            sent.add(str(number))
            ledger.sent(str(number), now)
        elif step == "V":
            latency = ledger.seen(str(number), now)
            seen += latency is not None
            assert latency is None or latency >= 0
        else:
            lost += ledger.give_up(now)
    waiting = ledger.give_up(now + 31)
    assert len(sent) == seen + lost + waiting


def test_a_canary_is_read_like_any_mail():
    mail = canary(3, 4, NOW)
    read = Received.from_record(mail.account.encode(), mail.raw, headers(mail))
    assert read == replace(mail, size=len(mail.raw), traceparent=read.traceparent)
