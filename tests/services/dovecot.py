"""A real Dovecot on free ports, for everything that an IMAP server may do to a client."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import uuid
from contextlib import suppress
from pathlib import Path

import psutil

from infra.stack.ports import answers, any_free
from infra.stack.process import Daemon
from tests.services import certificates, dovecot_config
from tests.services.dovecot_config import Options
from tests.services.oauth import Introspection

FIRST_UID = 20001


def program() -> str | None:
    """The installed dovecot program, if any."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


class Dovecot:
    """One server. It starts empty: add users, deliver mail."""

    host = "127.0.0.1"

    def __init__(self, options: Options | None = None) -> None:
        # Not below pytest's directory: that one is closed to other uids, and UNIX sockets want short paths.
        self.directory = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.directory.chmod(0o755)
        self.port, self.tls_port = any_free(2)
        self.options = options or Options()
        self.tokens = Introspection()
        """XOAUTH2: `tokens.grant(token, user)`, `tokens.revoke(token)`."""
        self._uids = itertools.count(FIRST_UID)
        self._owner: dict[str, tuple[int, int]] = {}
        self._pem = certificates.make(self.directory)
        self._daemon = Daemon(name="dovecot", directory=self.directory)
        self._configure()

    @property
    def ca_file(self) -> Path:
        """The authority that signed its certificate (valid for 127.0.0.1 and localhost)."""
        return self._pem.ca

    def start(self) -> None:
        """Start it and return when both ports answer."""
        executable = program()
        assert executable is not None, "Dovecot is not installed"
        self._daemon.spawn([executable, "-F", "-c", str(self._config)])
        self._daemon.wait_ready(lambda: answers(self.port) and answers(self.tls_port), seconds=90)

    def stop(self) -> None:
        """Shut down in order: clients get BYE."""
        self._daemon.stop(grace_s=20)

    def kill(self) -> None:
        """SIGKILL to all of its processes: clients get RST or FIN without BYE."""
        self._daemon.kill()

    def close(self) -> None:
        """Stop it and delete everything."""
        self.kill()
        self.tokens.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def reconfigure(self, options: Options) -> None:
        """Restart with other options; users and mails stay."""
        self.stop()
        self.options = options
        self._configure()
        self.start()

    def add_user(self, name: str, password: str) -> Path:
        """A new user with an empty mailbox. As root each has a uid of its own (inotify is limited per uid).

        Returns:
            The Maildir.
        """
        uid = next(self._uids) if os.geteuid() == 0 else os.geteuid()
        gid = uid if os.geteuid() == 0 else os.getegid()
        self._owner[name] = (uid, gid)
        home = self.directory / "mail" / name
        self._make_maildir(home, name)
        (self.directory / "users" / name).write_text(f"{name}:{{PLAIN}}{password}:{uid}:{gid}::{home}::\n")
        return home

    def deliver(self, user: str, raw: bytes, folder: str = "INBOX") -> None:
        """One mail into the folder (made when missing), as a delivery agent does it: written to tmp/, renamed into new/."""
        home = self.directory / "mail" / user
        maildir = home if folder == "INBOX" else home / f".{folder}"
        if not (maildir / "new").exists():
            self._make_maildir(maildir, user)
            (maildir / "maildirfolder").touch()
        name = uuid.uuid4().hex
        written = maildir / "tmp" / name
        written.write_bytes(raw)
        os.chown(written, *self._owner[user])
        written.rename(maildir / "new" / name)

    def kick(self, user: str) -> None:
        """End the user's sessions from the server's side, with BYE."""
        self.doveadm("kick", user)

    def set_uidvalidity(self, user: str, value: int, folder: str = "INBOX") -> None:
        """Give the folder another UIDVALIDITY: every UID that a client remembers becomes void."""
        self.doveadm("mailbox", "update", "--uid-validity", str(value), "-u", user, folder)

    def doveadm(self, *arguments: str) -> str:
        """Run `doveadm` on this instance and return its output."""
        command = ["doveadm", "-c", str(self._config), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def refused_logins(self, user: str) -> int:
        """How often somebody tried to log in with a wrong secret, as its log tells."""
        lines = (self.directory / "mail.log").read_text("utf-8", "replace").splitlines()
        return sum("auth failed" in line and f"user=<{user}>" in line for line in lines)

    @property
    def _config(self) -> Path:
        return self.directory / "dovecot.conf"

    def _configure(self) -> None:
        (self.directory / "users").mkdir(exist_ok=True)
        mail = self.directory / "mail"
        mail.mkdir(exist_ok=True)
        mail.chmod(0o1777)
        ports = (self.port, self.tls_port)
        self._config.write_text(dovecot_config.text(self.directory, ports, self._pem, self.tokens.url, self.options))

    def _make_maildir(self, path: Path, user: str) -> None:
        for part in (path, path / "tmp", path / "new", path / "cur"):
            part.mkdir(mode=0o700)
            os.chown(part, *self._owner[user])

    def freeze(self) -> None:
        """SIGSTOP: connections stay open, nothing answers any more."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT after `freeze`."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        master = self._daemon.find()
        assert master is not None
        master.send_signal(number)  # first: frozen, it makes no child that we don't see
        for part in master.children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # they come and go
                part.send_signal(number)
