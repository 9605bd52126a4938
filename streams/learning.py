"""`mail.feedback` → what the owner's corrections teach (table habits), and a new revision of what was corrected.

Feedback that tells no more than an event id is matched with the last mails of the account (table recent, a ring: the
newest of the mails that share a slot). Of a mail that is not there nothing is learned.

Moving mail to junk, or out of it, is a correction. Other acts weigh far less (`streams.triage.acts`); what a person
archives, or deletes after reading it, teaches nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from zlib import crc32

from streams.events import MalformedEvent, VerdictRecord, verdict_headers
from streams.feedback import Feedback
from streams.mail import Mail
from streams.people import people
from streams.revisions import ALL_OF_IT, CORRECTED, KEY_CHARACTERS, CorrectedFacts, last_revision, row_key, spoke_since
from streams.runtime import Event, Known, Outcome, Output, Table, Write
from streams.topics import FEEDBACK, LANES
from streams.topics import HABITS as HABITS_TOPIC
from streams.topics import RECENT as RECENT_TOPIC
from streams.trace_context import child_traceparent
from streams.triage import acts
from streams.triage import habits as teaching
from streams.triage.counterfactual import because, overruled
from streams.triage.habits import circle_of
from streams.triage.policy import Policy, bounds, lane_for
from streams.triage.verdict import Answered, Category, Habit, Habits, Lane, Reason, Verdict

SLOTS = 4096
"""Mails of an account that are remembered at most."""
LABEL = "feedback"
"""In metrics, in the place of a lane."""
BY_OWNER = "you_corrected_this"
JUNK = frozenset({Category.SPAM, Category.PHISHING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """What was decided of a mail, as far as feedback needs it."""

    event_id: str = ""
    sender: str = ""
    thread: str = ""
    circle: str = ""
    base: float = 0.0
    """Its priority, without what corrections moved."""
    category: str = ""


RECENT = Table(name="recent", changelog=RECENT_TOPIC.name, row=Recent)
HABITS = Table(name="habits", changelog=HABITS_TOPIC.name, row=Habit, source=FEEDBACK.name)


def habits_of(account: str, mail: Mail, owner: tuple[str, ...], known: Known) -> Habits | None:
    """The corrections and acts that bear on a mail; one look-up for an account of which nothing was learned."""
    own = known.get(HABITS, row_key(account, ""))
    if own is None:
        return None
    found = {
        name: habit
        for name, key in _names(mail.sender.address, mail.thread_id, circle_of(mail, owner)).items()
        if (habit := known.get(HABITS, row_key(account, key))) and habit.generation == own.generation
    }
    answers = own.replied and "sender" in found and found["sender"].replied
    usual = Answered(mails=own.wrote - own.wrote_before, replied=own.replied) if answers else None
    return Habits(**found, people=usual) if found else None


def answers_people(account: str, known: Known) -> bool:
    """Whether the owner was seen to answer people's mail."""
    own = known.get(HABITS, row_key(account, ""))
    return own is not None and own.replied > 0


def _names(sender: str, thread: str, circle: str) -> dict[str, str]:
    """The names of the rows about a mail, by what they are about; without a sender there is none of it."""
    named = {"sender": sender.lower(), "thread": thread, "circle": circle}
    return {what: f"{what} {name}" for what, name in named.items() if name}


def remembered(account: str, event_id: str, mail: Mail, owner: tuple[str, ...], verdict: Verdict) -> Write:
    """The row of a decided mail."""
    row = Recent(
        event_id=event_id,
        sender=mail.sender.address,
        thread=mail.thread_id[:KEY_CHARACTERS],
        circle=circle_of(mail, owner)[:KEY_CHARACTERS],
        base=_base(verdict.priority, verdict.reasons),
        category=verdict.category,
    )
    return Write(table=RECENT, key=_slot(account, event_id), row=row)


def _slot(account: str, event_id: str) -> bytes:
    return row_key(account, f"{crc32(event_id.encode()) % SLOTS:04x}")


def _base(priority: int, reasons: tuple[Reason, ...]) -> float:
    taught = (teaching.SENDER, teaching.THREAD, teaching.CIRCLE, acts.RAISED, acts.LOWERED, BY_OWNER)
    return round(priority - sum(reason.weight for reason in reasons if reason.rule in taught), 3)


