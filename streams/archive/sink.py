"""Rows → the table `verdicts`, a batch at a time. Knows nothing of Kafka: the caller commits offsets after `write`."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import stamina

from infra.database import QUERIES, Borrowed, Pool, connect, failure
from infra.errors import Permanent, Transient
from infra.settings import Settings
from monitoring import metrics
from streams.archive.rows import Row, latest

STATEMENT_ROWS = 500
"""Rows of one statement. Measured: 22 k rows/s at 100 to 500, less above; COPY through a temporary table gave 27 k, but
can't tell what was new, and leaves a table behind in every session."""
UPSERT = "upsert_verdicts"
ATTEMPTS = 4
"""Tries of one statement within one call: a failover's moment. Longer waits are the caller's (backpressure)."""
FIRST_WAIT_S = 0.1
LONGEST_WAIT_S = 1.0


class BadRows(Permanent):
    """PostgreSQL refuses these rows whenever they come; all others of the call are written."""

    def __init__(self, errors: Mapping[int, Permanent], written: int) -> None:
        super().__init__(f"{len(errors)} rows refused: {next(iter(errors.values()))}")
        self.errors = errors
        """Index in the call's rows → why."""
        self.written = written
        """What `write` would have returned."""


class VerdictSink:
    """Verbs: `open`, `write`, `close`. One object serves any number of concurrent callers."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pool: Pool | None = None
        self._users: Counter[Pool] = Counter()
        self._opening = asyncio.Lock()
        for state in ("in_use", "idle"):
            metrics.DATABASE_CONNECTIONS.labels(state).set(0)
        self._show_most()

    @property
    def pool(self) -> Pool | None:
        """The pool of connections, for metrics; None while closed."""
        return self._pool

    async def open(self) -> None:
        """Connect; does nothing when connected. The tables are there already (`infra.database.migrate`).

        Raises:
            Transient: PostgreSQL is away. Fatal: it refuses these credentials or this database.
        """
        async with self._opening:
            if self._pool is None:
                self._pool = await connect(self._settings)
                _follow(self._pool)

    def resize(self, pool_size: int, max_overflow: int) -> None:
        """From the next statement on use so many connections; what runs ends on those that it has."""
        changed = {"database_pool_size": pool_size, "database_max_overflow": max_overflow}
        self._settings = self._settings.model_copy(update=changed)
        self._show_most()
        former, self._pool = self._pool, None
        if former is not None and not self._users[former]:
            former.terminate()  # nobody uses it; whoever does ends it (`_connection`)

    def _show_most(self) -> None:
        most = self._settings.database_pool_size + self._settings.database_max_overflow
        metrics.DATABASE_CONNECTIONS.labels("max").set(most)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Borrowed]:
        """A connection of the present pool. One beyond DATABASE_POOL_SIZE is closed after use, and so is a pool that
        another has replaced, with its last user."""
        await self.open()
        pool = self._pool
        assert pool is not None
        self._users[pool] += 1
        try:
            async with pool.acquire(timeout=self._settings.database_timeout_s) as connection:
                yield connection
                if pool.get_size() > self._settings.database_pool_size:
                    await connection.close()
        except Exception as error:
            if isinstance(failure(error), Transient):
                await pool.expire_connections()  # an idle one that died silently would cost a time-out each
            raise
        finally:
            self._users[pool] -= 1
            if not self._users[pool]:
                del self._users[pool]
                if pool is not self._pool:
                    pool.terminate()

    async def close(self) -> None:
        """Wait for statements that run, bounded by DATABASE_TIMEOUT_S, and disconnect. Safe to call twice."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        try:
            await asyncio.wait_for(pool.close(), self._settings.database_timeout_s)
        except Exception:  # the server is gone, or a statement hangs: nobody was promised anything about it
            pool.terminate()

    async def write(self, rows: Sequence[Row]) -> int:
        """Write rows; when this returns they are durable. Writing the same rows again changes nothing.

        Returns:
            How many verdicts were not there before. After a lost connection this may be too low, never too high.

        Raises:
            BadRows: these can never be written, and all others are.
            Transient: PostgreSQL is away or busy; some rows may be written. Call again with the same rows.
            Fatal: the table or the right to write it is missing.
        """
        errors: dict[int, Permanent] = {}
        chosen = latest(rows)
        written = 0
        for start in range(0, len(chosen), STATEMENT_ROWS):
            written += await self._write_all(rows, chosen[start : start + STATEMENT_ROWS], errors)
        if errors:
            raise BadRows(dict(sorted(errors.items())), written)
        return written

    async def _write_all(self, rows: Sequence[Row], indexes: Sequence[int], errors: dict[int, Permanent]) -> int:
        """Write these rows; halve what is refused until each bad row stands alone in `errors`."""
        try:
            return await self._upsert([rows[index] for index in indexes])
        except Permanent as error:
            if len(indexes) == 1:
                errors[indexes[0]] = Permanent(f"event {rows[indexes[0]].event_id}: {error}")
                return 0
        middle = len(indexes) // 2
        left = await self._write_all(rows, indexes[:middle], errors)
        return left + await self._write_all(rows, indexes[middle:], errors)

    async def _upsert(self, rows: Sequence[Row]) -> int:
        async for attempt in stamina.retry_context(
            on=Transient,
            attempts=ATTEMPTS,
            timeout=self._settings.database_timeout_s,
            wait_initial=FIRST_WAIT_S,
            wait_max=LONGEST_WAIT_S,
        ):
            with attempt:
                return await self._upsert_once(rows)
        raise AssertionError("stamina raises the last attempt's error")

    async def _upsert_once(self, rows: Sequence[Row]) -> int:
        columns = map(list, zip(*rows, strict=True))
        try:
            with metrics.DATABASE_QUERY_SECONDS.labels(UPSERT).time():
                async with self._connection() as connection:
                    changed = await connection.fetch(QUERIES[UPSERT], *columns)
        except Exception as error:
            cause = failure(error)
            if isinstance(cause, Transient):
                raise cause from error
            raise cause from None  # the server's own text may quote the row
        return sum(record["is_new"] for record in changed)


def _follow(pool: Pool) -> None:
    """Have each scrape count the pool's connections."""
    metrics.DATABASE_CONNECTIONS.labels("in_use").set_function(lambda: pool.get_size() - pool.get_idle_size())
    metrics.DATABASE_CONNECTIONS.labels("idle").set_function(pool.get_idle_size)
