"""The examinations of `triage doctor` that ask services. Each is bounded in time and turns failures into findings."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from infra.errors import TriageError
from infra.settings import Settings
from monitoring.health.finding import Finding, files, packages, python
from monitoring.health.probes import disk
from monitoring.lag.cluster import Cluster

LONGEST_S = 20.0
"""Bound of one examination."""
SKEW_S = 1.0
"""A clock that is off by more than this makes ages and latencies wrong."""
FETCH = 1
"""Kafka's number for the fetch request."""

Examination = Callable[[Settings], Awaitable[list[Finding]]]


async def examine(settings: Settings) -> list[Finding]:
    """Everything, in the order in which a person would look."""
    asked: list[tuple[tuple[str, Examination], ...]] = [
        (("kafka", kafka), ("topics", topics), ("accounts", accounts)),
        (("database", database), ("clock", clock)),
        (("disk", space),),
    ]
    answers = await asyncio.gather(*(_in_turn(service, settings) for service in asked))
    return [python(), *packages(), files(), *(finding for answer in answers for finding in answer)]


async def _in_turn(service: tuple[tuple[str, Examination], ...], settings: Settings) -> list[Finding]:
    """The examinations of one service: when it does not answer the first, the others would only wait for it too."""
    (first, ask), *others = service
    findings = await _bounded(first, ask, settings)
    for area, following in others:
        if any(finding.area == first and finding.silent for finding in findings):
            findings.append(Finding(area=area, ok=False, found=f"not known without {first}", remedy=f"see {first}"))
        else:
            findings += await _bounded(area, following, settings)
    return findings


async def _bounded(area: str, ask: Examination, settings: Settings) -> list[Finding]:
    try:
        async with asyncio.timeout(LONGEST_S):
            return await ask(settings)
    except TimeoutError:
        found, remedy = f"no answer within {LONGEST_S:.0f} s", "look at the service's own log"
    except TriageError as error:
        found, remedy = str(error), REMEDIES.get(area, "")
    except Exception as error:  # a doctor that falls ill says so
        found, remedy = f"examination failed: {type(error).__name__}", "report this as a defect"
    return [Finding(area=area, ok=False, found=found, remedy=remedy, silent=True)]


REMEDIES = {
    "kafka": "start Kafka (`triage stack up`), or set KAFKA_BOOTSTRAP_SERVERS and its security settings",
    "topics": "look at the brokers' logs",
    "accounts": "run `triage topics create` when the topic is missing, else look at the brokers' logs",
    "database": "start PostgreSQL (`triage stack up`), or set DATABASE_URL",
    "clock": "look at PostgreSQL's log",
}


async def kafka(settings: Settings) -> list[Finding]:
    """Brokers, leaders, and whether the version is one that this program was tested with."""
    from aiokafka.protocol.admin import ApiVersionRequest

    async with Cluster.connect(settings) as cluster:
        layout = await cluster.layout()
        response = await cluster.ask(ApiVersionRequest())
    lowest, highest = next((low, high) for number, low, high in response.api_versions if number == FETCH)
    # Kafka 4.0 removed the fetch versions before 4 (KIP-896); 3.x still answers version 0.
    modern = lowest >= 4
    age = "4.0 or later" if modern else "before 4.0"
    found = [
        Finding(
            area="kafka", ok=modern,
            found=f"{len(layout.brokers)} at {settings.kafka_bootstrap_servers}, {age} (fetch v{lowest}-{highest})",
            remedy="" if modern else "use Kafka 4.x; older ones were not tried",
        )
    ]  # fmt: skip
    without = sum(leader is None for leader in layout.leaders.values())
    if without:
        remedy = "start the brokers that are down"
        found.append(Finding(area="kafka", ok=False, found=f"{without} partitions without a leader", remedy=remedy))
    return found


async def topics(settings: Settings) -> list[Finding]:
    """Whether the topics are as declared."""
    from streams.admin import check_topics
    from streams.topics import ALL

    wrong = await asyncio.to_thread(check_topics, settings)
    if not wrong:
        return [Finding(area="topics", ok=True, found=f"{len(ALL)} as declared")]
    remedies = {
        "missing": "run `triage topics create`",
        "config": "set it with Kafka's own tool (kafka-configs --alter)",
    }
    return [
        Finding(area="topics", ok=False, found=f"{one.topic}: {one.message}", remedy=remedies.get(one.kind, ""))
        for one in wrong
    ]


async def database(settings: Settings) -> list[Finding]:
    """Whether PostgreSQL answers, and its migrations."""
    from infra.database import migration_states
    from infra.database.pool import connect_once

    connection = await connect_once(settings)
    try:
        version = ".".join(map(str, connection.get_server_version()[:2]))
    finally:
        await connection.close(timeout=1)
    found = [Finding(area="database", ok=True, found=f"PostgreSQL {version} answers")]
    remedies = {
        "pending": "start `triage archive`, which applies it",
        "edited": "restore the file: an applied migration must never change; put the change into a new one",
        "unknown": "this program is older than its database: install the newer version",
    }
    states = await migration_states(settings)
    wrong = [one for one in states if one.state != "applied"]
    found += [
        Finding(area="database", ok=False, found=f"migration {one.name} {one.state}", remedy=remedies[one.state])
        for one in wrong
    ]
    if not wrong:
        found.append(Finding(area="database", ok=True, found=f"{len(states)} migrations applied"))
    return found


async def clock(settings: Settings) -> list[Finding]:
    """This machine's clock against the database server's."""
    from infra.database.pool import connect_once

    connection = await connect_once(settings)
    try:
        began = time.time()
        theirs = float(await connection.fetchval("SELECT extract(epoch FROM clock_timestamp())", timeout=5))
        ended = time.time()
    finally:
        await connection.close(timeout=1)
    # Their clock was read somewhere between: only what no moment between can explain is skew.
    skew = theirs - ended if theirs > ended else min(0.0, theirs - began)
    ok = abs(skew) <= SKEW_S
    remedy = "" if ok else "synchronise both machines' clocks (NTP); ages, latencies and time lag are wrong until then"
    return [Finding(area="clock", ok=ok, found=f"{skew:+.3f} s against the database server", remedy=remedy)]


async def accounts(settings: Settings) -> list[Finding]:
    """Whether each account's record is valid and its secret is there for this process."""
    from agents.accounts import secret
    from agents.accounts.store import list_accounts

    known, invalid = await list_accounts(settings)
    found = [
        Finding(
            area="accounts", ok=False, found=f"{name}: {why}", remedy=f"`triage account add {name}` anew, or remove it"
        )
        for name, why in invalid.items()
    ]
    for account in known:
        try:
            if account.secret:
                secret.resolve(account.secret)
        except TriageError as error:
            remedy = "provide it where `triage ingest` runs; fine when this machine does not run it"
            found.append(Finding(area="accounts", ok=False, found=f"{account.id}: {error}", remedy=remedy))
    if not known and not invalid:
        return [Finding(area="accounts", ok=True, found="none yet; `triage account add` adds a mailbox")]
    return found or [Finding(area="accounts", ok=True, found=f"{len(known)}, secrets resolve")]


async def space(settings: Settings) -> list[Finding]:
    """Room on the disk."""
    (check,) = await disk(settings.triage_home)
    return [
        Finding(area="disk", ok=check.ok, found=check.reason or "room enough", remedy="" if check.ok else "make room")
    ]
