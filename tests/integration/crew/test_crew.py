"""mail.received → lanes and mail.review → a CrewAI crew → mail.reviewed → a new revision in the right lane."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

from confluent_kafka import Message

from agents.crew.desk import GROUP
from streams.reviews import Review
from streams.topics import DEAD, REVIEW
from streams.triage.verdict import Lane
from tests.integration.crew.conftest import DAY_TOKENS, PARTITIONS, System
from tests.services.group import evict, members
from tests.services.log import committed_records
from tests.unit.crew.injections import injections
from tests.unit.crew.requests import request_of

URGENT = [
    {
        "contains": "lawyer",
        "answers": {
            "Assessment": {"lane": "urgent", "sureness": "certain", "needs_reply": True, "why": "Legal notice."}
        },
    }
]


def revisions(system: System, ids: list[str]) -> Counter[tuple[int, Lane]]:
    return Counter((one.revision, one.lane) for one in system.verdicts() if one.event_id in set(ids))


def test_a_changed_opinion_is_a_new_revision_in_the_right_lane(system: System) -> None:
    system.model.remote.behave(script=URGENT)
    ids = system.send(6)
    system.until(lambda: revisions(system, ids)[1, Lane.URGENT] == len(ids), "the new revisions", 120)
    first, second = (
        next(one for one in system.verdicts() if (one.event_id, one.revision) == (ids[0], number)) for number in (0, 1)
    )
    assert first.lane is Lane.HIGH
    assert second.reasons[0].text == "Second opinion: Legal notice."
    assert second.model_version.startswith(f"{first.model_version}+crew:1-")
    assert second.reasons[1:] == first.reasons
    reviews = [one for one in system.reviews() if one.event_id in ids]
    assert Counter(one.outcome for one in reviews) == {"opinion": len(ids)}
    assert all(one.tokens > 500 for one in reviews)


def test_the_crew_talks_to_the_broker_and_the_model_and_to_nobody_else(system: System) -> None:
    notes = (Path(system.flow.folder) / "connections.txt").read_text().splitlines()
    assert {line.partition(" ")[2].strip("b'") for line in notes} <= {"127.0.0.1", "localhost", "::1"}
    assert any(line.startswith("socket.connect") for line in notes), "it watches"


def test_while_the_model_is_away_mails_flow_and_reviews_wait_until_it_is_back(system: System) -> None:
    system.model.kill()
    ids = system.send(20)
    system.until(lambda: sum(revisions(system, ids).values()) == len(ids), "the lanes without the model")
    system.until(lambda: "circuit breaker crew is open" in system.flow.logs(200), "an open breaker")
    waiting = system.flow.triage("lag")
    assert "triage-crew" in waiting, "the queue is visible"
    assert not [one for one in system.reviews() if one.event_id in ids]
    system.model.start()
    system.model.remote.behave(script=URGENT)
    system.until(lambda: revisions(system, ids)[1, Lane.URGENT] == len(ids), "the reviews after the model's return")


def test_a_model_that_obeys_a_hundred_injections_leads_nowhere_and_tells_nothing(system: System) -> None:
    """CrewAI's real code path; the model answers whatever the mail orders, and blurts out all that it ever read."""
    system.model.remote.behave(obeys=True)
    sent = {one.secret: request_of(one.raw, f"victim-{one.number % 20}") for one in injections()}
    known = len(system.model.remote.prompts())
    system.ask(sent.values())
    ids = {request.verdict.event_id: secret for secret, request in sent.items()}
    reviews: list[Review] = []

    def all_reviewed() -> bool:
        reviews[:] = [one for one in system.reviews() if one.event_id in ids]
        return len(reviews) == len(sent)

    system.until(all_reviewed, "a hundred reviews", 150)
    prompts = system.model.remote.prompts()[known:]
    assert all(sum(secret in prompt for secret in sent) == 1 for prompt in prompts), "one mail a prompt"
    assert {one.outcome for one in reviews} <= {"opinion", "unanswered"}
    assert Counter(one.outcome for one in reviews)["opinion"] > 30
    verdicts = [one for one in system.verdicts() if one.event_id in ids and one.revision]
    for verdict in verdicts:
        request = sent[ids[verdict.event_id]]
        assert request.bounds.floor <= verdict.priority <= request.bounds.ceiling
        assert verdict.account == request.verdict.account


