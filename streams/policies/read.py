"""Reading a policy file. What is wrong in it is told with line, column, what stands there and what is allowed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from infra.errors import ConfigError
from streams.policies.build import built
from streams.policies.document import Document
from streams.policies.positions import nearest, positions
from streams.triage.policy import Policy
from streams.triage.shipped import DEFAULT

MOST_BYTES = 1 << 20
MOST_COMPLAINTS = 100
_PART = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"?+|'[^'\n]*+'?+)"""
_NEXT = rf"[ \t]*+\.[ \t]*+{_PART}"
_RUN = re.compile(rf"""{_PART}(?:{_NEXT}){{0,63}}+(?P<deep>{_NEXT})?+|[^\w"'-]++""")
"""What is joined by dots. A key of more parts than anything here has is refused: tomllib takes the square of them.
Possessive, and a string that does not end is one: each character is looked at once or twice, whatever the text."""


class PolicyError(ConfigError):
    """A policy file cannot be used; each line of the message names file, line and column."""


def load_policy(path: Path | None) -> Policy:
    """The policy of a file; the one that ships where there is none. Raises PolicyError."""
    if path is None:
        return DEFAULT
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        text = content.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path}: {error}; POLICY_FILE names a TOML file in UTF-8") from None
    if len(content) > MOST_BYTES:
        raise PolicyError(f"{path}: longer than {MOST_BYTES} bytes")
    return parse_policy(text, str(path))


def parse_policy(text: str, name: str = "policy") -> Policy:
    """The policy of a file's text. Raises PolicyError."""
    if any(run["deep"] for run in _RUN.finditer(text)):
        raise PolicyError(f"{name}: arrays or tables within each other without end")
    try:
        content = tomllib.loads(text)
    except ValueError as error:  # of tomllib; of int, for a number of thousands of digits
        raise PolicyError(f"{name}: {error}") from None
    except RecursionError:
        raise PolicyError(f"{name}: arrays or tables within each other without end") from None
    try:
        return built(Document.model_validate(content), DEFAULT)
    except ValidationError as error:
        complaints = list(_complaints(name, text, content, error))
        if (more := len(complaints) - MOST_COMPLAINTS) > 0:
            complaints[MOST_COMPLAINTS:] = [f"{name}: and {more} more"]
        raise PolicyError("\n".join(complaints)) from None


def _complaints(name: str, text: str, content: Mapping[str, Any], error: ValidationError) -> Iterator[str]:
    places = positions(text)
    told = set[str]()
    for item in error.errors():
        path = _existing(item["loc"], content)
        line, column = nearest(places, path)
        said = item["msg"].removeprefix("Value error, ")
        if item["type"] == "extra_forbidden":
            said = "no such key"
        complaint = f"{name}:{line}:{column}: {'.'.join(map(str, path)) or 'file'}: {said}"
        if complaint not in told:
            told.add(complaint)
            yield complaint


def _existing(loc: tuple[str | int, ...], content: Any) -> tuple[str | int, ...]:
    """The part of pydantic's location that is in the file: it also names the types that it tried."""
    path: tuple[str | int, ...] = ()
    for step in loc:
        is_there = step < len(content) if isinstance(content, list) and isinstance(step, int) else False
        if not is_there and not (isinstance(content, Mapping) and step in content):
            break
        content, path = content[step], (*path, step)
    return path
