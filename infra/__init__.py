"""Settings, logging, errors, Kafka and PostgreSQL clients, the local stack. Imports nothing of the rest."""
