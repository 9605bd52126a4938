"""Embedded messages (RFC 2046 §5.2) are leaves: both parsers would descend into them without the bounds kept here
(the Rust one decodes their headers in quadratic time), and a reader sees them as attachments anyway."""

import re
from collections.abc import Callable
from typing import Final

from streams.mail.node import Node

_FIELD: Final = rb"(?im)^(content-type:\s{0,9}+(?:multipart/)?+)"
_OPEN: Final = re.compile(_FIELD + rb"(?=message/|digest)")
_SEALED: Final = re.compile(_FIELD + rb"x-(?=message/|digest)")
_MARK: Final = "x-message/"


def seal(body: bytes) -> bytes:
    """The body with the types of embedded messages, and of digests of them, renamed so that no parser descends."""
    lowered = body.lower()
    return _OPEN.sub(rb"\1x-", body) if b"message/" in lowered or b"multipart/digest" in lowered else body


def unsealed(headers: dict[str, str], content: Callable[[set[str]], bytes]) -> Node:
    """The leaf with these headers and content; a sealed message gets its type and content back."""
    kind = headers.get("content-type", "")
    if not kind.lower().startswith(_MARK):
        return Node(headers=headers, content=content)
    headers["content-type"] = kind[2:]
    return Node(headers=headers, content=lambda odd: _SEALED.sub(rb"\1", content(odd)))
