"""A deploy that fails on every mail, poison mails among good ones, and their way back: nothing is lost, nothing twice."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from infra.cli import triage
from infra.settings import Settings
from streams.classify import SENDERS
from streams.events import Received, VerdictRecord, event_id
from streams.reading import latest
from streams.revisions import row_key
from streams.topics import DEAD, DEAD_NOTES, LANES, RECEIVED
from tests.integration.dead_letters.log import Headers, ids, records, write
from tests.integration.pipeline.processes import Pipeline, pipeline
from tests.services.log import settle

Dead = Callable[..., list[dict[str, object]]]
ROOT = Path(__file__).parents[3]
LANE_TOPICS = [topic.name for topic in LANES.values()]
MAIL = (
    b"From: a@example.org\r\nTo: me@example.com\r\nSubject: Lunch %d\r\nMessage-ID: <%d@x.example>\r\n\r\nAt noon?\r\n"
)
GOOD = 80
FEW = 7
"""Mails that came before the worker was stopped by its limit."""


def mail(
    number: int, raw: bytes | None = None, account: str = "", **headers: bytes | None
) -> tuple[bytes, bytes, Headers]:
    """A record of mail.received; a header that is None is left out."""
    name = account or f"box-{number % 8}"
    received = Received(
        event_id=event_id(name, "test", number),
        account=name,
        raw=MAIL % (number, number) if raw is None else raw,
        received_at=datetime(2026, 11, 24, 9, tzinfo=UTC),
        location=f"test/{number}",
    )
    pairs = {**dict(received.headers()), **headers}
    return name.encode(), received.raw, [(name, value) for name, value in pairs.items() if value is not None]


NEXT = b"\r\nFrom b@example.org Tue Nov 24 09:00:00 2026\r\nSubject: second\r\n\r\ntext\r\n"
POISON: dict[str, tuple[bytes | None, bytes | None, Headers]] = {
    "no bytes": mail(1000, b""),
    "no header": mail(1001, b"\x00\xff\x00\xff" * 50),
    "a table": mail(1002, b"name: amount\r\n\r\n1;2\r\n"),
    "an mbox": mail(1003, b"From a@example.org Tue Nov 24 09:00:00 2026\r\nSubject: first\r\n\r\ntext\r\n" + NEXT),
    "a tombstone": (mail(1004)[0], None, mail(1004)[2]),
    "no account": (None, *mail(1005)[1:]),
    "an account that is no text": (b"\xff\xfe", *mail(1006)[1:]),
    "no event id": mail(1007, ce_id=None),
    "a time that is none": mail(1008, ce_time=b"yesterday"),
    "a size that is none": mail(1009, ce_mailsize=b"large"),
    "a verdict that no topic takes": mail(1010, ce_mailowner=b"x" * 1_100_000),
}


def wait(until: Callable[[], bool], what: str, flow: Pipeline, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, f"{what}\n{flow.logs()}"
        time.sleep(0.2)


@pytest.fixture
def triage_dead(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """The command, in this process: a new one takes a second to start."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", settings.kafka_bootstrap_servers)

    def run(*words: str, exit_code: int = 0) -> str:
        done = CliRunner().invoke(triage, ["dead", *words])
        assert done.exit_code == exit_code, f"{done.output} {done.exception!r}"
        return done.output

    return run


@pytest.fixture
def dead(triage_dead: Callable[..., str]) -> Dead:
    """The same, read as JSON Lines."""
    return lambda *words: [json.loads(line) for line in triage_dead(*words, "--json").splitlines()]


