"""Room where a process keeps its data."""

from __future__ import annotations

import math
import shutil
from functools import partial
from pathlib import Path

from monitoring import metrics


def follow_disk(*folders: Path) -> None:
    """Have each scrape look how much room there is; the folders may come into being later. For processes whose scrapes
    are answered by a thread: a file system may take its time."""
    for folder in folders:
        metrics.DISK_FREE_BYTES.labels(str(folder)).set_function(partial(_of, folder, "free"))
        metrics.DISK_SIZE_BYTES.labels(str(folder)).set_function(partial(_of, folder, "total"))


def note_disk(folder: Path, *, free: int, size: int) -> None:
    """What somebody has just found out."""
    metrics.DISK_FREE_BYTES.labels(str(folder)).set(free)
    metrics.DISK_SIZE_BYTES.labels(str(folder)).set(size)


def existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())


def _of(folder: Path, what: str) -> float:
    try:
        return float(getattr(shutil.disk_usage(existing(folder)), what))
    except OSError:
        return math.nan
