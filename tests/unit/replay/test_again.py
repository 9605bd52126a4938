"""One part of the log decided again: what is compared, what is passed over, and the revision that a change becomes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import pytest

from infra.settings import load
from streams.canary import accounts
from streams.events import Headers, Origin, Received, VerdictRecord, event_id, verdict_record
from streams.feedback import Feedback
from streams.mail import parse
from streams.moments import utc_text
from streams.replay import again, taught
from streams.replay.again import FactsFrom, Found, Replay
from streams.replay.difference import Sums
from streams.replay.plan import Range, Span
from streams.replay.recorded import REPLAY, REVISED_BY, Standing
from streams.triage.decide import decide
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Facts, Lane, SenderFacts
from streams.versions import document
from streams.versions.judge import Judge, judge, of_files, shipped_weights

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
RAW = b"From: a@corp.example\r\nTo: me@corp.example\r\nSubject: Sign today?\r\n\r\nCould you please sign it by tomorrow?\r\n"
SHIPS = of_files(None, None)
MUTES = judge(document.encode('mutes = ["*@corp.example"]', DEFAULT), shipped_weights())


@dataclass
class Message:
    """As much of librdkafka's as is asked for."""

    place: int
    account: bytes | None
    content: bytes | None
    marks: Headers
    at_ms: int = 1_000_000

    def offset(self) -> int:
        return self.place

    def key(self) -> bytes | None:
        return self.account

    def value(self) -> bytes | None:
        return self.content

    def headers(self) -> Headers:
        return self.marks

    def timestamp(self) -> tuple[int, int]:
        return 1, self.at_ms


def mail(offset: int, account: str = "box", raw: bytes = RAW) -> Message:
    received = Received(event_id=event_id(account, offset), account=account, raw=raw, received_at=NOW, location="x")
    return Message(offset, account.encode(), raw, received.headers())


def verdict(offset: int, account: str = "box", raw: bytes = RAW) -> VerdictRecord:
    """What the stream said, having seen three mails of the sender."""
    facts = Facts(owner=(), received_at="2026-11-24T09:00:00.000Z", sender=SenderFacts(mails=3))
    received = Received(event_id=event_id(account, offset), account=account, raw=raw, received_at=NOW, location="x")
    one = parse(raw)
    origin = Origin(topic="mail.received", partition=0, offset=offset)
    return verdict_record(received, one, facts, decide(one, facts, DEFAULT), origin)


def replayed(
    monkeypatch: pytest.MonkeyPatch,
    messages: Sequence[Message],
    standing: dict[int, Standing],
    by: Judge = MUTES,
    *,
    first: int = 0,
    facts: FactsFrom = "recorded",
    feedback: Sequence[Message] = (),
    **wanted: Any,
) -> tuple[Sums, list[Found]]:
    @contextmanager
    def consumer(_: object) -> Iterator[None]:
        yield None

    class Recorded:
        def __init__(self, *_: object) -> None: ...

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None: ...

        def of(self, offset: int) -> Standing | None:
            return standing.get(offset)

        def forget_before(self, offset: int) -> None: ...

    monkeypatch.setattr(again, "consumer", consumer)
    monkeypatch.setattr(again, "records", lambda *_: iter([list(messages)]))
    monkeypatch.setattr(again, "Recorded", Recorded)
    monkeypatch.setattr(taught, "consumer", consumer)
    monkeypatch.setattr(taught, "records", lambda *_: iter([list(feedback)]))
    replay = Replay(
        settings=load(), span=Span(partition=0, first=first, end=100), judge=by, wanted=Range(**wanted), facts=facts,
        sums=Sums(), progress=lambda _: None,
    )  # fmt: skip
    found = list(replay.found())
    return replay.sums, found


def stands(record: VerdictRecord, revision: int = 0) -> Standing:
    return Standing(record=record, revision=revision)


def test_the_same_judge_and_facts_give_the_same_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    sums, found = replayed(monkeypatch, [mail(1)], {1: stands(verdict(1))}, SHIPS)
    assert (sums.mails, sums.changes, sums.moved, found) == (1, 0, 0, [])


def test_a_change_becomes_the_next_revision_by_the_same_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    old = verdict(1)
    sums, (found,) = replayed(monkeypatch, [mail(1)], {1: stands(old)})
    new = VerdictRecord.decode(found.value)
    assert (new.revision, new.lane, new.policy_version) == (1, Lane.LOW, MUTES.policy.version)
    same = ("event_id", "account", "facts", "origin", "subject", "snippet", "location")
    assert {name: getattr(new, name) for name in same} == {name: getattr(old, name) for name in same}
    headers = dict(found.headers)
    assert (found.topic, headers["ce_id"], headers[REVISED_BY]) == ("mail.low", old.event_id.encode(), REPLAY)
    assert found.change.why[0].rule == "muted"
    assert sums.lanes == {(str(old.lane), "low"): 1}


