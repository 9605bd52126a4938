"""`triage table` shows the worker's rows from the changelog, with every worker dead."""

from __future__ import annotations

import json
import subprocess

import pytest
from confluent_kafka import Producer

from infra.settings import load
from streams.admin import create_topics
from streams.classify import SENDERS
from streams.partitioning import partition_of
from streams.revisions import row_key
from streams.runtime.tables import POSITION_KEY
from streams.triage.verdict import SenderFacts
from tests.integration.monitoring.test_control import TRIAGE, environment_of


@pytest.fixture
def account(kafka: str, unique: str) -> str:
    """Two senders of a mailbox, one of another; a row that was removed; a transaction that was aborted."""
    settings = load(kafka_bootstrap_servers=kafka)
    create_topics(settings)
    producer = Producer({"bootstrap.servers": kafka, "transactional.id": unique})
    producer.init_transactions(30)

    def write(owner: str, sender: str, mails: int | None) -> None:
        value = None if mails is None else SENDERS.encode(SenderFacts(mails=mails, last_seen="\x1b[2J"), 7)
        partition = partition_of(owner.encode(), settings.topic_partitions)
        producer.produce(SENDERS.changelog, value, row_key(owner, sender), partition)

    producer.begin_transaction()
    for sender, mails in (("ana@example.org", 3), ("ben@example.org", 1), ("gone@example.org", 1)):
        write(unique, sender, mails)
    write(unique, "gone@example.org", None)
    write(f"{unique}-other", "ana@example.org", 40)
    producer.produce(SENDERS.changelog, b"12", POSITION_KEY, 0)
    producer.commit_transaction(30)
    producer.begin_transaction()
    write(unique, "ana@example.org", 99)
    producer.flush()
    producer.abort_transaction(30)
    return unique


def table(kafka: str, *words: str) -> subprocess.CompletedProcess[str]:
    environment = dict(environment_of(kafka, "postgresql://x@127.0.0.1:1/x"))
    return subprocess.run(
        [*TRIAGE, "table", *words], env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_rows_of_one_mailbox_as_committed(kafka: str, account: str) -> None:
    done = table(kafka, "show", "senders", account, "--json")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["key"], row["mails"], row["source_offset"]) for row in rows] == [
        ("ana@example.org", 3, 7),
        ("ben@example.org", 1, 7),
    ]
    assert {row["account"] for row in rows} == {account}


def test_one_row_for_a_person_without_what_a_mail_could_do_to_the_terminal(kafka: str, account: str) -> None:
    done = table(kafka, "show", "senders", account, "ben@example.org")
    (line,) = done.stdout.splitlines()
    assert line.startswith("ben@example.org   mails=1")
    assert "\x1b" not in done.stdout


def test_nobody_is_a_finding(kafka: str, account: str) -> None:
    done = table(kafka, "show", "threads", account)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"nothing is known of anybody in {account}" in done.stderr


def test_an_unknown_table_is_named_with_those_there_are(kafka: str, account: str) -> None:
    done = table(kafka, "show", "sender", account)
    assert done.returncode == 2
    assert "senders" in done.stderr


def test_the_list_counts_rows_and_not_the_position(kafka: str, account: str) -> None:
    before = json.loads(table(kafka, "list", "--json").stdout.splitlines()[0])
    assert (before["table"], before["changelog"]) == ("senders", SENDERS.changelog)
    assert before["rows"] >= 3
    assert before["accounts"] >= 2
