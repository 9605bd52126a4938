"""PostgreSQL's log, archived segment by segment: what makes recovery to a chosen second possible.

A segment is written beside its place and renamed, so that a half one is never taken for a whole; one that is there
already is refused, as PostgreSQL asks for (Continuous Archiving, 25.3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

COMPLETE_S = 60
"""A segment is completed at least so often: what a disaster may cost (RPO)."""
SEGMENT = re.compile(r"[0-9A-F]{24}(\.[0-9A-F]{8}\.backup)?\.gz")


def parameters(archive: Path) -> Mapping[str, str]:
    """What the server is told."""
    place = f"{archive.resolve()}/%f.gz"
    command = f'test ! -f "{place}" && gzip -c "%p" > "{place}.new" && mv "{place}.new" "{place}"'
    return {"archive_mode": "on", "archive_command": command, "archive_timeout": str(COMPLETE_S)}


def needless(names: Iterable[str], first: str) -> list[str]:
    """Segments before the first one that the oldest backup needs; without such a backup none. Timelines aside, since a
    newer one goes on counting; history files stay, they are small."""
    return [name for name in sorted(names) if first and SEGMENT.fullmatch(name) and name[8:24] < first[8:24]]
