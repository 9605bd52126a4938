"""Whether a text turns to somebody by name: "Name, ..." at the beginning of a sentence, or "@name"."""

from __future__ import annotations

import re
from collections.abc import Collection

from streams.triage.text import fold

HEAD = 6_000
"""Characters in which a name counts."""

_VOCATIVE = re.compile(r"(?:(?:^|[.!?\n(])\s{0,3})([^\W\d_]{3,30})\s?[,:?)–-]")
_MENTION = re.compile(r"@([^\W\d_]{3,30})")
_BEFORE = re.compile(r"[.!?\n(]\s{0,3}\Z")
_AFTER = re.compile(r"\s?[,:?)-]")
"""What stands around a name in ASCII text."""
_AROUND = 4


def calls(names: Collection[str], text: str) -> bool:
    """Whether one of these folded names is called. Linear in the text's length, times the names."""
    head = text[:HEAD]
    if not head.isascii():
        called = [*_VOCATIVE.findall(head), *_MENTION.findall(head)]
        return any(fold(name) in names for name in called)
    lowered = head.lower()
    there = [name for name in names if name in lowered]
    return any(_called(name, lowered) for name in there) if there else False


def _called(name: str, text: str) -> bool:
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        if not text[end : end + 1].isalpha():
            if text[at - 1 : at] == "@":
                return True
            before = text[max(0, at - _AROUND) : at]
            begins = _BEFORE.search(before) or (at < _AROUND and not before.strip())
            if begins and _AFTER.match(text, end):
                return True
        at = text.find(name, end)
    return False
