"""Benchmarks that anyone can run: `make bench` lists them, `make bench NAME=stages` runs one.

Each tells people on standard error what it does and ends with one JSON line on standard output: {"name", "ratios",
"values"}. Ratios compare two things measured side by side in the same run, so they mean something on any machine; values
belong to the machine, each with its unit in its name. Nothing here is a test: no figure makes anything fail."""

from __future__ import annotations

BENCHMARKS: dict[str, str] = {
    "latency": "IMAP server's announcement to lane record, mail by mail, at light load (Kafka, Dovecot)",
    "lag": "processor time of a lag measurement and a scrape with 1,000 partitions (Kafka)",
    "throughput": "events per second beside Quix Streams, Faust, bare confluent-kafka and aiokafka loops (brings them)",
    "pace": "latency at 200 events per second beside Quix Streams and Faust, processor time idle and busy (brings them)",
    "deliver": "verdicts per second to webhook endpoints: one, four side by side, one beside a slow one (Kafka)",
    "recovery": "start of a worker to its first verdict: empty, and with a million table rows",
    "mail": "mails per second of a worker beside a bare Kafka loop and a plain loop, where its time goes; the whole way",
    "replay": "mails per second of a replay beside the worker that decided them, every change checked (Kafka)",
    "memory": "a worker under load and idle, ingest with 200 idle IMAP mailboxes without and with TLS",
    "gmail": "2,000 watched Gmail mailboxes on one ingest process; push to lane record (Kafka, Pub/Sub, fake Gmail)",
    "metrics": "what metrics cost: a worker that records and is scraped beside one that does not (Kafka)",
    "drain": "100,000 mails drained and refilled beside a bare consumer and producer, compared byte by byte (Kafka)",
    "crew": "a worker while the crew's model is away or hangs; reviews per second, memory (Kafka, CrewAI, fake model)",
    "triage": "microseconds of a decision: parse, rules, model; the worst of the parsers' torture set (no services)",
    "filters": "is it junk: triage beside SpamAssassin and rspamd, milliseconds, recall, false positives (both where installed)",
    "stages": "where the time of one mail goes: parse, decide, encode (no services)",
}
"""Name of the module here → what it measures."""
