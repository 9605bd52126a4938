"""The rotation of log files, done by logrotate itself: nothing that a process appends is lost, old files are compressed."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unit.alerts.machine import ROOT

PROGRAM = shutil.which("logrotate") or "/usr/sbin/logrotate"


@pytest.fixture
def rotate(tmp_path: Path):
    """Rotate the logs of `tmp_path` now."""
    if not Path(PROGRAM).exists():
        missing = pytest.fail if os.environ.get("TRIAGE_TESTS_NEED_SERVICES") else pytest.skip
        missing("not installed: apt-get install logrotate")
    config = tmp_path / "config"
    config.write_text(
        (ROOT / "monitoring" / "logrotate" / "crewai").read_text().replace("/var/log/crewai", str(tmp_path))
    )
    config.chmod(0o644)
    tmp_path.chmod(0o700)

    def now() -> None:
        done = subprocess.run(
            [PROGRAM, "--force", "--state", tmp_path / "state", config], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    return now


def test_a_process_goes_on_writing_and_no_line_is_lost(rotate, tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    with log.open("a", buffering=1) as process:
        process.write("first\n")
        rotate()
        assert log.read_text() == ""
        process.write("second\n")
        assert log.read_text() == "second\n"  # at the beginning, not behind a hole
    (rotated,) = tmp_path.glob("worker.log-*")
    assert rotated.read_text() == "first\n"
    rotated.rename(tmp_path / "worker.log-20261101-1793500000")
    rotate()
    assert gzip.decompress((tmp_path / "worker.log-20261101-1793500000.gz").read_bytes()) == b"first\n"


def test_an_empty_log_is_left_alone(rotate, tmp_path: Path) -> None:
    (tmp_path / "archive.log").touch()
    rotate()
    assert list(tmp_path.glob("archive.log-*")) == []
