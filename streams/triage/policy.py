"""The policy: what each rule is worth, where the lanes lie. One table; everything the decision weighs is here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from streams.triage.once import once
from streams.triage.own import Own
from streams.triage.phrases import TABLES
from streams.triage.rules import RULES
from streams.triage.verdict import Category, Lane

WORK, PERSONAL, NOTIFICATION = Category.WORK, Category.PERSONAL, Category.NOTIFICATION
BULK, SPAM, PHISHING = Category.BULK, Category.SPAM, Category.PHISHING


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneBounds:
    """A lane and the priorities that lead to it, both ends included."""

    lane: Lane
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a category means for the priority."""

    start: float
    """Score of a mail of which nothing more is known."""
    lowest: float
    highest: float
    """Bounds of the score, whatever the rules say: a newsletter that shouts stays a newsletter."""
    presses: bool
    """Whether rules may raise it; False for mail whose urgency is not to be believed."""
    prior: float
    """Evidence that the category has before any rule hits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a rule's hit is worth."""

    priority: float = 0.0
    """Added to the score (priorities are 0..10)."""
    reply: float = 0.0
    """Added to the evidence that an answer or an action is expected."""
    kinds: tuple[tuple[Category, float], ...] = ()
    """Evidence for categories."""


def effect(priority: float = 0.0, reply: float = 0.0, **kinds: float) -> Effect:
    """One row of the table: priority, reply, then evidence by category's name."""
    evidence = tuple((Category(name), amount) for name, amount in kinds.items())
    return Effect(priority=priority, reply=reply, kinds=evidence)


IMPORTANT_COST = 4.0
"""What the shipped edges of the lanes stand for: so many false alarms are as bad as one important mail buried."""


def _version(policy: Policy) -> str:
    """What is as it ships is left out where it was added later, so that it does not rename every policy."""
    left_out = {"version", "accounts"}
    left_out |= set() if policy.own else {"own"}
    left_out |= {"important_cost"} if policy.important_cost == IMPORTANT_COST else set()
    content = [(each.name, getattr(policy, each.name)) for each in fields(policy) if each.name not in left_out]
    rules = sorted((rule.name, rule.group, rule.sentence) for rule in RULES.values())
    words = sorted((str(cue), sorted(table.items())) for cue, table in TABLES.items())
    told = repr((content, rules, words)).encode("utf-8", "backslashreplace")
    return hashlib.blake2b(told, digest_size=6).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Everything that decides beside mail and facts. Raises ValueError for gaps between lanes or unknown rules."""

    lanes: tuple[LaneBounds, ...]
    kinds: Mapping[Category, Kind]
    effects: Mapping[str, Effect]
    limits: Mapping[str, float]
    """By group of rules: how far its hits together may raise the score."""
    reply_at: float
    """Evidence from which a reply is expected."""
    important_cost: float = IMPORTANT_COST
    """How many false alarms are as bad as burying one important mail: the more, the earlier the high lane begins."""
    own: Own = field(default_factory=Own)
    """What a deployment or an owner added."""
    accounts: Mapping[str, Policy] = field(default_factory=dict)
    """Policies of accounts that have one of their own; no part of this one's version."""
    version: str = field(init=False, default="")
    """Digest of all of the above, of the rules' names and sentences and of the phrase tables."""

    def __post_init__(self) -> None:
        """Check the table and name it."""
        covered = sorted(step for bounds in self.lanes for step in range(bounds.lowest, bounds.highest + 1))
        if covered != list(range(11)):
            raise ValueError(f"lanes cover {covered}, not each of 0..10 once")
        if unknown := set(self.effects) ^ set(RULES):
            raise ValueError(f"rules without a row, or rows without a rule: {sorted(unknown)}")
        object.__setattr__(self, "version", _version(self))

    @once
    def edges(self) -> tuple[float, ...]:
        """Where on the scale of priorities one lane ends and the next begins, lowest first; priorities are rounded."""
        return tuple(sorted(bounds.lowest - 0.5 for bounds in self.lanes if bounds.lowest > 0))

    def of(self, account: str) -> Policy:
        """The policy that decides about an account's mail."""
        return self.accounts.get(account, self)


def lane_for(priority: int, policy: Policy) -> Lane:
    """The lane of a priority. Raises ValueError outside 0..10."""
    for bounds in policy.lanes:
        if bounds.lowest <= priority <= bounds.highest:
            return bounds.lane
    raise ValueError(f"priority {priority}: must be 0..10")


