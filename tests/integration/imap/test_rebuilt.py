"""MAIL.md, IMAP: 4 identity, and a folder whose UIDVALIDITY changed. On a real Dovecot."""

from __future__ import annotations

import json
import logging
from datetime import timedelta

from streams.events import event_id
from tests.integration.following import Follower, read_all
from tests.integration.imap.conftest import ImapMailbox
from tests.integration.source_conformance import mail, subjects


def log_of(*followers: Follower):
    """What the log would answer after these readings."""

    async def announced() -> frozenset[str]:
        return frozenset(found.fingerprint for follower in followers for found in follower.mails)

    return announced


async def test_point_4_identity_is_account_folder_uidvalidity_and_uid(mailbox: ImapMailbox):
    await mailbox.deliver(mail("one"))
    mailbox.server.set_uidvalidity(mailbox.user, 4242)
    (found,) = (await read_all(mailbox.source())).mails
    assert found.event_id == event_id(f"acc-{mailbox.user}", "imap", "INBOX", 4242, 1)
    assert found.location == "INBOX;UIDVALIDITY=4242;UID=1"


async def test_point_4_after_a_rebuild_only_unknown_mail_is_announced(mailbox: ImapMailbox, caplog):
    """Known mails are counted and said in the log, a mail that came meanwhile is announced, the cursor is re-keyed."""
    for number in range(5):
        await mailbox.deliver(mail(f"m{number}"))
    first = await read_all(mailbox.source())
    await mailbox.deliver(mail("meanwhile"))
    mailbox.server.set_uidvalidity(mailbox.user, 99)
    with caplog.at_level(logging.WARNING):
        second = await read_all(mailbox.source(announced=log_of(first)), first.cursor)
    assert subjects([one.raw for one in second.mails]) == ["meanwhile"]
    assert second.skipped == 5
    assert json.loads(second.cursor["INBOX"])["uidvalidity"] == 99
    assert "INBOX was rebuilt" in caplog.text
    third = await read_all(mailbox.source(announced=log_of(first, second)), second.cursor)
    assert (third.mails, third.skipped) == ([], 0)


async def test_point_4_after_a_rebuild_old_mail_is_not_even_fetched(mailbox: ImapMailbox):
    """Mail from before first contact was never announced, so its fingerprint is unknown; its date keeps it out."""
    for number in range(3):
        await mailbox.deliver(mail(f"old{number}"), age=timedelta(days=100))
    await mailbox.deliver(mail("edge"), age=timedelta(days=2, hours=3))  # the search by days lets it through
    await mailbox.deliver(mail("new"))
    first = await read_all(mailbox.source())
    assert subjects([one.raw for one in first.mails]) == ["edge", "new"]
    mailbox.server.set_uidvalidity(mailbox.user, 7)
    second = await read_all(mailbox.source(announced=log_of(first)), first.cursor)
    assert (second.mails, second.skipped) == ([], 5)


async def test_point_4_a_rebuild_that_is_interrupted_goes_on_comparing(mailbox: ImapMailbox):
    """The cursor remembers that fingerprints count up to the UID that was highest when the rebuild was noticed."""
    for number in range(3):
        await mailbox.deliver(mail(f"m{number}"))
    first = await read_all(mailbox.source())
    big = b"x" * 70 + b"\r\n"
    for number in range(8):
        await mailbox.deliver(mail(f"n{number}") + big * 6500)
    for number in range(3):
        await mailbox.deliver(mail(f"m{number}"))  # the same mails once more, behind the new ones
    mailbox.server.set_uidvalidity(mailbox.user, 7)
    async with Follower(mailbox.source(announced=log_of(first)), first.cursor) as second:
        await second.next()
    assert json.loads(second.cursor["INBOX"])["rebuilt"] is True
    third = await read_all(mailbox.source(announced=log_of(first)), second.cursor)
    assert subjects([one.raw for one in second.mails + third.mails]) == [f"n{number}" for number in range(8)]


async def test_point_4_mail_after_a_rebuild_is_announced_even_if_it_equals_a_known_one(mailbox: ImapMailbox):
    """Fingerprints only count for what was there when the rebuild was noticed."""
    await mailbox.deliver(mail("one"))
    first = await read_all(mailbox.source())
    mailbox.server.set_uidvalidity(mailbox.user, 7)
    async with Follower(mailbox.source(announced=log_of(first)), first.cursor) as second:
        await second.until_in_step()
        await mailbox.deliver(mail("one"))
        assert len(await second.until_found(1)) == 1


async def test_point_4_a_rebuild_is_noticed_while_connected(mailbox: ImapMailbox):
    """Dovecot ends the session then; the next connection compares."""
    await mailbox.deliver(mail("one"))
    first = await read_all(mailbox.source())
    for path in mailbox.home.glob("dovecot*"):
        path.unlink()
    second = await read_all(mailbox.source(announced=log_of(first)), first.cursor)
    assert second.mails == []
