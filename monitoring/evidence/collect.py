"""What goes into the archive. A part that cannot be had says so in its place; the others are there all the same."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import platform
import re
import sys
import tarfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import psutil

from infra.database import failure
from infra.database.pool import connect_once
from infra.errors import TriageError
from infra.settings import Settings
from monitoring.backup import configuration
from monitoring.backup.log import Log
from monitoring.evidence import installed
from monitoring.incident import alerts
from streams.kafka_errors import KafkaUnavailable
from streams.topics import ACCOUNTS, ALL, DEAD

LARGEST_LOG = 64 * 1024 * 1024
_LITERAL = re.compile(r"[eE]'(?:[^'\\]|''|\\.)*+'?|'(?:[^']|'')*+'?|\$(\w*)\$.*?(?:\$\1\$|\Z)", re.DOTALL)
AUDIT = ("triage.control", "triage.audit")
"""Topics of operators' acts, where this version has them."""
FROM_KAFKA = frozenset(("accounts.json", "topics.json", "dead-letters.json", *(f"{name}.json" for name in AUDIT)))
SESSIONS = """
SELECT pid, usename, application_name, client_addr::text, backend_start::text, state, left(query, 200) AS query
FROM pg_stat_activity WHERE datname = current_database()
"""
ROLES = """
SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin, rolvaliduntil::text FROM pg_roles
"""


def collect(
    settings: Settings, output: BinaryIO, logs: Sequence[Path], *, mails: bool, tell: Callable[[str], None]
) -> None:
    """Write the archive.

    Args:
        settings: where the system is.
        output: takes a .tar.gz.
        logs: files or folders of logs to take along.
        mails: dead letters with their bytes, too: content of mails.
        tell: gets each part's name when it is written.

    Raises:
        OSError: it cannot be written.
    """
    manifest: list[str] = []
    with tarfile.open(fileobj=output, mode="w|gz") as archive:
        for name, content in (*_parts(settings, mails=mails), *_logs(logs)):
            _add(archive, name, content)
            manifest.append(f"{hashlib.sha256(content).hexdigest()}  {name}")
            tell(name)
        _add(archive, "SHA256SUMS", "\n".join([*manifest, ""]).encode())


def _parts(settings: Settings, *, mails: bool) -> Iterator[tuple[str, bytes]]:
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    away: KafkaUnavailable | None = None
    sources: dict[str, Callable[[], Any]] = {
        "machine.json": lambda: _machine(moment),
        "settings.json": lambda: configuration.shown(settings, secrets=False),
        "sbom.json": lambda: installed.bill_of_materials(moment),
        "changed-files.json": lambda: list(installed.changed()),
        "checksums.txt": lambda: "\n".join(installed.own_checksums()),
        "accounts.json": lambda: _values(settings, ACCOUNTS.name),
        "topics.json": lambda: _topics(settings),
        "database.json": lambda: asyncio.run(_database(settings)),
        "alerts.json": lambda: alerts.current(settings.alertmanager_url) if settings.alertmanager_url else [],
        **{f"{name}.json": partial(_values, settings, name) for name in AUDIT},
    }
    if mails:
        sources["dead-letters.json"] = lambda: [one.encode().decode() for one in Log(settings).read(DEAD.name)]
    for name, source in sources.items():
        try:
            if away is not None and name in FROM_KAFKA:  # it is not waited for once more
                raise away
            found = source()
            content = found.encode() if isinstance(found, str) else orjson.dumps(found, option=orjson.OPT_INDENT_2)
        except TriageError as error:
            away = error if isinstance(error, KafkaUnavailable) else away
            content = _missing(str(error))
        except Exception as error:  # what is being looked into may have touched anything; the rest is wanted the more
            content = _missing(type(error).__name__)
        yield name, content


def _missing(why: str) -> bytes:
    return orjson.dumps({"missing": why})


def _machine(moment: str) -> dict[str, Any]:
    return {
        "at": moment, "host": platform.node(), "system": platform.platform(), "python": sys.version, "uid": os.getuid(),
        "processes": [
            {"pid": one.pid, "name": one.info["name"], "started": one.info["create_time"], "user": one.info["username"]}
            for one in psutil.process_iter(["name", "create_time", "username"])
        ],  # without command lines, which may hold secrets
    }  # fmt: skip


def _values(settings: Settings, topic: str) -> list[dict[str, Any]]:
    """Records whose values are JSON of ours: accounts hold references to secrets, never secrets."""
    return [
        {
            "partition": one.partition, "offset": one.offset,
            "at": datetime.fromtimestamp(one.timestamp / 1000, UTC).isoformat(),
            "key": (one.key or b"").decode("utf-8", "replace"),
            "value": _json(one.value) if one.value else None,
        }
        for one in Log(settings).read(topic)
    ]  # fmt: skip


def _json(value: bytes) -> Any:
    """A record that somebody else has written tells most; its bytes may be anything, so only their sum is told."""
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return {"unreadable": len(value), "sha256": hashlib.sha256(value).hexdigest()}


def without_literals(query: str) -> str:
    """A statement without its strings, which may be passwords or of mails; the last one may be cut."""
    return _LITERAL.sub("'...'", query)


def _topics(settings: Settings) -> dict[str, int]:
    log = Log(settings)
    return {spec.name: log.partitions(spec.name) for spec in ALL}


async def _database(settings: Settings) -> dict[str, Any]:
    connection = await connect_once(settings)
    try:
        return {
            "sessions": [
                dict(row) | {"query": without_literals(row["query"] or "")} for row in await connection.fetch(SESSIONS)
            ],
            "roles": [dict(row) for row in await connection.fetch(ROLES)],
            "migrations": [
                row["name"] for row in await connection.fetch("SELECT name FROM schema_migrations ORDER BY name")
            ],
        }
    except Exception as error:
        raise failure(error) from None
    finally:
        await connection.close(timeout=5)


def _logs(paths: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    files = [file for path in paths for file in (sorted(path.rglob("*.log*")) if path.is_dir() else [path])]
    for number, file in enumerate(files):
        with file.open("rb") as stream:
            stream.seek(max(0, file.stat().st_size - LARGEST_LOG))
            yield f"logs/{number:02d}-{file.name}", stream.read()


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = len(content), 0o600, int(datetime.now(UTC).timestamp())
    archive.addfile(entry, io.BytesIO(content))
