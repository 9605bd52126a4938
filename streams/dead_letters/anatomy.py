"""The structure of a dead mail for a person: types and sizes of its parts, none of its content."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from streams.mail import structure
from streams.mail.headers import Head, split_message
from streams.mail.limits import RAW_BYTES
from streams.mail.node import Node, Refused
from streams.runtime.watch import Watch

PATIENCE_S = 5.0
"""What made the mail a dead letter may be that it cannot be read in bounded time."""
_TYPE_CHARACTERS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a mail. The type is the sender's text: hostile."""

    content_type: str
    size: int | None
    """Bytes after transfer decoding; None: it cannot be decoded, or it is a multipart."""
    disposition: str = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Anatomy:
    """What the bytes of a mail look like from outside."""

    header_fields: int
    body_bytes: int
    root: Part | None
    odd: tuple[str, ...]
    """Flags of `streams.mail.flags`, and why the structure cannot be read when there is none."""


def anatomy(raw: bytes) -> Anatomy:
    """Of any bytes; never raises."""
    odd: set[str] = set()
    watch = Watch(PATIENCE_S)
    try:
        with watch:
            watch.deciding = 0
            head, body = split_message(raw[:RAW_BYTES], odd)
            root = _tree(head, body, odd)
    except Exception as error:  # whatever killed it before may do so again
        return Anatomy(header_fields=0, body_bytes=len(raw), root=None, odd=(*sorted(odd), type(error).__name__))
    return Anatomy(header_fields=len(head.fields), body_bytes=len(body), root=root, odd=tuple(sorted(odd)))


def lines(part: Part, depth: int = 0) -> Iterator[str]:
    """The tree, one part a line; not yet made printable."""
    size = "" if part.size is None else f"  {part.size:,} bytes"
    yield f"{'  ' * depth}{part.content_type}{size}{f'  {part.disposition}' if part.disposition else ''}"
    for inner in part.parts:
        yield from lines(inner, depth + 1)


def _tree(head: Head, body: bytes, odd: set[str]) -> Part:
    root = structure.root(head, body, odd)
    try:
        return _part(root, odd)
    except Refused:  # the quick parser cannot decode one of them
        return _part(structure.slow_tree(root.headers, body, odd), odd)


def _part(node: Node, odd: set[str]) -> Part:
    inner = tuple(_part(child, odd) for child in node.children)
    return Part(
        content_type=node.content_type[:_TYPE_CHARACTERS],
        size=None if inner else len(node.content(odd)),
        disposition=node.disposition[:_TYPE_CHARACTERS],
        parts=inner,
    )
