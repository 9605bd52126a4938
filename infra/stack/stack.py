"""Both services together: started in parallel, found again, stopped in order, reset."""

from __future__ import annotations

import fcntl
import json
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from infra.stack.jars import Say, cache_directory
from infra.stack.kafka import KafkaBroker
from infra.stack.ports import any_free, first_free
from infra.stack.postgres import PostgresServer
from infra.stack.process import StartFailed

KAFKA_PORT = 19092
POSTGRES_PORT = 15432


@dataclass(frozen=True, kw_only=True)
class Endpoints:
    """Where the running services are."""

    kafka_bootstrap: str
    database_url: str


@dataclass(frozen=True, kw_only=True)
class ServiceStatus:
    """One service as it is now."""

    pid: int | None
    answers: bool
    memory_bytes: int


@dataclass(frozen=True, kw_only=True)
class StackStatus:
    """Both services, and where they are."""

    kafka: ServiceStatus
    postgres: ServiceStatus
    endpoints: Endpoints | None

    @property
    def up(self) -> bool:
        """Whether both answer."""
        return self.kafka.answers and self.postgres.answers


@dataclass(frozen=True, kw_only=True)
class _Ports:
    kafka: int
    controller: int
    postgres: int


@dataclass(frozen=True, kw_only=True)
class LocalStack:
    """Kafka and PostgreSQL below one directory."""

    state_dir: Path
    kafka_port: int | None = None
    """None: the one of last time, else 19092, else any free one."""
    postgres_port: int | None = None
    """None: the one of last time, else 15432, else any free one."""
    cache: Path = field(default_factory=cache_directory)
    """Where Kafka's jars are kept, shared by all stacks of this user."""
    archive: Path | None = None
    """Where PostgreSQL's log is archived; None: nowhere."""

    def start(self, say: Say = lambda _: None) -> Endpoints:
        """Start what does not run yet; both in parallel. Blocks.

        Args:
            say: gets each step as a short line, from other threads. An exception that it raises ends the start.

        Raises:
            StartFailed, ConfigError, ChecksumMismatch, JarUnavailable: what this call had started is stopped again.
        """
        with self._alone():
            ports = self._choose_ports()
            services = self._services(ports)
            idle = [service for service in services if service.daemon.find() is None]
            try:
                _in_parallel(services, say)
            except BaseException:
                for service in idle:
                    service.stop()
                raise
            return _endpoints(*services)

    def adopt(self, fill: Callable[[Path], None]) -> None:
        """Before the first start: take a PostgreSQL data directory that `fill` makes. Raises as
        `PostgresServer.adopt`."""
        with self._alone():
            self._services(self._choose_ports())[1].adopt(fill)

    def stop(self) -> None:
        """Stop both in order. Nothing is left running on return; the data stay."""
        with self._alone():
            self._stop()

    def reset(self) -> None:
        """Stop both and delete their data. Other files below the directory stay."""
        with self._alone():
            self._stop()
            for name in ("kafka", "postgres"):
                shutil.rmtree(self._root / name, ignore_errors=True)

    def status(self) -> StackStatus:
        """What runs, whether it answers, where."""
        ports = self._last_ports()
        if ports is None:
            nothing = ServiceStatus(pid=None, answers=False, memory_bytes=0)
            return StackStatus(kafka=nothing, postgres=nothing, endpoints=None)
        kafka, postgres = self._services(ports)
        return StackStatus(kafka=_status(kafka), postgres=_status(postgres), endpoints=_endpoints(kafka, postgres))

    @property
    def _root(self) -> Path:
        return self.state_dir.resolve() / "stack"

    @property
    def _ports_file(self) -> Path:
        return self._root / "ports.json"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One start or stop at a time per directory, across processes."""
        self._root.mkdir(parents=True, exist_ok=True)
        with (self._root / "lock").open("w") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield

    def _stop(self) -> None:
        """At once: PostgreSQL must not miss its end because Kafka takes all of the time there is."""
        if (ports := self._last_ports()) is not None:
            with ThreadPoolExecutor(thread_name_prefix="stack") as pool:
                for stopped in [pool.submit(service.stop) for service in self._services(ports)]:
                    stopped.result()

    def _services(self, ports: _Ports) -> tuple[KafkaBroker, PostgresServer]:
        kafka = KafkaBroker(
            directory=self._root / "kafka", port=ports.kafka, controller_port=ports.controller, cache=self.cache
        )
        return kafka, PostgresServer(directory=self._root / "postgres", port=ports.postgres, archive=self.archive)

    def _choose_ports(self) -> _Ports:
        """A running service keeps its port; for the others the one asked for, the last one, the usual one, any."""
        last = self._last_ports()
        kafka, postgres = self._services(last) if last else (None, None)
        if last and kafka and kafka.daemon.find() is not None:
            kafka_port, controller = last.kafka, last.controller
        else:
            kafka_port = self.kafka_port or first_free((last.kafka if last else None, KAFKA_PORT))
            (controller,) = any_free()
        if last and postgres and postgres.daemon.find() is not None:
            postgres_port = last.postgres
        else:
            postgres_port = self.postgres_port or first_free((last.postgres if last else None, POSTGRES_PORT))
        chosen = _Ports(kafka=kafka_port, controller=controller, postgres=postgres_port)
        self._ports_file.write_text(json.dumps(asdict(chosen)))
        return chosen

    def _last_ports(self) -> _Ports | None:
        try:
            return _Ports(**json.loads(self._ports_file.read_text()))
        except (OSError, ValueError, TypeError):
            return None


def _in_parallel(services: Iterable[KafkaBroker | PostgresServer], say: Say) -> None:
    """Start all. The first failure, or Ctrl-C here, ends the others at their next step instead of after their last."""
    over = threading.Event()

    def tell(line: str) -> None:
        if over.is_set():
            raise StartFailed("given up, because the start of the stack was interrupted")
        say(line)

    with ThreadPoolExecutor(thread_name_prefix="stack") as pool:
        starts = [pool.submit(service.start, tell) for service in services]
        try:
            for start in as_completed(starts):
                start.result()
        except BaseException:
            over.set()
            raise


def _endpoints(kafka: KafkaBroker, postgres: PostgresServer) -> Endpoints:
    return Endpoints(kafka_bootstrap=kafka.bootstrap, database_url=postgres.url)


def _status(service: KafkaBroker | PostgresServer) -> ServiceStatus:
    process = service.daemon.find()
    if process is None:
        return ServiceStatus(pid=None, answers=False, memory_bytes=0)
    try:
        memory = sum(part.memory_info().rss for part in (process, *process.children(recursive=True)))
    except psutil.NoSuchProcess:
        memory = 0
    return ServiceStatus(pid=process.pid, answers=service.answers(), memory_bytes=memory)
