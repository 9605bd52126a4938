"""IMAP accounts through the ingest process: two folders, a refused login beside them, and nothing twice."""

from __future__ import annotations

import signal

from agents.accounts import Account, ImapServer, save_account
from tests.integration.ingest.conftest import Site
from tests.services.dovecot import Dovecot


def raw(name: str) -> bytes:
    return f"From: <a@example.org>\r\nMessage-ID: <{name}@example.org>\r\nSubject: {name}\r\n\r\nHello.\r\n".encode()


def account(dovecot: Dovecot, user: str, secret: str, *folders: str) -> Account:
    server = ImapServer(
        host="127.0.0.1", port=dovecot.tls_port, username=user, folders=folders or ("INBOX",),
        cafile=str(dovecot.ca_file),
    )  # fmt: skip
    return Account(id=user, kind="imap", imap=server, secret=secret, owner=(f"{user}@example.org",))


async def test_imap_mailboxes_reach_the_log_once(site: Site, dovecot: Dovecot, unique: str) -> None:
    good, refused = f"good{unique}", f"refused{unique}"
    dovecot.add_user(good, "right")
    dovecot.add_user(refused, "right")
    for number in range(30):
        dovecot.deliver(good, raw(f"in{number}"))
        dovecot.deliver(good, raw(f"sent{number}"), "Sent")
    await save_account(site.settings, account(dovecot, good, "env:GOOD", "INBOX", "Sent"))
    await save_account(site.settings, account(dovecot, refused, "env:WRONG"))
    process = site.ingest(GOOD="right", WRONG="not-the-password")
    await site.until_received(60)
    status = await site.until_status(
        lambda said: (said.counts or {})["in_step"] == 2 and (said.counts or {})["auth_failed"] == 1
    )
    (broken,) = [check for check in status.checks if not check.ok]
    assert broken.name == f"mailbox {refused}/INBOX"
    process.signal(signal.SIGKILL)
    process.process.wait()
    dovecot.deliver(good, raw("away"))
    site.ingest("ingest-2", GOOD="right", WRONG="not-the-password")
    await site.until_received(61)
    dovecot.deliver(good, raw("live"))
    records = await site.until_received(62)
    assert len({dict(record.headers)["ce_id"] for record in records}) == len(records) == 62
    assert "not-the-password" not in process.log.read_text()
