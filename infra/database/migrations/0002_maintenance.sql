-- When each task of maintenance was last done (`triage maintain`), so that a restart does not begin all anew.
CREATE TABLE maintenance (
    task    text PRIMARY KEY,
    done_at timestamptz NOT NULL,
    seconds double precision NOT NULL,
    changed bigint NOT NULL  -- rows that were removed; 0 where a task removes none
);

-- Who waits for a lock, and the session that holds it.
CREATE VIEW blocked_sessions AS
SELECT
    waiting.pid, round(extract(epoch FROM now() - waiting.query_start)) AS waits_s, left(waiting.query, 80) AS query,
    holder.pid AS held_by, holder.state AS holder_state,
    round(extract(epoch FROM now() - holder.xact_start)) AS held_s, left(holder.query, 80) AS holder_query
FROM pg_stat_activity AS waiting
CROSS JOIN LATERAL unnest(pg_blocking_pids(waiting.pid)) AS blocking (pid)
JOIN pg_stat_activity AS holder ON holder.pid = blocking.pid;

-- What runs now and for how long, the longest first. What ran before needs the extension pg_stat_statements.
CREATE VIEW running_statements AS
SELECT
    pid, application_name, state, wait_event_type, wait_event,
    round(extract(epoch FROM now() - query_start)) AS seconds, left(query, 80) AS query
FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
ORDER BY query_start;
