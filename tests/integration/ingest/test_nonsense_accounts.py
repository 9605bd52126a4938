"""Records on the accounts topic that nobody should have written: each is named in the status, and no mailbox suffers."""

from __future__ import annotations

from typing import Any

import orjson
from confluent_kafka import Producer

from agents.accounts import Account, ImapServer
from streams.partitioning import partition_of
from tests.integration.ingest.conftest import Site, each_once

SERVER = {"host": "127.0.0.1", "port": 9, "security": "plain", "username": "u"}


def imap(**changes: Any) -> dict[str, Any]:
    return {"kind": "imap", "secret": "env:NOWHERE", "imap": SERVER | changes}


NONSENSE: dict[str, Any] = {
    "empty": b"",
    "no-json": b"\x00\xff",
    "deep": b"[" * 5000,
    "number": b"7",
    "huge": orjson.dumps(imap(host="x" * 500_000)),
    "letters": imap(folders="INBOX"),
    "half-port": imap(port=9.5),
    "many": imap(folders=[str(number) for number in range(2000)]),
    "twice": imap(folders=["INBOX", "inbox"]),
    "word": imap(allow_plaintext="no"),
    "injected": imap(folders=["INBOX\r\nA1 LOGOUT"]),
    "relative": {"kind": "maildir", "maildir": "../.."},
}


async def test_nonsense_is_named_and_delays_nobody(site: Site) -> None:
    box = await site.account("box")
    producer = Producer({"bootstrap.servers": site.settings.kafka_bootstrap_servers, "partitioner": "murmur2_random"})
    for name, record in NONSENSE.items():
        value = record if isinstance(record, bytes) else orjson.dumps(record | {"id": name})
        producer.produce("accounts", value, name.encode())
    producer.produce("accounts", b"{}", b"\xff\xfe")
    assert producer.flush(60) == 0
    box.deliver(20)
    process = site.ingest()
    each_once(await site.until_received(20), box)
    status = await site.until_status(lambda said: sum(check.name.startswith("account ") for check in said.checks) == 13)
    named = {check.name.removeprefix("account ") for check in status.checks if not check.ok}
    assert named == {*NONSENSE, "\ufffd\ufffd"}
    assert max(len(check.reason) for check in status.checks) < 1000
    box.deliver()
    each_once(await site.until_received(21), box)
    assert "Traceback" not in process.log.read_text()


async def test_a_record_on_a_wrong_partition_is_refused_where_it_would_be_read_a_second_time(site: Site) -> None:
    """Another tool's partitioner put it there; each partition has cursors of its own."""
    box = await site.account("box")
    right = partition_of(b"box", site.settings.topic_partitions)
    record = Account(id="box", kind="maildir", maildir=str(box.root), since_days=None).encode()
    producer = Producer({"bootstrap.servers": site.settings.kafka_bootstrap_servers})
    producer.produce("accounts", record, b"box", partition=(right + 1) % site.settings.topic_partitions)
    assert producer.flush(60) == 0
    box.deliver(50)
    site.ingest()
    await site.until_received(50)
    status = await site.until_status(lambda said: any(not check.ok for check in said.checks))
    (refused,) = [check for check in status.checks if not check.ok]
    assert (refused.name, "wrong partition" in refused.reason) == ("account box", True)
    box.deliver()
    each_once(await site.until_received(51), box)


def test_an_imap_record_of_this_test_would_be_valid_without_its_nonsense() -> None:
    assert Account.decode(None, orjson.dumps(imap() | {"id": "x"})).imap == ImapServer(**SERVER)  # type: ignore[arg-type]