def test_a_bad_deploy_stops_and_after_the_fix_only_poison_is_left(
    settings: Settings, dead: Dead, tmp_path: Path
) -> None:
    good = [mail(number) for number in range(GOOD)]
    expected = {dict(headers)["ce_id"].decode() for _, _, headers in good}
    environment = {"KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers, "PYTHONPATH": str(ROOT)}
    with pipeline(tmp_path, **environment) as flow:
        write(settings, RECEIVED.name, good[:FEW])
        flow.start("worker-0", sys.executable, "-m", "tests.integration.dead_letters.defective_worker")
        wait(lambda: len(ids(settings, [DEAD.name])) == FEW, "so few failures do not stop a worker", flow)
        write(settings, RECEIVED.name, [*good[FEW:], *POISON.values()])
        wait(lambda: flow.died() == ["worker-0"], "the worker stops by the limit", flow)
        assert flow.running.pop("worker-0").wait() == 1
        assert "stopping before all mail is dead-lettered" in flow.logs()
        assert ids(settings, LANE_TOPICS) == []
        buried = len(ids(settings, [DEAD.name]))
        assert buried < GOOD, "most of the mail waits in its place"

        flow.start("worker-0")
        total = GOOD + len(POISON)
        wait(lambda: len(ids(settings, [*LANE_TOPICS, DEAD.name])) == total, "everything goes on", flow)
        causes = {(row["agent"], row["error"]): row["letters"] for row in dead("causes")}
        assert causes["triage", "AttributeError"] == buried

        assert dead("replay", "--cause", "AttributeError")[0]["replayed"] == buried
        assert dead("replay", "--cause", "AttributeError")[0]["replayed"] == 0, "once, however often it is asked"
        wait(lambda: len(ids(settings, LANE_TOPICS)) >= len(expected), "the buried ones are back", flow)
        assert Counter(ids(settings, LANE_TOPICS)) == Counter(expected)
        verdicts = [VerdictRecord.decode(one.value) for topic in LANE_TOPICS for one in records(settings, topic)]
        assert {one.revision for one in verdicts} == {0}, "each verdict is its mail's first"
        rows = asyncio.run(latest(settings, SENDERS.changelog))
        known = [SENDERS.decode(rows[row_key(f"box-{number}", "a@example.org")]).mails for number in range(8)]
        assert known == [GOOD // 8] * 8, "the tables count each mail once"

        open_letters = dead("list")
        assert len(open_letters) == len(POISON), "poison goes to mail.dead alone"
        assert {one["attempt"] for one in open_letters} <= {0, 1}
        _put_poison_back(settings, flow, dead, open_letters)
        assert flow.terminate("worker-0") == 0


def _put_poison_back(settings: Settings, flow: Pipeline, dead: Dead, before: list[dict[str, object]]) -> None:
    """It fails again, does not stop the worker, and comes back with its history; nothing puts it back by itself."""
    on_log = len(records(settings, DEAD.name))
    assert dead("replay", "--all", "--why", "test")[0]["replayed"] == len(before)
    wait(lambda: len(records(settings, DEAD.name)) == on_log + len(before), "poison fails again", flow)
    after = dead("list")
    assert {one["event_id"] for one in after} == {one["event_id"] for one in before}
    assert {one["attempt"] for one in after} == {int(str(one["attempt"])) + 1 for one in before}
    known = {one["event_id"]: one for one in before}
    for one in after:
        history = one["history"]
        assert isinstance(history, list)
        assert history[-1]["reason"] == str(known[one["event_id"]]["reason"])[:200]
        assert history[-1]["origin"] == known[one["event_id"]]["origin"]
    assert flow.died() == []
    first = str(after[0]["place"])
    dropped = dead("drop", first, "--why", "not a mail", "--as", "ops@example.org")
    assert dropped[0]["dropped"] == 1
    settle(settings.kafka_bootstrap_servers, DEAD_NOTES.name)
    assert first not in {one["place"] for one in dead("list")}
    (noted,) = [one["note"] for one in dead("list", "--all") if one["place"] == first]
    assert isinstance(noted, dict)
    assert (noted["state"], noted["who"], noted["why"]) == ("dropped", "ops@example.org", "not a mail")


def test_a_letter_is_shown_without_its_content(settings: Settings, dead: Dead, triage_dead: Callable[..., str]) -> None:
    raw = (
        b"From: secret@example.org\r\nSubject: secret\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nsecret \x1b[2J\r\n'
        b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=secret.pdf\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\nc2VjcmV0\r\n--b--\r\n"
    )
    key, value, headers = mail(2000, raw)
    why = {
        "agent": "triage",
        "error": "KeyError",
        "reason": "'x'",
        "topic": RECEIVED.name,
        "partition": "0",
        "offset": "7",
    }
    write(
        settings,
        DEAD.name,
        [(key, value, [*headers, *((f"dead_{name}", text.encode()) for name, text in why.items())])],
    )
    found = dict(headers)["ce_id"].decode()
    shown = triage_dead("show", found[:12])
    assert "secret" not in shown
    for part in (
        "KeyError: 'x'", "mail.received/0/7", "multipart/mixed", "text/plain  11 bytes", "application/pdf  6 bytes  attachment",
        "open",
    ):  # fmt: skip
        assert part in shown, shown
    body = triage_dead("show", found, "--body")
    assert "Subject: secret" in body
    assert "\x1b" not in body
    (listed,) = [one for one in dead("list") if one["event_id"] == found]
    assert triage_dead("drop", str(listed["place"]), "--why", "test") == "1 dropped\n"


def test_words_that_mean_nothing_are_findings_and_no_words_are_usage(settings: Settings) -> None:
    def asked(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [Path(sys.executable).parent / "triage", "dead", *words], capture_output=True, text=True, check=False,
            env={"KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers},
        )  # fmt: skip
        return done.returncode, done.stderr

    assert asked("show", "9:9999")[0] == 1
    code, said = asked("replay")
    assert code == 2
    assert "say which dead letters" in said
    assert asked("drop", "--all")[0] == 2, "without a reason"
