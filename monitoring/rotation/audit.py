"""Who changes a secret and why, written down before anything is changed: on triage.audit, or, where Kafka is away and
the secret cannot wait, in a file of INCIDENT_DIR that is sent there later. An act without a record is worse than a
record without an act."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from infra import files
from infra.errors import ConfigError
from infra.settings import Settings
from monitoring.rotation import place
from streams.control import records, writer
from streams.control.records import AuditEntry, MalformedControl
from streams.kafka_errors import KafkaUnavailable

FILE = "audit-later"
ACTION = "rotate"


def note(settings: Settings, name: str, *, who: str, why: str, without_kafka: bool = False) -> None:
    """Write down that a secret is about to be changed. With Kafka, what waits in the file is sent first.

    Raises:
        ConfigError: no reason, no such name, or the file cannot be written.
        KafkaUnavailable: nothing was noted; nothing may be changed.
    """
    if not name.isprintable():
        raise ConfigError(f"{name[:40]!r}: no such name")
    entry = records.entry(ACTION, f"secret {name}", who=who, why=why)
    if without_kafka:
        _keep(settings, entry)
        return
    try:
        send(settings)
        asyncio.run(writer.write_down(settings, entry))
    except KafkaUnavailable as error:
        raise KafkaUnavailable(
            f"{error}; nothing was changed. If the secret cannot wait: --without-kafka notes it in INCIDENT_DIR"
        ) from None


def send(settings: Settings) -> int:
    """Send what was noted without Kafka, oldest first; how many. A run that is killed may send one again.

    Raises:
        ConfigError: the file cannot be read or written.
        KafkaUnavailable: what was not sent stays in the file.
    """
    path = _path(settings)
    if not path.exists():
        return 0
    with place.alone(path):
        kept = waiting(settings)
        for number, entry in enumerate(kept, start=1):
            asyncio.run(writer.write_down(settings, entry))
            _replace(path, kept[number:])
        path.unlink(missing_ok=True)
    return len(kept)


def waiting(settings: Settings) -> Sequence[AuditEntry]:
    """What was noted and is not on triage.audit yet. Raises ConfigError: the file cannot be read."""
    path = _path(settings)
    return _read(path) if path.exists() else ()


def _keep(settings: Settings, entry: AuditEntry) -> None:
    path = _path(settings)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"INCIDENT_DIR={path.parent}: {error.strerror}") from None
    with place.alone(path):
        _replace(path, [*(_read(path) if path.exists() else ()), entry])


def _read(path: Path) -> list[AuditEntry]:
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    found = []
    for line in lines:
        with suppress(MalformedControl):  # somebody wrote there by hand
            found.append(AuditEntry.decode(line))
    return found


def _replace(path: Path, entries: Sequence[AuditEntry]) -> None:
    try:
        files.replace(path, b"".join(entry.encode() + b"\n" for entry in entries))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; nothing was noted") from None


def _path(settings: Settings) -> Path:
    return settings.incident_dir / FILE
