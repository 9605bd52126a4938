"""Becomes another program that does not outlive its parent: `python -I -S tether.py PARENT_PID PROGRAM [ARGUMENT...]`.

The kernel sends SIGTERM when the parent dies, even by SIGKILL (prctl(2), PR_SET_PDEATHSIG). Setting that between
fork and exec in the parent (`preexec_fn`) is not safe in a program with threads, so this file does it in the child. The
wish survives execve. It needs nothing but the standard library, and so takes about 15 ms."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def tether(parent: int) -> None:
    """Ask for SIGTERM when the parent's thread that made this process ends; end at once when it has ended already."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0) != 0:
        sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != parent:
        sys.exit("the parent is gone")


if __name__ == "__main__":
    tether(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - no shell is the point
