"""PostgreSQL: the pool, ordered migrations, named queries, and errors whose type says whether a retry can help."""

from infra.database.apply import migrate, migration_states
from infra.database.errors import failure
from infra.database.migration import MigrationError, MigrationState
from infra.database.pool import Borrowed, Pool, connect
from infra.database.queries import QUERIES

__all__ = [
    "QUERIES",
    "Borrowed",
    "MigrationError",
    "MigrationState",
    "Pool",
    "connect",
    "failure",
    "migrate",
    "migration_states",
]
