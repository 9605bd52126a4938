"""The whole way of many mails at once: files of a Maildir, ingest, worker, archive, rows in PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import asyncpg

from agents.accounts import Account
from infra.database import migrate
from tests.bench.rig.report import say
from tests.bench.rig.site import Site, site

LOOK_S = 0.05
ARRIVED_S = 300.0


def maildir_to_rows(mails: Sequence[bytes], warm_up: int) -> float:
    """Mails per second from the moment ingest finds the first file until the last row is committed.

    All files are there before the account is. A mailbox of `warm_up` mails goes before and is not measured.
    """
    with site(postgres=True) as at:
        asyncio.run(migrate(at.settings))
        say("the whole way: Maildir, ingest, worker, archive, PostgreSQL")
        for name in ("archive-0", "worker-0", "ingest-0"):
            at.start(name)
        _arrive(at, "warm", mails[:warm_up])
        started, ended = _arrive(at, "whole", mails)
    return len(mails) / (ended - started)


def _arrive(at: Site, name: str, mails: Sequence[bytes]) -> tuple[float, float]:
    """Read a mailbox; when its first mail was found and its last row was seen, seconds since 1970."""
    root = at.folder / name
    _write(root, mails)
    at.save([Account(id=name, kind="maildir", maildir=str(root), since_days=None)])
    return asyncio.run(_until_rows(at.database, name, len(mails)))


def _write(root: Path, mails: Sequence[bytes]) -> None:
    for part in ("cur", "new", "tmp"):
        (root / part).mkdir(parents=True)
    for number, raw in enumerate(mails):
        (root / "new" / f"{number:06}.bench").write_bytes(raw)


async def _until_rows(database: str, account: str, count: int) -> tuple[float, float]:
    connection = await asyncpg.connect(database)
    query = "SELECT count(*), extract(epoch FROM min(received_at))::float8 FROM verdicts WHERE account = $1"
    deadline = time.monotonic() + ARRIVED_S
    try:
        while time.monotonic() < deadline:
            row = await connection.fetchrow(query, account)
            if row is not None and row[0] >= count:
                return row[1], time.time()
            await asyncio.sleep(LOOK_S)
    finally:
        await connection.close()
    raise TimeoutError(f"fewer than {count} rows after {ARRIVED_S:.0f} s")
