"""What an exception of asyncpg or the network means, by SQLSTATE (PostgreSQL, Appendix A) or type, never by text."""

from __future__ import annotations

import ssl

import asyncpg

from infra.errors import Fatal, Permanent, Transient, TriageError

# The data of the statement is at fault: cardinality, data exception (also asyncpg's own encoder: a value that does not
# fit its column's type), integrity constraint, check option, program limit (a row too wide).
_DATA = frozenset({"21", "22", "23", "44", "54"})
# The program, its rights or its database are at fault, for every row alike: feature, login, catalog, schema, syntax.
_SETUP = frozenset({"0A", "28", "2F", "3D", "3F", "42"})
# Within these classes, but cured by a new attempt: the cached plan of a table that a migration has just changed.
_CURED_BY_RETRY = (asyncpg.InvalidCachedStatementError, asyncpg.OutdatedSchemaCacheError)
# Network and time-outs (TimeoutError is an OSError), a connection that asyncpg has closed, a server in the wrong role.
_LOST = (OSError, EOFError, asyncpg.InterfaceError, asyncpg.InternalClientError)


def failure(error: BaseException) -> TriageError:
    """The error of this project that `error` stands for, to be raised by the caller.

    Transient: the connection, a lock, the disk or the server itself; also a SQLSTATE that is not listed here, for
    waiting loses nothing. Permanent: the values of the statement; the message never quotes them, for they are mail.
    Fatal: a missing table, right, database or password, the same for every row, or a defect of this program.
    """
    if isinstance(error, TriageError):
        return error
    if isinstance(error, _CURED_BY_RETRY):
        return Transient(f"PostgreSQL: {type(error).__name__}")
    if isinstance(error, asyncpg.PostgresError):
        return _by_sqlstate(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return Fatal(f"PostgreSQL: {error}; name the authority in DATABASE_URL with sslrootcert")
    if isinstance(error, _LOST):
        return Transient(f"PostgreSQL: {type(error).__name__}: {error}")
    return Fatal(f"PostgreSQL: not an error of the database or the network, so a defect: {type(error).__name__}")


def _by_sqlstate(error: asyncpg.PostgresError) -> TriageError:
    state: str = error.sqlstate or ""
    name = f"PostgreSQL: {type(error).__name__} ({state})"
    message = next(iter(error.args), "")  # without DETAIL, which quotes rows
    if state[:2] in _DATA:
        return Permanent(f"{name}{_place(error)}")
    if state[:2] in _SETUP:
        return Fatal(f"{name}: {message}; see `triage doctor`")
    return Transient(f"{name}: {message}")


def _place(error: asyncpg.PostgresError) -> str:
    """The constraint or column, which the server names in fields of their own."""
    place = getattr(error, "constraint_name", None) or getattr(error, "column_name", None)
    return f" at {place}" if place else ""