def bounds(policy: Policy) -> dict[Lane, tuple[int, int]]:
    """Lowest and highest priority of each lane."""
    return {each.lane: (each.lowest, each.highest) for each in policy.lanes}


DEFAULT = Policy(
    lanes=(
        LaneBounds(lane=Lane.URGENT, lowest=9, highest=10),
        LaneBounds(lane=Lane.HIGH, lowest=7, highest=8),
        LaneBounds(lane=Lane.NORMAL, lowest=4, highest=6),
        LaneBounds(lane=Lane.LOW, lowest=0, highest=3),
    ),
    kinds={
        WORK: Kind(start=4.9, lowest=2.0, highest=10.0, presses=True, prior=1.0),
        PERSONAL: Kind(start=4.9, lowest=2.0, highest=10.0, presses=True, prior=0.4),
        NOTIFICATION: Kind(start=4.7, lowest=2.0, highest=10.0, presses=True, prior=0.0),
        BULK: Kind(start=2.2, lowest=1.0, highest=3.4, presses=False, prior=0.0),
        SPAM: Kind(start=0.6, lowest=0.0, highest=1.4, presses=False, prior=-0.2),
        PHISHING: Kind(start=0.2, lowest=0.0, highest=1.4, presses=False, prior=-0.5),
    },
    limits={
        "people": 2.4,  # asking alone leads to "high", never to "urgent"
        "deadlines": 2.4,
        "consequence": 3.4,
        "pressing": 4.2,
        "meetings": 1.9,
        "notifications": 3.0,
        "history": 0.9,  # nobody promotes himself by volume
    },
    reply_at=0.6,
    effects={
        # people and asks                    priority reply  kinds
        "asks_for_something":           effect(1.2, 0.7, work=0.2, bulk=-0.1),
        "asks_repeatedly":              effect(0.3, 0.2),
        "asks_in_the_subject":          effect(0.6, 0.3, work=0.1),
        "puts_a_question_to_you":       effect(0.7, 0.5),
        "is_a_short_question":          effect(1.0, 0.4, work=0.3),
        "wants_a_decision":             effect(0.4, 0.3),
        "decision_in_the_subject":     effect(1.2, 0.5, work=0.4),
        "asks_politely":                effect(0.2, 0.1),
        "turns_to_you_by_name":        effect(1.0, 0.3, work=0.5),
        "names_you_on_a_list":          effect(2.2, 0.8),
        "sent_to_you_alone":            effect(0.1, 0.0, work=0.4, personal=0.3),
        "asks_you_alone":              effect(0.7, 0.3, work=0.2),
        "sent_to_a_few":                effect(0.1, 0.0, work=0.5, personal=0.2),
        "asks_a_few":                   effect(0.4, 0.2, work=0.2),
        "sent_to_many":                 effect(-0.3, -0.1),
        "sent_to_someone_else":         effect(-1.2, -0.7, work=0.3),
        "asks_someone_else":            effect(-0.9, -0.5),
        "office_chatter":               effect(-1.4, -0.6),
        "not_named":                    effect(0.0, 0.0),
        "from_a_colleague":             effect(0.2, 0.0, work=1.5, spam=-1.0, phishing=-1.0),
        "no_action_needed":            effect(-0.4, -0.5),
        "asks_nothing_after_all":      effect(-0.6, -0.4),
        "ask_withdrawn":               effect(-1.2, -1.2),
        "only_thanks":                  effect(-0.1, -0.3, work=0.3, personal=0.2),
        "only_for_information":         effect(-0.1, -0.3, work=0.3),
        "forwarded_without_a_word":     effect(-0.2, -0.2),
        "answers_in_a_word":            effect(0.4, 0.8),
        "personal_words":               effect(0.0, 0.0, personal=1.2),
        "from_a_private_mailbox":       effect(0.0, 0.0, personal=0.6),
        # deadlines, urgency, several signs at once
        "presses_for_now":              effect(0.6, 0.2),
        "presses_hard":                 effect(0.6, 0.1),
        "presses_with_stakes":          effect(0.7, 0.2),
        "stakes_by_tomorrow":          effect(0.8, 0.2),
        "due_within_a_day":             effect(0.5, 0.2),
        "speaks_of_today":              effect(0.1, 0.0),
        "soon_in_the_subject":          effect(0.3, 0.0),
        "has_a_deadline":               effect(0.3, 0.2),
        "named_day_is_near":            effect(0.5, 0.2),
        "named_day_is_far":             effect(-0.2, 0.0),
        "mentions_a_deadline":          effect(0.1, 0.0),
        "says_urgent":                  effect(0.2, 0.0),
        "urgent_with_stakes":           effect(0.5, 0.2),
        "marked_important":             effect(0.2, 0.0),
        "cannot_wait":                  effect(0.2, 0.1),
        "can_hardly_wait":              effect(0.6, 0.2),
        "must_not_wait":                effect(1.0, 0.3),
        "must_not_wait_at_all":         effect(1.3, 0.1),
        "goes_on_now":                  effect(0.8, 0.2),
        "goes_on_now_and_wants_you":    effect(1.6, 0.2),
        "only_you_can":                 effect(0.4, 0.3),
        "closes_today":                 effect(0.5, 0.2),
        "practises":                    effect(-0.5, -0.2),
        "danger_to_someone":            effect(0.6, 0.1, work=0.2),
        "danger_at_length":             effect(1.2, 0.3, work=0.3),
        "danger_now":                   effect(1.0, 0.3),
        "something_is_down":            effect(0.5, 0.1),
        "alarm_is_firing":              effect(2.6, 0.8, notification=0.8),
        "security_at_stake":            effect(0.6, 0.2),
        "money_at_stake":               effect(0.2, 0.1),
        "law_at_stake":                 effect(0.3, 0.1),
        "work_is_blocked":              effect(0.4, 0.2),
        "it_is_over":                  effect(-0.3, -0.4),
        "invites_you":                  effect(1.9, 0.8, work=0.8),
        "updates_a_meeting":            effect(-0.2, -0.3, work=0.8),
        "answers_an_invitation":        effect(-0.6, -0.6, work=1.0),
        "cancels_a_meeting":            effect(1.2, 0.0, work=0.8),
        "plan_changes_soon":            effect(0.8, 0.1),
        "proposes_a_meeting":           effect(0.4, 0.2),
        "sent_by_a_program":            effect(-0.1, -0.4, notification=2.2, spam=-0.4),
        "is_a_receipt":                 effect(0.2, -0.2, notification=1.0),
        "is_about_a_parcel":            effect(0.0, -0.2, notification=0.6),
        "has_a_one_time_code":          effect(1.4, -0.3, notification=1.2),
        "is_about_your_account":        effect(0.3, 0.0, notification=0.5),
        "is_from_a_tool":               effect(0.0, 0.0, notification=0.4),
        "assigned_to_you":             effect(1.4, 0.7, work=1.0),
        "your_payment_failed":          effect(1.2, 0.5, notification=0.3),
        "nobody_is_there":              effect(-2.6, -2.5, work=0.6, notification=0.6),
        "mail_came_back":               effect(0.5, -1.0, notification=2.0),
        "cleared_by_itself":            effect(-0.2, -0.5, notification=0.3),
        # bulk
        "can_be_unsubscribed":          effect(-0.6, -0.5, bulk=2.2, spam=-0.4),
        "sent_in_bulk":                 effect(-0.2, -0.3, bulk=1.0, spam=-0.3, phishing=-0.8),
        "talks_of_unsubscribing":       effect(-0.5, -0.3, bulk=1.2, spam=0.3),
        "reads_like_a_newsletter":      effect(-0.3, -0.2, bulk=1.0),
        "newsletter_in_the_subject":    effect(-0.2, -0.1, bulk=0.8),
        "reads_like_marketing":         effect(-0.4, -0.2, bulk=1.0, spam=0.3),
        "from_a_publisher":             effect(-0.2, -0.1, bulk=0.8),
        "looks_like_a_page":            effect(-0.3, -0.2, bulk=1.0, spam=0.2),
        "talk_on_a_list":              effect(-0.3, -0.7, work=1.4, personal=1.1, bulk=-1.0, spam=-0.6, phishing=-1.5),
        "announced_to_a_list":          effect(-0.2, -0.2, bulk=0.8),
        "machine_fed_list":             effect(-2.0, -1.0, bulk=4.5),
        "chain_letter":                 effect(-2.2, -0.8, personal=0.6),
        "shouting_bulk":                effect(-0.2, 0.0, bulk=0.6),
        "vouched_name":                 effect(0.0, 0.0, spam=-0.6, phishing=-1.2),
        # spam
        "spam_phrases":                effect(-0.4, -0.3, spam=1.2),
        "more_spam_phrases":           effect(-0.5, -0.3, spam=1.1),
        "full_of_spam_phrases":         effect(-0.5, -0.3, spam=1.0),
        "dense_with_offers":           effect(-0.4, -0.2, spam=1.0),
        "spam_in_the_subject":         effect(-0.2, 0.0, spam=0.8),
        "noise_in_the_subject":         effect(-0.5, -0.2, spam=1.4),
        "pretends_to_answer":          effect(-0.1, 0.0, spam=0.5),
        "marked_as_advertisement":      effect(-1.0, -0.5, spam=2.5),
        "throwaway_sender":            effect(-0.1, 0.0, spam=0.9),
        "nameless_free_mail":           effect(-0.2, -0.1, spam=0.8),
        "to_itself_or_nobody":          effect(-0.2, -0.2, spam=0.3),
        "answers_go_to_free_mail":      effect(-0.3, -0.2, spam=0.9, phishing=0.3),
        "link_hides_its_place":         effect(-0.4, -0.2, spam=1.0, phishing=0.4),
        "html_alone_from_a_stranger":  effect(-0.3, -0.2, spam=0.9),
        "no_proper_headers":            effect(-0.2, -0.1, spam=0.7),
        "hides_text":                   effect(-0.2, -0.1, spam=0.4, phishing=0.2),
        "cold_pitch":                   effect(-0.9, -0.6, spam=1.6),
        "hard_pitch":                   effect(-0.6, -0.4, spam=1.2),
        "advance_fee":                  effect(-1.0, -0.8, spam=2.4),
        # deception
        "fails_authentication":        effect(-0.2, -0.2, phishing=1.3, spam=0.4),
        "unproven_lure":                effect(-0.8, -0.4, phishing=1.4),
        "wants_credentials":            effect(-0.2, -0.1, phishing=0.7),
        "threatens_your_account":       effect(-0.2, -0.1, phishing=0.8),
        "threat_and_credentials":       effect(-0.6, -0.3, phishing=0.9),
        "wants_a_payout":               effect(-0.2, -0.1, phishing=0.7),
        "boss_from_free_mail":          effect(-1.0, -0.8, phishing=1.6),
        "name_claims_another_address":  effect(-0.8, -0.4, phishing=1.2),
        "name_claims_your_organisation": effect(-0.8, -0.4, phishing=1.4),
        "lookalike_of_yours":           effect(-1.5, -0.8, phishing=2.4),
        "lookalike_of_its_name":        effect(-1.0, -0.5, phishing=1.8),
        "domain_in_disguise":           effect(-1.5, -0.8, phishing=2.4),
        "dressed_up_domain":            effect(-0.6, -0.3, phishing=1.2),
        "link_lies":                    effect(-0.5, -0.3, phishing=1.0),
        "answers_go_elsewhere":         effect(-0.1, 0.0, phishing=0.3, spam=0.2),
        "dangerous_attachment":        effect(-0.6, -0.3, phishing=1.9),
        "lure_with_a_bare_link":        effect(-0.2, -0.1, phishing=0.6),
        "your_own_address_forged":      effect(-1.5, -0.8, spam=1.5, phishing=0.5),
        "borrows_a_name":               effect(-0.6, -0.3, phishing=1.4),
        "lures_in_a_borrowed_name":     effect(-0.8, -0.4, phishing=1.0),
        "lures_in_a_name_of_its_own":   effect(-0.2, -0.1, phishing=0.5),
        "bill_to_call_about":           effect(-0.8, -0.4, phishing=2.4),
        # history: at most one point up together, so that nobody promotes himself by volume
        "usually_important":            effect(0.5, 0.1),
        "never_important":              effect(-0.5, -0.1),
        "sends_junk":                   effect(-1.0, -0.5, spam=1.5),
        "known_sender":                 effect(0.1, 0.0, work=0.3, spam=-0.8, phishing=-0.5),
        "hot_thread":                   effect(0.4, 0.1),
        "you_wrote_here":               effect(0.4, 0.1, work=0.5, spam=-1.0, phishing=-0.5),
        "stranger_in_a_hurry":          effect(-0.4, -0.2, phishing=0.5),
        "shouting_subject":            effect(-0.2, 0.0, spam=0.7),
        "shouts_at_a_crowd":            effect(-1.0, -0.4),
        "exclaims":                     effect(-0.3, -0.1, spam=0.5, bulk=0.2),
        "nothing_written":              effect(-0.6, -0.3),
        "long_text":                    effect(-0.2, -0.2, bulk=0.2),
        "subject_is_the_mail":          effect(0.6, 0.4),
    },
)  # fmt: skip
"""The policy that ships."""
