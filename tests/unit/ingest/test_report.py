"""What ingest says of itself: how each mailbox is, and when a source last proved to be alive."""

from __future__ import annotations

import asyncio
import time

from agents.breakers import BREAKERS
from agents.ingest.budget import ByteBudget
from agents.ingest.mailbox import Surroundings
from agents.ingest.membership import Membership
from agents.ingest.records import FolderKey
from agents.ingest.report import MAX_CHECKS, report
from agents.ingest.states import FolderState, State, States
from agents.push import Push
from agents.sources.gmail import Service
from infra.settings import load
from monitoring import metrics
from streams.status_publisher import Report


def said(*folders: FolderState) -> Report:
    states, budget = States(), ByteBudget(1000)
    for folder in folders:
        states.add(folder)
    settings = load()
    gmail = Service(settings)
    around = Surroundings(settings=settings, states=states, budget=budget, slots=asyncio.Semaphore(1), gmail=gmail)
    return report(Membership(around), states, budget, gmail, Push(settings, gmail))


def folder(name: str, state: State = State.IN_STEP, *, silent_s: float = 0.0, **more: object) -> FolderState:
    made = FolderState(key=FolderKey(name, "INBOX"), kind="imap", state=state, **more)  # type: ignore[arg-type]
    made.alive_at = time.monotonic() - silent_s
    return made


def proof_of_life_age_s(kind: str) -> float:
    value: float = metrics.PROOF_OF_LIFE_AGE.labels(source=kind)._value.get()
    return value


def test_point_11_the_gauge_is_the_age_of_the_mailbox_that_was_silent_longest() -> None:
    said(folder("a", silent_s=5), folder("b", silent_s=700), folder("c"))
    assert 700 <= proof_of_life_age_s("imap") < 701
    assert proof_of_life_age_s("maildir") == 0
    said(folder("a", silent_s=5), folder("c"))
    assert 5 <= proof_of_life_age_s("imap") < 6


def test_a_mailbox_that_never_answered_ages_too() -> None:
    said(folder("a", State.RETRYING, silent_s=60, reason="no answer"))
    assert 60 <= proof_of_life_age_s("imap") < 61


def test_point_8_refused_credentials_are_named_with_their_remedy() -> None:
    broken = folder("a", State.AUTH_FAILED, reason="refused; check username and secret")
    checks = {one.name: one for one in said(broken, folder("b")).checks if one.name != "kafka"}
    assert set(checks) == {"mailbox a/INBOX"}
    assert checks["mailbox a/INBOX"].reason == "auth_failed: refused; check username and secret"


def test_the_progress_of_first_contacts_is_told() -> None:
    counts = said(folder("a", State.READING, remaining=40), folder("b", State.READING, remaining=2)).counts or {}
    assert (counts["remaining"], counts["reading"], counts["in_step"], counts["folders"]) == (42, 2, 0, 2)


def test_of_many_broken_mailboxes_some_are_named_and_the_rest_counted() -> None:
    checks = said(*(folder(f"a{number:03}", State.RETRYING, reason="away") for number in range(MAX_CHECKS + 7))).checks
    assert len(checks) == 1 + MAX_CHECKS + 1
    assert checks[-1].reason == "7 more mailboxes have problems"


def test_each_kind_of_mailbox_is_counted_with_what_is_broken_of_it() -> None:
    counts = said(folder("a"), folder("b", State.RETRYING), folder("c", complaint="3 mails cannot be read")).counts
    assert (counts["folders_imap"], counts["broken_imap"]) == (3, 2)
    assert "folders_gmail" not in counts


def test_breakers_are_counted_by_their_state() -> None:
    breaker = BREAKERS.of(load(), "gmail", "user")
    breaker.open()
    try:
        assert said().counts["breaker_gmail/user"] == 2
    finally:
        breaker.close()
    assert said().counts["breaker_gmail/user"] == 0


def test_the_buffer_is_measured() -> None:
    said()
    assert metrics.INGEST_BUFFER_BYTES._value.get() == 0
