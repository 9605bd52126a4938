"""What fits together between the migrations of a program and those that a database remembers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from infra.database.migration import Migration, MigrationError, ordered, refuse_disorder, shipped, states

AT = datetime(2026, 1, 2, tzinfo=UTC)
ONE, TWO, THREE = (Migration(name=f"000{n}_step.sql", sql=f"SELECT {n}") for n in (1, 2, 3))


def recorded(*migrations: Migration) -> dict[str, tuple[str, datetime]]:
    return {migration.name: (migration.checksum, AT) for migration in migrations}


def test_the_shipped_migrations_are_in_order_and_begin_with_the_verdicts() -> None:
    names = [migration.name for migration in shipped()]
    assert names == sorted(names)
    assert names[0] == "0001_verdicts.sql"


@pytest.mark.parametrize(
    ("wanted", "applied", "expected"),
    [
        ((ONE, TWO), (), {"0001_step.sql": "pending", "0002_step.sql": "pending"}),
        ((ONE, TWO), (ONE,), {"0001_step.sql": "applied", "0002_step.sql": "pending"}),
        ((ONE,), (ONE, TWO), {"0001_step.sql": "applied", "0002_step.sql": "unknown"}),
        ((Migration(name=ONE.name, sql="SELECT 'edited'"),), (ONE,), {"0001_step.sql": "edited"}),
        ((Migration(name=ONE.name, sql=ONE.sql + "\n"),), (ONE,), {"0001_step.sql": "edited"}),
    ],
)
def test_each_migration_has_a_state(
    wanted: tuple[Migration, ...], applied: tuple[Migration, ...], expected: dict[str, str]
) -> None:
    found = states(wanted, recorded(*applied))
    assert {state.name: state.state for state in found} == expected
    assert {state.name for state in found if state.applied_at == AT} == {migration.name for migration in applied}


def test_line_ends_of_a_checkout_change_no_checksum() -> None:
    assert Migration(name=ONE.name, sql="a\r\nb\r\n").checksum == Migration(name=ONE.name, sql="a\nb\n").checksum


@pytest.mark.parametrize(
    ("wanted", "applied", "complaint"),
    [
        ((Migration(name=ONE.name, sql="other"), TWO), (ONE,), r"0001_step\.sql was edited"),
        ((ONE, TWO, THREE), (ONE, THREE), r"0002_step\.sql comes before 0003_step\.sql"),
        ((ONE, TWO), (ONE, THREE), r"0002_step\.sql comes before 0003_step\.sql"),
    ],
)
def test_a_history_that_differs_is_refused_by_the_name_of_the_file(
    wanted: tuple[Migration, ...], applied: tuple[Migration, ...], complaint: str
) -> None:
    with pytest.raises(MigrationError, match=complaint):
        refuse_disorder(states(wanted, recorded(*applied)))


@pytest.mark.parametrize(
    ("wanted", "applied"), [((ONE, TWO), (ONE,)), ((ONE,), (ONE, TWO)), ((ONE,), (ONE,)), ((), ())]
)
def test_a_history_that_continues_is_accepted(wanted: tuple[Migration, ...], applied: tuple[Migration, ...]) -> None:
    refuse_disorder(states(wanted, recorded(*applied)))


def test_files_are_ordered_and_named() -> None:
    assert ordered([TWO, ONE]) == (ONE, TWO)
    with pytest.raises(MigrationError, match=r"0001_step\.sql and 0001_other\.sql share a number"):
        ordered([ONE, Migration(name="0001_other.sql", sql="")])
    with pytest.raises(MigrationError, match=r"1_step\.sql: a migration is named like"):
        ordered([Migration(name="1_step.sql", sql="")])
