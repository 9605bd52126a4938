"""Which database errors are worth a retry: a table over SQLSTATEs and types."""

from __future__ import annotations

import ssl

import asyncpg
import pytest
from asyncpg import exceptions

from infra.database import failure
from infra.errors import Fatal, Permanent, Transient, TriageError


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        # connections and the network
        (asyncpg.ConnectionDoesNotExistError(), Transient),
        (asyncpg.ConnectionFailureError(), Transient),
        (asyncpg.InterfaceError("the connection is closed"), Transient),
        (ConnectionRefusedError(111, "refused"), Transient),
        (ConnectionResetError(), Transient),
        (TimeoutError(), Transient),
        (FileNotFoundError("no such socket"), Transient),
        (EOFError(), Transient),
        # the server
        (asyncpg.TooManyConnectionsError(), Transient),
        (asyncpg.AdminShutdownError(), Transient),
        (asyncpg.CrashShutdownError(), Transient),
        (asyncpg.CannotConnectNowError(), Transient),
        (asyncpg.DiskFullError(), Transient),
        (asyncpg.OutOfMemoryError(), Transient),
        (asyncpg.PostgresIOError(), Transient),
        (asyncpg.ReadOnlySQLTransactionError(), Transient),
        (asyncpg.InternalServerError(), Transient),
        # other transactions
        (asyncpg.DeadlockDetectedError(), Transient),
        (asyncpg.SerializationError(), Transient),
        (asyncpg.LockNotAvailableError(), Transient),
        (asyncpg.QueryCanceledError(), Transient),
        # a migration has just changed the table
        (exceptions.InvalidCachedStatementError(), Transient),
        (exceptions.OutdatedSchemaCacheError("changed"), Transient),
        # the values
        (asyncpg.DataError("invalid input for query argument $3"), Permanent),
        (asyncpg.CharacterNotInRepertoireError(), Permanent),
        (asyncpg.UntranslatableCharacterError(), Permanent),
        (asyncpg.NumericValueOutOfRangeError(), Permanent),
        (asyncpg.CheckViolationError(), Permanent),
        (asyncpg.NotNullViolationError(), Permanent),
        (asyncpg.CardinalityViolationError(), Permanent),
        (asyncpg.ProgramLimitExceededError(), Permanent),
        # the setup
        (asyncpg.UndefinedTableError(), Fatal),
        (asyncpg.UndefinedColumnError(), Fatal),
        (asyncpg.InsufficientPrivilegeError(), Fatal),
        (asyncpg.InvalidPasswordError(), Fatal),
        (asyncpg.InvalidCatalogNameError(), Fatal),
        (asyncpg.PostgresSyntaxError(), Fatal),
        (ssl.SSLCertVerificationError(), Fatal),
        # a defect of this program must not be waited for
        (TypeError("takes 2 arguments"), Fatal),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else value.__name__,
)
def test_the_kind_of_an_error_says_whether_a_retry_helps(error: BaseException, kind: type[TriageError]) -> None:
    assert type(failure(error)) is kind


def test_an_error_of_this_project_is_passed_on() -> None:
    error = Permanent("known")
    assert failure(error) is error


def test_a_refused_value_is_not_quoted() -> None:
    """DETAIL and asyncpg's own message hold the row, and the row is mail."""
    violation = asyncpg.PostgresError.new(
        {
            "S": "ERROR",
            "C": "23514",
            "M": 'new row violates check constraint: "secret subject"',
            "D": "Failing row contains (secret subject)",
            "n": "verdicts_priority_check",
        }
    )
    assert str(failure(violation)) == "PostgreSQL: CheckViolationError (23514) at verdicts_priority_check"
    assert "secret" not in str(failure(asyncpg.DataError("invalid input for query argument $3: 'secret'")))


def test_an_unknown_sqlstate_is_waited_for() -> None:
    """A code of a newer server decides by its class, and an unknown class loses no mail."""
    assert type(failure(asyncpg.PostgresError.new({"S": "ERROR", "C": "22ZZZ", "M": "new"}))) is Permanent
    assert type(failure(asyncpg.PostgresError.new({"S": "ERROR", "C": "ZZ999", "M": "new"}))) is Transient


def test_the_text_decides_nothing() -> None:
    """A data error that speaks of connections stays one."""
    assert type(failure(asyncpg.DataError("server closed the connection unexpectedly"))) is Permanent
