"""The log of what was not taken: what it keeps, what is settled, and what a command chooses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiokafka.errors import KafkaConnectionError, OutOfOrderSequenceNumber
from click.testing import CliRunner

from agents.deliver import undelivered
from agents.deliver.answer import Answer, Fate
from agents.deliver.command import deliver
from agents.deliver.endpoints import Endpoint
from agents.deliver.post import Post
from agents.deliver.redeliver import chosen
from agents.deliver.signature import key, new_secret
from agents.deliver.undelivered import Identity, Undelivered, delivery_of, marks, read
from infra.errors import ConfigError
from infra.settings import load
from streams.contract import headers as described
from streams.events import MalformedEvent
from streams.kafka_errors import KafkaUnavailable
from streams.reading import Record
from tests.unit.deliver.rows import lane_record


def kept(number: int, *, endpoint: str = "pager", reason: str = "HTTP 422") -> Record:
    one = lane_record("home", number)
    return Record(0, number, one.key, one.value, (*one.headers, *marks(endpoint, one, reason, 3)))


def settled(number: int, *, endpoint: str = "pager") -> Record:
    one = lane_record("home", number)
    how = (("undelivered_settled", b"redelivered"),)
    return Record(0, 100 + number, one.key, None, (*one.headers, *marks(endpoint, one, "", 3), *how))


async def folded(*records: Record) -> list[Undelivered]:
    async def chunks() -> AsyncIterator[list[Record]]:
        yield list(records)

    return await undelivered._fold(chunks())


def test_the_record_is_as_it_was_in_its_lane_with_the_reason_beside_it() -> None:
    record, original = kept(7), lane_record("home", 7)
    found = read(record.value, record.key, record.headers)
    assert isinstance(found, Undelivered)
    assert (found.key, found.value, found.headers) == (original.key, original.value, original.headers)
    assert (found.identity, found.reason, found.attempts) == (Identity("pager", "mail.high", 0, 7), "HTTP 422", 3)
    again = delivery_of(found)
    assert again.webhook_id == delivery_of(original).webhook_id == f"{found.event_id}-0"


def test_its_headers_are_those_of_the_contract() -> None:
    names = {name for name, _ in marks("pager", lane_record("home", 7), "HTTP 422", 3)}
    assert names == set(described.UNDELIVERED)


async def test_what_is_settled_is_gone_and_what_fails_again_is_back() -> None:
    assert [one.offset for one in await folded(kept(2), kept(1), kept(2))] == [1, 2]
    assert [one.offset for one in await folded(kept(1), kept(2), settled(1))] == [2]
    (again,) = await folded(kept(1, reason="HTTP 400"), settled(1), kept(1, reason="HTTP 404"))
    assert again.reason == "HTTP 404"
    other = await folded(kept(1), kept(1, endpoint="other"), settled(1))
    assert [one.endpoint for one in other] == ["other"]


@pytest.mark.parametrize(
    "headers", [(), (("undelivered_endpoint", b"a"),), (*marks("a", lane_record("h", 1), "x", 1)[:-1],)]
)
async def test_somebody_elses_record_is_passed_over(headers: tuple[tuple[str, bytes], ...]) -> None:
    with pytest.raises(MalformedEvent):
        read(b"{}", b"h", headers)
    assert await folded(Record(0, 0, b"h", b"{}", headers)) == []


async def test_choosing_by_endpoint_and_by_the_beginning_of_an_id() -> None:
    waiting = await folded(kept(1), kept(2), kept(1, endpoint="other"))
    assert chosen(waiting) == waiting
    assert [one.offset for one in chosen(waiting, endpoint="other")] == [1]
    first = waiting[0].event_id
    assert {one.event_id for one in chosen(waiting, event_ids=[first[:10]])} == {first}


def test_a_settlement_says_who_and_why_and_is_read_as_one() -> None:
    one = read(kept(7).value, b"home", kept(7).headers)
    assert isinstance(one, Undelivered)
    headers = undelivered.settlement(one, "dropped", "the service is gone", "ops@example.org")
    assert dict(headers)["undelivered_reason"] == b"the service is gone"
    assert dict(headers)["undelivered_who"] == b"ops@example.org"
    assert read(None, b"home", headers) == one.identity
    assert "undelivered_who" not in dict(undelivered.settlement(one, "redelivered"))


@pytest.mark.parametrize(
    "arguments", [["redeliver"], ["drop", "--why", "old"], ["drop", "--all"], ["drop", "--all", "--why", " "]]
)
def test_nothing_is_settled_without_saying_which_and_why(arguments: Sequence[str]) -> None:
    assert CliRunner().invoke(deliver, arguments).exit_code == 2


def test_check_says_what_is_missing_and_tells_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "deliver.toml"
    file.write_text('[[endpoint]]\nname = "pager"\nurl = "https://a.example/"\nsecrets = ["env:PAGER"]\n')
    monkeypatch.setenv("DELIVER_FILE", str(file))
    for value, code, said in ((new_secret(), 0, "ok"), ("hunter2", 1, "a signing secret is whsec_")):
        monkeypatch.setenv("PAGER", value)
        result = CliRunner().invoke(deliver, ["check"])
        assert (result.exit_code, said in result.output, value in result.output) == (code, True, False)
    monkeypatch.delenv("PAGER")
    result = CliRunner().invoke(deliver, ["check", "--json"])
    assert (result.exit_code, "env:PAGER is not set" in result.output) == (1, True)


def test_without_a_file_there_is_nothing_to_deliver_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DELIVER_FILE", raising=False)
    result = CliRunner().invoke(deliver, ["check"])
    assert isinstance(result.exception, ConfigError)
    assert "DELIVER_FILE is not set" in str(result.exception)


def test_a_new_secret_can_sign() -> None:
    assert len(key(CliRunner().invoke(deliver, ["secret"]).output)) == 32


async def test_a_producer_that_has_failed_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that was fenced, or lost count of its batches, refuses everything from then on."""
    made: list[Any] = []

    class Producer:
        def __init__(self, **_: object) -> None:
            self.closed, self.spent = False, not made
            made.append(self)

        async def start(self) -> None: ...

        async def stop(self) -> None:
            self.closed = True

        async def send_and_wait(self, *_: object, **__: object) -> None:
            if self.spent:
                raise OutOfOrderSequenceNumber

    monkeypatch.setattr("aiokafka.AIOKafkaProducer", Producer)
    log = undelivered.UndeliveredLog(load())
    endpoint = SimpleNamespace(name="pager")
    with pytest.raises(OutOfOrderSequenceNumber):
        await log.add(cast("Endpoint", endpoint), lane_record("home", 7), "HTTP 422", 3)
    await log.add(cast("Endpoint", endpoint), lane_record("home", 7), "HTTP 422", 3)
    await log.close()
    assert [one.closed for one in made] == [True, True]


@pytest.mark.parametrize("command", [["drop", "--why", "x"], ["redeliver"]], ids=lambda command: command[0])
def test_kafka_that_goes_away_before_it_is_settled_is_told_in_a_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: list[str]
) -> None:
    async def waiting(_: object) -> list[Undelivered]:
        return await folded(kept(1))

    async def away(*_: object) -> None:
        raise KafkaConnectionError

    async def taken(*_: object) -> Answer:
        return Answer(fate=Fate.DELIVERED, reason="HTTP 204")

    (tmp_path / "deliver.toml").write_text(
        '[[endpoint]]\nname = "pager"\nurl = "https://hooks.example.com/x"\nsecrets = ["env:X"]\n'
    )
    monkeypatch.setenv("DELIVER_FILE", str(tmp_path / "deliver.toml"))
    monkeypatch.setattr(undelivered, "waiting", waiting)
    monkeypatch.setattr(undelivered.UndeliveredLog, "settle", away)
    monkeypatch.setattr(Post, "send", taken)
    done = CliRunner().invoke(deliver, [*command, "--all"])
    assert isinstance(done.exception, KafkaUnavailable), done.exception
    assert "mail.undelivered" in str(done.exception)
