"""SpamAssassin's spamd and rspamd, as Debian packages them, on ports of their own: one worker each, everything off that
would ask a network, an account without rights. The mails are hostile: no name in them is ever resolved."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from infra.stack.ports import LOOPBACK, answers, any_free
from infra.stack.privilege import unprivileged

START_S, COMPILE_S, SCAN_S = 120.0, 90.0, 60.0
GREYLISTED = frozenset({"no action", "greylist"})
"""rspamd's actions that leave a mail unmarked in the end."""
ASKS_NETWORKS = (
    "antivirus", "arc", "asn", "bimi", "clickhouse", "dcc", "dkim", "dkim_signing", "dmarc", "elastic",
    "external_services", "fuzzy_check", "greylist", "hfilter", "history_redis", "metric_exporter", "mx_check", "neural", "p0f",
    "phishing", "ratelimit", "rbl", "replies", "reputation", "rspamd_update", "spf", "surbl", "url_redirector", "whitelist",
)  # fmt: skip
"""Modules of rspamd that want DNS, HTTP or Redis, or only weigh what those say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Something that judges mail."""

    is_spam: Callable[[bytes], bool]
    """Of a raw mail."""
    processor_s: Callable[[], float]
    """Seconds of processor time that it has taken so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where programs and their files are: "/", or a folder into which packages were unpacked (`dpkg -x`)."""

    root: Path = field(default_factory=lambda: Path("/"))

    def program(self, name: str) -> str | None:
        """The path of a program; None: it is not there."""
        here = os.pathsep.join(str(self.root / each) for each in ("usr/sbin", "usr/bin", "sbin", "bin"))
        return shutil.which(name, path=here) or (shutil.which(name) if self.root == Path("/") else None)

    def file(self, path: str) -> str:
        """A file or folder of a package."""
        return str(self.root / path)


@contextmanager
def spamassassin(place: Place) -> Iterator[Filter | None]:
    """spamd with its packaged rules, local tests only (-L); None: it is not installed."""
    program = place.program("spamd")
    if program is None:
        yield None
        return
    (port,) = any_free()
    # Perl's taint mode (`perldoc perlsec`) ignores PERL5LIB, so an unpacked library is named by -I.
    libraries = [f"-I{place.file(each)}" for each in ("usr/share/perl5", f"usr/lib/{_architecture()}/perl5/5.36")]
    command = [
        shutil.which("perl") or "perl", "-T", *(libraries if place.root != Path("/") else []), program,
        "--local", "--listen", LOOPBACK, "--port", str(port), "--max-children", "1", "--nouser-config", "--syslog", "stderr",
        "--configpath", place.file("usr/share/spamassassin"), "--siteconfigpath", place.file("etc/spamassassin"),
    ]  # fmt: skip
    with _running(place, lambda _: command, {}, port) as server:
        yield Filter(is_spam=lambda raw: _spamd_says(port, raw), processor_s=server.processor_s)


def _spamd_says(port: int, raw: bytes) -> bool:
    """One CHECK of the protocol SPAMC/1.5 (spamd/PROTOCOL in SpamAssassin's source)."""
    with socket.create_connection((LOOPBACK, port), timeout=SCAN_S) as connection:
        connection.sendall(b"CHECK SPAMC/1.5\r\nContent-length: %d\r\n\r\n" % len(raw) + raw)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    return b"Spam: True" in answer


