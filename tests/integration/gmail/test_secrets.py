"""A whole run through every kind of trouble, searched for what must not be in it."""

from __future__ import annotations

from agents.fakes.google.faults import Fault
from streams.reading import to_end
from streams.topics import ALL, RECEIVED
from tests.integration.gmail.conftest import GmailSite

SUBJECT, BODY = "planted-subject-7f3a", "planted-body-7f3a"
MAIL = f"From: a@example.org\r\nTo: box@example.org\r\nSubject: {SUBJECT}\r\n\r\n{BODY}\r\n".encode()
TROUBLE = (
    Fault(method="users.history.list", effect="junk", times=2),
    Fault(method="users.messages.get", error="401", times=1),
    Fault(method="users.messages.get", effect="truncate", times=2),
    Fault(method="users.messages.list", error="403-user", times=1),
    Fault(method="oauth.token", error="503", times=1),
)


async def test_no_secret_and_no_mail_is_in_what_a_run_says(gmail_site: GmailSite) -> None:
    site = gmail_site
    box = await site.gmail("box")
    site.google.set_faults(*TROUBLE)
    process = site.ingest(LOG_LEVEL="DEBUG", GMAIL_SILENCE_S="1")
    for _ in range(5):
        site.google.deliver(box, MAIL)
        site.google.expire_access(box)
        await site.until_received(1)
    await site.until_received(5)
    site.google.relabel(box, *site.google.ids(box), add=["STARRED"])
    site.google.revoke(box)
    await site.until_status(lambda said: (said.counts or {})["auth_failed"] == 1)
    proof = site.triage("prove", "box", "--json")
    process.stop()

    stored = site.tokens.read("box")
    assert stored is not None
    secrets = [site.key, site.google.client_secret, stored.refresh_token, stored.access_token, "Bearer "]
    said = [process.log.read_text(), proof.stdout, proof.stderr]
    for spec in ALL:
        async for chunk in to_end(site.settings, spec.name):
            for record in chunk:
                said += [value.decode("utf-8", "replace") for _, value in record.headers]
                said += [] if spec is RECEIVED else [(record.value or b"").decode("utf-8", "replace")]
                said.append((record.key or b"").decode("utf-8", "replace"))
    text = "\n".join(said)
    assert "invalid_grant" in text or "triage auth login" in text  # the remedy is told
    assert [secret for secret in [*filter(None, secrets), SUBJECT, BODY] if secret in text] == []