def learn_from(event: Event, known: Known, policy: Policy, *, from_acts: bool = True) -> Outcome:
    """One record of feedback. `from_acts`: whether acts teach that are no correction. Raises MalformedEvent."""
    feedback = Feedback.decode(event.value).as_taken(event.timestamp)
    if event.key != feedback.account.encode():
        raise MalformedEvent("feedback under another account's key")
    own = known.get(HABITS, row_key(feedback.account, "")) or Habit()
    taken_back = spoke_since(known, feedback.account, ALL_OF_IT, feedback.at)
    if feedback.action == "forgotten":
        return Outcome(label=LABEL) if taken_back else _forgotten(feedback, own)
    # A repeated correction (the topic is read again), or an older one (a dead letter put back), is not the last word.
    if feedback.action == "corrected" and spoke_since(known, feedback.account, feedback.event_id, feedback.at):
        return Outcome(label=LABEL)
    mail = _about(feedback, known)
    if feedback.action in acts.RATES:
        teaches = from_acts and not taken_back
        return _by_act(feedback, own, mail, known) if teaches and mail else Outcome(label=LABEL)
    policy = policy.of(feedback.account)
    wanted = _wanted(feedback, policy)
    if mail is None or wanted is None:
        return Outcome(label=LABEL)
    outcome = Outcome(label=LABEL)
    if not taken_back:
        now = replace(own, corrections=own.corrections + 1, at=feedback.at)
        former = _former(feedback.account, now.generation, known)
        outcome = _learned(feedback, now, _rows(feedback, mail, wanted, former, policy))
    revised = _revised(feedback, known, policy)
    return outcome if revised is None else _with_revision(outcome, revised, feedback.at, event)


def _with_revision(outcome: Outcome, revised: VerdictRecord, at: str, event: Event) -> Outcome:
    told = CorrectedFacts(revision=revised.revision, at=at)
    said = Write(CORRECTED, row_key(revised.account, revised.event_id), told)
    trace = dict(event.headers).get("traceparent", b"").decode("latin-1")
    headers = verdict_headers(revised, child_traceparent(trace, "triage", event.topic, event.partition, event.offset))
    lane = Output(LANES[revised.lane].name, event.key, revised.encode(), headers)
    return outcome._replace(outputs=(lane,), writes=(*outcome.writes, said))


def _forgotten(feedback: Feedback, own: Habit) -> Outcome:
    outcome = _learned(feedback, Habit(at=feedback.at, generation=own.generation + 1), {})
    since = Write(CORRECTED, row_key(feedback.account, ALL_OF_IT), CorrectedFacts(at=feedback.at))
    return outcome._replace(writes=(*outcome.writes, since))


def _by_act(feedback: Feedback, own: Habit, mail: Recent, known: Known) -> Outcome:
    """An answer is about the sender and the thread, all else about the sender."""
    names = _names(mail.sender, mail.thread if feedback.action == "replied" else "", "")
    if not names or not acts.of_interest(feedback.action, Category(mail.category)):
        return Outcome(label=LABEL)
    if feedback.action == "replied" and mail.category not in acts.QUIET:
        wrote = people(feedback.account, known).mails
        before = own.wrote_before if own.replied else wrote
        own = replace(own, replied=own.replied + 1, wrote_before=before, wrote=wrote)
    former = _former(feedback.account, own.generation, known)
    rows = {name: acts.acted(former(name), feedback.action, now=feedback.at) for name in names.values()}
    return _learned(feedback, own, rows)


def _about(feedback: Feedback, known: Known) -> Recent | None:
    record = feedback.verdict
    kept = known.get(RECENT, _slot(feedback.account, feedback.event_id))
    kept = kept if kept and kept.event_id == feedback.event_id else None
    if record is None or kept is not None:
        return kept
    return Recent(
        event_id=record.event_id,
        sender=record.sender.address,
        thread=record.thread_id,
        base=_base(record.priority, record.reasons),
        category=record.category,
    )


