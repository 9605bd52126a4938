"""Gmail mailboxes through ingest as people run it: each mail once on mail.received, soon after its push."""

from __future__ import annotations

import asyncio
from email import message_from_bytes

import orjson

from tests.integration.gmail.conftest import GmailSite, event_ids, ids
from tests.integration.ingest.conftest import until


async def test_point_10_a_mailbox_its_pushes_and_what_a_person_does_reach_the_log(gmail_site: GmailSite) -> None:
    site = gmail_site
    box = await site.gmail("box")
    old = site.google.fill(box, 120)
    # Nothing but a push tells of new mail; Gmail's own limit, one a second and user, could swallow the last one.
    site.google.set_mishaps(limit=False)
    process = site.ingest(GMAIL_SILENCE_S="3000")
    await site.until_received(120)
    await site.until_status(lambda said: (said.counts or {})["in_step"] == 1)
    assert site.google.watches()[box]["topic"] == site.topic
    new = site.google.deliver(box, generated=1)
    records = await site.until_received(121)
    assert set(ids(records)) == event_ids("box", old + new)
    assert len(ids(records)) == 121
    answered = f"<120.{box.replace('@', '.')}@mail.example.org>".encode()  # as generated mail names itself
    (sender,) = (message_from_bytes(raw)["From"] for one in records if answered in (raw := one.value or b""))
    answer = b"To: " + sender.encode() + b"\r\nIn-Reply-To: " + answered + b"\r\n\r\nYes\r\n"
    site.google.send(box, answer, thread_id=new[0], drafted=True)
    site.google.relabel(box, new[0], add=["STARRED"])
    told = await until(site.feedback, lambda found: len(found) == 2, 60)
    said = [orjson.loads(one.value or b"") for one in told]
    assert [(one.key, each["action"]) for one, each in zip(told, said, strict=True)] == [
        (b"box", "replied"),
        (b"box", "starred"),
    ]
    assert {each["event_id"] for each in said} == event_ids("box", new)
    proof = site.prove("box")
    assert (proof["listed"], proof["logged"], proof["missing"], proof["twice"]) == (121, 121, [], [])
    await until(_nothing_waits(site), bool, 60)
    process.stop()


async def test_prove_names_what_is_missing_and_what_was_deleted(gmail_site: GmailSite) -> None:
    site = gmail_site
    box = await site.gmail("box")
    site.google.deliver(box, generated=10)
    process = site.ingest()
    await site.until_received(10)
    process.stop()
    kept = site.google.deliver(box, generated=2)
    site.google.delete(box, min(site.google.ids(box) - set(kept)))
    proof = site.prove("box")
    assert (proof["ok"], proof["listed"], proof["logged"], proof["extra"]) == (False, 11, 10, 1)
    assert proof["missing"] == sorted(f"gmail;{one}" for one in kept)


async def test_point_8_a_push_for_another_process_is_acknowledged_when_its_mails_are_committed(
    gmail_site: GmailSite,
) -> None:
    site = gmail_site
    names = [f"box{number}" for number in range(8)]
    boxes = [await site.gmail(name) for name in names]
    for name in ("first", "second"):
        site.ingest(name, GMAIL_SILENCE_S="3000")
    for name in ("first", "second"):
        await site.until_status(
            lambda said: (said.counts or {})["partitions"] == 2 and (said.counts or {})["in_step"] >= 1, name
        )
    await until(_watched(site, len(boxes)), bool, 60)
    for _ in range(3):
        await asyncio.sleep(1.1)
        for box in boxes:
            site.google.deliver(box, generated=1)
    records = await site.until_received(24)
    assert len(set(ids(records))) == len(records) == 24
    await until(_nothing_waits(site), bool, 60)


async def test_point_8_a_subscription_that_vanished_is_made_anew_and_mailboxes_are_watched_anew(
    gmail_site: GmailSite,
) -> None:
    site = gmail_site
    box = await site.gmail("box")
    site.ingest(GMAIL_SILENCE_S="2", PUSH_SILENCE_S="1")
    await site.until_status(lambda said: (said.counts or {})["in_step"] == 1)
    await until(_watched(site, 1), bool, 60)
    watches = site.google.counters().requests["users.watch"]
    site.pubsub.delete_subscription(site.subscription)
    await until(_watched_again(site, watches), bool, 90)
    site.google.deliver(box, generated=1)
    await site.until_received(1)


async def test_point_8_a_pull_that_went_silent_is_started_anew(gmail_site: GmailSite) -> None:
    """Frozen, the server keeps the stream open and says nothing; the client sees no error."""
    site = gmail_site
    box = await site.gmail("box")
    site.ingest(GMAIL_SILENCE_S="3000", PUSH_SILENCE_S="1")
    await site.until_status(lambda said: (said.counts or {})["in_step"] == 1)
    await until(_watched(site, 1), bool, 60)
    site.pubsub.freeze()
    try:
        await site.until_status(lambda said: any(one.name == "push" and not one.ok for one in said.checks))
    finally:
        site.pubsub.thaw()
    await site.until_status(lambda said: all(one.ok for one in said.checks))
    site.google.deliver(box, generated=1)
    await site.until_received(1)


def _watched(site: GmailSite, count: int):
    async def look() -> bool:
        return len(site.google.watches()) == count

    return look


def _watched_again(site: GmailSite, before: int):
    async def look() -> bool:
        return site.google.counters().requests["users.watch"] > before

    return look


def _nothing_waits(site: GmailSite):
    """Every push is acknowledged: the subscription hands out nothing more, also after its deadline."""

    async def look() -> bool:
        return await asyncio.to_thread(site.pubsub.pull, site.subscription, 1, seconds=2) == []

    return look
