"""Secrets that stand in files instead of variables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agents.oauth.providers import client_of
from infra.errors import ConfigError
from infra.kafka import aiokafka_options, librdkafka_options
from infra.settings import Settings, load
from monitoring.rotation.inventory import secrets
from streams.faust_security import credentials

READERS: dict[str, Callable[[Settings], str]] = {
    "KAFKA_SASL_PASSWORD": Settings.kafka_password,
    "CREW_API_KEY": Settings.crew_key,
    "MICROSOFT_CLIENT_SECRET": lambda settings: client_of(settings, "microsoft").secret,
}


def settings_with(name: str, path: Path, **other: Any) -> Settings:
    return load(**{f"{name.lower()}_file": path, "microsoft_client_id": "app", **other})


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    "content", [b"hunter2", b"hunter2\n", b"\n hunter2 \r\n", b"hunter2\nother\n", b"\nhunter2"], ids=repr
)
def test_a_secret_is_the_first_line_of_its_file(tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    assert READERS[name](settings_with(name, file)) == "hunter2"
    file.write_bytes(b"changed")
    assert READERS[name](settings_with(name, file)) == "changed"


@pytest.mark.parametrize("name", READERS)
def test_the_variable_wins_over_the_file_and_without_either_there_is_none(name: str) -> None:
    given = {name.lower(): "given"}
    assert READERS[name](settings_with(name, Path("/nowhere"), **given)) == "given"
    assert READERS[name](load(microsoft_client_id="app")) == ""


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "cannot be read .No such file"),
        (b" \n\n", "empty; its first line is"),
        (b"\xffhunter2", "cannot be read .UnicodeDecodeError"),
    ],
)
def test_a_file_without_a_secret_is_named_and_not_shown(
    tmp_path: Path, name: str, content: bytes | None, complaint: str
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match=f"^{name}_FILE={file}: {complaint}") as raised:
        READERS[name](settings_with(name, file))
    assert "hunter2" not in str(raised.value)


def test_every_client_of_kafka_logs_in_by_the_file(tmp_path: Path) -> None:
    file = tmp_path / "kafka"
    file.write_text("hunter2\n")
    settings = settings_with("KAFKA_SASL_PASSWORD", file, kafka_security_protocol="SASL_PLAINTEXT")
    assert aiokafka_options(settings)["sasl_plain_password"] == "hunter2"
    assert librdkafka_options(settings)["sasl.password"] == "hunter2"
    assert credentials(settings).password == "hunter2"


def test_a_process_that_must_log_in_to_kafka_does_not_start_without_the_file() -> None:
    missing = {"kafka_sasl_password_file": "/nowhere"}
    with pytest.raises(ConfigError, match=r"^KAFKA_SASL_PASSWORD_FILE=/nowhere: cannot be read"):
        load(kafka_security_protocol="SASL_SSL", **missing)
    load(kafka_security_protocol="SSL", **missing)


@pytest.mark.parametrize("name", READERS)
def test_the_inventory_says_in_which_file_a_secret_is_and_how_old_it_is(tmp_path: Path, name: str) -> None:
    file = tmp_path / "secret"
    file.write_text("hunter2\n")
    (one,) = (one for one in secrets(settings_with(name, file)) if one.name == name)
    assert (one.where, one.by, bool(one.changed)) == (str(file), "operator", True)
    (one,) = (one for one in secrets(settings_with(name, file, **{name.lower(): "given"})) if one.name == name)
    assert (one.where, one.changed) == (name, "")
