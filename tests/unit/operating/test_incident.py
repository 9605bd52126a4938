"""A timeline holds what was noted and what Alertmanager knew, in order, once; the report is made of it."""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from infra.errors import Transient
from monitoring.incident.alerts import current, entries
from monitoring.incident.command import incident
from monitoring.incident.journal import Entry, Journal, NoIncident, merged, now
from monitoring.incident.report import report

ALERT = {
    "labels": {"alertname": "KafkaDown", "severity": "critical", "component": "kafka"},
    "annotations": {"summary": "The broker | does not\nanswer"},
    "startsAt": "2026-11-26T04:00:00.123+01:00",
    "status": {"state": "active"},
}


@pytest.fixture
def alertmanager() -> Iterator[str]:
    """A server that holds ALERT."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/api/v2/alerts" else 404)
            self.end_headers()
            self.wfile.write(json.dumps([ALERT]).encode())

        def log_message(self, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_alert_is_an_entry_of_its_beginning_in_utc() -> None:
    (entry,) = entries([ALERT])
    assert entry.at == "2026-11-26T03:00:00+00:00"
    assert entry.text.startswith("KafkaDown critical component=kafka The broker")


def test_the_same_alert_is_there_once_and_all_is_in_order() -> None:
    note = Entry(at="2026-11-26T02:00:00+00:00", kind="note", text="seen")
    assert merged([*entries([ALERT]), note], entries([ALERT])) == (note, *entries([ALERT]))


def test_an_incident_from_its_start_to_its_report(
    tmp_path: Path, alertmanager: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INCIDENT_DIR", str(tmp_path))
    monkeypatch.setenv("ALERTMANAGER_URL", alertmanager)
    type_ = CliRunner().invoke
    assert type_(incident, ["start", "Kafka | away"]).exit_code == 0
    assert type_(incident, ["note", "disk was full"]).exit_code == 0
    assert type_(incident, ["end"]).exit_code == 0
    told = type_(incident, ["report"]).output
    assert "Kafka \\| away" in told
    assert told.count("KafkaDown critical") == 1
    rows = [line for line in told.splitlines() if re.match(r"\| \d\d:", line)]
    assert [row.split(" | ")[1] for row in rows if "KafkaDown" not in row] == ["start", "note", "end"]
    assert {"at", "kind", "text", "by"} == set(json.loads(type_(incident, ["report", "--json"]).output)["timeline"][0])
    assert "Kafka | away" in type_(incident, ["list"]).output


def test_without_alertmanager_it_goes_on_without_alerts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INCIDENT_DIR", str(tmp_path))
    monkeypatch.setenv("ALERTMANAGER_URL", "http://127.0.0.1:1")
    done = CliRunner().invoke(incident, ["start", "x"])
    assert done.exit_code == 0
    assert "no alerts noted" in done.stderr
    with pytest.raises(Transient, match="ALERTMANAGER_URL"):
        current("http://127.0.0.1:1")


def test_an_unknown_incident_is_refused_by_name(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    with pytest.raises(NoIncident, match="triage incident start"):
        journal.read()
    name = journal.start("x", "me", now())
    with pytest.raises(NoIncident, match=name):
        journal.read("other")


def test_many_may_note_at_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    name = journal.start("x", "me", now())
    notes = [Entry(at=now().isoformat(), kind="note", text=f"{number}") for number in range(40)]
    threads = [threading.Thread(target=journal.add, args=(name, [note])) for note in notes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.text for one in journal.read(name)[1]} == {"x", *(note.text for note in notes)}


def test_an_open_incident_has_no_end_yet() -> None:
    told = report("n", [Entry(at="2026-11-26T02:00:00+00:00", kind="start", text="x", by="me")])
    assert "| ended | not yet |" in told
    assert "| led by | me |" in told


@pytest.mark.parametrize("answer", [b"{", b"[1]", b"[{}]", b'[{"startsAt": "soon", "labels": {}}]', b'{"a": 1}'])
def test_an_answer_that_is_none_is_told_without_the_password(
    answer: bytes, alertmanager: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: io.BytesIO(answer))
    with pytest.raises(Transient, match=r"ALERTMANAGER_URL=http://me:\*\*\*@") as told:
        current(alertmanager.replace("://", "://me:hunter2@"))
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize("torn", [b'{"at": "2026', b"[]", b'{"at": "x"}', b"\xff", b"{}\n\n"])
def test_an_entry_that_was_cut_costs_itself_only(torn: bytes, tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    name = journal.start("lost", "me", now())
    with (tmp_path / f"{name}.jsonl").open("ab") as file:
        file.write(torn)
    journal.add(name, [Entry(at=now().isoformat(), kind="note", text="disk is full", by="me")])
    assert [one.text for one in journal.read(name)[1]] == ["lost", "disk is full"]


def test_an_incident_whose_beginning_was_cut_is_reported_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "20261126T040000Z.jsonl").write_bytes(b'{"at": "2026')
    shown = CliRunner(env={"INCIDENT_DIR": str(tmp_path)})
    assert "its beginning was cut" in shown.invoke(incident, ["list"]).output
    assert "its beginning was cut" in shown.invoke(incident, ["report"]).output
