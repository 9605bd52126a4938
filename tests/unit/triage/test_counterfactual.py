"""What a verdict turns on, told only where it is true."""

from __future__ import annotations

from typing import Any

import pytest

from streams.policies import parse_policy
from streams.triage.counterfactual import but_for, priority_of, sentence
from streams.triage.decide import decide
from streams.triage.policy import DEFAULT, Policy
from streams.triage.verdict import Facts, Habit, Habits, Reason, Verdict
from tests.unit.triage.written import OWNER, mail

TEXTS = [
    "Some notes from today.",
    "Could you please send me the signed contract by Friday? We cannot go on without it.",
    "The pump is leaking right now, the cellar is under water. Please come at once!",
    "No need to answer. Just for your information.",
    "What do you think?",
]
ASK = "Could you please approve the budget by tomorrow?"
OWN = parse_policy('vips = ["pat@*"]\n[[rule]]\nname = "n"\nsubject = "notes"\npriority = -1.2')
MOVED = Habits(sender=Habit(shift=2.0, want=7.5, corrections=1))


def decided(text: str, policy: Policy = DEFAULT, habits: Habits | None = None, **of_mail: Any) -> Verdict:
    facts = Facts(owner=(OWNER,), received_at="2026-03-02T09:00:00.000Z", habits=habits)
    return decide(mail(text, **of_mail), facts, policy)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(("policy", "habits"), [(DEFAULT, None), (OWN, None), (DEFAULT, MOVED), (OWN, MOVED)])
def test_the_reasons_add_up_to_the_priority(text: str, policy: Policy, habits: Habits | None) -> None:
    verdict = decided(text, policy, habits)
    assert policy.kinds[verdict.category].presses
    assert abs(priority_of(verdict.category, verdict.reasons, policy) - verdict.priority) <= (
        0 if policy is DEFAULT else 1
    )
    found = but_for(verdict.lane, verdict.category, verdict.reasons, policy)
    if found is not None:
        lane, gone = found
        assert lane is not verdict.lane
        assert set(gone) <= set(verdict.reasons)


def test_a_correction_is_what_it_turns_on() -> None:
    verdict = decided(TEXTS[0], habits=MOVED)
    found = but_for(verdict.lane, verdict.category, verdict.reasons, DEFAULT)
    assert sentence(found) == "would be in the normal lane but for: You corrected mail of this sender before"


def test_the_fewest_strong_reasons_are_told() -> None:
    verdict = decided("Could you please look at the budget?")
    assert verdict.lane == "high"
    strongest = [reason.text.rstrip(".") for reason in verdict.reasons if reason.weight > 0]
    said = sentence(but_for(verdict.lane, verdict.category, verdict.reasons, DEFAULT))
    assert said in {f"would be in the normal lane but for: {'; '.join(strongest[:few])}" for few in (2, 3)}


def test_nothing_is_claimed_of_bulk_and_of_what_nothing_turns_on() -> None:
    reason = Reason(rule="sent_in_bulk", weight=-3.0, text="x")
    verdict = decided(TEXTS[0])
    assert but_for(verdict.lane, list(DEFAULT.kinds)[3], [reason], DEFAULT) is None
    assert sentence(None) == ""
    assert but_for(verdict.lane, verdict.category, [], DEFAULT) is None
