"""The named queries of `queries.sql`: each begins at a line "-- name: what it does"; its text is what asyncpg runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

_HEADING = re.compile(r"^-- (?P<name>[a-z_]+): .+$", re.MULTILINE)


def split(text: str) -> dict[str, str]:
    """The queries of one file by name.

    Raises:
        ValueError: a name is there twice, or a query is empty.
    """
    queries: dict[str, str] = {}
    headings = list(_HEADING.finditer(text))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    for heading, end in zip(headings, ends, strict=True):
        name, query = heading["name"], text[heading.end() : end].strip().removesuffix(";")
        if name in queries or not query:
            raise ValueError(f"query {name} is empty or there twice")
        queries[name] = query
    return queries


QUERIES: Mapping[str, str] = MappingProxyType(split((resources.files(__package__) / "queries.sql").read_text("utf-8")))
