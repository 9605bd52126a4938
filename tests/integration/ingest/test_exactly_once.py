"""Every mail of every mailbox is on mail.received exactly once, whatever dies meanwhile. All reads are read_committed."""

from __future__ import annotations

import asyncio
import random
import signal

from agents.accounts import remove_account, save_account
from agents.accounts.account import Account
from infra.stack import KafkaBroker
from streams.events import Received
from streams.partitioning import partition_of
from tests.integration.ingest.conftest import SESSION_S, Site, each_once, until


async def test_a_mailbox_reaches_the_log_and_a_restart_announces_nothing_again(site: Site) -> None:
    box = await site.account("box", owner=("me@example.org",))
    box.deliver(700)
    first = site.ingest()
    records = await site.until_received(700)
    each_once(records, box)
    received = Received.from_record(records[0].key, records[0].value, records[0].headers)
    assert (received.account, received.owner, received.truncated) == ("box", ("me@example.org",), False)
    assert received.fingerprint
    assert received.traceparent
    assert {record.partition for record in records} == {partition_of(b"box", site.settings.topic_partitions)}
    first.stop()
    second = site.ingest("ingest-2")
    box.deliver(3)
    await site.until_received(703)
    await site.until_status(lambda said: (said.counts or {})["in_step"] == 1, "ingest-2")
    box.deliver()
    each_once(await site.until_received(704), box)
    second.stop()


async def test_kill_9_loses_and_repeats_nothing(site: Site) -> None:
    box = await site.account("box")
    other = await site.account("other")
    box.deliver(1500)
    for run in range(6):
        process = site.ingest(f"run-{run}", KAFKA_SESSION_TIMEOUT_S="6")
        before = len(await site.received())
        await site.until_received(min(before + 1, len(box.delivered) + len(other.delivered)), 90)
        for _ in range(20):
            box.deliver(15)
            other.deliver(5)
            await asyncio.sleep(0.01)
        await asyncio.sleep(random.random() * 0.3)
        process.kill()
    site.ingest("last")
    each_once(await site.until_received(len(box.delivered) + len(other.delivered)), box, other)


async def test_two_processes_share_and_one_takes_over_when_the_other_dies(site: Site) -> None:
    boxes = [await site.account(f"box{number}") for number in range(12)]
    first, second = site.ingest("first"), site.ingest("second")
    for name in ("first", "second"):
        await site.until_status(lambda said: (said.counts or {})["partitions"] == 2, name)
    for box in boxes:
        box.deliver(20)
    await site.until_received(240)
    first.kill()
    for box in boxes:
        box.deliver(20)
    each_once(await site.until_received(480), *boxes)
    await site.until_status(lambda said: (said.counts or {})["partitions"] == 4, "second")
    site.ingest("third")
    await site.until_status(lambda said: (said.counts or {})["partitions"] == 2, "third")
    for box in boxes:
        box.deliver()
    each_once(await site.until_received(492), *boxes)
    assert second.process.poll() is None


async def test_a_process_that_slept_through_its_session_is_fenced(site: Site) -> None:
    boxes = [await site.account(f"box{number}") for number in range(6)]
    sleeper = site.ingest("sleeper")
    await site.until_status(lambda said: (said.counts or {})["in_step"] == 6, "sleeper")
    for _ in range(20):
        for box in boxes:
            box.deliver(5)
        await asyncio.sleep(0.01)
    sleeper.signal(signal.SIGSTOP)  # likely inside a transaction
    heir = site.ingest("heir")
    for box in boxes:
        box.deliver(10)
    await site.until_received(660, SESSION_S + 60)
    sleeper.signal(signal.SIGCONT)
    for _ in range(10):
        for box in boxes:
            box.deliver()
        await asyncio.sleep(0.2)
    each_once(await site.until_received(720), *boxes)
    await site.until_status(lambda said: (said.counts or {})["partitions"] == 2, "sleeper")
    await site.until_status(lambda said: (said.counts or {})["partitions"] == 2, "heir")
    each_once(await site.until_received(720), *boxes)
    assert (sleeper.process.poll(), heir.process.poll()) == (None, None)


