"""What a process writes to its log, and from which level on its libraries may."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from infra import logging as log_lines


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Logging, afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    libraries = {name: logging.getLogger(name).level for name in (*log_lines._SAFE, *log_lines._QUIET, "faust")}
    monkeypatch.setattr(log_lines, "_QUIET", dict(log_lines._QUIET))
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in libraries.items():
        logging.getLogger(name).setLevel(before)


@pytest.mark.parametrize(
    ("library", "level", "least"),
    [
        ("aiokafka", "INFO", "CRITICAL"),
        ("aiokafka", "ERROR", "CRITICAL"),
        ("aiokafka", "DEBUG", "INFO"),
        ("aioimaplib", "DEBUG", "INFO"),
        ("aioimaplib", "ERROR", "ERROR"),
        ("google", "DEBUG", "WARNING"),
        ("faust", "INFO", "WARNING"),
        ("faust", "DEBUG", "DEBUG"),
    ],
)
def test_a_library_writes_from_its_level_on_also_after_the_level_was_changed(
    library: str, level: str, least: str
) -> None:
    log_lines.configure("worker")
    log_lines.quiet("faust", least=logging.WARNING)
    for change in ("WARNING", level):
        log_lines.set_level(change)
    assert logging.getLevelName(logging.getLogger(library).getEffectiveLevel()) == least


def test_a_line_is_one_json_object_with_what_the_caller_adds(capsys: pytest.CaptureFixture[str]) -> None:
    log_lines.configure("ingest")
    logging.getLogger("a.b").info("took\n%d", 3, extra={"account": "ops", "unknown": "x"})
    (line,) = capsys.readouterr().err.splitlines()
    said = json.loads(line)
    assert said.pop("ts").endswith("+00:00")
    assert said == {
        "level": "INFO", "category": "ingest", "component": "ingest", "logger": "a.b", "message": "took\n3", "account": "ops",
    }  # fmt: skip


def test_an_exception_is_its_kind_and_place_and_never_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    log_lines.configure("worker")
    try:
        raise ValueError("the mail says: secret")
    except ValueError:
        logging.getLogger("a").exception("failed")
    written = capsys.readouterr().err
    said = json.loads(written)
    assert said["error"] == "ValueError"
    assert "test_logging.py" in said["stack"][-1]
    assert "secret" not in written
