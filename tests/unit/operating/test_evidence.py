"""Evidence: what is installed and whether it was touched; no secret and no mail in the archive; and none in the repository."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from infra.errors import Transient
from infra.settings import load
from monitoring.backup import log
from monitoring.evidence import collect as collecting
from monitoring.evidence import installed
from monitoring.evidence.command import evidence
from monitoring.evidence.installed import changed, distributions, own_checksums
from monitoring.maintenance.tasks import NAMES, due
from tests.unit.alerts.machine import ROOT


def test_the_bill_of_materials_names_every_locked_package() -> None:
    told = json.loads(CliRunner().invoke(evidence, ["sbom"]).output)
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    installed = {
        f"{one['name'].lower().replace('_', '-').replace('.', '-')}=={one['version']}" for one in told["components"]
    }
    locked = re.findall(r"^([a-z0-9-]+==[^ \\;]+) \\$", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert len(locked) > 50
    assert set(locked) <= installed
    assert len({one["bom-ref"] for one in told["components"]}) == len(told["components"])


def test_a_changed_file_of_a_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "thing-1.0.dist-info").mkdir()
    (tmp_path / "thing.py").write_text("evil")
    (tmp_path / "thing-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
    (tmp_path / "thing-1.0.dist-info" / "RECORD").write_text(
        "thing.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\ngone.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n"
    )
    from importlib.metadata import Distribution

    monkeypatch.setattr(
        "monitoring.evidence.installed.distributions", lambda: [Distribution.at(tmp_path / "thing-1.0.dist-info")]
    )
    assert list(changed()) == ["thing: thing.py was changed", "thing: gone.py is missing"]


def test_own_files_have_checksums() -> None:
    known = {name: digest for digest, _, name in (line.partition("  ") for line in own_checksums())}
    here = "monitoring/evidence/installed.py"
    assert known[here] == hashlib.sha256((ROOT / here).read_bytes()).hexdigest()
    assert len(distributions()) > 50


def test_the_archive_holds_its_parts_checksums_and_no_secret_even_when_all_is_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "CALL_S", 0.2)
    monkeypatch.setattr(installed, "distributions", lambda: distributions()[:3])
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "worker.log").write_text('{"level": "ERROR"}\n')
    settings = load(
        kafka_bootstrap_servers="127.0.0.1:1", database_url="postgresql://crewai:hunter2@127.0.0.1:1/x",
        token_key="hunter3", database_timeout_s=1,
    )  # fmt: skip
    output = tmp_path / "evidence.tar.gz"
    monkeypatch.setattr(
        log.Log, "partitions", lambda *_: pytest.fail("Kafka has not answered, and is waited for again")
    )
    names: list[str] = []
    with output.open("wb") as file:
        collecting.collect(settings, file, [tmp_path / "logs"], mails=False, tell=names.append)
    with tarfile.open(output) as archive:
        content = {one.name: archive.extractfile(one).read() for one in archive}  # type: ignore[union-attr]
    lines = content.pop("SHA256SUMS").decode().splitlines()
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    assert sums == {name: hashlib.sha256(body).hexdigest() for name, body in content.items()}
    assert set(names) == content.keys()
    assert {"settings.json", "sbom.json", "accounts.json", "database.json", "logs/00-worker.log"} <= content.keys()
    assert json.loads(content["accounts.json"])["missing"] == json.loads(content["topics.json"])["missing"]
    assert not [name for name, body in content.items() if b"hunter" in body]


SECRETS = {
    "private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\n[A-Za-z0-9+/=\n]{200,}",
    "cloud access key": r"\bAKIA[0-9A-Z]{16}\b",
    "google api key": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "google refresh token": r"\b1//0[0-9A-Za-z_-]{60,}",
    "github token": r"\bgh[pousr]_[0-9A-Za-z]{36,}\b",
    "slack token": r"\bxox[abpr]-[0-9A-Za-z-]{20,}",
    "slack webhook": r"hooks\.slack\.com/services/T[0-9A-Z]{8,}/B[0-9A-Z]{8,}/[0-9A-Za-z]{20,}",
    "json web token": r"\beyJ[0-9A-Za-z_-]{20,}\.eyJ[0-9A-Za-z_-]{20,}\.[0-9A-Za-z_-]{20,}",
}


def test_no_file_of_the_repository_holds_a_secret() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")
    found = []
    for name in filter(None, tracked):
        path = ROOT / name.decode()
        text = path.read_text("utf-8", "replace") if path.is_file() else ""
        found += [f"{name.decode()}: {kind}" for kind, pattern in SECRETS.items() if re.search(pattern, text)]
    assert found == []


@pytest.mark.parametrize(("kind", "sample"), [
    ("cloud access key", "AKIA" + "Q" * 16), ("github token", "ghp_" + "a1" * 18), ("google api key", "AIza" + "x" * 35),
    ("private key", "-----BEGIN PRIVATE KEY-----\n" + "A" * 300), ("slack token", "xoxb-" + "1" * 24),
])  # fmt: skip
def test_the_scan_knows_a_secret_when_it_sees_one(kind: str, sample: str) -> None:
    assert re.search(SECRETS[kind], f'key = "{sample}"')


def test_maintenance_is_due_by_its_own_clock() -> None:
    from datetime import UTC, datetime, timedelta

    at = datetime(2026, 11, 26, tzinfo=UTC)
    assert [task.name for task in due({}, at, retention=True)] == list(NAMES)
    assert [task.name for task in due({}, at, retention=False)] == ["analyze", "vacuum", "reindex"]
    done = dict.fromkeys(NAMES, at)
    assert due(done, at + timedelta(hours=23), retention=True) == []
    assert [task.name for task in due(done, at + timedelta(days=1), retention=True)] == ["retention", "analyze"]
    assert [task.name for task in due(done, at + timedelta(days=7), retention=False)] == ["analyze", "vacuum"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("ALTER ROLE crewai PASSWORD 'hunter2'", "ALTER ROLE crewai PASSWORD '...'"),
        ("ALTER ROLE crewai PASSWORD 'it''s hunter2' VALID UNTIL 'x'", "ALTER ROLE crewai PASSWORD '...' VALID UNTIL '...'"),
        ("SELECT 1 WHERE subject = 'hunt", "SELECT 1 WHERE subject = '...'"),
        ("SELECT $$hunter2$$, $tag$hun$ter2$tag$, $1", "SELECT '...', '...', $1"),
        ("SELECT $a$hunter2", "SELECT '...'"),
        ("SELECT pid FROM x WHERE n = $1 AND m = $2", "SELECT pid FROM x WHERE n = $1 AND m = $2"),
        (r"SELECT E'a\'hunter2\\' , 1", "SELECT '...' , 1"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_statement_is_told_without_what_stands_in_its_strings(query: str, told: str) -> None:
    assert collecting.without_literals(query) == told


def test_a_record_that_is_none_and_a_part_that_breaks_do_not_end_the_collection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    strange = log.Kept(partition=0, offset=7, timestamp=0, key=b"\xff", value=b"{hunter2")

    class Cluster:
        def __init__(self, _: object) -> None: ...

        def read(self, topic: str) -> list[log.Kept]:
            return [strange] if topic == "accounts" else []

        def partitions(self, _: str) -> int:
            raise RuntimeError("hunter2")

    def down(*_: object) -> None:
        raise Transient("down")

    monkeypatch.setattr(collecting, "Log", Cluster)
    monkeypatch.setattr(collecting, "connect_once", down)
    monkeypatch.setattr(installed, "distributions", list)
    parts = dict(collecting._parts(load(), mails=False))
    (one,) = json.loads(parts["accounts.json"])
    assert (one["offset"], one["value"]["unreadable"]) == (7, 8)
    assert json.loads(parts["topics.json"]) == {"missing": "RuntimeError"}
    assert {"triage.audit.json", "alerts.json"} <= parts.keys()
    assert not [name for name, body in parts.items() if b"hunter2" in body]
