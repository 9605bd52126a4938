"""Where in a TOML text each key stands, so that a complaint about a value can say so. tomllib itself tells only where
the syntax is wrong."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]
"""Keys from the root, and numbers within arrays."""
Position = tuple[int, int]
"""Line and column, both from 1."""


def positions(text: str) -> dict[Path, Position]:
    """The place of every table and key of a document that tomllib accepts."""
    found: dict[Path, Position] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for line, statement in _statements(text):
        here = line, len(statement) - len(statement.lstrip()) + 1
        content = tomllib.loads(statement)
        if statement.lstrip().startswith("["):
            table = _numbered(_header(content), counts, new=statement.lstrip().startswith("[["))
            for depth in range(1, len(table) + 1):
                found.setdefault(table[:depth], here)
        else:
            for path in _keys(content):
                found.setdefault((*table, *path), here)
    return found


def nearest(found: dict[Path, Position], path: Path) -> Position:
    """The place of a key, or of the innermost thing around it that has one."""
    while path and path not in found:
        path = path[:-1]
    return found.get(path, (1, 1))


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each header or key with its value, over as many lines as it has, with its first line's number."""
    begun, pending = 1, ""
    for number, line in enumerate(text.split("\n"), start=1):
        if not pending:
            begun = number
        pending += line + "\n"
        try:
            content = tomllib.loads(pending)
        except tomllib.TOMLDecodeError:
            continue  # a string or an array that goes on
        if content:
            yield begun, pending
        pending = ""


def _header(content: dict[str, Any]) -> Path:
    path: list[str] = []
    inner: Any = content
    while isinstance(inner, dict) and inner:
        ((name, inner),) = inner.items()
        path.append(name)
    return tuple(path)


def _numbered(names: Path, counts: dict[Path, int], *, new: bool) -> Path:
    """The header's path with the numbers of the arrays of tables that it goes through."""
    path: Path = ()
    for at, name in enumerate(names):
        path = (*path, name)
        if new and at == len(names) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _keys(content: dict[str, Any]) -> Iterator[Path]:
    """The key of a statement, and what is within its inline tables."""
    for name, inner in content.items():
        yield (name,)
        if isinstance(inner, dict):
            yield from ((name, *path) for path in _keys(inner))
