"""A probe notes each step with its time and what was found, the last one with what helps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agents.probing.gmail import judge_watch
from agents.probing.steps import Steps, encryption, subject
from agents.sources.base import ProviderTransient

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


async def _after(outcome: Any) -> Any:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


async def test_a_step_has_its_time_and_what_was_found_or_what_helps() -> None:
    ticks = iter([1.0, 1.25, 2.0, 2.5])
    steps = Steps(clock=lambda: next(ticks))
    assert await steps.take("dns", _after(3), lambda found: f"{found} addresses") == 3
    with pytest.raises(ProviderTransient):
        await steps.take("tcp", _after(ProviderTransient("no answer; check the firewall")), str)
    steps.note("tls", "none: plain text")
    assert [(step.name, step.ok, step.detail, step.ms) for step in steps] == [
        ("dns", True, "3 addresses", 250.0),
        ("tcp", False, "no answer; check the firewall", 500.0),
        ("tls", True, "none: plain text", None),
    ]


@pytest.mark.parametrize(
    ("certificate", "whose"),
    [
        ({"subject": ((("organizationName", "X"),), (("commonName", "imap.example.org"),))}, "imap.example.org"),
        ({"subjectAltName": (("DNS", "imap.example.org"),)}, "imap.example.org"),
        ({"subject": ((("commonName", "a\x1b[31mb"),),)}, "a[31mb"),
        ({}, "nobody"),
    ],
)
def test_whose_a_certificate_is(certificate: dict[str, Any], whose: str) -> None:
    assert subject(certificate) == whose


def test_a_connection_without_encryption_says_so() -> None:
    assert encryption(None) == "none: plain text"


@pytest.mark.parametrize(
    ("expires", "says"), [(NOW + timedelta(hours=150), "ends in 150 h"), (NOW + timedelta(hours=48), "ends in 48 h")]
)
def test_a_watch_that_lasts(expires: datetime, says: str) -> None:
    assert judge_watch(expires, NOW) == says


@pytest.mark.parametrize(
    ("expires", "says"),
    [
        (None, "no watch: only polled"),
        (NOW + timedelta(hours=47), "ends in 47 h: its daily renewal fails"),
        (NOW - timedelta(hours=3), "ended 3 h ago: its daily renewal fails"),
    ],
)
def test_a_watch_that_does_not(expires: datetime | None, says: str) -> None:
    with pytest.raises(ProviderTransient, match=says):
        judge_watch(expires, NOW)
