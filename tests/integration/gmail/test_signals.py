"""The whole system at work: every metric that applies is exposed by real processes, each mail is one trace through all
of them, and every process answers its probes."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from agents.accounts import save_account
from infra.stack.ports import any_free
from monitoring.catalogue import declared
from tests.integration.gmail.conftest import GmailSite
from tests.integration.ingest.conftest import until
from tests.integration.ingest.test_imap_end_to_end import account, raw
from tests.integration.pipeline.processes import TRIAGE, Pipeline, pipeline
from tests.integration.pipeline.reading import archived
from tests.services.dovecot import Dovecot
from tests.services.otlp import Span, collector

PROCESSES = ("ingest-0", "worker-0", "archive-0", "control-0")
NOT_HERE = {
    "crewai_provider_rate_limited_total": "Gmail refused nothing",
    "crewai_provider_quota_wait_seconds_total": "no call had to wait",
    "crewai_mails_gone_total": "no mail was deleted meanwhile",
    "crewai_source_resyncs_total": "no cursor was forgotten",
    "crewai_mail_moves_total": "nobody moved a mail",
    "crewai_push_restarts_total": "the pull was never restarted",
    "crewai_breaker_opened_total": "Gmail never failed",
    "crewai_ingest_errors_total": "every mailbox could be read",
    "crewai_deliveries_total": "no webhook endpoint",
    "crewai_delivery_duration_seconds": "no webhook endpoint",
    "crewai_delivery_latency_seconds": "no webhook endpoint",
    "crewai_reviews_total": "no crew",
    "crewai_review_failures_total": "no crew",
    "crewai_shadow_verdicts_total": "no candidate",
    "crewai_maintenance_done_timestamp_seconds": "nothing is due yet",
    "crewai_maintenance_duration_seconds": "nothing is due yet",
    "crewai_maintenance_failures_total": "nothing is due yet",
    "crewai_maintenance_rows_removed_total": "nothing is due yet",
    "crewai_backup_timestamp_seconds": "no backup",
}
"""Counters of what did not happen; each has a test of its own where it does."""
SPANS = 10 * len(("ingest", "triage", "archive")) + len(("ingest", "triage"))
"""Of ten mails, and of what is none."""


async def test_every_signal_of_a_running_system(
    gmail_site: GmailSite, dovecot: Dovecot, database: str, unique: str, tmp_path: Path
) -> None:
    site, user = gmail_site, f"user{unique}"
    address = await site.gmail("gbox")
    site.google.deliver(address, generated=3)
    dovecot.add_user(user, "right")
    for number in range(3):
        dovecot.deliver(user, raw(f"in{number}"))
    await save_account(site.settings, account(dovecot, user, "env:GOOD"))
    box = await site.account("mbox")
    box.deliver(3)
    (box.root / "new" / "999999.host").write_bytes(b"\x00" * 10)  # no mail: a dead letter
    ports = dict(zip(PROCESSES, any_free(4), strict=True))
    (health_port,) = any_free(1)
    async with collector() as (endpoint, spans):
        environment = {
            **site.environment,
            "DATABASE_URL": database,
            "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
            "HEALTH_PORT": str(health_port),
            "LAG_INTERVAL_S": "0.5",
            "GMAIL_SILENCE_S": "3000",
            "GOOD": "right",
        }
        with pipeline(tmp_path, **environment) as flow:
            for name, port in ports.items():
                start(flow, name, port)
            await until(lambda: rows(database), lambda found: found == 9, 120)
            await until(lambda: watched(site, address), bool, 60)
            site.google.deliver(address, generated=1)  # by a push
            await until(lambda: rows(database), lambda found: found == 10, 90)
            await ready(f"http://127.0.0.1:{health_port}")
            texts = await settled(ports)
            scraped_at = time.time()
            await probes(ports)
            assert not flow.died(), flow.logs()
            await until(
                lambda: heard(spans), lambda found: found >= SPANS, 60
            )  # the end waits a second for them, no more
            for name in ("ingest-0", "worker-0", "archive-0"):
                # Whatever it still has it sends, and the collector on this loop must be able to take it.
                assert await asyncio.to_thread(flow.terminate, name) == 0, flow.logs()
    check_exposed(texts, scraped_at)
    check_figures(texts)
    for personal in (user, address, "gbox", "mbox", "example.org"):
        assert not [name for name, text in texts.items() if personal in text], f"{personal} is in a metric"
        assert personal not in repr(spans), f"{personal} is in a span"
    check_traces(spans)


def start(flow: Pipeline, name: str, port: int) -> None:
    setting = "METRICS_PORT" if name.startswith("control") else "PROCESS_METRICS_PORT"
    flow.start(name, "env", f"{setting}={port}", str(TRIAGE), name.partition("-")[0])


async def rows(database: str) -> int:
    try:
        return len(await archived(database))
    except Exception:  # the archive has not made the table yet
        return 0


async def watched(site: GmailSite, address: str) -> bool:
    return address in site.google.watches()


async def heard(spans: list[Span]) -> int:
    return len(spans)


async def settled(ports: Mapping[str, int]) -> dict[str, str]:
    """What each exposes once all that was done is told, a moment after it was done; or after a minute, for the
    assertions to say what is not."""
    deadline = time.monotonic() + 60
    while True:
        texts = {name: await scrape(port) for name, port in ports.items()}
        if told(texts) or time.monotonic() > deadline:
            return texts
        await asyncio.sleep(0.2)


def told(texts: Mapping[str, str]) -> bool:
    ingest, worker, archive, _ = (samples(texts[name]) for name in PROCESSES)
    return (
        not missing(texts)
        and total(ingest, "crewai_sources", state="in_step") >= 3
        and total(worker, "crewai_email_processing_duration_seconds_count") >= 10
        and total(worker, "crewai_dead_letters_total") >= 1
        and total(archive, "crewai_agent_records_total", agent="archive") >= 10
    )


async def scrape(port: int) -> str:
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/metrics") as answer:
        return await answer.text()


async def ready(health: str) -> None:
    """Mail gets through, and the lag is measured."""
    async with aiohttp.ClientSession() as http:

        async def look() -> dict[str, Any]:
            async with http.get(f"{health}/health") as answer:
                said: dict[str, Any] = await answer.json()
                return said

        await until(look, lambda said: said["ready"] and said["components"].get("lag") == "ok", 60)
        async with http.get(f"{health}/health/ready") as answer:
            assert answer.status == 200
        async with http.get(f"{health}/health/components") as answer:
            parts = (await answer.json())["components"]
        assert {"source gmail", "source imap", "source maildir", "breaker gmail/user", "disk", "database"} <= set(parts)


async def probes(ports: Mapping[str, int]) -> None:
    """What Kubernetes asks each process, within a tenth of a second; at best, for this machine has more to do."""
    async with aiohttp.ClientSession() as http:
        for name, port in ports.items():
            if name.startswith("control"):
                continue
            for path in ("/health/live", "/health/ready"):
                took = []
                for _ in range(10):
                    began = time.monotonic()
                    async with http.get(f"http://127.0.0.1:{port}{path}") as answer:
                        assert answer.status == 200, f"{name}{path}: {await answer.text()}"
                    took.append(time.monotonic() - began)
                assert min(took) < 0.1


Samples = Mapping[str, list[Any]]


def samples(text: str) -> Samples:
    found: dict[str, list[Any]] = defaultdict(list)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name].append(sample)
    return found


def total(found: Samples, name: str, **labels: str) -> float:
    return sum(
        float(one.value) for one in found[name] if all(one.labels[label] == value for label, value in labels.items())
    )


def missing(texts: Mapping[str, str]) -> list[str]:
    """Metrics that nobody exposes."""
    everywhere = {name for text in texts.values() for name in samples(text)}
    return sorted(
        one.name
        for one in declared()
        if one.name not in everywhere and f"{one.name}_bucket" not in everywhere and one.name not in NOT_HERE
    )


def check_exposed(texts: Mapping[str, str], at: float) -> None:
    assert missing(texts) == []
    for name, found in ((name, samples(text)) for name, text in texts.items()):
        component = name.partition("-")[0]
        (build,) = found["crewai_build_info"]
        assert build.labels["component"] == component
        assert found["process_resident_memory_bytes"][0].value > 10_000_000
        assert found["python_gc_collections_total"]
        assert at - found["crewai_heartbeat_timestamp_seconds"][0].value < 30


def check_figures(texts: Mapping[str, str]) -> None:
    ingest, worker, archive, control = (samples(texts[name]) for name in PROCESSES)

    for source in ("imap", "gmail", "maildir"):
        count = {"imap": 3, "gmail": 4, "maildir": 3}[source]
        assert total(worker, "crewai_emails_processed_total", status="success", source=source) == count
        assert total(ingest, "crewai_sources", source=source, state="in_step") == 1
    assert total(worker, "crewai_emails_processed_total", status="failure", lane="none", source="maildir") == 1
    assert total(worker, "crewai_dead_letters_total", agent="triage") == 1
    assert total(worker, "crewai_email_processing_duration_seconds_count") == 10
    assert total(archive, "crewai_agent_records_total", agent="archive", status="success") == 10
    assert total(archive, "crewai_database_connections", state="max") == 10
    assert total(archive, "crewai_database_connections", state="idle") >= 1
    assert total(archive, "crewai_database_query_seconds_count", query="upsert_verdicts") >= 1
    assert total(worker, "crewai_table_rows", table="senders") >= 1
    assert total(worker, "crewai_disk_free_bytes") > 0
    assert total(ingest, "crewai_provider_response_time_seconds_count", provider="imap", operation="connect") >= 1
    assert total(ingest, "crewai_provider_response_time_seconds_count", operation="users.messages.get") >= 4
    assert total(ingest, "crewai_provider_response_time_seconds_count", provider="google", operation="token") >= 1
    assert 0 < total(ingest, "crewai_certificate_expiry_seconds", provider="imap") <= 7 * 86_400
    assert total(ingest, "crewai_gmail_watch_expiry_seconds") > 86_400
    assert total(control, "crewai_kafka_under_replicated_partitions") == 0
    assert total(control, "crewai_component_up", component="worker") == 1
    assert total(control, "crewai_requests_total", path="/health/ready") >= 1


def check_traces(spans: list[Span]) -> None:
    by_trace: dict[str, dict[str, Span]] = defaultdict(dict)
    for span in spans:
        assert span["name"] not in by_trace[span["trace"]], "a span was sent twice"
        assert span["service"] == f"crewai-{'worker' if span['name'] == 'triage' else span['name']}"
        by_trace[span["trace"]][span["name"]] = span
    assert len(by_trace) == 11
    dead = [one for one in by_trace.values() if one["triage"]["failed"]]
    assert [sorted(one) for one in dead] == [["ingest", "triage"]]
    assert dead[0]["triage"]["error.type"].endswith("Error")
    for one in by_trace.values():
        assert one["ingest"]["parent"] == ""
        assert one["triage"]["parent"] == one["ingest"]["id"]
        assert one["ingest"]["start"] <= one["ingest"]["end"]
        if one in dead:
            continue
        assert sorted(one) == ["archive", "ingest", "triage"]
        assert one["archive"]["parent"] == one["triage"]["id"]
        assert one["triage"]["triage.label"] == one["archive"]["triage.label"]
        assert one["triage"]["messaging.destination.name"] == "mail.received"
        assert one["archive"]["messaging.destination.name"] == f"mail.{one['archive']['triage.label']}"
        assert one["archive"]["end"] >= one["triage"]["start"] >= one["ingest"]["start"]
