"""The processes of a run: what is started, in which order it stops, and with which environment."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from agents.deliver.endpoints import load_endpoints
from infra.errors import ConfigError
from infra.settings import Settings
from infra.stack.ports import take
from monitoring.run.children import Program
from monitoring.run.crew_demo import CrewDemo
from monitoring.run.fake_gmail import FakeGmail
from monitoring.run.home import Home

PORTS_TRIED = 50
QUICK = {"lag_interval_s": 1.0, "status_interval_s": 1.0}
"""Somebody watches: seconds between measurements, where the settings say nothing else."""


def triage_path() -> Path:
    """The `triage` program of this environment.

    Raises:
        ConfigError: the package is not installed.
    """
    path = Path(sys.executable).with_name("triage")
    if not path.is_file():
        raise ConfigError(f"{path} is missing: install the package into this environment (`make setup`)")
    return path


def free_port(wanted: int, *, but: Iterable[int] = ()) -> int:
    """The wanted port, or the next one that is free.

    Raises:
        ConfigError: all of the next 50 are taken.
    """
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        if port not in set(but) and take(port):
            return port
    raise ConfigError(f"ports {wanted} to {wanted + PORTS_TRIED - 1} are all in use: set HEALTH_PORT and METRICS_PORT")


def programs(
    settings: Settings,
    home: Home,
    *,
    workers: int,
    own_stack: bool,
    beside: FakeGmail | None = None,
    demo: CrewDemo | None = None,
) -> list[list[Program]]:
    """Groups in the order of stopping: what writes comes before what reads it; a fake Gmail is read to the end.

    Raises:
        ConfigError: DELIVER_FILE is not as it should be.
    """
    if settings.deliver_file is not None:
        load_endpoints(settings.deliver_file)  # wrong: said now, not by a process that ends again and again
    readers = ["archive"] if settings.deliver_file is None else ["archive", "deliver"]
    names = [["ingest"], [f"worker-{number}" for number in range(1, workers + 1)], readers, ["control"]]
    triage = str(triage_path())
    also = {**(beside.environment if beside else {}), **(demo.environment if demo else {})}
    groups = [
        [
            Program(
                name=name,
                argv=(triage, name.partition("-")[0]),
                env=_environment(settings, home, name, own_stack=own_stack) | also,
            )
            for name in group
        ]
        for group in names
    ]
    if demo:
        env = _environment(settings, home, "crew", own_stack=own_stack) | also
        groups[2:2] = [[Program(name="crew", argv=demo.crew, env=env)]]
        groups.append([demo.model])
    return [*groups, [beside.program]] if beside else groups


def _environment(settings: Settings, home: Home, name: str, *, own_stack: bool) -> dict[str, str]:
    said = settings.model_fields_set
    quick = {key.upper(): str(value) for key, value in QUICK.items() if key not in said}
    env = {
        **quick,
        "TRIAGE_HOME": str(home.root),
        "TABLE_DIR": str(home.tables(name)),
        "LOG_FORMAT": "json",
        "HEALTH_PORT": str(settings.health_port),
        "METRICS_PORT": str(settings.metrics_port),
        "PROCESS_METRICS_PORT": "0",  # one number cannot serve several processes
        "INSTANCE_ID": f"{settings.instance_id}-{name}",
    }
    if settings.deliver_file is not None:
        env["DELIVER_FILE"] = str(settings.deliver_file.absolute())
    if own_stack:
        env |= {
            "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
            "DATABASE_URL": settings.database_url.get_secret_value(),
            "KAFKA_SECURITY_PROTOCOL": settings.kafka_security_protocol,
            "TOPIC_REPLICATION_FACTOR": str(settings.topic_replication_factor),
            # Nobody else is on this cluster, so names can stay the same: a process that was killed has its partitions
            # back as soon as it is up again, not when its session is over.
            "INSTANCE_ID": name,
            "STATIC_MEMBERSHIP": "true",
        }
    return env
