"""The files of the local broker: what its configuration says of its paths, and how many may be open."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from infra.errors import ConfigError
from infra.stack.kafka import KafkaBroker, escaped
from infra.stack.ports import any_free


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("/home/ann/.triage/data", "/home/ann/.triage/data"),
        ("PLAINTEXT://127.0.0.1:9092", "PLAINTEXT://127.0.0.1:9092"),
        ("/home/jörg m", r"/home/j\u00f6rg\u0020m"),
        ("/日本/\U0001f4ec", r"/\u65e5\u672c/\ud83d\udcec"),
        ("back\\slash", r"back\u005cslash"),
    ],
)
def test_a_value_is_written_as_java_reads_it(value: str, written: str) -> None:
    """java.util.Properties.load: Latin-1, \\uXXXX is a UTF-16 code unit. A broker with another path never answers."""
    assert escaped(value) == written


@pytest.mark.parametrize("name", ["a,b", "\udcff"])
def test_a_directory_that_kafka_cannot_be_told_is_refused_with_the_remedy(tmp_path: Path, name: str) -> None:
    broker = KafkaBroker(directory=tmp_path / name / "kafka", port=1, controller_port=2, cache=tmp_path)
    with pytest.raises(ConfigError, match="choose another --home"):
        broker.format()


def test_too_few_open_files_are_told_before_kafka_limps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (200, 200))
    (port, controller_port) = any_free(2)
    with pytest.raises(ConfigError, match=r"only 200 files may be open.*ulimit -n"):
        KafkaBroker(directory=tmp_path, port=port, controller_port=controller_port).start()
