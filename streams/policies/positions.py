"""Where in a TOML text each key stands, so that a complaint about a value can say so. tomllib itself tells only where
the syntax is wrong."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]
"""Keys from the root, and numbers within arrays."""
Position = tuple[int, int]
"""Line and column, both from 1."""
DEEPEST = 16
"""Tables within each other whose keys get places of their own; a policy has five."""
_TOKEN = re.compile(
    r""""{3}(?:[^\\]|\\.)*?"{3,5}|'{3}.*?'{3,5}|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+'|\#[^\n]*+|[\[{\]}\n]""", re.DOTALL
)
"""Strings and comments, in which nothing counts; brackets, which hold a statement open; ends of lines."""


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
    begun, start, line, depth = 1, 0, 1, 0
    for token in _TOKEN.finditer(text + "\n"):
        said = token[0]
        line += said.count("\n")
        depth += (said in "[{") - (said in "]}")
        if said == "\n" and depth == 0:
            statement = text[start : token.end()]
            if _holds_something(statement):
                yield begun, statement
            begun, start = line, token.end()


def _holds_something(statement: str) -> bool:
    return not statement.isspace() and bool(statement) and not statement.lstrip().startswith("#")


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


def _keys(content: dict[str, Any], depth: int = 0) -> Iterator[Path]:
    """The key of a statement, and what is within its inline tables."""
    for name, inner in content.items():
        yield (name,)
        if isinstance(inner, dict) and depth < DEEPEST:
            yield from ((name, *path) for path in _keys(inner, depth + 1))
