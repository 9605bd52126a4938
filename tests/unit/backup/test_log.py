"""What of the log goes into a backup, how it is kept, and what a table's row must forget in a log that begins anew."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.settings import load
from monitoring.backup.configuration import shown
from monitoring.backup.log import Kept, how, latest
from monitoring.backup.restore import BEFORE_ALL, CHANGELOGS, fresh
from streams.classify import SENDERS
from streams.route import triage_agent
from streams.runtime.tables import POSITION_KEY, position_key
from streams.topics import ALL, FEEDBACK, RECEIVED, REVIEWED
from streams.triage.shipped import DEFAULT

EXPECTED = {
    "accounts": "latest", "ingest.cursors": "latest", "triage-senders-changelog": "latest",
    "triage-threads-changelog": "latest", "mail.received": "tail", "mail.urgent": "tail", "mail.high": "tail",
    "mail.normal": "tail", "mail.low": "tail", "mail.dead": "all", "mail.feedback": "all", "ingest.hints": "nothing",
    "mail.canary": "nothing", "triage.status": "nothing", "triage.control": "latest", "triage.audit": "all",
}  # fmt: skip


@pytest.mark.parametrize("spec", [spec for spec in ALL if spec.name in EXPECTED], ids=lambda spec: spec.name)
def test_each_topic_is_kept_as_it_must(spec) -> None:
    assert how(spec) == EXPECTED[spec.name]


@given(
    st.builds(
        Kept, partition=st.integers(0, 99), offset=st.integers(0, 2**62), timestamp=st.integers(-1, 2**62),
        key=st.none() | st.binary(), value=st.none() | st.binary(),
        headers=st.lists(st.tuples(st.text(st.characters(codec="utf-8")), st.binary())).map(tuple),
    )
)  # fmt: skip
def test_a_record_comes_back_as_it_was(record: Kept) -> None:
    line = record.encode()
    assert line.count(b"\n") == 1
    assert Kept.decode(line) == record


def test_the_last_value_of_each_key_counts_and_removed_keys_are_gone() -> None:
    def one(offset: int, key: bytes, value: bytes | None, partition: int = 0) -> Kept:
        return Kept(partition=partition, offset=offset, timestamp=0, key=key, value=value)

    found = latest(
        [one(0, b"a", b"1"), one(1, b"b", b"1"), one(2, b"a", b"2"), one(3, b"b", None), one(0, b"a", b"9", 1)]
    )
    assert [(kept.partition, kept.key, kept.value) for kept in found] == [(0, b"a", b"2"), (1, b"a", b"9")]


def test_a_row_is_older_than_the_new_log_and_the_old_position_is_gone() -> None:
    row = SENDERS.row()
    kept = Kept(partition=0, offset=5, timestamp=0, key=b"box\x00a", value=SENDERS.encode(row, 4711))
    made = fresh(kept, SENDERS)
    assert made is not None
    assert made.value is not None
    assert SENDERS.entry(made.value) == (row, BEFORE_ALL)
    for key in (POSITION_KEY, position_key(FEEDBACK.name, RECEIVED.name), position_key(REVIEWED.name, RECEIVED.name)):
        assert fresh(Kept(partition=0, offset=6, timestamp=0, key=key, value=b"4712"), SENDERS) is None


def test_the_rows_of_every_table_of_the_worker_forget_the_old_log() -> None:
    assert CHANGELOGS.keys() == set(triage_agent(DEFAULT).changelogs)


def test_settings_are_kept_without_their_secrets() -> None:
    settings = load(token_key="hunter2", backup_key="hunter3", batch_size=17)
    assert "hunter" not in str(shown(settings, secrets=False))
    assert shown(settings, secrets=False)["TOKEN_KEY"] == "***"
    assert shown(settings, secrets=True)["TOKEN_KEY"] == "hunter2"
    assert shown(settings, secrets=False)["BATCH_SIZE"] == "17"
