"""Who and why are noted before a secret is changed, also while Kafka is away; then they reach triage.audit later."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agents.oauth.seal import new_key
from infra.errors import ConfigError
from infra.settings import Settings, load
from monitoring.rotation import audit
from monitoring.rotation.command import secrets
from streams.control import AuditEntry, writer
from streams.kafka_errors import KafkaUnavailable


class Topic:
    """triage.audit, which can be away."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.entries: list[AuditEntry] = []
        self.takes = 99
        monkeypatch.setattr(writer, "write_down", self.write_down)

    async def write_down(self, _: Settings, entry: AuditEntry) -> None:
        await asyncio.sleep(0)
        if len(self.entries) >= self.takes:
            raise KafkaUnavailable("triage.audit could not be written")
        self.entries.append(entry)

    @property
    def whys(self) -> list[str]:
        return [one.why for one in self.entries]


@pytest.fixture
def topic(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Topic:
    monkeypatch.setenv("INCIDENT_DIR", str(tmp_path / "incidents"))
    monkeypatch.setenv("TOKEN_DIR", str(tmp_path / "tokens"))
    monkeypatch.setenv("TOKEN_KEY_FILE", str(tmp_path / "key"))
    (tmp_path / "key").write_text(new_key())
    return Topic(monkeypatch)


def rotated(why: str, *more: str) -> Result:
    return CliRunner().invoke(secrets, ["rotate", "token-key", "--as", "ana", "--why", why, *more])


def test_without_kafka_nothing_is_changed_and_the_way_out_is_named(topic: Topic, tmp_path: Path) -> None:
    topic.takes = 0
    before = (tmp_path / "key").read_text()
    done = rotated("leaked")
    assert isinstance(done.exception, KafkaUnavailable)
    assert "nothing was changed" in str(done.exception)
    assert "--without-kafka" in str(done.exception)
    assert (tmp_path / "key").read_text() == before
    assert audit.waiting(load()) == ()


def test_what_cannot_wait_is_noted_here_first_and_there_later_in_its_order(topic: Topic, tmp_path: Path) -> None:
    topic.takes = 0
    before = (tmp_path / "key").read_text()
    for why in ("leaked", "leaked again"):
        assert rotated(why, "--without-kafka").exit_code == 0
    assert (tmp_path / "key").read_text() != before
    assert [(one.who, one.why, one.name) for one in audit.waiting(load())] == [
        ("ana", "leaked", "secret token-key"),
        ("ana", "leaked again", "secret token-key"),
    ]
    assert "2 rotations are noted" in CliRunner().invoke(secrets, ["list"]).stderr
    moments = [one.at for one in audit.waiting(load())]
    topic.takes = 99
    assert rotated("yearly").exit_code == 0
    assert topic.whys == ["leaked", "leaked again", "yearly"]
    assert [one.at for one in topic.entries[:2]] == moments, "when it was, not when it was sent"
    assert audit.waiting(load()) == ()
    assert [path.name for path in (tmp_path / "incidents").iterdir()] == []


def test_what_is_not_sent_stays_and_nothing_is_sent_twice(topic: Topic) -> None:
    for why in ("one", "two", "three"):
        audit.note(load(), "token-key", who="ana", why=why, without_kafka=True)
    topic.takes = 2
    with pytest.raises(KafkaUnavailable):
        audit.send(load())
    assert [one.why for one in audit.waiting(load())] == ["three"]
    topic.takes = 99
    assert CliRunner().invoke(secrets, ["send-notes"]).output == "1 notes are on triage.audit\n"
    assert topic.whys == ["one", "two", "three"]
    assert audit.send(load()) == 0


def test_where_it_cannot_be_noted_nothing_is_changed(
    topic: Topic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("INCIDENT_DIR", str(tmp_path / "file"))
    before = (tmp_path / "key").read_text()
    done = rotated("leaked", "--without-kafka")
    assert isinstance(done.exception, ConfigError)
    assert "INCIDENT_DIR" in str(done.exception)
    assert (tmp_path / "key").read_text() == before
    assert topic.entries == []


@pytest.mark.parametrize("name", ["webhook a\nb", "admin-token \x1b"])
def test_a_name_that_would_make_another_line_is_refused(topic: Topic, name: str) -> None:
    with pytest.raises(ConfigError, match="no such name"):
        audit.note(load(), name, who="ana", why="x", without_kafka=True)
    assert topic.entries == []
