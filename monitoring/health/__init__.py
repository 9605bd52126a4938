"""How the system is: what each process says on triage.status, what we see of Kafka, PostgreSQL and the disk ourselves.

`instances` and `verdict` are pure; `probes` ask, each bounded in time; `board` keeps their last answers."""