async def test_a_broker_that_dies_and_comes_back_loses_and_repeats_nothing(
    site: Site, kafka_broker: KafkaBroker
) -> None:
    box, other = await site.account("box"), await site.account("other")
    site.ingest()
    await site.until_status(lambda said: (said.counts or {})["in_step"] == 2)
    for _ in range(3):
        for _ in range(15):
            box.deliver(10)
            other.deliver(3)
            await asyncio.sleep(0.01)
        kafka_broker.kill()
        box.deliver(50)
        await asyncio.sleep(random.random())
        await asyncio.to_thread(kafka_broker.start)
    each_once(await site.until_received(len(box.delivered) + len(other.delivered), 180), box, other)


async def test_accounts_come_change_go_and_come_back_while_it_runs(site: Site) -> None:
    site.ingest()
    await site.until_status(lambda said: (said.counts or {})["partitions"] == 4)
    box = await site.account("box")
    box.deliver(5)
    await site.until_received(5)
    await site.account("box", owner=("new@example.org",))

    async def owners() -> set[bytes]:
        box.deliver()
        return {dict(one.headers)["ce_mailowner"] for one in await site.until_received(len(box.delivered))}

    await until(owners, lambda seen: seen == {b"", b"new@example.org"}, 90)
    known = len(box.delivered)
    await site.until_status(
        lambda said: (said.counts or {})["folders"] == 1
    )  # or an old word could be taken for the new
    await remove_account(site.settings, "box")
    await site.until_status(lambda said: (said.counts or {})["folders"] == 0)
    box.deliver()
    await asyncio.sleep(1)
    assert len(await site.received()) == known
    await site.account("box", enabled=False)
    await asyncio.sleep(1)
    assert len(await site.received()) == known
    await site.account("box")
    each_once(await site.until_received(known + 1), box)


async def test_a_broken_account_delays_nobody_and_is_named(site: Site) -> None:
    good = await site.account("good")
    server = {"host": "127.0.0.1", "port": 9, "security": "plain", "username": "x"}
    for record in (
        Account(id="broken", kind="maildir", maildir=str(site.directory / "nowhere")),
        Account.decode(None, _imap_record("refused", server)),
    ):
        await save_account(site.settings, record)
    good.deliver(10)
    process = site.ingest(NOWHERE="secret-value")
    await site.until_received(10)
    status = await site.until_status(lambda said: sum(not check.ok for check in said.checks) == 2)
    reasons = {check.name: check.reason for check in status.checks if not check.ok}
    assert "must exist and be readable" in reasons["mailbox broken"]
    assert "mailbox refused/INBOX" in reasons
    good.deliver(5)
    each_once(await site.until_received(15), good)
    (site.directory / "nowhere").mkdir()
    (site.directory / "nowhere" / "a.eml").write_bytes(b"Subject: there\n\n")
    await site.until_received(16)
    assert "secret-value" not in process.log.read_text()


async def test_sigterm_ends_it_within_five_seconds_under_load(site: Site) -> None:
    boxes = [await site.account(f"box{number}") for number in range(8)]
    for box in boxes:
        box.deliver(300)
    process = site.ingest()
    await site.until_received(1)
    assert process.stop() < 5
    assert (await site.statuses())["ingest-1"] is None
    site.ingest("ingest-2")
    each_once(await site.until_received(2400), *boxes)


async def test_sigterm_ends_it_within_five_seconds_while_kafka_is_away(site: Site, kafka_broker: KafkaBroker) -> None:
    box = await site.account("box")
    process = site.ingest()
    await site.until_status(lambda said: (said.counts or {})["in_step"] == 1)
    kafka_broker.kill()
    box.deliver(100)
    await asyncio.sleep(1)
    assert process.stop() < 5
    await asyncio.to_thread(kafka_broker.start)
    site.ingest("ingest-2")
    each_once(await site.until_received(100), box)


async def test_it_waits_for_kafka_and_for_its_topics_to_appear(site: Site, kafka_broker: KafkaBroker) -> None:
    box = await site.account("box")
    box.deliver(10)
    kafka_broker.kill()
    site.ingest()
    await asyncio.sleep(3)
    await asyncio.to_thread(kafka_broker.start)
    each_once(await site.until_received(10), box)


def _imap_record(name: str, server: dict[str, object]) -> bytes:
    import orjson

    return orjson.dumps({"id": name, "kind": "imap", "imap": server, "secret": "env:NOWHERE"})
