"""What a mail teaches: counts that only grow, within what they count."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.mail import Address
from streams.triage.observe import observe
from streams.triage.policy import lane_for
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Category, Facts, SenderFacts, ThreadFacts, Verdict
from tests.unit.triage.written import FACTS, OWNER, mail

TIMES = st.sampled_from([f"2026-03-{day:02}T00:00:00.000Z" for day in range(1, 29)])


def said(priority: int, category: Category = Category.WORK) -> Verdict:
    return Verdict(
        priority=priority,
        lane=lane_for(priority, DEFAULT),
        category=category,
        needs_reply=False,
        confidence=0.5,
        reasons=(),
        policy_version="x",
        model_version="rules",
    )


@given(st.lists(st.tuples(st.integers(0, 10), st.sampled_from(list(Category)), TIMES), max_size=20))
def test_rows_count_what_was_seen(seen: list[tuple[int, Category, str]]) -> None:
    facts = FACTS
    for priority, category, moment in seen:
        facts = dataclasses.replace(facts, received_at=moment)
        verdict = said(priority, category)
        learned = observe(mail("x"), facts, verdict)
        assert learned == observe(mail("x"), facts, verdict)
        facts = dataclasses.replace(facts, sender=learned.sender, thread=learned.thread)
    sender, thread = facts.sender or SenderFacts(), facts.thread or ThreadFacts()
    junk = [each for each in seen if each[1] in {Category.SPAM, Category.PHISHING}]
    assert sender.mails == thread.mails == len(seen)
    assert sender.junk == len(junk)
    assert sender.important == sum(each[0] >= 7 for each in seen)
    assert sender.first_seen == min((each[2] for each in seen), default=None)
    assert sender.last_seen == thread.last_seen == max((each[2] for each in seen), default=None)
    assert thread.top_priority == max((each[0] for each in seen if each not in junk), default=0)


@pytest.mark.parametrize(("address", "wrote"), [(OWNER, True), (OWNER.upper(), True), ("x@elsewhere.example", False)])
def test_the_owners_own_mail_marks_the_thread(address: str, wrote: bool) -> None:
    learned = observe(mail("x", sender=Address(address=address)), FACTS, said(5))
    assert learned.thread.owner_wrote is wrote


def test_a_mark_once_made_stays() -> None:
    facts = dataclasses.replace(FACTS, thread=ThreadFacts(owner_wrote=True, top_priority=8))
    learned = observe(mail("x"), facts, said(1))
    assert learned.thread.owner_wrote
    assert learned.thread.top_priority == 8


def test_junk_in_the_owners_name_marks_nothing() -> None:
    learned = observe(mail("x", sender=Address(address=OWNER)), FACTS, said(1, Category.PHISHING))
    assert not learned.thread.owner_wrote


def test_an_unknown_time_leaves_the_times_alone() -> None:
    learned = observe(mail("x"), Facts(), said(5))
    assert learned.sender.first_seen is None
    assert learned.thread.last_seen is None
