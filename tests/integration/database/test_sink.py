"""The sink on a real server: nothing twice, nothing lost, and a bad row harms no other."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import settings as configured
from hypothesis import strategies as st

from infra.database import QUERIES, migrate
from infra.database.pool import Connection
from infra.errors import Fatal, Transient
from infra.settings import Settings, load
from infra.stack.postgres import PostgresServer
from streams.archive.rows import Row, row, verdict
from streams.archive.sink import STATEMENT_ROWS, BadRows, VerdictSink
from streams.events import Correspondent, VerdictRecord
from streams.triage.verdict import Facts, Lane, Reason
from tests.services.proxy import TcpProxy
from tests.verdicts import VERDICT, VERDICTS, At, changed, rows

MakeSink = Callable[[Settings], VerdictSink]
COUNT = "SELECT count(*) FROM verdicts"


async def test_a_verdict_is_stored_as_it_was(sink: VerdictSink, query: Connection) -> None:
    made = row(VERDICT, At())
    assert await sink.write([made]) == 1
    stored = await query.fetchrow("SELECT * FROM verdicts")
    assert stored is not None
    plain = {name: stored[name] for name in Row._fields if name not in {"reasons", "facts", "flags", "counterfactual"}}
    assert plain == {name: value for name, value in made._asdict().items() if name in plain}
    assert stored["flags"] == ["bad-date", "truncated"]
    assert await query.fetchval("SELECT reasons->0->>'rule' FROM verdicts") == "deadline"
    assert await query.fetchval("SELECT facts->'sender'->>'mails' FROM verdicts") == "3"
    assert await query.fetchval("SELECT counterfactual->>'lane' FROM current_verdicts") == "normal"


OFFSETS = itertools.count()


@given(records=st.lists(VERDICTS, min_size=1, max_size=20, unique_by=lambda record: record.event_id))
@configured(max_examples=30, deadline=None)
def test_whatever_verdict_goes_in_comes_out_the_same(postgres: str, records: list[VerdictRecord]) -> None:
    """Texts of every script, times from year 1 on, the smallest of numbers: an explanation compares them exactly."""

    async def stored() -> list[VerdictRecord]:
        settings = load(database_url=postgres)
        await migrate(settings)
        sink = VerdictSink(settings)
        await sink.write([row(record, At(offset=next(OFFSETS))) for record in records])
        assert sink.pool is not None
        found = [
            one for record in records for one in await sink.pool.fetch(QUERIES["find_verdicts"], record.event_id, 99)
        ]
        await sink.close()
        wanted = {(record.event_id, record.revision) for record in records}  # examples meet in one table
        return [verdict(dict(one)) for one in found if (one["event_id"], one["revision"]) in wanted]

    assert asyncio.run(stored()) == records


async def test_a_mail_without_flags_has_none(sink: VerdictSink, query: Connection) -> None:
    await sink.write([row(changed(flags=()), At())])
    assert await query.fetchval("SELECT flags FROM verdicts") == []


async def test_what_is_delivered_again_counts_as_nothing(sink: VerdictSink, query: Connection) -> None:
    batch = rows(20)
    assert await sink.write(batch) == 20
    before = await query.fetch("SELECT xmin, archived_at FROM verdicts ORDER BY event_id")
    assert await sink.write(batch + batch) == 0
    assert await query.fetch("SELECT xmin, archived_at FROM verdicts ORDER BY event_id") == before


async def test_a_record_that_was_produced_twice_is_one_row(sink: VerdictSink, query: Connection) -> None:
    """Its second copy stands at a later offset; the row points there and stays one."""
    first = row(VERDICT, At(offset=1))
    again = row(VERDICT, At(offset=2))
    assert await sink.write([first]) == 1
    archived = await query.fetchval("SELECT archived_at FROM verdicts")
    assert await sink.write([again]) == 0
    kept = await query.fetchrow("SELECT lane_offset, archived_at FROM verdicts")
    assert kept is not None
    assert tuple(kept) == (2, archived)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
async def test_the_last_verdict_of_the_log_stays_in_whatever_order_they_come(
    sink: VerdictSink, query: Connection, order: tuple[int, ...]
) -> None:
    """A replay may move a mail to another lane, whose archive runs on its own."""
    versions = [
        row(changed(priority=9, lane=Lane.URGENT), At(topic="mail.urgent", offset=500, timestamp=1_763_000_000_000)),
        row(changed(priority=2, lane=Lane.LOW), At(topic="mail.low", offset=3, timestamp=1_763_000_000_500)),
        row(changed(priority=7, lane=Lane.HIGH), At(topic="mail.high", offset=40, timestamp=1_763_000_001_000)),
    ]
    assert sum([await sink.write([versions[place]]) for place in order]) == 1
    assert await query.fetchval("SELECT lane FROM verdicts") == "high"


async def test_the_highest_revision_is_the_current_verdict(sink: VerdictSink, query: Connection) -> None:
    other = row(changed(event_id="f" * 32), At(offset=9))
    assert await sink.write([row(changed(revision=1, priority=9), At(offset=8)), row(VERDICT, At()), other]) == 3
    current = await query.fetch("SELECT event_id, revision, priority FROM current_verdicts ORDER BY event_id")
    assert [tuple(found) for found in current] == [(VERDICT.event_id, 1, 9), ("f" * 32, 0, 7)]


async def test_a_batch_larger_than_a_statement_is_written_whole(sink: VerdictSink, query: Connection) -> None:
    assert await sink.write(rows(2 * STATEMENT_ROWS + 7)) == 2 * STATEMENT_ROWS + 7
    assert await query.fetchval(COUNT) == 2 * STATEMENT_ROWS + 7
    assert await sink.write([]) == 0


async def test_bad_rows_are_named_and_all_others_written(sink: VerdictSink, query: Connection) -> None:
    """Refused by a constraint, by a type and by asyncpg itself; the values are not quoted."""
    batch = rows(600)
    bad = {
        0: batch[0]._replace(priority=11),
        313: batch[313]._replace(size=2**70),
        314: batch[314]._replace(reasons='{"secret'),
        599: batch[599]._replace(subject="secret\0"),
    }
    for index, refused in bad.items():
        batch[index] = refused
    with pytest.raises(BadRows) as caught:
        await sink.write(batch)
    assert list(caught.value.errors) == sorted(bad)
    assert caught.value.written == 596 == await query.fetchval(COUNT)
    assert str(caught.value.errors[0]) == (
        f"event {batch[0].event_id}: PostgreSQL: CheckViolationError (23514) at verdicts_priority_check"
    )
    assert not any("secret" in str(error) for error in caught.value.errors.values())


async def test_hostile_text_is_stored(sink: VerdictSink, query: Connection) -> None:
    """NUL, a lone surrogate, a sender and a thread id far beyond what a B-tree takes and too random to compress."""
    noise = "".join(chr(0x1F300 + (number * 7919) % 500) for number in range(998))
    hostile = changed(
        subject="a\0b\udc80c\u202ed",
        sender=Correspondent(name="\0", address=noise * 9),
        thread_id=noise,
        message_id=noise,
        reasons=(Reason(rule="r", weight=1.0, text="\0\ud800"),),
        facts=Facts(owner=("\0",)),
    )
    assert await sink.write([row(hostile, At())]) == 1
    assert await query.fetchval("SELECT subject FROM verdicts") == "a\ufffdb\ufffdc\u202ed"
    assert await query.fetchval("SELECT reasons->0->>'text' FROM verdicts") == "\ufffd\ufffd"


async def test_sinks_that_write_the_same_rows_at_once_do_not_deadlock(settings: Settings, sink: VerdictSink) -> None:
    """After a rebalance the old and the new owner of a partition may overlap, in any order."""
    batch = rows(400)
    new = await asyncio.gather(*(sink.write(batch if turn % 2 else batch[::-1]) for turn in range(6)))
    assert sum(new) == 400


@pytest.mark.parametrize(
    ("question", "index"),
    [
        (
            "SELECT * FROM verdicts WHERE account = 'a1' AND received_at > '2026-05-01'",
            "verdicts_account_time",
        ),
        ("SELECT * FROM verdicts WHERE account = 'a1' ORDER BY received_at DESC LIMIT 20", "verdicts_account_time"),
        ("SELECT * FROM verdicts WHERE lane = 'urgent' ORDER BY received_at DESC LIMIT 20", "verdicts_lane_time"),
        (
            "SELECT * FROM current_verdicts WHERE lane = 'urgent' ORDER BY received_at DESC LIMIT 20",
            "verdicts_lane_time",
        ),
        (
            "SELECT * FROM verdicts WHERE account = 'a1' AND sender_address = 's21' ORDER BY received_at DESC",
            "verdicts_sender",
        ),
        ("SELECT * FROM verdicts WHERE account = 'a1' AND thread_id = 't10' ORDER BY received_at", "verdicts_thread"),
        ("SELECT * FROM verdicts WHERE event_id LIKE '01234567%'", "verdicts_pkey"),
    ],
)
async def test_an_index_answers_the_question(sink: VerdictSink, query: Connection, question: str, index: str) -> None:
    mails = [
        made._replace(
            account=f"a{n % 20}", sender_address=f"s{n % 400}", thread_id=f"t{n // 2}", lane=["urgent", "low"][n % 2]
        )
        for n, made in enumerate(rows(3000))
    ]
    await sink.write([made._replace(received_at=made.received_at + timedelta(hours=n)) for n, made in enumerate(mails)])
    await query.execute("ANALYZE verdicts")
    await query.execute("SET enable_seqscan = off; SET enable_sort = off")
    plan = "\n".join(line[0] for line in await query.fetch(f"EXPLAIN {question}"))
    assert index in plan


async def test_a_pool_without_a_free_connection_is_worth_a_retry(
    database: str, settings: Settings, make_sink: MakeSink
) -> None:
    await migrate(settings)
    sink = make_sink(load(database_url=database, database_pool_size=1, database_timeout_s=2))
    await sink.open()
    assert sink.pool is not None
    async with sink.pool.acquire():
        with pytest.raises(Transient):
            await sink.write(rows(1))
    assert await sink.write(rows(1)) == 1


async def test_the_pool_is_resized_under_way_and_surplus_connections_are_closed_after_use(
    database: str, settings: Settings, make_sink: MakeSink, query: Connection
) -> None:
    await migrate(settings)
    sink = make_sink(load(database_url=database, database_pool_size=5))

    async def at_once(wanted: int) -> None:
        """So many statements of ten wait for the lock; the others for a connection."""
        async with query.transaction():
            await query.execute("LOCK TABLE verdicts")
            writing = [asyncio.create_task(sink.write(rows(1, account=f"a{number}"))) for number in range(10)]
            await until_waiting(query, wanted)
        await asyncio.gather(*writing)

    await at_once(5)
    sink.resize(2, 1)
    await at_once(3)
    assert sink.pool is not None
    assert sink.pool.get_size() <= 2
    async with query.transaction():
        await query.execute("LOCK TABLE verdicts")
        writing = [asyncio.create_task(sink.write(rows(1, account=f"b{number}"))) for number in range(3)]
        await until_waiting(query, 3)
        sink.resize(4, 0)  # what runs ends on the connections that it has
    assert await asyncio.gather(*writing) == [1, 1, 1]
    await at_once(4)


async def until_waiting(query: Connection, wanted: int) -> None:
    """Until so many statements of others wait for a lock in this database, and no more."""
    count = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    found = -1
    async with asyncio.timeout(60):
        while found < wanted:
            await query.execute("SELECT pg_stat_clear_snapshot()")  # it is in a transaction, which sees the same again
            found = int(await query.fetchval(count))
            await asyncio.sleep(0.02)
    assert found == wanted


async def test_a_row_locked_by_someone_else_is_waited_for_within_bounds(
    database: str, sink: VerdictSink, query: Connection, make_sink: MakeSink
) -> None:
    hasty = make_sink(load(database_url=database, database_timeout_s=2))
    await sink.write(rows(3))
    async with query.transaction():
        await query.execute("LOCK TABLE verdicts")
        with pytest.raises(Transient):
            await hasty.write(rows(3))
    assert await sink.write(rows(4)) == 1


async def test_a_missing_table_is_no_fault_of_the_rows(settings: Settings, make_sink: MakeSink) -> None:
    """Else every mail would become a dead letter because nobody migrated."""
    with pytest.raises(Fatal, match="UndefinedTableError"):
        await make_sink(settings).write(rows(2))


async def test_a_sink_may_be_closed_twice_and_opened_again(sink: VerdictSink) -> None:
    await sink.close()
    await sink.close()
    assert await sink.write(rows(2)) == 2


async def test_a_table_that_a_migration_changes_under_the_sink(sink: VerdictSink, query: Connection) -> None:
    """A prepared statement of the old shape is prepared anew."""
    await sink.write(rows(1))
    await query.execute("DROP VIEW current_verdicts; ALTER TABLE verdicts ADD note text, ALTER subject TYPE varchar")
    assert await sink.write(rows(5)) == 4


async def test_nothing_is_lost_while_the_server_is_killed_and_comes_back(
    postgres_server: PostgresServer, make_sink: MakeSink
) -> None:
    """Three unclean ends while batches are written; the caller keeps the batch and calls again, as the runtime does."""
    settings = load(database_url=postgres_server.url, database_pool_size=4, database_timeout_s=5)
    await migrate(settings)
    sink = make_sink(settings)
    batch, gave_up, stop = rows(4000), asyncio.Event(), asyncio.Event()

    async def write(lane: list[Row]) -> None:
        for start in itertools.cycle(range(0, len(lane), 50)):
            if stop.is_set() and start == 0:
                return
            while True:
                try:
                    await sink.write(lane[start : start + 50])
                    break
                except Transient:
                    gave_up.set()
                    await asyncio.sleep(0.05)

    writers = [asyncio.create_task(write(batch[part::4])) for part in range(4)]
    for _ in range(3):
        await asyncio.sleep(0.4)
        await asyncio.to_thread(postgres_server.kill)
        gave_up.clear()
        await asyncio.wait_for(gave_up.wait(), timeout=60)  # it stays away until the sink has said Transient
        await asyncio.to_thread(postgres_server.start)
    stop.set()
    await asyncio.gather(*writers)
    assert sink.pool is not None
    assert await sink.pool.fetchval(COUNT) == len(batch)


async def test_a_network_that_goes_silent_is_noticed_within_bounds(
    database: str, sink: VerdictSink, tcp_proxy: Callable[[int], Awaitable[TcpProxy]], make_sink: MakeSink
) -> None:
    """No FIN, no RST: only the time-outs end it, for `write` and for `close`, and what was held back counts once."""
    address = urlsplit(database)
    assert address.port
    proxy = await tcp_proxy(address.port)
    beyond = database.replace(f":{address.port}/", f":{proxy.port}/")
    far = make_sink(load(database_url=beyond, database_timeout_s=2))
    assert await far.write(rows(5)) == 5
    proxy.blackhole()
    with pytest.raises(Transient):
        await asyncio.wait_for(far.write(rows(9)), timeout=60)
    await asyncio.wait_for(far.close(), timeout=60)
    await proxy.restore()
    await sink.write(rows(9))
    assert sink.pool is not None
    assert await sink.pool.fetchval(COUNT) == 9


async def test_an_orderly_shutdown_of_the_server_is_survived_within_one_call(
    postgres_server: PostgresServer, make_sink: MakeSink
) -> None:
    """A restart that is quick enough never reaches the caller."""
    settings = load(database_url=postgres_server.url, database_pool_size=4, database_timeout_s=5)
    await migrate(settings)
    sink = make_sink(settings)
    await asyncio.gather(*(sink.write(rows(10, account=str(number))) for number in range(4)))
    await asyncio.to_thread(postgres_server.stop)
    await asyncio.to_thread(postgres_server.start)
    assert await sink.write(rows(10, account="after")) == 10