def _wanted(feedback: Feedback, policy: Policy) -> tuple[int, int] | None:
    """The priorities that the mail should have had; None: the record says nothing of that."""
    lanes = bounds(policy)
    if feedback.action == "corrected":
        if feedback.lane:
            return lanes[feedback.lane]
        quiet = feedback.category and not policy.kinds[feedback.category].presses
        return lanes[Lane.LOW] if quiet else (0, 10) if feedback.category else None
    by_action: Mapping[str, tuple[int, int]] = {
        "spam": lanes[Lane.LOW],
        "not_spam": (lanes[Lane.NORMAL][0], 10),
    }
    return by_action.get(feedback.action)


def _rows(
    feedback: Feedback, mail: Recent, wanted: tuple[int, int], former: Callable[[str], Habit], policy: Policy
) -> dict[str, Habit]:
    """The rows as the correction leaves them, by name; `former` gives them as they were."""
    kind = _kind(feedback)
    base = mail.base if kind is None else _within(mail.base, kind, policy)
    aim = _aim(wanted, base)
    found: dict[str, Habit] = {}
    names = _names(mail.sender, mail.thread, mail.circle)
    is_first = "sender" in names and not former(names["sender"]).corrections
    for what, name in names.items():
        old = former(name)
        if what != "circle":
            found[name] = teaching.taught(old, base, aim, now=feedback.at, one_matter=what == "thread")
        elif is_first:
            found[name] = teaching.averaged(old, base, aim, Category(mail.category), now=feedback.at)
        if what == "sender" and (kind or (feedback.action == "not_spam" and old.category in JUNK)):
            found[name] = replace(found[name], category=kind)
    return found


def _former(account: str, generation: int, known: Known) -> Callable[[str], Habit]:
    def former(name: str) -> Habit:
        row = known.get(HABITS, row_key(account, name))
        return row if row and row.generation == generation else Habit(generation=generation)

    return former


def _kind(feedback: Feedback) -> Category | None:
    return Category.SPAM if feedback.action == "spam" else feedback.category


def _within(base: float, kind: Category, policy: Policy) -> float:
    """What the priority will be once mail of the sender is of the kind that the owner named."""
    limits = policy.kinds[kind]
    return min(limits.highest, max(limits.lowest, base))


def _aim(wanted: tuple[int, int], base: float) -> tuple[float, float]:
    """An end that is open is not aimed beyond: at least "high" is not "urgent"."""
    low, high = wanted
    if base < low and high - low > 2:
        return low, low + 1
    return (max(low, high - 1), high) if base > high and high - low > 2 else (low, high)


def _learned(feedback: Feedback, own: Habit, rows: Mapping[str, Habit]) -> Outcome:
    account = feedback.account
    writes = [Write(table=HABITS, key=row_key(account, name), row=row) for name, row in {"": own, **rows}.items()]
    return Outcome(writes=tuple(writes), label=LABEL)


def _revised(feedback: Feedback, known: Known, policy: Policy) -> VerdictRecord | None:
    """The corrected verdict."""
    record = feedback.verdict
    if record is None or feedback.action != "corrected":
        return None
    if record.account != feedback.account or record.event_id != feedback.event_id:
        raise MalformedEvent("the verdict is of another mail than the feedback")
    priority = _corrected_priority(record, feedback, policy)
    lane = lane_for(priority, policy)
    category = feedback.category or record.category
    moved = Reason(rule=BY_OWNER, weight=float(priority - record.priority), text="You said where it belongs.")
    reasons = (moved, *record.reasons)
    last = max(record.revision, last_revision(known, record.account, record.event_id))
    return replace(
        record,
        revision=last + 1,
        priority=priority,
        lane=lane,
        category=category,
        needs_reply=record.needs_reply and policy.kinds[category].presses,
        reasons=reasons,
        because=because(reasons),
        counterfactual=overruled(record.lane, lane, moved),
        confidence=1.0,
    )


def _corrected_priority(record: VerdictRecord, feedback: Feedback, policy: Policy) -> int:
    low, high = _wanted(feedback, policy) or (0, 10)
    if low <= record.priority <= high:
        return record.priority
    return (low + high) // 2 if feedback.lane else min(high, max(low, record.priority))
