"""mail.received → lanes and mail.review → a CrewAI crew → mail.reviewed → a new revision in the right lane."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from streams.triage.verdict import Lane
from tests.integration.crew.conftest import System

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


def test_sigkill_of_crew_and_worker_leaves_one_applied_review_per_mail(system: System) -> None:
    system.model.remote.behave(script=URGENT, latency_s=0.2)
    ids: list[str] = []
    for victim in ("crew-0", "worker-0", "crew-0"):
        ids += system.send(8)
        known = len(system.reviews())
        system.until(lambda known=known: len(system.reviews()) > known, "reviews")  # type: ignore[misc]
        system.flow.kill(victim)
        if victim == "crew-0":
            system.start_crew()
        else:
            system.flow.start(victim)
    system.until(lambda: revisions(system, ids)[1, Lane.URGENT] >= len(ids), "all revisions", 150)
    assert revisions(system, ids) == {(0, Lane.HIGH): len(ids), (1, Lane.URGENT): len(ids)}
    reviews = Counter(one.event_id for one in system.reviews() if one.event_id in ids)
    assert set(reviews.values()) == {1}, "each was answered once, though the most important came first"
    seen = system.model.remote.seen()
    assert seen["calls"]["Assessment"] <= len(ids) + 3 * 16 + 40, "nothing that was answered is asked again"
