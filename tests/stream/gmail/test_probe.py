"""`triage provider test` at a Gmail mailbox: the step that fails says why and what helps, at once."""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import Any

import pytest

from agents.accounts import Account, GmailMailbox
from agents.fakes.google.faults import Fault
from agents.probing.gmail import probe
from agents.probing.steps import Steps
from infra.errors import ConfigError
from infra.settings import load
from tests.services.google_here import GoogleHere

SERVICE = "probe@project.iam.gserviceaccount.example"


@pytest.fixture
def probed(google: GoogleHere, unique: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`await probed(labels=...)` → the steps of an account with a service account's key."""
    email = f"{unique}@example.org"
    google.create(email)
    monkeypatch.setenv("PROBE_KEY", json.dumps(google.add_service_account(SERVICE)))

    async def run(labels: tuple[str, ...] = ("INBOX",), **settings: Any) -> Steps:
        mailbox = GmailMailbox(email=email, labels=labels, service_account="env:PROBE_KEY")
        roots = {"gmail_api_root": google.url, "google_token_url": f"{google.url}/token", **settings}
        steps = Steps()
        await probe(load(**roots), Account(id="box", kind="gmail", gmail=mailbox), steps)
        return steps

    return run


async def test_all_steps_of_a_mailbox_that_is_well(probed: Any) -> None:
    steps = await probed()
    assert [step.name for step in steps] == ["dns", "tcp", "tls", "auth", "scopes", "mailbox", "quota", "labels"]
    assert all(step.ok for step in steps)
    assert "0 mails, historyId" in steps[5].detail


@pytest.mark.parametrize(
    ("fault", "last", "says"),
    [
        (Fault(error="429-user"), "mailbox", "users.getProfile: HTTP 429 .*the quota is used up"),
        (Fault(error="403-project"), "mailbox", "the quota is used up"),
        (Fault(error="403-scope"), "mailbox", "lacks the scope gmail.readonly"),
        (Fault(method="users.labels.list", error="401"), "labels", "triage auth check"),
        (Fault(error="503"), "mailbox", "users.getProfile: HTTP 503"),
        (Fault(method="users.getProfile", effect="junk"), "mailbox", "is GMAIL_API_ROOT right"),
        (Fault(method="oauth.token", error="503"), "auth", "answered 503"),
    ],
)
async def test_the_step_that_fails_is_the_last_and_says_what_helps(
    google: GoogleHere, probed: Any, fault: Fault, last: str, says: str
) -> None:
    await asyncio.to_thread(google.set_faults, fault)
    began = time.monotonic()
    steps = await probed()
    assert time.monotonic() - began < 20  # a rate is not waited out
    assert [step.name for step in steps if not step.ok] == [last] == [steps[-1].name]
    assert re.search(says, steps[-1].detail)


async def test_a_label_that_is_not_there_is_named(probed: Any) -> None:
    steps = await probed(labels=("INBOX", "Label_9"))
    assert (steps[-1].ok, steps[-1].detail.startswith("no label Label_9")) == (False, True)


async def test_no_token_goes_over_plain_http(probed: Any) -> None:
    with pytest.raises(ConfigError, match="an https URL is needed"):
        await probed(gmail_api_root="http://gmail.example.org")
