"""What each dashboard shows: rows of panels, a panel's queries and their unit. Only data."""

from __future__ import annotations

from dataclasses import dataclass

JOBS = "crewai-(control|ingest|triage|archive|deliver|crew)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One graph."""

    title: str
    queries: dict[str, str]
    """Legend (Grafana's `{{label}}`) → PromQL."""
    unit: str = "short"
    """Grafana's name of a unit: s, reqps, bytes, percentunit, short."""
    only_with: str = ""
    """What must be in use for it to show anything; empty: it shows something whenever mail flows."""
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One dashboard."""

    uid: str
    title: str
    rows: dict[str, tuple[Panel, ...]]
    errors: bool = False
    """Whether the log's errors stand below."""


def quantiles(metric: str, *by: str) -> dict[str, str]:
    """p50, p95 and p99 of a histogram."""
    also = "".join(f" {{{{{name}}}}}" for name in by)
    grouped = ", ".join(("le", *by))
    return {
        f"p{q}{also}": f"histogram_quantile(0.{q}, sum by ({grouped}) (rate({metric}_bucket[$__rate_interval])))"
        for q in (50, 95, 99)
    }


def rate(metric: str, *by: str) -> str:
    """Per second."""
    return f"sum by ({', '.join(by)}) (rate({metric}[$__rate_interval]))"


def rate_of_all(metric: str) -> str:
    """Per second, of all processes."""
    return f"sum(rate({metric}[$__rate_interval]))"


MEMORY = Panel(
    title="Memory", unit="bytes", queries={"{{job}} {{instance}}": f'process_resident_memory_bytes{{job=~"{JOBS}"}}'}
)
CPU = Panel(
    title="Processor", unit="short",
    queries={"{{job}} {{instance}}": f'rate(process_cpu_seconds_total{{job=~"{JOBS}"}}[$__rate_interval])'},
    help="Processors in use.",
)  # fmt: skip

OVERVIEW = Board(
    uid="crewai-overview", title="Mail triage: overview", errors=True,
    rows={
        "Flow": (
            Panel(title="Mails found", unit="reqps", queries={"{{source}}": rate("crewai_mails_ingested_total", "source")}),
            Panel(title="Verdicts by lane", unit="reqps", queries={"{{lane}} {{status}}": rate("crewai_emails_processed_total", "lane", "status")}),
            Panel(title="Error rate", unit="percentunit", queries={"failed": "crewai:errors:ratio_rate2m"}, help="HighEmailProcessingErrorRate: over 10 %."),
            Panel(title="From found to verdict", unit="s", queries=quantiles("crewai_email_processing_duration_seconds"), help="SlowEmailProcessing: p95 over 5 s."),
        ),
        "Queues": (
            Panel(title="Waiting", queries={"{{lane}}": "crewai_email_queue_length"}, help="EmailQueueBacklog: over 100."),
            Panel(title="Age of the oldest mail", unit="s", queries={"{{lane}}": "crewai_email_queue_age_seconds", "{{lane}} limit": "crewai:queue_age_seconds:limit"}),
            Panel(title="Time to drain", unit="s", queries={"{{lane}}": "crewai_email_queue_drain_seconds"}),
            Panel(title="Lag by group", queries={"{{group}} {{topic}}": "kafka_consumergroup_group_topic_sum_lag"}),
        ),
        "Urgent mail within 5 s (99.9 %)": (
            Panel(title="Late, by window", unit="percentunit", queries={w: f"crewai:urgent_late:ratio_rate{w}" for w in ("5m", "1h", "6h", "3d")}),
            Panel(title="Age of the last canary", unit="s", queries={"canary": "crewai_canary_age_seconds"}, only_with="canary"),
        ),
        "Parts": (
            Panel(title="Well", queries={"{{component}}": "crewai_component_up"}),
            Panel(title="Processes", queries={"{{component}}": "crewai_component_instances"}),
            Panel(title="Group state", queries={"{{group}} {{state}}": "crewai_group_state == 1"}, only_with="a minute of measurements"),
            MEMORY,
            CPU,
        ),
    },
)  # fmt: skip

