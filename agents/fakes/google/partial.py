"""`fields=messages(id,payload/headers)`: only those fields of an answer (Gmail API, "Work with partial resources")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from agents.fakes.google.errors import invalid

Selection = dict[str, "Selection"]
"""Field → what is selected of it; nothing in it: all."""

_TOKEN = re.compile(r"[A-Za-z]+|[(),/*]")
NAMES = frozenset(
    """
    attachmentId body data emailAddress expiration filename headers history historyId id internalDate labelIds labels
    labelsAdded labelsRemoved message messages messagesAdded messagesDeleted messagesTotal mimeType name nextPageToken
    partId parts payload raw resultSizeEstimate size sizeEstimate snippet threadId threadsTotal type value
    """.split()
)
"""Fields of the resources that are served."""


def selection(text: str) -> Selection:
    """What a `fields` parameter selects; of an empty one: everything.

    Raises:
        ApiError: 400; no selection, or a field that no resource has.
    """
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text or len(text) > 1000:
        raise invalid(f"Invalid field selection {text[:100]}")
    rest = iter([*tokens, ""])
    selected, end = _list(rest, text) if text else ({}, "")
    if end:
        raise invalid(f"Invalid field selection {text[:100]}")
    return selected


def part(resource: Any, selected: Selection) -> Any:
    """What is selected of a resource."""
    if not selected or "*" in selected:
        return resource
    if isinstance(resource, list):
        return [part(one, selected) for one in resource]
    if not isinstance(resource, dict):
        return resource
    return {name: part(resource[name], below) for name, below in selected.items() if name in resource}


def _list(tokens: Iterator[str], text: str) -> tuple[Selection, str]:
    """`a,b/c,d(e,f)` up to the token that ends it."""
    selected: Selection = {}
    end = ","
    while end == ",":
        name, below, end = _one(tokens, text)
        selected[name] = below
    return selected, end


def _one(tokens: Iterator[str], text: str) -> tuple[str, Selection, str]:
    """`a`, `a/b` or `a(b,c)`, and the token after it."""
    name = next(tokens)
    if name != "*" and name not in NAMES:
        raise invalid(f"Invalid field selection {name or text[:100]}")
    after = next(tokens)
    if after == "/":
        inner, below, after = _one(tokens, text)
        return name, {inner: below}, after
    if after == "(":
        selected, end = _list(tokens, text)
        if end != ")":
            raise invalid(f"Invalid field selection {text[:100]}")
        return name, selected, next(tokens)
    if after not in {"", ",", ")"}:
        raise invalid(f"Invalid field selection {text[:100]}")
    return name, {}, after
