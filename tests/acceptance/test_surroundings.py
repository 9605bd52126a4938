"""The command where its surroundings are not as usual: another encoding, a closed or full output, nothing that answers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TRIAGE = Path(sys.executable).parent / "triage"
MAIL = "From: a@b.example\nTo: c@d.example\nSubject: Grüße → 件名\n\nCould you send me the report by Friday?\n"
NOWHERE = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "DATABASE_URL": "postgresql://u:hush@127.0.0.1:1/d"}


def run(
    *arguments: str | Path, folder: Path, env: dict[str, str] | None = None, **options: object
) -> subprocess.CompletedProcess[bytes]:
    usual = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
    command: Sequence[str | Path] = [TRIAGE, *arguments]
    if "stdout" not in options:
        options["stdout"] = subprocess.PIPE
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        command, cwd=folder, env=usual | (env or {}), stderr=subprocess.PIPE, check=False, timeout=120, **options
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mail.eml").write_text(MAIL)
    return tmp_path


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
@pytest.mark.parametrize("command", [("classify", "."), ("doctor",), ("doctor", "--settings"), ("--help",)])
def test_a_terminal_that_is_not_utf8_is_no_reason_to_fail(
    folder: Path, encoding: str, command: tuple[str, ...]
) -> None:
    done = run(*command, folder=folder, env={"PYTHONIOENCODING": encoding, **NOWHERE})
    assert b"Traceback" not in done.stderr
    assert done.returncode == (1 if command == ("doctor",) else 0)


def test_json_is_utf8_whatever_the_terminal_is(folder: Path) -> None:
    (folder / "Grüße.eml").write_text(MAIL)
    done = run("classify", "--json", "Grüße.eml", folder=folder, env={"PYTHONIOENCODING": "latin-1"})
    assert json.loads(done.stdout.decode())["path"] == "Grüße.eml"


def test_a_full_disk_behind_the_output_ends_in_one_line(folder: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = run("classify", ".", folder=folder, stdout=full)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == b"triage: the output cannot be written: No space left on device"
    assert b"Traceback" not in done.stderr


def test_a_reader_that_has_seen_enough_ends_it_without_a_word(folder: Path) -> None:
    for number in range(2000):
        (folder / f"{number}.eml").write_text(MAIL)
    piped = f"{TRIAGE} classify --json . | head -1"
    done = subprocess.run(["sh", "-c", piped], cwd=folder, capture_output=True, check=False, timeout=120)
    assert len(done.stdout.splitlines()) == 1
    assert b"Traceback" not in done.stderr


def test_a_closed_standard_input_is_an_error_of_that_path(folder: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", f"{TRIAGE} classify --json - mail.eml <&-"], cwd=folder, capture_output=True, check=False
    )
    closed, mail = map(json.loads, done.stdout.splitlines())
    assert (closed["path"], closed["error"], mail["path"]) == ("-", "standard input is closed", "mail.eml")
    assert done.returncode == 1


def test_the_output_of_a_command_can_be_named_as_a_file(folder: Path) -> None:
    said = f"{TRIAGE} classify --json <(cat mail.eml) /dev/stdin < mail.eml"
    done = subprocess.run(["bash", "-c", said], cwd=folder, capture_output=True, check=False, timeout=120)
    assert [json.loads(line)["lane"] for line in done.stdout.splitlines()] == ["high", "high"]
    assert done.returncode == 0


@pytest.mark.parametrize(
    "command", [("tail", "urgent"), ("explain", "00000000"), ("lag",), ("status",), ("account", "list")]
)
def test_without_kafka_a_command_says_so_in_one_line_with_a_remedy(folder: Path, command: tuple[str, ...]) -> None:
    done = run(*command, folder=folder, env=NOWHERE)
    assert done.returncode == 1
    said = done.stderr.decode().splitlines()[-1]
    assert "127.0.0.1:1: KafkaConnectionError" in said
    assert "`triage doctor`" in said
    assert b"hush" not in done.stderr + done.stdout
    assert not any(line for line in done.stderr.decode().splitlines() if line.startswith("Unable"))


def test_a_folder_of_another_user_ends_in_one_line(folder: Path) -> None:
    (folder / "home").write_text("in the way")
    done = run("run", "--home", "home", folder=folder)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith(b"triage: ")


@pytest.mark.parametrize("python", ["", "/nowhere/python3", "/bin/false"])
def test_a_machine_without_a_fitting_python_is_told_which_one_is_needed(tmp_path: Path, python: str) -> None:
    for name in ("Makefile", "pyproject.toml", "requirements-dev.lock"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    done = subprocess.run(
        ["make", "setup", f"PYTHON={python}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert f"Python 3.11, 3.12 or 3.13 is needed, not '{python}'" in done.stdout
    assert not (tmp_path / ".venv").exists()