@contextmanager
def rspamd(place: Place) -> Iterator[Filter | None]:
    """rspamd's normal worker with its packaged rules; None: it is not installed."""
    program = place.program("rspamd")
    if program is None:
        yield None
        return
    (port,) = any_free()

    def command(directory: Path) -> Sequence[str]:
        _configure(place, directory, port)
        named = {
            "CONFDIR": place.file("etc/rspamd"), "LOCAL_CONFDIR": directory, "DBDIR": directory, "RUNDIR": directory,
            "LOGDIR": directory, "SHAREDIR": place.file("usr/share/rspamd"), "RULESDIR": place.file("usr/share/rspamd/rules"),
            "PLUGINSDIR": place.file("usr/share/rspamd/plugins"), "LUALIBDIR": place.file("usr/share/rspamd/lualib"),
        }  # fmt: skip
        variables = [f"--var={name}={path}" for name, path in named.items()]
        return [program, "--no-fork", "--config", str(directory / "rspamd.conf"), *variables]

    folders = (place.file(f"usr/lib/{_architecture()}"), place.file("usr/lib/rspamd"))
    libraries = {"LD_LIBRARY_PATH": os.pathsep.join(folders)} if place.root != Path("/") else {}
    with _running(place, command, libraries, port) as server:
        _wait(lambda: server.log().count("full hyperscan database") > 1, COMPILE_S)  # slower until then
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=SCAN_S)
        yield Filter(is_spam=lambda raw: _rspamd_says(connection, raw), processor_s=server.processor_s)
        connection.close()


def _rspamd_says(connection: http.client.HTTPConnection, raw: bytes) -> bool:
    connection.request("POST", "/checkv2", raw)
    return json.loads(connection.getresponse().read())["action"] not in GREYLISTED


def _configure(place: Place, directory: Path, port: int) -> None:
    """The packaged configuration with one worker, no DNS, and without the point that every old mail gets for its date."""
    (directory / "local.d").mkdir()
    for module in ASKS_NETWORKS:
        (directory / "local.d" / f"{module}.conf").write_text("enabled = false;\n")
    (directory / "local.d" / "headers_group.conf").write_text('symbols { "DATE_IN_PAST" { weight = 0.0; } }\n')
    (directory / "local.d" / "mid_group.conf").write_text("")
    (directory / "rspamd.conf").write_text(
        '.include "$CONFDIR/common.conf"\n'
        'options { .include "$CONFDIR/options.inc"\n'
        f'  pidfile = "{directory}/pid"; dns {{ nameserver = ["{LOOPBACK}:9"]; timeout = 0.05s; retransmits = 1; }} }}\n'
        'logging { type = "console"; level = "info"; }\n'
        f'worker "normal" {{ bind_socket = "{LOOPBACK}:{port}"; count = 1; mime = true; }}\n'
        f'lang_detection {{ languages = "{place.file("usr/share/rspamd/languages")}"; }}\n'
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Server:
    process: psutil.Process
    output: Path

    def log(self) -> str:
        """All that it said."""
        return self.output.read_text("utf-8", "replace")

    def processor_s(self) -> float:
        """Of it and its children, living and gone."""
        times = [each.cpu_times() for each in (self.process, *self.process.children(recursive=True))]
        return sum(each.user + each.system for each in times) + times[0].children_user + times[0].children_system


@contextmanager
def _running(
    place: Place, command: Callable[[Path], Sequence[str]], environment: Mapping[str, str], port: int
) -> Iterator[_Server]:
    """A server in a folder of its own, by an account without rights.

    Raises:
        SystemExit: it does not answer; the message ends with its last words.
    """
    account = unprivileged(place.root)
    with tempfile.TemporaryDirectory(prefix="triage-bench-") as name:
        directory = Path(name)
        arguments = [*account.launcher, *command(directory)]
        for path in (directory, *directory.rglob("*")):
            account.own(path)
        with (directory / "output").open("wb") as out:
            process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, cwd=directory,
                env={**os.environ, **environment, "HOME": name},
            )  # fmt: skip
        server = _Server(process=psutil.Process(process.pid), output=directory / "output")
        try:
            if not _wait(lambda: process.poll() is not None or answers(port), START_S) or process.poll() is not None:
                raise SystemExit(f"{arguments[len(account.launcher)]}: no answer; it says:\n{server.log()[-1500:]}")
            yield server
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(holds: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return held


def _architecture() -> str:
    """Debian's name of the machine's libraries' folder."""
    return f"{os.uname().machine}-linux-gnu"
