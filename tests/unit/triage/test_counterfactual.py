"""What a verdict turns on, told only where it is true: deciding again without those reasons leads where it says."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.policies import parse_policy
from streams.triage import decide as deciding
from streams.triage.counterfactual import because, but_for, overruled
from streams.triage.decide import decide
from streams.triage.model import APPROACH, FORM, MODEL, PRESSURE, REQUEST, WORDING, Model
from streams.triage.phrases import Cue
from streams.triage.policy import Policy
from streams.triage.pressure import DUE_NAMES, LADDER, NAMES, SIGNS, TOLD, WEAK_NAMES
from streams.triage.rule import hits_of
from streams.triage.rules import RULES
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Category, Facts, Habit, Habits, Lane, Reason, SenderFacts, Verdict
from tests.examples import examples
from tests.unit.triage.written import OWNER, mail

ASK = "Could you please approve the budget by tomorrow?"
SENTENCES = [
    "Some notes from today.",
    ASK,
    "We cannot go on without it.",
    "The pump is leaking right now, the cellar is under water. Please come at once!",
    "No need to answer. Just for your information.",
    "What do you think?",
    "Congratulations, you have won a free prize! Click here to claim your money, 100% guaranteed.",
    "Your account will be suspended. Verify your password within 24 hours.",
    "Unsubscribe from this newsletter at any time. Sale: 50% off, today only!",
    "Thanks for dinner, love from all of us.",
]
OWN = parse_policy(
    'vips = ["pat@*"]\n[[rule]]\nname = "n"\nsubject = "notes"\npriority = -1.2\n'
    '[[rule]]\nname = "k"\nsubject = "deal*"\nmake_category = "bulk"'
)
CORRECTED = Habit(shift=2.0, want=7.5, corrections=1)
KNOWN = [
    None,
    Habits(sender=CORRECTED),
    Habits(sender=replace(CORRECTED, category=Category.PERSONAL), thread=replace(CORRECTED, shift=-3.0, want=2.0)),
    Habits(circle=Habit(shift=-4.0, want=1.0, corrections=4, category=Category.WORK)),
]


def facts(habits: Habits | None = None, sender: SenderFacts | None = None) -> Facts:
    return Facts(owner=(OWNER,), received_at="2026-03-02T09:00:00.000Z", sender=sender, habits=habits)


def decided(text: str, policy: Policy = DEFAULT, habits: Habits | None = None, **of_mail: Any) -> Verdict:
    return decide(mail(text, **of_mail), facts(habits), policy)


def lane_without(names: Collection[str], text: str, known: Facts, policy: Policy, **of_mail: Any) -> Lane:
    """The whole decision again in a world where these reasons are not: rules that never hit, a model that has no
    opinion of it, an owner who never corrected or asked for it."""
    own = policy.own
    without = replace(
        policy,
        own=replace(
            own,
            vips=() if "vip" in names else own.vips,
            rules=tuple(each for each in own.rules if f"own:{each.name}" not in names),
        ),
    )
    habits = known.habits
    if habits is not None:
        sender, unshown = habits.sender, "you_corrected_sender" in names
        if sender and "you_named_the_kind" in names:
            sender = replace(sender, category=None)
        habits = Habits(
            sender=replace(sender, corrections=0) if sender and unshown else sender,
            thread=None if "you_corrected_thread" in names else habits.thread,
            circle=None if "you_corrected_circle" in names else habits.circle,
        )
    with pytest.MonkeyPatch.context() as patch:
        hits = hits_of
        patch.setattr(deciding, "hits_of", lambda features: [each for each in hits(features) if each not in names])
        return decide(mail(text, **of_mail), replace(known, habits=habits), without, _silenced(names)).lane


def _silenced(names: Collection[str]) -> Model:
    junk, priority, pressing, approach = MODEL.junk, MODEL.priority, MODEL.pressing, MODEL.approach
    if WORDING in names:
        junk = replace(junk, words={})
    if FORM in names:
        priority = replace(priority, form={}, bias=0.0)
    if REQUEST in names:
        priority = replace(priority, asking=[0.0] * len(priority.asking))
    if PRESSURE in names:
        pressing = replace(pressing, bias=-1000.0)
    if APPROACH in names:
        approach = replace(approach, bias=-1000.0)
    return replace(MODEL, junk=junk, priority=priority, pressing=pressing, approach=approach)


@given(
    sentences=st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4, unique=True),
    policy=st.sampled_from([DEFAULT, OWN]),
    habits=st.sampled_from(KNOWN),
    sender=st.sampled_from([None, SenderFacts(mails=9, important=8), SenderFacts(mails=12), SenderFacts(mails=9, junk=8)]),
    of_mail=st.fixed_dictionaries(
        {},
        optional={
            "subject": st.sampled_from(["notes", "deal of the day", "URGENT!!! ACT NOW", "Please approve by Friday"]),
            "list_unsubscribe": st.just("<mailto:x@list.example>"),
        },
    ),
)  # fmt: skip
@examples(300)
def test_deciding_without_these_reasons_leads_to_that_lane(
    sentences: list[str], policy: Policy, habits: Habits | None, sender: SenderFacts | None, of_mail: dict[str, Any]
) -> None:
    text, known = " ".join(sentences), facts(habits, sender)
    verdict = decide(mail(text, **of_mail), known, policy)
    told = verdict.counterfactual
    if told is None:
        return
    assert told.lane is not verdict.lane
    assert 1 <= len(told.without) <= 3
    assert set(told.without) <= {reason.rule for reason in verdict.reasons}
    assert lane_without(told.without, text, known, policy, **of_mail) is told.lane
    assert told.text.startswith(f"would be in the {told.lane} lane but for: ")


def test_a_correction_is_what_it_turns_on() -> None:
    told = decided(SENTENCES[0], habits=Habits(sender=CORRECTED)).counterfactual
    assert told is not None
    assert told.text == "would be in the normal lane but for: You corrected mail of this sender before"


def test_bulk_says_what_makes_it_so() -> None:
    verdict = decided(SENTENCES[0], list_unsubscribe="<mailto:x@list.example>")
    assert (verdict.category, verdict.lane) == ("bulk", "low")
    assert verdict.counterfactual is not None
    assert verdict.counterfactual.without == ("can_be_unsubscribed",)


def test_of_what_nothing_turns_on_nothing_is_claimed() -> None:
    assert decided(SENTENCES[0]).counterfactual is None


def reason(weight: float, text: str) -> Reason:
    return Reason(rule=text.lower(), weight=weight, text=f"{text}.")


@pytest.mark.parametrize(
    ("weights", "told"),
    [
        ([3.0, 0.5], ("a",)),
        ([1.0, 0.8, 0.7], ("a", "b")),
        ([0.8, 0.6, -0.4, 0.4], ("a", "b", "d")),
        ([0.9, 0.8, -0.7, 0.4], ("c",)),
        ([-4.0, 1.2, 1.0], ("a",)),
        ([0.5, 0.4, 0.3, 0.2], None),
        ([], None),
    ],
)
def test_the_fewest_and_strongest_are_told(weights: list[float], told: tuple[str, ...] | None) -> None:
    """Above 7 it is high, above 9 urgent; the reasons add up to 8.5 and the decision agrees with the sum."""
    reasons = [reason(weight, name) for weight, name in zip(weights, "ABCD", strict=False)]
    weight_of = {each.rule: each.weight for each in reasons}

    def decided(names: Collection[str]) -> Lane:
        score = 8.5 - sum(weight_of[name] for name in names)
        return Lane.URGENT if score > 9 else Lane.HIGH if score > 7 else Lane.NORMAL

    found = but_for(Lane.HIGH, reasons, lambda gone: decided([each.rule for each in gone]), decided)
    assert (found and found.without) == told


def test_what_the_sum_proposes_and_the_decision_denies_is_not_told() -> None:
    reasons = [reason(2.0, "A"), reason(1.0, "B")]
    assert but_for(Lane.HIGH, reasons, lambda _: Lane.LOW, lambda _: Lane.HIGH) is None


@pytest.mark.parametrize(
    ("reasons", "told"),
    [
        ([], ""),
        ([reason(2.0, "A")], "A"),
        ([reason(2.0, "A"), reason(-1.0, "B"), reason(0.7, "C"), reason(0.7, "D")], "A; B; C"),
        ([reason(2.0, "A"), reason(0.1, "B")], "A"),
        ([reason(0.0, "A"), reason(-1.0, "B")], "A; B"),
    ],
)
def test_only_what_mattered_beside_the_strongest_is_told_first(reasons: list[Reason], told: str) -> None:
    assert because(reasons) == told


def test_a_later_opinion_is_what_a_moved_verdict_turns_on() -> None:
    opinion = reason(2.0, "Crew")
    told = overruled(Lane.NORMAL, Lane.HIGH, opinion)
    assert told is not None
    assert (told.lane, told.without) == (Lane.NORMAL, ("crew",))
    assert overruled(Lane.HIGH, Lane.HIGH, opinion) is None


def test_signs_that_it_cannot_wait_are_named_and_told_once() -> None:
    found = decided(
        "The main server is down since 9:40 and nobody can work. You are the only one who has the key."
        " I tried to call you three times. Please come now, or we lose all orders of today at 11:00."
    )
    counting = [reason for reason in found.reasons if reason.rule in LADDER]
    assert len(counting) > 2, "several rules count the same signs"
    (told,) = {reason.text.partition("(")[2] for reason in counting}
    assert told.startswith("something is out of order, ")
    assert told.count(",") == TOLD - 1
    strongest = [replace(reason, weight=2.0) for reason in counting]
    assert because(strongest).count("signs that it cannot wait") == 1
    turned = but_for(
        Lane.URGENT, strongest, lambda gone: Lane.HIGH if len(gone) > 1 else Lane.URGENT, lambda _: Lane.HIGH
    )
    assert turned is not None
    assert len(turned.without) == 2
    assert turned.text.count("signs that it cannot wait") == 1


def test_every_sign_has_a_name() -> None:
    assert {*NAMES, *WEAK_NAMES, Cue.SOON} == SIGNS
    assert Cue.SOON in DUE_NAMES
    assert set(LADDER) <= RULES.keys()
