"""docker-compose.yml and Dockerfile, checked as far as a machine without a container engine can.

The compose file is validated against the Compose specification's schema, the Dockerfile is linted, and every service's very
command and environment is started natively against a real broker and database until it says that it is well."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.settings import Settings
from infra.stack.ports import any_free
from tests.services.servers import new_broker, running

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
OURS = ("crewai-ingest", "crewai-triage", "crewai-archive", "crewai-deliver", "crewai-email-triage")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


@pytest.fixture(scope="module")
def topics(compose: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A broker of this module's own on which the compose file's own topics service has run."""
    with running(new_broker(tmp_path_factory.mktemp("compose-kafka"))) as broker:
        done = subprocess.run(
            [BIN / "triage", *compose["services"]["crewai-topics"]["command"]],
            env=environment(
                compose, "crewai-topics", broker.bootstrap, "postgresql://unused/unused", Path("/nonexistent")
            ),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        yield broker.bootstrap


def test_the_compose_file_follows_the_compose_specification() -> None:
    subprocess.run(
        [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
        cwd=ROOT,
        check=True,
    )


def test_the_dockerfile_is_lint_free() -> None:
    subprocess.run([BIN / "hadolint", "Dockerfile"], cwd=ROOT, check=True)


def test_every_service_has_a_restart_policy_limits_and_a_health_check(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["restart"] in {"unless-stopped", "on-failure"}, name
        assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}, name
        own_check = "healthcheck" in service
        assert own_check or service["image"].startswith("crewai-email-triage"), f"{name}: no health check"


def test_what_is_ours_or_keeps_answers_of_the_model_has_no_rights_it_does_not_need(compose: dict[str, Any]) -> None:
    for name in (*OURS, "crewai-topics", "crewai-crew", "crewai-redis"):
        service = compose["services"][name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"]), name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service.get("user") not in {"root", "0"}, name
    published = [port for service in compose["services"].values() for port in service.get("ports", ())]
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []


def test_every_variable_of_our_services_is_a_setting(compose: dict[str, Any]) -> None:
    dockerfile = re.findall(r"([A-Z_]{4,})=/app", (ROOT / "Dockerfile").read_text())
    known = {name.upper() for name in Settings.model_fields}
    for name in (*OURS, "crewai-crew", "crewai-topics"):
        assert set(compose["services"][name]["environment"]) <= known, name
    folders = {"TRIAGE_HOME", "TABLE_DIR", "TOKEN_DIR", "BACKUP_DIR", "INCIDENT_DIR", "HEARTBEAT_FILE"}
    assert folders == set(dockerfile) <= known


@pytest.mark.parametrize(
    ("variable", "folder", "readers", "writers"),
    [
        ("DATABASE_PASSWORD_FILE", "database", {"crewai-archive"}, {"crewai-email-triage"}),
        ("TOKEN_KEY_FILE", "mailboxes", {"crewai-ingest"}, {"crewai-email-triage"}),
        ("GOOGLE_CLIENT_FILE", "mailboxes", {"crewai-ingest"}, {"crewai-email-triage"}),
        ("MICROSOFT_CLIENT_SECRET_FILE", "mailboxes", {"crewai-ingest"}, {"crewai-email-triage"}),
        ("CREW_API_KEY_FILE", "crew", {"crewai-crew"}, set()),
        ("DELIVER_FILE", "webhooks", set(), {"crewai-deliver"}),
        ("BACKUP_KEY_FILE", "", set(), {"crewai-email-triage"}),
        ("ADMIN_TOKENS_FILE", "", set(), {"crewai-email-triage"}),
    ],
)
def test_a_secret_may_be_a_file_that_those_who_need_it_read_and_one_service_changes(
    compose: dict[str, Any], variable: str, folder: str, readers: set[str], writers: set[str]
) -> None:
    """The folder is mounted, not the file: a rotation replaces the file."""
    suffix = f"/{folder}" if folder else ""
    place = f"${{SECRETS_DIR:-./secrets}}{suffix}:/run/secrets{suffix}"
    whole = "${SECRETS_DIR:-./secrets}:/run/secrets"
    mounts = {name: set(compose["services"][name].get("volumes", ())) for name in (*OURS, "crewai-crew")}
    assert {name for name, places in mounts.items() if f"{place}:ro" in places} == readers
    assert {name for name, places in mounts.items() if {place, whole} & places} >= writers
    for name in readers | writers:
        assert variable in compose["services"][name]["environment"], name
    default = compose["services"][min(writers or readers)]["environment"][variable]
    assert default in {f"${{{variable}:-}}", "/app/deliver.toml"}, "unset: the variable of old"


@pytest.mark.parametrize("name", OURS)
def test_a_service_comes_up_with_its_own_command_and_environment(
    name: str, compose: dict[str, Any], topics: str, database: str, tmp_path: Path, unused_ports: dict[str, str]
) -> None:
    env = environment(compose, name, topics, database, tmp_path) | unused_ports
    log = tmp_path / "log"
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [BIN / "triage", *compose["services"][name]["command"]], env=env, stderr=stderr, cwd=tmp_path
        )
    try:
        wait_for(tmp_path / "alive", process, log)
        if name == "crewai-email-triage":
            check = compose["services"][name]["healthcheck"]["test"]
            assert check[:2] == ["CMD", "python"]
            subprocess.run(
                [sys.executable, *(part.replace(":8000", ":" + env["HEALTH_PORT"]) for part in check[2:])], check=True
            )
    finally:
        process.terminate()
        assert process.wait(60) == 0, log.read_text()


def wait_for(heartbeat: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the image's health check would pass."""
    deadline = time.monotonic() + 120
    while not heartbeat.exists():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, f"no heartbeat: {log.read_text()}"
        time.sleep(0.1)


@pytest.fixture
def unused_ports() -> dict[str, str]:
    """Ports of this machine instead of the container's own."""
    names = ("HEALTH_PORT", "METRICS_PORT", "PROCESS_METRICS_PORT")
    return dict(zip(names, map(str, any_free(len(names))), strict=True))


def environment(compose: dict[str, Any], name: str, kafka: str, database: str, state: Path) -> dict[str, str]:
    """The service's environment as compose would set it, with this machine's addresses for the two hosts."""
    given = {
        key: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))
        for key, value in compose["services"][name]["environment"].items()
    }
    assert given["KAFKA_BOOTSTRAP_SERVERS"] == "crewai-kafka:9092"
    assert given["DATABASE_URL"].endswith("@crewai-postgres:5432/crewai_email_triage")
    names = {"TABLE_DIR": "tables", "TOKEN_DIR": "tokens", "BACKUP_DIR": "backups", "INCIDENT_DIR": "incidents"}
    folders = {name: str(state / place) for name, place in names.items()}
    image = {"TRIAGE_HOME": str(state), "HEARTBEAT_FILE": str(state / "alive"), **folders}
    if "DELIVER_FILE" in given:  # mounted by compose
        (state / "deliver.toml").touch()
        image["DELIVER_FILE"] = str(state / "deliver.toml")
    here = {"KAFKA_BOOTSTRAP_SERVERS": kafka, "DATABASE_URL": database, "BIND_HOST": "127.0.0.1"}
    return {"PATH": os.environ["PATH"], "HOME": str(state)} | given | image | here
