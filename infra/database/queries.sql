-- lock_migrations: Wait until no other process migrates; the lock ends with the transaction.
SELECT pg_advisory_xact_lock($1);

-- migrations_table_exists: Whether anything was ever migrated here.
SELECT to_regclass('schema_migrations') IS NOT NULL;

-- create_migrations_table: What was applied, and the text it had.
CREATE TABLE IF NOT EXISTS schema_migrations (
    name       text PRIMARY KEY,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- applied_migrations: Every migration that was applied here.
SELECT name, checksum, applied_at FROM schema_migrations ORDER BY name;

-- record_migration: In the transaction of the migration itself.
INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2);

-- upsert_verdicts: One batch, an array per column. Returns a row for each verdict that changed: whether it is new.
-- Of two records of one (event_id, revision) the later one in the broker's time stays, in whatever order they arrive; a record
-- that is delivered again changes nothing. `archived_at` stays the first time, which is how an insert is told from an update.
INSERT INTO verdicts AS kept (
    event_id, revision, account, sender_address, sender_name, subject, mail_date, received_at, snippet, message_id, thread_id,
    attachments, size, flags, priority, lane, category, needs_reply, confidence, reasons, facts, policy_version, model_version,
    origin_topic, origin_partition, origin_offset, location, lane_topic, lane_partition, lane_offset, lane_timestamp,
    because, counterfactual
)
SELECT
    event_id, revision, account, sender_address, sender_name, subject, mail_date, received_at, snippet, message_id, thread_id,
    attachments, size, string_to_array(flags, E'\x1f'), priority, lane, category, needs_reply, confidence, reasons, facts,
    policy_version, model_version, origin_topic, origin_partition, origin_offset, location, lane_topic, lane_partition,
    lane_offset, lane_timestamp, because, counterfactual
FROM unnest(
    $1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::text[],
    $10::text[], $11::text[], $12::int[], $13::bigint[], $14::text[], $15::smallint[], $16::text[], $17::text[], $18::boolean[],
    $19::float8[], $20::jsonb[], $21::jsonb[], $22::text[], $23::text[], $24::text[], $25::int[], $26::bigint[], $27::text[],
    $28::text[], $29::int[], $30::bigint[], $31::timestamptz[], $32::text[], $33::jsonb[]
) AS sent (
    event_id, revision, account, sender_address, sender_name, subject, mail_date, received_at, snippet, message_id, thread_id,
    attachments, size, flags, priority, lane, category, needs_reply, confidence, reasons, facts, policy_version, model_version,
    origin_topic, origin_partition, origin_offset, location, lane_topic, lane_partition, lane_offset, lane_timestamp,
    because, counterfactual
)
ON CONFLICT (event_id, revision) DO UPDATE SET
    account = excluded.account, sender_address = excluded.sender_address, sender_name = excluded.sender_name,
    subject = excluded.subject, mail_date = excluded.mail_date, received_at = excluded.received_at, snippet = excluded.snippet,
    message_id = excluded.message_id, thread_id = excluded.thread_id, attachments = excluded.attachments, size = excluded.size,
    flags = excluded.flags, priority = excluded.priority, lane = excluded.lane, category = excluded.category,
    needs_reply = excluded.needs_reply, confidence = excluded.confidence, reasons = excluded.reasons, facts = excluded.facts,
    policy_version = excluded.policy_version, model_version = excluded.model_version, origin_topic = excluded.origin_topic,
    origin_partition = excluded.origin_partition, origin_offset = excluded.origin_offset, location = excluded.location,
    lane_topic = excluded.lane_topic, lane_partition = excluded.lane_partition, lane_offset = excluded.lane_offset,
    lane_timestamp = excluded.lane_timestamp, because = excluded.because, counterfactual = excluded.counterfactual
WHERE (kept.lane_timestamp, kept.lane_topic, kept.lane_partition, kept.lane_offset)
    < (excluded.lane_timestamp, excluded.lane_topic, excluded.lane_partition, excluded.lane_offset)
RETURNING archived_at = now() AS is_new;

-- find_verdicts: Every revision of the mails whose id begins with $1 (given as a LIKE pattern), the current one first; at most $2.
SELECT * FROM verdicts WHERE event_id LIKE $1 ORDER BY event_id, revision DESC LIMIT $2;
