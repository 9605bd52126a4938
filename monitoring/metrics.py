"""Every metric, declared once with its unit and meaning; code elsewhere can use one but not invent one.

Label values are bounded: lanes, statuses, components, topics; never an address or an account."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram, start_http_server

EMAILS_PROCESSED = Counter(
    "crewai_emails_processed", "Mails that left a stage, by outcome", ["status", "lane", "stage"]
)
PROCESSING_SECONDS = Histogram(
    "crewai_email_processing_duration_seconds",
    "From the moment ingest found a mail to its verdict, seconds",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
QUEUE_LENGTH = Gauge(
    "crewai_email_queue_length", "Mails that wait in a lane or before the triage (consumer lag)", ["lane"]
)
GROUP_LAG = Gauge(
    "kafka_consumergroup_group_lag", "Records a group has not yet committed", ["group", "topic", "partition"]
)
GROUP_LAG_SECONDS = Gauge(
    "kafka_consumergroup_group_lag_seconds",
    "Age of the record at the committed offset",
    ["group", "topic", "partition"],
)
DEAD_LETTERS = Counter("crewai_dead_letters", "Records written to mail.dead", ["agent", "error"])
TRANSACTIONS = Counter("crewai_transactions", "Kafka transactions of the stream runtime", ["agent", "outcome"])
BATCH_SECONDS = Histogram(
    "crewai_batch_duration_seconds",
    "One batch: decide, write, acknowledge",
    ["agent"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
)
TABLE_ROWS = Gauge("crewai_table_rows", "Rows of a table on this worker", ["table"])
INGESTED = Counter("crewai_mails_ingested", "Mails put on mail.received", ["source"])
INGEST_ERRORS = Counter("crewai_ingest_errors", "Failed attempts to read a mailbox", ["source", "error"])
SOURCES = Gauge("crewai_sources", "Mailbox folders this process reads, by state", ["source", "state"])
PROOF_OF_LIFE_AGE = Gauge(
    "crewai_source_proof_of_life_age_seconds",
    "Age of the oldest proof of life among the folders of a source",
    ["source"],
)
QUOTA_UNITS = Counter("crewai_provider_quota_units", "Quota units used, by method", ["provider", "method"])
QUOTA_WAIT_SECONDS = Counter(
    "crewai_provider_quota_wait_seconds", "Time that calls waited to keep to the quota", ["provider"]
)
RATE_LIMITED = Counter(
    "crewai_provider_rate_limited", "Calls that a provider refused for their rate", ["provider", "scope"]
)
RATE_LIMIT = Gauge(
    "crewai_provider_rate_limit", "Quota units per minute that this process may use", ["provider", "scope"]
)
RATE_LIMIT_REMAINING = Gauge(
    "crewai_provider_rate_limit_remaining",
    "Quota units left right now; of all mailboxes (scope user) the least",
    ["provider", "scope"],
)
MAILS_GONE = Counter("crewai_mails_gone", "Mails that were deleted before they could be fetched", ["source"])
RESYNCS = Counter("crewai_source_resyncs", "Times a provider had forgotten a cursor and mails were listed", ["source"])
MOVES = Counter("crewai_mail_moves", "Acts of people on earlier mails, put on mail.feedback", ["action"])
WATCHES = Gauge("crewai_gmail_watches", "Gmail mailboxes that are watched for pushes")
WATCH_EXPIRY_SECONDS = Gauge("crewai_gmail_watch_expiry_seconds", "Until the first watch expires, seconds")
WATCH_RENEWALS = Counter("crewai_gmail_watch_renewals", "Attempts to make or renew a watch", ["outcome"])
PUSHES = Counter("crewai_pushes", "Push messages, by what became of them", ["way", "outcome"])
PUSHES_WAITING = Gauge("crewai_pushes_waiting", "Push messages whose mails are not yet committed")
PUSH_PROOF_OF_LIFE_AGE = Gauge(
    "crewai_push_proof_of_life_age_seconds", "Since the subscription last proved to be alive, seconds"
)
PUSH_RESTARTS = Counter("crewai_push_restarts", "Times the streaming pull was started anew", ["reason"])
TOKEN_REFRESHES = Counter(
    "crewai_token_refreshes", "Requests for a new access token, by outcome", ["provider", "outcome"]
)
BREAKER_STATE = Gauge("crewai_breaker_state", "Circuit breaker: 0 closed, 1 half open, 2 open", ["breaker"])
BREAKER_OPENED = Counter("crewai_breaker_opened", "How often a circuit breaker opened", ["breaker"])
DATABASE_CONNECTIONS = Gauge("crewai_database_connections", "Connections of the pool", ["state"])
COMPONENT_UP = Gauge("crewai_component_up", "1 when every instance of a component says it is well", ["component"])
COMPONENT_INSTANCES = Gauge("crewai_component_instances", "Live processes of a component", ["component"])
COMPONENT_COUNT = Gauge(
    "crewai_component_count", "What the live processes of a component count, summed, by name", ["component", "count"]
)

# The end-to-end probe's, in `triage control` only.
CANARY_LATENCY = Histogram(
    "crewai_canary_latency_seconds",
    "From putting a canary on mail.received to reading its verdict, committed, seconds",
    ["process"],
    buckets=(0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 180),
)
CANARY_AGE = Gauge(
    "crewai_canary_age_seconds",
    "Since a canary last came through, or since `triage control` began, seconds; grows when no mail gets through",
    ["process"],
)
CANARIES = Counter(
    "crewai_canaries",
    "Canaries: sent (put on their way), seen (came through), lost (not seen within three intervals)",
    ["outcome"],
)

# The lag exporter's, in `triage control` only; series vanish when they cannot be measured.
GROUP_OFFSET = Gauge("kafka_consumergroup_group_offset", "Committed offset", ["group", "topic", "partition"])
PARTITION_END = Gauge("kafka_partition_latest_offset", "Last stable offset (read_committed)", ["topic", "partition"])
PARTITION_START = Gauge("kafka_partition_earliest_offset", "First offset that is kept", ["topic", "partition"])
GROUP_TOPIC_LAG = Gauge(
    "kafka_consumergroup_group_topic_sum_lag", "Records a group has not yet committed", ["group", "topic"]
)
GROUP_SUM_LAG = Gauge(
    "kafka_consumergroup_group_sum_lag", "Records a group has not yet committed, all topics", ["group"]
)
GROUP_MAX_LAG = Gauge(
    "kafka_consumergroup_group_max_lag", "Records a group has not yet committed, of its worst partition", ["group"]
)
GROUP_MAX_LAG_SECONDS = Gauge(
    "kafka_consumergroup_group_max_lag_seconds", "Age of the oldest record a group has not committed", ["group"]
)
GROUP_MEMBERS = Gauge("kafka_consumergroup_group_members", "Live members of a group", ["group", "state"])
GROUP_UNMOVED_SECONDS = Gauge(
    "crewai_group_unmoved_seconds", "Since when a group has committed nothing although something waits", ["group"]
)
GROUP_LAST_COMMIT_AGE = Gauge(
    "crewai_group_last_commit_age_seconds",
    "Since a committed offset of a group was last seen to change, or the exporter began, seconds",
    ["group"],
)
GROUP_STATE = Gauge(
    "crewai_group_state",
    "Burrow's state of a group: 1 for one of ok, warn, rewind, stall, stop; all 0: too early to say",
    ["group", "state"],
)
QUEUE_AGE_SECONDS = Gauge("crewai_email_queue_age_seconds", "Age of the oldest mail that waits", ["lane"])
QUEUE_DRAIN_SECONDS = Gauge(
    "crewai_email_queue_drain_seconds",
    "Time until a queue is empty at the last minute's pace; +Inf: it grows",
    ["lane"],
)
LAG_EXACT = Gauge(
    "crewai_lag_exact", "0 when a lag is an upper bound, because not all was read yet", ["group", "topic"]
)
LAG_MEASURED_AT = Gauge(
    "crewai_lag_measured_timestamp_seconds", "When lag was last measured, seconds since the epoch", ["process"]
)
LAG_MEASURE_SECONDS = Gauge("crewai_lag_measure_seconds", "What the last measurement took, seconds", ["process"])
LAG_READ_BYTES = Counter("crewai_lag_read_bytes", "Bytes of waiting records read to count them", ["process"])


def serve(port: int, host: str) -> None:
    """Serve this process's metrics over HTTP; port 0 serves none."""
    if port:
        start_http_server(port, addr=host)
