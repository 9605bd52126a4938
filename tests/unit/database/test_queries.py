"""The .sql file of named queries."""

from __future__ import annotations

import re

import pytest

from infra.database.queries import QUERIES, split
from streams.archive.rows import Row


def test_a_file_is_split_at_its_headings() -> None:
    text = "-- first: what it does\n-- more of it\nSELECT 1;\n\n-- second: another\nSELECT $1,\n  2;\n"
    assert split(text) == {"first": "-- more of it\nSELECT 1", "second": "SELECT $1,\n  2"}


@pytest.mark.parametrize("text", ["-- a: x\nSELECT 1;\n-- a: y\nSELECT 2;", "-- a: x\n-- b: y\nSELECT 2;"])
def test_a_name_without_one_query_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="query a"):
        split(text)


def test_every_query_holds_one_statement() -> None:
    """asyncpg prepares a query that has arguments, and a prepared one is a single statement."""
    assert QUERIES
    assert all(";" not in re.sub(r"--.*", "", query) for query in QUERIES.values())


def test_the_upsert_names_its_columns_in_the_order_of_a_row() -> None:
    """All four lists of the statement: inserted, selected, sent; and every column but the key is updated."""
    lists = re.findall(r"\(\s+(event_id,[^)]+?)\s+\)", QUERIES["upsert_verdicts"])
    assert [tuple(re.split(r",\s+", names)) for names in lists] == [Row._fields] * 2
    selected = re.search(r"SELECT\s+(.+?)\s+FROM", QUERIES["upsert_verdicts"], re.DOTALL)
    assert selected
    plain = selected[1].replace(r"string_to_array(flags, E'\x1f')", "flags")
    assert tuple(re.split(r",\s+", plain)) == Row._fields
    assert tuple(re.findall(r"(\w+) = excluded\.\1\b", QUERIES["upsert_verdicts"])) == Row._fields[2:]
    assert re.findall(r"\$(\d+)", QUERIES["upsert_verdicts"]) == [str(n + 1) for n in range(len(Row._fields))]
