"""The committed documents are what the code says, and hang together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from streams import topics
from streams.contract import generate
from streams.contract.generate import DIRECTORY, documents, stale
from streams.contract.schemas import attribute_docstrings
from streams.events import VerdictRecord

ASYNCAPI: dict[str, Any] = json.loads((DIRECTORY / "asyncapi.json").read_text("utf-8"))


def test_the_committed_documents_are_those_of_the_code() -> None:
    assert stale() == [], "run python -m streams.contract.generate"


def test_a_document_that_differs_or_is_missing_is_named(tmp_path: Path) -> None:
    for name, text in documents().items():
        (tmp_path / name).write_text(text, "utf-8")
    assert stale(tmp_path) == []
    (tmp_path / "asyncapi.json").write_text("{}", "utf-8")
    (tmp_path / "verdict.schema.json").unlink()
    assert stale(tmp_path) == ["verdict.schema.json", "asyncapi.json"]


def test_check_writes_nothing_and_exits_with_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate, "stale", lambda: stale(tmp_path))
    monkeypatch.setattr(generate, "DIRECTORY", tmp_path)
    assert generate.main(["--check"]) == 1
    assert "verdict.schema.json differs" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0


def test_every_topic_is_a_channel_with_its_settings() -> None:
    assert list(ASYNCAPI["channels"]) == [spec.name for spec in topics.ALL]
    for spec in topics.ALL:
        channel = ASYNCAPI["channels"][spec.name]
        assert (channel["address"], channel["description"]) == (spec.name, spec.purpose)
        settings = channel["bindings"]["kafka"]["topicConfiguration"]
        assert settings["cleanup.policy"] == spec.config.get("cleanup.policy", "delete").split(",")
        assert str(settings.get("retention.ms")) == spec.config.get("retention.ms", "None")


def test_every_operation_names_a_channel_and_each_channel_is_sent_to() -> None:
    sent = {one["channel"]["$ref"] for one in ASYNCAPI["operations"].values() if one["action"] == "send"}
    assert sent == {f"#/channels/{spec.name}" for spec in topics.ALL}


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from references(child)


@pytest.mark.parametrize("name", list(documents()))
def test_every_reference_leads_somewhere(name: str) -> None:
    """Within the document by JSON Pointer (RFC 6901), or to a file beside it."""
    content = json.loads((DIRECTORY / name).read_text("utf-8"))
    found = set(references(content))
    assert found or name in {"feedback.schema.json", "control.schema.json", "audit.schema.json"}
    for reference in found:
        file, _, pointer = reference.partition("#")
        target = json.loads((DIRECTORY / file).read_text("utf-8")) if file else content
        for step in pointer.strip("/").split("/") if pointer else ():
            target = target[step.replace("~1", "/").replace("~0", "~")]


@pytest.mark.parametrize("message", list(ASYNCAPI["components"]["messages"]))
def test_payload_headers_and_key_of_a_message_are_schemas(message: str) -> None:
    described = ASYNCAPI["components"]["messages"][message]
    Draft7Validator.check_schema(described["payload"])
    Draft7Validator.check_schema(described.get("headers", {}))
    Draft7Validator.check_schema(described["bindings"]["kafka"]["key"])
    assert "/" in described["contentType"]


def test_every_message_is_used() -> None:
    used = {name for channel in ASYNCAPI["channels"].values() for name in channel["messages"]}
    assert used == set(ASYNCAPI["components"]["messages"])


def test_the_sentence_below_a_field_is_its_description() -> None:
    assert attribute_docstrings(VerdictRecord)["date"] == "The mail's own Date header, RFC 3339 UTC."
    assert "account" not in attribute_docstrings(VerdictRecord)
