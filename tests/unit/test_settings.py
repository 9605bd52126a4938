"""What is wrong in the settings stops a process with the name, the value and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.addresses import without_passwords
from infra.errors import ConfigError
from infra.settings import Settings, load


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither this machine's variables nor a triage.toml of the working directory."""
    for name in ("TRIAGE_CONFIG", *map(str.upper, Settings.model_fields)):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "servers",
    [
        "localhost:9092",
        "a.example:9092,b.example:9093",
        "a:1, b:65535",
        "[::1]:9092",
        "crewai-kafka:9092",
        "10.0.0.1:1",
    ],
)
def test_bootstrap_servers_are_hosts_with_ports(monkeypatch: pytest.MonkeyPatch, servers: str) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", servers)
    assert load().kafka_bootstrap_servers == servers


@pytest.mark.parametrize(
    "servers", ["host", "host:", ":9092", "host:0", "host:99999", "http://host:1", "a:1,", "a b:1"]
)
def test_servers_that_are_none_are_refused_with_what_is_allowed(monkeypatch: pytest.MonkeyPatch, servers: str) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", servers)
    with pytest.raises(ConfigError) as refused:
        load()
    assert str(refused.value).startswith(f"KAFKA_BOOTSTRAP_SERVERS='{servers}': host:port is allowed")


@pytest.mark.parametrize(
    "url",
    ["postgresql://u:p@h:5432/d", "postgres://h/d", "postgresql://u@/d?host=/run/pg", "postgresql://a:1,b:2/d"],
)
def test_a_database_is_named_by_a_uri_of_libpq(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert load().database_url.get_secret_value() == url


@pytest.mark.parametrize(
    "url", ["mysql://u:hush@h/d", "postgresql://u:hush@h:port/d", "u:hush", "postgresql://h:0/hush"]
)
def test_a_wrong_database_url_is_refused_without_showing_it(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ConfigError, match=r"DATABASE_URL='\*\*\*': postgresql://.* is allowed") as refused:
        load()
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("topic_partitions = 0", "TOPIC_PARTITIONS=0: "),
        ("nonsense = 1", "nonsense: unknown setting"),
        ("x = ", "triage.toml: "),
        ("log_level = 'LOUD'", "LOG_LEVEL='LOUD': "),
    ],
)
def test_the_file_is_judged_the_same_way(tmp_path: Path, content: str, complaint: str) -> None:
    (tmp_path / "triage.toml").write_text(content)
    with pytest.raises(ConfigError) as refused:
        load()
    assert str(refused.value).startswith(complaint)


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "triage.toml").write_text("batch_size = 7\ntopic_partitions = 8")
    monkeypatch.setenv("BATCH_SIZE", "9")
    assert (load().batch_size, load().topic_partitions) == (9, 8)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("redis://me:hunter2@cache:6379/0", "redis://me:***@cache:6379/0"),
        ("http://:hunter2@host", "http://:***@host"),
        ("http://me:hun@ter:2@host/a:b@c", "http://me:***@host/a:b@c"),
        ("http://host:80/a@b:c", "http://host:80/a@b:c"),
        ("http://me@host:80", "http://me@host:80"),
        ("a postgresql://me:hunter2@h/x and redis://me:hunter2@h", "a postgresql://me:***@h/x and redis://me:***@h"),
        ("host:9092", "host:9092"),
    ],
)
def test_a_password_of_a_url_is_not_shown(text: str, shown: str) -> None:
    assert without_passwords(text) == shown


def test_a_complaint_does_not_repeat_the_password_of_a_url() -> None:
    with pytest.raises(ConfigError, match="CACHE_URL") as refused:
        load(cache_url="http://me:hunter2@cache")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(("content", "reason"), [(None, "No such file"), ("no certificate", "no certificate in it")])
def test_authorities_that_cannot_be_read_are_named_before_anybody_connects(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None, reason: str
) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("KAFKA_SSL_CAFILE", str(path))
    assert load().kafka_ssl_cafile == path, "no TLS: nobody reads it"
    monkeypatch.setenv("KAFKA_SECURITY_PROTOCOL", "SSL")
    with pytest.raises(ConfigError, match=f"^KAFKA_SSL_CAFILE={path}: {reason}"):
        load()


@pytest.mark.parametrize("value", ["nan", "inf"])
def test_a_number_is_finite(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("CACHE_TTL", value)
    with pytest.raises(ConfigError, match=r"^CACHE_TTL="):
        load()
