"""Logs: bounded, and their errors found."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitoring.run import logs


def test_a_log_that_grows_too_long_is_moved_aside_while_the_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "works.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"a" * 100)
        logs.bound(log, limit=200)
        assert log.stat().st_size == 100
        writer.write(b"b" * 150)
        logs.bound(log, limit=200)
        writer.write(b"c" * 10)
    assert log.read_bytes() == b"c" * 10
    assert (tmp_path / "works.log.1").read_bytes() == b"a" * 100 + b"b" * 150


def test_a_missing_log_is_no_error(tmp_path: Path) -> None:
    logs.bound(tmp_path / "none.log")
    assert logs.last_errors(tmp_path / "none.log") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"level":"ERROR","message":"one"}\n{"level":"INFO","message":"two"}\n', ["one"]),
        ('{"level":"CRITICAL","message":"one","error":"E","stack":["a.py:1 f","b.py:2 g"]}\n', ["one (E) at b.py:2 g"]),
        ("Traceback\n  File x\nKeyError: 1\n", ["Traceback", "  File x", "KeyError: 1"]),
        ('{"level":"INFO","message":"two"}\n', ['{"level":"INFO","message":"two"}']),
        ('[1]\n"level"\n{broken\n', ["[1]", '"level"', "{broken"]),
        ("\x1b[2Jcleared\n", ["␛[2Jcleared"]),
        ("", []),
    ],
)
def test_the_last_errors_are_found_or_else_the_last_lines(tmp_path: Path, text: str, expected: list[str]) -> None:
    (tmp_path / "works.log").write_text(text)
    assert logs.last_errors(tmp_path / "works.log") == expected


def test_only_the_last_few_errors_are_shown(tmp_path: Path) -> None:
    lines = "".join(f'{{"level":"ERROR","message":"number {number}"}}\n' for number in range(5000))
    (tmp_path / "works.log").write_text(lines)
    assert logs.last_errors(tmp_path / "works.log", count=2) == ["number 4998", "number 4999"]
