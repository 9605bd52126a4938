"""Every metric, declared once with its unit and meaning; code elsewhere can use one but not invent one.

Label values are bounded: lanes, statuses, components, topics; never an address or an account. Each process serves its
own figures, so that every replica is a target; sums are Prometheus's work. METRICS.md is made of this file.

prometheus_client adds what the interpreter and the kernel know: process_* (memory, CPU, file descriptors) and
python_gc_*."""

from __future__ import annotations

import math

from prometheus_client import Counter, Gauge, Histogram, Info

CALL_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""Of calls to others: a millisecond in the same rack to the time-outs in the settings."""

# What the system is for: mails on their way.
EMAILS_PROCESSED = Counter(
    "crewai_emails_processed",
    "Mails that the triage has taken: status success (lane: its verdict's) or failure (lane none: a dead letter);"
    " source imap, gmail, maildir, or unknown",
    ["status", "lane", "source"],
)
PROCESSING_SECONDS = Histogram(
    "crewai_email_processing_duration_seconds",
    "From the moment ingest found a mail to its committed verdict in the lane, seconds",
    ["lane"],
    buckets=(0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2, 3, 4, 5, 6, 8, 10, 30, 60, 300, 3600),
)
SHADOW_VERDICTS = Counter(
    "crewai_shadow_verdicts",
    "Mails that a candidate decided beside the live policy: both lanes (candidate failed: it raised an error), and"
    " category same or differs",
    ["live", "candidate", "category"],
)
AGENT_RECORDS = Counter(
    "crewai_agent_records",
    "Records that a stream agent has taken: status success, or failure (a dead letter; label none)",
    ["agent", "status", "label"],
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
GROUP_OUT_SECONDS = Gauge(
    "crewai_group_out_seconds",
    "For how long this process has not been a working member of its consumer group, seconds; 0 when it is",
    ["group"],
)
CONSUMERS_GIVEN_UP = Counter(
    "crewai_consumers_given_up",
    "Times that a consumer was out of its group for longer than any rebalance takes and made way for a new one",
    ["group"],
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
TABLE_BYTES = Gauge("crewai_table_bytes", "Bytes on disk of a table on this worker; 0 when it is in memory", ["table"])
TABLE_CACHE_BYTES = Gauge(
    "crewai_table_cache_bytes", "Memory that the block cache and write buffers of all tables use, bytes"
)
RECOVERY_PARTITIONS = Gauge(
    "crewai_table_recovery_partitions", "Input partitions that are being opened: fenced, tables recovered, not yet read"
)
RECOVERY_AGE_SECONDS = Gauge(
    "crewai_table_recovery_age_seconds", "How long the first of them has been opening, seconds; 0 when none is"
)
RECOVERY_LEFT = Gauge(
    "crewai_table_recovery_left", "Changelog offsets that are still to be replayed on this worker, markers included"
)
RECOVERY_RECORDS = Counter("crewai_table_recovery_records", "Changelog records replayed into tables")
INGESTED = Counter("crewai_mails_ingested", "Mails put on mail.received", ["source"])
INGEST_BUFFER_BYTES = Gauge("crewai_ingest_buffer_bytes", "Bytes of mail that ingest holds in memory")
INGEST_ERRORS = Counter("crewai_ingest_errors", "Failed attempts to read a mailbox", ["source", "error"])
SOURCES = Gauge("crewai_sources", "Mailbox folders this process reads, by state", ["source", "state"])
PROOF_OF_LIFE_AGE = Gauge(
    "crewai_source_proof_of_life_age_seconds",
    "Age of the oldest proof of life among the folders of a source",
    ["source"],
)
PROVIDER_RESPONSE_SECONDS = Histogram(
    "crewai_provider_response_time_seconds",
    "One call to a provider until its answer or failure, seconds; operation: an IMAP command, a Gmail method, or"
    " connect, token",
    ["provider", "operation"],
    buckets=CALL_BUCKETS,
)
CERTIFICATE_EXPIRY_SECONDS = Gauge(
    "crewai_certificate_expiry_seconds",
    "Until the first of the TLS certificates expires that a provider's servers showed on connections of now, seconds",
    ["provider"],
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
WATCH_EXPIRY_SECONDS = Gauge(
    "crewai_gmail_watch_expiry_seconds", "Until the first watch expires, seconds; NaN without watches"
)
WATCH_EXPIRY_SECONDS.set(math.nan)  # of no watch; 0 would be one that expires now
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
DELIVERIES = Counter(
    "crewai_deliveries",
    "Verdicts and webhook endpoints: attempts by outcome (delivered; again: tried later; refused: never accepted), and"
    " verdicts that went to mail.undelivered (undelivered) or that the endpoint's filters hold back (filtered)",
    ["endpoint", "outcome"],
)
DELIVERY_SECONDS = Histogram(
    "crewai_delivery_duration_seconds", "One attempt until its answer or failure, seconds", ["endpoint"],
    buckets=CALL_BUCKETS,
)  # fmt: skip
DELIVERY_LATENCY = Histogram(
    "crewai_delivery_latency_seconds", "From the verdict in its lane to the endpoint's acceptance, seconds",
    ["endpoint"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14400),
)  # fmt: skip
REVIEWS_WANTED = Counter(
    "crewai_reviews_wanted", "Mails that the triage has put on mail.review; its share of all is to stay under 5 %"
)
REVIEWS = Counter(
    "crewai_reviews",
    "Reviews by what became of them: opinion, or expired, budget, forbidden, unanswered; cached: yes when no model was"
    " asked",
    ["outcome", "cached"],
)
REVIEW_SECONDS = Histogram(
    "crewai_review_duration_seconds",
    "One review that asked the model, retries included, seconds",
    buckets=(0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300),
)
REVIEW_TOKENS = Counter("crewai_review_tokens", "Tokens that reviews used, as the model's endpoint counts them")
REVIEW_FAILURES = Counter(
    "crewai_review_failures", "Attempts that gave no usable answer: away, limited, unfit", ["kind"]
)
REVIEW_BACKLOG = Gauge("crewai_review_backlog", "Requests that this process has read and not yet answered")
BREAKER_STATE = Gauge("crewai_breaker_state", "Circuit breaker: 0 closed, 1 half open, 2 open", ["breaker"])
BREAKER_OPENED = Counter("crewai_breaker_opened", "How often a circuit breaker opened", ["breaker"])
DATABASE_CONNECTIONS = Gauge(
    "crewai_database_connections", "Connections of this process's pool: in_use, idle, and max (the setting)", ["state"]
)
DATABASE_QUERY_SECONDS = Histogram(
    "crewai_database_query_seconds",
    "One statement until its answer or failure, the wait for a connection included, seconds; query: its name",
    ["query"],
    buckets=CALL_BUCKETS,
)
REQUESTS = Counter(
    "crewai_requests", "HTTP requests answered, by route (unknown paths: other) and status code", ["path", "status"]
)
DISK_FREE_BYTES = Gauge("crewai_disk_free_bytes", "Room left for this process where it keeps data, bytes", ["path"])
DISK_SIZE_BYTES = Gauge("crewai_disk_size_bytes", "Size of that file system, bytes", ["path"])
HEARTBEAT = Gauge(
    "crewai_heartbeat_timestamp_seconds",
    "When this process's event loop last said how it is, seconds since the epoch; a hung one says nothing",
)
BUILD = Info("crewai_build", "What is running: version, component, python")
UNDER_REPLICATED = Gauge(
    "crewai_kafka_under_replicated_partitions",
    "Partitions with fewer replicas in sync than they have, all topics; NaN when not known",
)
LEADERLESS = Gauge("crewai_kafka_offline_partitions", "Partitions without a leader, all topics; NaN when not known")
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

# Maintenance of the database and backups, in `triage control` only.
MAINTENANCE_DONE = Gauge(
    "crewai_maintenance_done_timestamp_seconds",
    "When a task of maintenance was last done, seconds since the epoch",
    ["task"],
)
MAINTENANCE_SECONDS = Gauge("crewai_maintenance_duration_seconds", "What a task of maintenance took, seconds", ["task"])
MAINTENANCE_REMOVED = Counter("crewai_maintenance_rows_removed", "Rows that retention took away", ["task"])
MAINTENANCE_FAILURES = Counter("crewai_maintenance_failures", "Tasks of maintenance that failed", ["task"])
BACKUP_AT = Gauge(
    "crewai_backup_timestamp_seconds",
    "When the newest backup in BACKUP_DIR was begun, seconds since the epoch; no series without one",
    ["process"],
)
DEAD_LETTERS_OPEN = Gauge(
    "crewai_dead_letters_open",
    "Dead letters that nobody has replayed or dropped; in `triage control` only",
    ["agent", "error"],
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
