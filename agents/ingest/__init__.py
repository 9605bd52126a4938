"""`triage ingest`: mailboxes in, `mail.received` out, exactly once. The picture is in `process`."""
