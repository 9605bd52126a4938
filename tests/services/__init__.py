"""Real services for tests: Kafka, PostgreSQL, Dovecot, and a TCP proxy that breaks connections on purpose."""
