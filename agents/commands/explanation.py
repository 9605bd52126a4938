"""Pure: a recorded verdict beside the one derived again from the log, told to a person or a program."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from infra.terminal import printable
from streams.events import VerdictRecord
from streams.triage.verdict import Facts, Habits, SenderFacts, ThreadFacts, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field of the verdict that came out otherwise."""

    field: str
    recorded: Any
    derived: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What is known of one mail's verdict."""

    recorded: VerdictRecord
    """The verdict that counts: the highest revision found."""
    found_in: str
    derived: Verdict | None = None
    """None: it could not be derived again, for the reason in `obstacle`."""
    derived_by: str = ""
    """By which policy and model, and how far they are those of then."""
    differences: tuple[Difference, ...] = ()
    obstacle: str = ""

    @property
    def because(self) -> str:
        """The reasons that mattered most; of the derived verdict where the recorded one is from before it was told."""
        return self.recorded.because or (self.derived.because if self.derived and not self.recorded.revision else "")

    @property
    def turns_on(self) -> str:
        """What the lane depends on, as a sentence (`streams.triage.counterfactual`)."""
        told = self.recorded.counterfactual
        if not self.recorded.because and not self.recorded.revision:
            told = self.derived.counterfactual if self.derived else None
        return told.text if told else ""

    @property
    def identical(self) -> bool:
        """Whether the log gives the same verdict again."""
        return self.derived is not None and not self.differences

    def as_data(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "recorded": self.recorded,
            "found_in": self.found_in,
            "derived": self.derived,
            "derived_by": self.derived_by,
            "identical": self.identical,
            "differences": self.differences,
            "obstacle": self.obstacle,
            "because": self.because,
            "turns_on": self.turns_on,
        }


_LATER = frozenset({"because", "counterfactual"})


def differences(recorded: VerdictRecord, derived: Verdict) -> tuple[Difference, ...]:
    """Every field of the verdict whose value differs, in the order of its declaration; but for what a record of before
    could not yet say."""
    told = recorded.because or not derived.because
    pairs = (
        (field.name, getattr(recorded, field.name), getattr(derived, field.name))
        for field in dataclasses.fields(Verdict)
        if told or field.name not in _LATER
    )
    return tuple(Difference(field=name, recorded=old, derived=new) for name, old, new in pairs if old != new)


def lines(explanation: Explanation) -> Iterator[str]:
    """The explanation for a person: one printable line after the other."""
    record = explanation.recorded
    yield from _table(
        ("subject", record.subject or "(none)"),
        ("from", f"{record.sender.name} <{record.sender.address}>".strip()),
        ("sent", f"{record.date or 'no readable date'}, found {record.received_at}"),
        ("account", record.account),
        ("verdict", f"priority {record.priority} → {record.lane} lane, {record.category}{_reply(record)}"),
        ("confidence", f"{record.confidence:.2f}"),
        *((("in short", explanation.because),) if explanation.because else ()),
    )
    yield "because"
    for reason in record.reasons:
        yield printable(f"  {reason.weight:+.2f}  {reason.text} ({reason.rule})")
    yield from () if record.reasons else ("  no rule hit",)
    if explanation.turns_on:
        yield printable(f"  {explanation.turns_on}")
    yield "known before this mail"
    yield from _table(*_facts(record.facts), indent="  ")
    origin = record.origin
    yield from _table(
        ("flags", ", ".join(record.flags) or "nothing odd about its bytes"),
        ("decided by", f"policy {record.policy_version}, model {record.model_version}, revision {record.revision}"),
        ("event", record.event_id),
        ("mail", f"{origin.topic}/{origin.partition}/{origin.offset}, at the provider {record.location}"),
        ("found in", explanation.found_in),
        ("outcome", _again(explanation)),
        *((("derived", explanation.derived_by),) if explanation.derived_by else ()),
    )
    for found in explanation.differences:
        yield printable(f"  {found.field}: recorded {_short(found.recorded)}, now {_short(found.derived)}")


def _reply(record: VerdictRecord) -> str:
    return ", needs a reply" if record.needs_reply else ""


def _facts(facts: Facts) -> Iterator[tuple[str, str]]:
    yield "owner", ", ".join(facts.owner) or "unknown"
    yield "sender", _sender(facts.sender) if facts.sender else "never wrote before"
    yield "thread", _thread(facts.thread) if facts.thread else "first mail of its thread"
    yield from _habits(facts.habits)


def _habits(habits: Habits | None) -> Iterator[tuple[str, str]]:
    for name in ("sender", "thread", "circle") if habits else ():
        if habit := getattr(habits, name):
            kind = f", named {habit.category}" if habit.category and name == "sender" else ""
            if habit.corrections:
                yield (
                    "corrected",
                    f"{name}: {habit.corrections} times, {habit.shift:+.1f} points{kind}; last {habit.at}",
                )
            if habit.acted_at:
                yield "acted on", f"{name}: {habit.told()}, {habit.lean:+.1f} points; last {habit.acted_at}"
    if habits and habits.people:
        yield "answers", f"{habits.people.replied} of the {habits.people.mails} mails that people wrote meanwhile"


def _sender(sender: SenderFacts) -> str:
    counts = f"{sender.mails} mails, {sender.important} important, {sender.junk} junk"
    return f"{counts}; first {sender.first_seen or 'unknown'}, last {sender.last_seen or 'unknown'}"


def _thread(thread: ThreadFacts) -> str:
    wrote = ", the owner has written in it" if thread.owner_wrote else ""
    return f"{thread.mails} mails, top priority {thread.top_priority}{wrote}"


def _again(explanation: Explanation) -> str:
    if explanation.derived is None:
        return f"not derived: {explanation.obstacle}"
    if explanation.identical:
        return "derived again from the log: identical"
    recorded, derived = explanation.recorded, explanation.derived
    changed = [
        name
        for name, then, now in (
            ("policy", recorded.policy_version, derived.policy_version),
            ("model", recorded.model_version, derived.model_version),
        )
        if then != now
    ]
    why = (
        f", for the {' and the '.join(changed)} {'has' if len(changed) == 1 else 'have'} changed since"
        if changed
        else ""
    )
    return f"derived again from the log: differs{why}"


def _short(value: Any) -> str:
    """A value on one line; reasons by rule and weight."""
    if isinstance(value, tuple):
        return ", ".join(f"{reason.rule} {reason.weight:+.2f}" for reason in value) or "none"
    return str(value)


def _table(*pairs: tuple[str, str], indent: str = "") -> Iterator[str]:
    return (f"{indent}{name:<11} {printable(text)}" for name, text in pairs)