def test_a_replays_own_revision_is_what_counts_next(monkeypatch: pytest.MonkeyPatch) -> None:
    _, (found,) = replayed(monkeypatch, [mail(1)], {1: stands(verdict(1))})
    revised = VerdictRecord.decode(found.value)
    assert replayed(monkeypatch, [mail(1)], {1: stands(revised, 1)})[0].changes == 0
    _, (back,) = replayed(monkeypatch, [mail(1)], {1: stands(revised, 1)}, SHIPS)
    assert VerdictRecord.decode(back.value).revision == 2


def test_a_later_opinion_of_others_is_told_and_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    sums, (found,) = replayed(monkeypatch, [mail(1)], {1: stands(verdict(1), 3)})
    assert (sums.changes, sums.stands, found.value) == (1, 1, b"")


def test_what_is_no_mail_to_this_program_would_be_a_dead_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    sums, (found,) = replayed(monkeypatch, [mail(1, raw=b"")], {1: stands(verdict(1))})
    assert found.change.lanes[1] == "dead"
    assert found.change.error
    assert (sums.changes, found.value) == (1, b"")


def test_mails_without_a_verdict_canaries_and_nonsense_are_counted_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    canary = mail(2, account=accounts(4)[0])
    nonsense = Message(3, b"box", RAW, ())
    sums, found = replayed(monkeypatch, [mail(1), canary, nonsense, mail(4)], {4: stands(verdict(9))})
    assert (sums.mails, sums.unrecorded, sums.unreadable, found) == (0, 2, 1, [])


@pytest.mark.parametrize(
    ("wanted", "mails"),
    [
        ({}, 2),
        ({"accounts": frozenset({"box"})}, 1),
        ({"lanes": frozenset({"low"})}, 0),
        ({"rules": frozenset({"asks_for_something"})}, 2),
        ({"rules": frozenset({"advance_fee"})}, 0),
    ],
    ids=str,
)
def test_only_what_is_wanted_is_compared(monkeypatch: pytest.MonkeyPatch, wanted: dict[str, Any], mails: int) -> None:
    standing = {1: stands(verdict(1)), 2: stands(verdict(2, "other"))}
    sums, _ = replayed(monkeypatch, [mail(1), mail(2, "other")], standing, **wanted)
    assert (sums.mails, sums.unrecorded) == (mails, 0)


def test_rebuilt_facts_grow_from_the_beginning_and_only_the_part_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    messages = [mail(offset) for offset in range(5)]
    standing = {offset: stands(verdict(offset)) for offset in range(5)}
    sums, found = replayed(monkeypatch, messages, standing, first=3, facts="rebuilt")
    assert sums.mails == 2
    seen = [VerdictRecord.decode(one.value).facts.sender for one in found]
    assert [one and one.mails for one in seen] == [3, 4]


def correction(offset: int, at_ms: int, of: int, account: str = "box") -> Message:
    """The owner says that the mail at `of` belongs into lane low."""
    told = Feedback(
        event_id=event_id(account, of), account=account, action="corrected", at=utc_text(NOW), provider="cli",
        lane=Lane.LOW,
    )  # fmt: skip
    return Message(offset, account.encode(), told.encode(), told.headers(), at_ms)


def test_rebuilt_facts_hold_what_feedback_taught_the_mails_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    messages = [dataclasses.replace(mail(offset), at_ms=NOW_MS + 1_000 * offset) for offset in range(4)]
    standing = {offset: stands(verdict(offset)) for offset in range(4)}
    said = [
        Message(0, b"box", b"nonsense", (), NOW_MS + 500),
        correction(1, NOW_MS + 1_500, of=1),
        correction(2, NOW_MS + 9_999, of=2),
    ]
    by_feedback = replayed(monkeypatch, messages, standing, SHIPS, facts="rebuilt", feedback=said)
    assert [one.change.lanes[1] for one in by_feedback[1]] == ["low", "low"]
    assert [one.change.offset for one in by_feedback[1]] == [2, 3]
    assert "you_corrected_thread" in {shift.rule for one in by_feedback[1] for shift in one.change.why}
    without = replayed(monkeypatch, messages, standing, SHIPS, facts="rebuilt")
    assert without[0].lanes.total() == 4
    assert not any("low" in lanes for lanes in without[0].lanes)
