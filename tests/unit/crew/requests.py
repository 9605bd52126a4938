"""Review requests as the tests make them: decided as the worker decides, of any mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from streams.events import Origin, Received, event_id, verdict_record
from streams.mail import parse
from streams.reviews import ReviewRequest, review_request
from streams.triage import review
from streams.triage.decide import decide
from streams.triage.review import Cause, Wanted
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Facts

TEXT = """From: Lena Vogt <lena@vogt.example>\r
To: owner@example.com\r
Subject: Invoice 4471\r
Date: Tue, 24 Nov 2026 09:00:00 +0000\r
Message-ID: <1@vogt.example>\r
\r
Our lawyer says the contract can be cancelled. Tell me if that is right.\r
"""


def request_of(raw: bytes = TEXT.encode(), account: str = "box", **changes: int) -> ReviewRequest:
    """The request of a mail, whether or not the policy wants one. `changes`: of the request's own fields."""
    received = Received(
        event_id=event_id(account, "test", raw.decode("utf-8", "replace")), account=account, raw=raw,
        received_at=datetime(2026, 11, 24, 9, 1, tzinfo=UTC), location="test;1", owner=("owner@example.com",),
    )  # fmt: skip
    mail = parse(raw)
    facts = Facts(owner=received.owner, received_at="2026-11-24T09:01:00.000Z")
    verdict = decide(mail, facts, DEFAULT)
    wanted = Wanted(
        causes=(Cause.UNCERTAIN,),
        importance=50,
        bounds=review.leeway(verdict, decide(mail, facts, DEFAULT, None), DEFAULT),
    )
    origin = Origin(topic="mail.received", partition=0, offset=7)
    made = review_request(mail, verdict_record(received, mail, facts, verdict, origin), wanted)
    return replace(made, **changes)  # type: ignore[arg-type]


UNSURE = ("Invoice 4471", "Dear Ms Weber,\r\nour lawyer says the contract can be cancelled. Tell me if that is right.")
"""Subject and text of a mail that the fast path is unsure of: a stranger, law at stake."""


def mail(number: int, account: str, subject: str, text: str) -> Received:
    raw = f"""From: Lena Vogt <lena@vogt-{number}.example>\r
To: owner@example.com\r
Subject: {subject}\r
Date: Tue, 24 Nov 2026 09:00:00 +0000\r
Message-ID: <{number}@test.example>\r
\r
{text}\r
"""
    return Received(
        event_id=event_id(account, "test", number),
        account=account,
        raw=raw.encode(),
        received_at=datetime.now(UTC),
        location=f"test;{number}",
        owner=("owner@example.com",),
    )