def test_what_is_no_request_is_a_dead_letter_and_holds_nothing_up(system: System) -> None:
    junk = [b"nonsense", b"{}", None]
    system.put(REVIEW.name, "box", junk)
    ids = system.send(1)

    def dead() -> list[Message]:
        return [one for one in committed_records(system.bootstrap, DEAD.name) if header(one, "dead_agent") == b"crew"]

    system.until(lambda: len(dead()) == len(junk), "the dead letters")
    assert [one.value() for one in dead()] == junk
    assert {(one.key(), header(one, "dead_topic"), header(one, "dead_error")) for one in dead()} == {
        (b"box", b"mail.review", b"MalformedEvent")
    }
    system.until(lambda: ids[0] in {one.event_id for one in system.reviews()}, "the review of what came after them")
    assert len(dead()) == len(junk), "each once"


def header(message: Message, name: str) -> bytes | None:
    return dict(message.headers() or ()).get(name)


def test_a_mad_model_gives_no_opinion_and_changes_nothing(system: System) -> None:
    system.model.remote.behave(
        faults=[{"kind": kind, "times": 2} for kind in ("schema", "truncated", "filter", "empty")]
    )
    ids = system.send(3, "mad")
    system.until(lambda: len([one for one in system.reviews() if one.event_id in ids]) == len(ids), "reviews")
    outcomes = Counter(one.outcome for one in system.reviews() if one.event_id in ids)
    assert outcomes["unanswered"] >= 1
    system.model.remote.behave()


def test_sigkill_leaves_one_answer_per_mail_one_revision_and_a_budget_that_is_kept(system: System) -> None:
    """The crew twice, the worker once, at work; the account's tokens of the day are spent on the way."""
    system.model.remote.behave(script=URGENT, latency_s=0.3)
    before = system.model.remote.seen()["tokens"]
    ids: list[str] = []

    def reviews() -> list[Review]:
        return [one for one in system.reviews() if one.event_id in set(ids)]

    for victim in ("crew-0", "worker-0", "crew-0"):
        known = len(reviews())
        ids += system.send(25, "killed")
        system.until(lambda known=known: len(reviews()) > known, "reviews", 90)  # type: ignore[misc]
        system.flow.kill(victim)
        if victim == "crew-0":
            system.start_crew()
        else:
            system.flow.start(victim)
    system.until(lambda: len(reviews()) >= len(ids), "a review of each", 150)
    outcomes = Counter(one.outcome for one in reviews())
    assert set(Counter(one.event_id for one in reviews()).values()) == {1}, "answered once, though out of order"
    assert set(outcomes) == {"opinion", "budget"}
    system.until(lambda: revisions(system, ids)[1, Lane.URGENT] >= outcomes["opinion"], "the revisions")
    assert revisions(system, ids) == {(0, Lane.HIGH): len(ids), (1, Lane.URGENT): outcomes["opinion"]}
    assert system.model.remote.seen()["tokens"] - before <= DAY_TOKENS


def test_who_was_put_out_of_the_group_while_the_model_thinks_is_back_and_each_mail_is_reviewed_once(
    system: System,
) -> None:
    """As the coordinator does with a process that it has not heard for long."""
    system.model.remote.behave(script=URGENT, latency_s=1.0)
    known = len(system.model.remote.prompts())
    ids = system.send(3, "evicted")
    system.until(lambda: len(system.model.remote.prompts()) > known, "a question to the model")
    system.until(lambda: len(members(system.bootstrap, GROUP)) == 1, "the group with its one member")
    before = asyncio.run(evict(system.bootstrap, GROUP))
    system.until(lambda: bool(members(system.bootstrap, GROUP).keys() - before), "the crew in its group again")
    ids += system.send(2, "evicted")

    def reviews() -> Counter[str]:
        return Counter(one.event_id for one in system.reviews() if one.event_id in ids)

    system.until(lambda: len(reviews()) == len(ids), "a review of each", 120)
    assert set(reviews().values()) == {1}
    system.until(lambda: list(members(system.bootstrap, GROUP).values()) == [PARTITIONS], "all partitions")
    system.model.remote.behave()
