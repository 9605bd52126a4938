"""How old the newest backup is, as a metric of `triage control`: the folder is looked at, nothing is opened."""

from __future__ import annotations

import asyncio

from infra.settings import Settings
from monitoring import metrics
from monitoring.backup.shelf import Shelf

LOOK_S = 60.0
PROCESS = "control"


async def keep_known(settings: Settings) -> None:
    """For ever. No series while BACKUP_DIR holds no finished backup or cannot be read, so that nothing is claimed."""
    while True:
        await asyncio.to_thread(show, Shelf(settings.backup_dir))
        await asyncio.sleep(LOOK_S)


def show(shelf: Shelf) -> None:
    """Bring the series up to date."""
    newest = shelf.newest_at()
    if newest is None:
        metrics.BACKUP_AT.clear()
    else:
        metrics.BACKUP_AT.labels(PROCESS).set(newest.timestamp())
