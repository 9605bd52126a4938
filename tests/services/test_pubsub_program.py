"""Building the Pub/Sub server on a machine whose network stumbles: a download is tried again, a failure says what helps."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services.pubsub import program

GO = """#!/bin/sh
case "$1 $2" in
  "env GOVERSION") echo go1.26.1;;
  "env GOPROXY") echo https://proxy.example;;
  "mod download") echo x >> {calls}; [ $(wc -l < {calls}) -gt {failures} ] || {{ echo "dial tcp: i/o timeout" >&2; exit 1; }};;
  "build "*) echo built > "$5";;
esac
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With a go of its own, nothing built yet, and no patience."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(program, "BUILT", tmp_path)
    monkeypatch.setattr(program, "PAUSES_S", (0.0, 0.0))
    return tmp_path


def _install(machine: Path, failures: int) -> Path:
    calls = machine / "calls"
    path = machine / "go"
    path.write_text(GO.format(calls=calls, failures=failures))
    path.chmod(0o755)
    return calls


def test_a_download_that_fails_is_tried_again(machine: Path) -> None:
    calls = _install(machine, failures=2)
    assert program.built().read_text() == "built\n"
    assert len(calls.read_text().split()) == 3
    assert program.built().exists()  # and is not built again
    assert len(calls.read_text().split()) == 3


def test_one_that_goes_on_failing_says_why_and_where_modules_come_from(machine: Path) -> None:
    _install(machine, failures=9)
    with pytest.raises(program.NotBuilt, match=r"(?s)`go mod`.*i/o timeout.*GOPROXY \(https://proxy\.example\)"):
        program.built()
    assert not list(machine.glob("pubsub-*"))
