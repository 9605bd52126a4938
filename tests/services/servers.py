"""Kafka and PostgreSQL instances of the tests' own: free ports, a directory that pytest cleans up."""

from __future__ import annotations

import dataclasses
import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, TypeVar
from uuid import uuid4

from infra.stack.kafka import KafkaBroker
from infra.stack.ports import any_free
from infra.stack.postgres import PostgresServer, binaries


class Server(Protocol):
    """Kafka, PostgreSQL, a fake."""

    def start(self) -> Any:
        """Return when it answers."""

    def kill(self) -> None:
        """SIGKILL."""


AServer = TypeVar("AServer", bound=Server)


@contextmanager
def running(server: AServer) -> Iterator[AServer]:
    """Started for the block; killed at its end, also where it did not start."""
    try:
        server.start()
        yield server
    finally:
        server.kill()


def new_broker(directory: Path, settings: Mapping[str, str] | None = None) -> KafkaBroker:
    """A single broker, formatted, not started yet."""
    if not (directory / "data").exists():
        _format_like_the_first(directory / "data")
    return _broker(directory, settings or {})


def _broker(directory: Path, settings: Mapping[str, str]) -> KafkaBroker:
    port, controller_port = any_free(2)
    return KafkaBroker(directory=directory, port=port, controller_port=controller_port, settings=settings)


def _format_like_the_first(data: Path) -> None:
    """What formatting writes, with ids of its own: Kafka's tool takes a second of the processor for it, each time."""
    data.mkdir(parents=True)
    (data / "bootstrap.checkpoint").write_bytes(_checkpoint())
    cluster, directory = (urlsafe_b64encode(uuid4().bytes).decode().rstrip("=") for _ in range(2))
    (data / "meta.properties").write_text(f"version=1\nnode.id=1\ncluster.id={cluster}\ndirectory.id={directory}\n")


@cache
def _checkpoint() -> bytes:
    """The feature levels of a new cluster, as Kafka's own tool wrote them: the same for all."""
    with TemporaryDirectory() as folder:
        first = _broker(Path(folder), {})
        first.format()
        return (Path(folder) / "data" / "bootstrap.checkpoint").read_bytes()


def new_bench_broker(directory: Path) -> KafkaBroker:
    """A single broker with the heap that one in production would have, and more: a small one pauses for 12 ms every
    0.4 s to collect, which is then the latency of whatever is measured."""
    return dataclasses.replace(new_broker(directory), heap_mb=512)


def new_cluster(directory: Path, nodes: int, settings: Mapping[str, str] | None = None) -> list[KafkaBroker]:
    """Brokers of one cluster, not started yet. Start them in parallel: the first waits for a quorum."""
    ports = any_free(2 * nodes)
    voters = {node: ports[nodes + node - 1] for node in range(1, nodes + 1)}
    return [
        KafkaBroker(
            directory=directory / f"node{node}",
            port=ports[node - 1],
            controller_port=voters[node],
            node_id=node,
            voters=voters,
            cluster_id="dHJpYWdlLXRlc3QtMDAwMQ",
            settings=settings or {},
        )
        for node in voters
    ]


def new_postgres(directory: Path, settings: Mapping[str, str] | None = None) -> PostgresServer:
    """A server, not started yet. It does not wait for the disk: a killed process loses nothing by that."""
    (port,) = any_free()
    return PostgresServer(directory=directory, port=port, settings={"fsync": "off", **(settings or {})})


def execute(url: str, statement: str) -> str:
    """Run one statement with psql and return its unaligned output."""
    command = [str(binaries() / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", statement, url]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
