"""`triage crew` in a process that notes every connection that Python opens and every name that it looks up."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

NOTES = Path("connections.txt")


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}:
        where = arguments[1] if event in {"socket.connect", "socket.sendto"} else arguments[0]
        if isinstance(where, tuple):
            where = where[0]
        line = f"{event} {where!r}\n".encode()
        handle = os.open(NOTES, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, line)
        os.close(handle)


if __name__ == "__main__":
    sys.addaudithook(_watch)
    from infra.cli import main

    sys.argv = ["triage", "crew"]
    main()
