"""What the command refuses before it touches anything, and how it says so."""

from __future__ import annotations

import gzip
import io
import re
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from infra.errors import Fatal, Transient
from infra.settings import load
from monitoring.backup import configuration
from monitoring.backup.base import _environment, _refusal, unpack
from monitoring.backup.command import backup
from monitoring.backup.sealed import Damaged


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["restore"], "say what to restore"),
        (["restore", "--topics", "--until", "yesterday"], "is no time"),
        (["restore", "--topics", "--until", "2026-11-26T03:40:12"], "has no zone"),
    ],
)
def test_a_restore_that_is_unclear_is_refused(arguments: list[str], complaint: str) -> None:
    done = CliRunner().invoke(backup, arguments)
    assert done.exit_code == 2
    assert complaint in done.output


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("18")
    with pytest.raises(Fatal, match="is not empty"):
        unpack(iter([b""]), tmp_path, archive=None, until=None)


def test_what_the_server_refuses_names_the_remedy() -> None:
    assert isinstance(_refusal("FATAL:  no pg_hba.conf entry for replication connection"), Fatal)
    assert "ALTER ROLE crewai REPLICATION" in str(_refusal("must be replication role"))
    assert isinstance(_refusal("connection refused"), Transient)


def test_a_password_is_in_no_command_line() -> None:
    made = _environment(load(database_url="postgresql://crewai:a%2Fb@db:5433/x"))
    assert (made["PGHOST"], made["PGPORT"], made["PGUSER"], made["PGPASSWORD"]) == ("db", "5433", "crewai", "a/b")


def test_an_empty_shelf_has_nothing_to_verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKUP_DIR", str(tmp_path))
    done = CliRunner().invoke(backup, ["verify"])
    assert "no backup at all" in str(done.exception)
    assert CliRunner().invoke(backup, ["list"]).output == ""


def tar_of(*entries: tarfile.TarInfo) -> Iterator[bytes]:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for entry in entries:
            archive.addfile(entry)
    return iter([out.getvalue()])


def entry(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.mode = kind, target, 0o700 if kind == tarfile.DIRTYPE else 0o600
    return made


@pytest.mark.parametrize("hostile", [
    entry("../outside"), entry("pg_wal", tarfile.SYMTYPE, "/etc"), entry("inner", tarfile.SYMTYPE, "base"),
    entry("hard", tarfile.LNKTYPE, "PG_VERSION"), entry("pipe", tarfile.FIFOTYPE), entry("null", tarfile.CHRTYPE),
], ids=lambda one: one.name)  # fmt: skip
def test_a_base_backup_has_files_and_folders_only(hostile: tarfile.TarInfo, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with pytest.raises(Damaged, match="base backup"):
        unpack(tar_of(entry("base", tarfile.DIRTYPE), entry("PG_VERSION"), hostile), data, archive=None, until=None)
    assert {path.name for path in data.iterdir()} == {"base", "PG_VERSION"}
    assert list(tmp_path.iterdir()) == [data]


def test_a_tar_that_is_none_is_damage(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="base backup"):
        unpack(iter([b"x" * 1024]), tmp_path, archive=None, until=None)


def test_no_name_of_the_archive_is_a_command(tmp_path: Path) -> None:
    """PostgreSQL unquotes the line and replaces %f and %p; a shell reads what is left."""
    archive = tmp_path / 'it\'s $(touch owned) 100% `x` "y"'
    archive.mkdir()
    (tmp_path / "owned").unlink(missing_ok=True)
    with gzip.open(archive / "0001.gz", "wb") as file:
        file.write(b"log")
    data = tmp_path / "data"
    data.mkdir()
    unpack(tar_of(entry("PG_VERSION")), data, archive=archive, until=None)
    (line,) = re.findall(r"^restore_command = '(.*)'$", (data / "postgresql.auto.conf").read_text(), re.MULTILINE)
    assert "'" not in line.replace("''", "")
    said = re.sub("%[%fp]", lambda found: {"%%": "%", "%f": "0001", "%p": "out"}[found[0]], line.replace("''", "'"))
    subprocess.run(["/bin/sh", "-c", said], cwd=tmp_path, check=True)
    assert (tmp_path / "out").read_bytes() == b"log"
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("name", ["alertmanager.yml", "triage.toml", ".env"])
def test_files_that_hold_secrets_are_only_in_encrypted_backups(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / ("monitoring/alertmanager" if name == "alertmanager.yml" else "") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('log_level = "INFO"')
    for encrypted in (False, True):
        found = dict(configuration.collect(load(token_dir=tmp_path / "none"), encrypted=encrypted))
        assert (f"files/{name}.gz" in found) == encrypted


def test_a_password_in_a_url_is_a_secret() -> None:
    made = load(cache_url="redis://me:hunter2@cache:6379/0", alertmanager_url="http://:hunter3@alerts:9093/x?y=1")
    assert configuration.shown(made, secrets=False) == {
        "CACHE_URL": "redis://me:***@cache:6379/0", "ALERTMANAGER_URL": "http://:***@alerts:9093/x?y=1",
    }  # fmt: skip
    assert configuration.shown(made, secrets=True)["CACHE_URL"] == "redis://me:hunter2@cache:6379/0"
