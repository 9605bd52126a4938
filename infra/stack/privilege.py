"""PostgreSQL refuses to run as root: which account it runs as then, and what that account must be able to reach."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from infra.errors import Fatal

ACCOUNT = "nobody"


@dataclass(frozen=True, kw_only=True)
class Account:
    """How to start a program, and who owns its files."""

    launcher: tuple[str, ...] = ()
    """Words before the command line; empty: as the caller."""
    uid: int | None = None
    gid: int | None = None

    def own(self, path: Path) -> None:
        """Give a new file or directory to the account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def unprivileged(*must_reach: Path) -> Account:
    """The caller's own account, or for root a system account without rights that still reaches these paths.

    Raises:
        Fatal: root, and no way to give it up here.
    """
    if os.geteuid() != 0:
        return Account()
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise Fatal("PostgreSQL refuses to run as root, and util-linux's `setpriv` is not here: run as a normal user")
    entry = pwd.getpwnam(ACCOUNT)
    identity = (f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups")
    # A checkout below /root is closed to others. Rather than opening it to all, the one capability to pass through.
    closed = not all(_open_to_all(path) for path in must_reach)
    passage = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override") if closed else ()
    return Account(launcher=(setpriv, *identity, *passage), uid=entry.pw_uid, gid=entry.pw_gid)


def _open_to_all(path: Path) -> bool:
    resolved = path.resolve()
    return all(directory.stat().st_mode & stat.S_IXOTH for directory in (resolved, *resolved.parents))