INGEST = Board(
    uid="crewai-ingest", title="Mail triage: ingest by provider",
    rows={
        "Mailboxes": (
            Panel(title="Mails found", unit="reqps", queries={"{{source}}": rate("crewai_mails_ingested_total", "source")}),
            Panel(title="Mailbox folders by state", queries={"{{source}} {{state}}": "sum by (source, state) (crewai_sources) > 0"}),
            Panel(title="Oldest proof of life", unit="s", queries={"{{source}}": "max by (source) (crewai_source_proof_of_life_age_seconds)"}),
            Panel(title="Failed attempts", unit="reqps", queries={"{{source}} {{error}}": rate("crewai_ingest_errors_total", "source", "error")}, only_with="failures"),
            Panel(title="Mail held in memory", unit="bytes", queries={"{{instance}}": "crewai_ingest_buffer_bytes"}),
        ),
        "Providers": (
            Panel(title="Response time", unit="s", queries=quantiles("crewai_provider_response_time_seconds", "provider", "operation"), only_with="imap"),
            Panel(title="Circuit breakers", queries={"{{breaker}}": "max by (breaker) (crewai_breaker_state)"}, only_with="gmail", help="0 closed, 1 half open, 2 open."),
            Panel(title="Certificates: time left", unit="s", queries={"{{provider}}": "min by (provider) (crewai_certificate_expiry_seconds)"}, only_with="tls"),
            Panel(title="New tokens", unit="reqps", queries={"{{provider}} {{outcome}}": rate("crewai_token_refreshes_total", "provider", "outcome")}, only_with="oauth"),
        ),
        "Gmail": (
            Panel(title="Quota left", unit="percentunit", queries={"{{scope}}": "crewai_provider_rate_limit_remaining / crewai_provider_rate_limit"}, only_with="gmail"),
            Panel(title="Refused for rate", unit="reqps", queries={"{{scope}}": rate("crewai_provider_rate_limited_total", "scope")}, only_with="gmail"),
            Panel(title="Watch: time left", unit="s", queries={"first": "min(crewai_gmail_watch_expiry_seconds)"}, only_with="gmail"),
            Panel(title="Pushes", unit="reqps", queries={"{{way}} {{outcome}}": rate("crewai_pushes_total", "way", "outcome")}, only_with="gmail"),
        ),
    },
)  # fmt: skip

