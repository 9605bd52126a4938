"""The local stack: real Kafka and real PostgreSQL as plain processes, without Docker, Java or root.

Importing it starts nothing. `LocalStack` is the whole of it; `KafkaBroker` and `PostgresServer` are its two halves."""

from infra.stack.kafka import KafkaBroker
from infra.stack.postgres import PostgresServer
from infra.stack.process import StartFailed
from infra.stack.stack import Endpoints, LocalStack, StackStatus

__all__ = ["Endpoints", "KafkaBroker", "LocalStack", "PostgresServer", "StackStatus", "StartFailed"]