STREAM = Board(
    uid="crewai-stream", title="Mail triage: stream workers",
    rows={
        "Agents": (
            Panel(title="Records", unit="reqps", queries={"{{agent}} {{label}} {{status}}": rate("crewai_agent_records_total", "agent", "label", "status")}),
            Panel(title="One batch", unit="s", queries=quantiles("crewai_batch_duration_seconds", "agent")),
            Panel(title="Transactions", unit="reqps", queries={"{{agent}} {{outcome}}": rate("crewai_transactions_total", "agent", "outcome")}),
            Panel(title="Dead letters", unit="reqps", queries={"{{agent}} {{error}}": rate("crewai_dead_letters_total", "agent", "error")}, only_with="dead letters"),
            Panel(title="Open dead letters", queries={"{{agent}} {{error}}": "crewai_dead_letters_open"}, only_with="dead letters", help="triage dead causes"),
            Panel(title="A candidate beside it", unit="reqps", queries={"{{live}} to {{candidate}}, category {{category}}": rate("crewai_shadow_verdicts_total", "live", "candidate", "category") + " > 0"}, only_with="a candidate in the shadow", help="`triage shadow show` says which mails, and why."),
        ),
        "Tables": (
            Panel(title="Rows", queries={"{{table}} {{instance}}": "crewai_table_rows"}),
            Panel(title="On disk", unit="bytes", queries={"{{table}} {{instance}}": "crewai_table_bytes"}),
            Panel(title="Partitions being recovered", queries={"{{instance}}": "crewai_table_recovery_partitions"}),
            Panel(title="Changelog left to replay", queries={"{{instance}}": "crewai_table_recovery_left"}),
        ),
        "Groups": (
            Panel(title="Members", queries={"{{group}} {{state}}": "kafka_consumergroup_group_members"}),
            Panel(title="Lag by partition", queries={"{{group}} {{topic}}/{{partition}}": "kafka_consumergroup_group_lag"}),
            Panel(title="Unmoved while something waits", unit="s", queries={"{{group}}": "crewai_group_unmoved_seconds"}),
        ),
        "Webhooks": (
            Panel(title="Deliveries", unit="reqps", queries={"{{endpoint}} {{outcome}}": rate("crewai_deliveries_total", "endpoint", "outcome")}, only_with="webhooks"),
            Panel(title="Verdict to acceptance", unit="s", queries=quantiles("crewai_delivery_latency_seconds", "endpoint"), only_with="webhooks"),
            Panel(title="One attempt", unit="s", queries=quantiles("crewai_delivery_duration_seconds", "endpoint"), only_with="webhooks"),
            Panel(title="Waiting", queries={"{{group}}": 'kafka_consumergroup_group_sum_lag{group=~"triage-deliver-.+"}'}, only_with="webhooks"),
        ),
        "Second opinions": (
            Panel(title="Asked for", unit="reqps", queries={"by workers": rate_of_all("crewai_reviews_wanted_total")}, only_with="a crew"),
            Panel(title="What came of them", unit="reqps", queries={"{{outcome}}, cached: {{cached}}": rate("crewai_reviews_total", "outcome", "cached")}, only_with="a crew", help="ReviewsUnanswered: over half expired or unanswered."),
            Panel(title="One review", unit="s", queries=quantiles("crewai_review_duration_seconds"), only_with="a crew"),
            Panel(title="Tokens", unit="short", queries={"per second": rate_of_all("crewai_review_tokens_total")}, only_with="a crew"),
            Panel(title="Waiting", queries={"{{instance}}": "crewai_review_backlog"}, only_with="a crew"),
        ),
        "Processes": (
            MEMORY,
            CPU,
            Panel(title="Garbage collections", unit="reqps", queries={"{{job}} generation {{generation}}": f'sum by (job, generation) (rate(python_gc_collections_total{{job=~"{JOBS}"}}[$__rate_interval]))'}),
        ),
    },
)  # fmt: skip

DATABASE = Board(
    uid="crewai-database", title="Mail triage: database and disks",
    rows={
        "PostgreSQL": (
            Panel(title="Answers", queries={"database": 'crewai_component_up{component="database"}'}),
            Panel(title="Connections", queries={"{{state}}": "sum by (state) (crewai_database_connections)"}),
            Panel(title="Statement", unit="s", queries=quantiles("crewai_database_query_seconds", "query")),
            Panel(title="Archived", unit="reqps", queries={"{{label}}": 'sum by (label) (rate(crewai_agent_records_total{agent="archive"}[$__rate_interval]))'}),
            Panel(title="Lanes waiting for the archive", queries={"{{lane}}": 'crewai_email_queue_length{lane!="received"}'}),
        ),
        "Kafka and disks": (
            Panel(title="Under-replicated and offline partitions", queries={"under-replicated": "crewai_kafka_under_replicated_partitions", "offline": "crewai_kafka_offline_partitions"}),
            Panel(title="Room on disks", unit="percentunit", queries={"{{job}} {{path}}": "crewai_disk_free_bytes / crewai_disk_size_bytes"}),
            Panel(title="Age of the newest backup", unit="s", queries={"newest": "time() - max(crewai_backup_timestamp_seconds)"}, only_with="backups", help="BackupOld: over 36 hours."),
            Panel(title="Upkeep: since it was last done", unit="s", queries={"{{task}}": "time() - crewai_maintenance_done_timestamp_seconds"}, only_with="upkeep", help="MaintenanceOverdue: analyze over 3 days, vacuum 15, reindex 61."),
            Panel(title="Upkeep: rows removed", unit="short", queries={"{{task}}": "rate(crewai_maintenance_rows_removed_total[$__rate_interval])"}, only_with="retention"),
            Panel(title="Read to measure lag", unit="Bps", queries={"bytes": "rate(crewai_lag_read_bytes_total[$__rate_interval])"}),
        ),
    },
)  # fmt: skip

BOARDS = (OVERVIEW, INGEST, STREAM, DATABASE)
