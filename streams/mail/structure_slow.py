"""The MIME tree by the standard library: slower, but it reads what the Rust parser refuses.

`email.policy.default` raises on some mails and takes seconds for others, so this is `compat32` with our own decoding;
lines and nesting are bounded before, because the feed parser tests every line against every open boundary."""

import re
from email import message_from_bytes
from email.message import Message
from typing import Final

from streams.mail import charsets, embedded, flags, limits
from streams.mail.node import Node, Refused
from streams.mail.transfer import decode_transfer

_CONTAINER: Final = re.compile(rb"^content-type:\s{0,9}+multipart/", re.MULTILINE | re.IGNORECASE)


def tree(headers: dict[str, str], body: bytes, odd: set[str]) -> Node:
    """The tree of a multipart body. Raises `Refused` when the standard library finds no part in it."""
    content_type = headers["content-type"][: limits.PARAMETER_CHARS].encode("utf-8", "replace")
    raw = embedded.seal(b"Content-Type: " + content_type + b"\n\n" + _within_bounds(body, odd))
    try:
        message = message_from_bytes(raw)
    except Exception as error:  # whatever a hostile mail makes the feed parser raise: the caller has another way
        raise Refused from error
    node = _node(message, 0, odd)
    if not node.children:
        raise Refused
    return node


def _within_bounds(body: bytes, odd: set[str]) -> bytes:
    if body.count(b"\n") > limits.MIME_LINES:
        odd.add(flags.TOO_MANY_PARTS)
        body = b"\n".join(body.split(b"\n", limits.MIME_LINES)[: limits.MIME_LINES])
    if body.lower().count(b"multipart/") <= limits.MIME_DEPTH:
        return body
    for number, container in enumerate(_CONTAINER.finditer(body)):
        if number >= limits.MIME_DEPTH:
            odd.add(flags.TOO_DEEP)
            return body[: container.start()]
    return body


def _node(message: Message, depth: int, odd: set[str]) -> Node:
    headers: dict[str, str] = {}
    for name, value in message.raw_items():
        text = str(value).replace("\r", "").replace("\n", "")
        headers.setdefault(name.lower(), charsets.guess(text.encode("ascii", "surrogateescape")))
    if message.get_content_maintype() == "multipart" and message.is_multipart() and depth <= limits.MIME_DEPTH:
        parts = [part for part in message.get_payload() if isinstance(part, Message)]
        children = tuple([_node(part, depth + 1, odd) for part in parts])
        return Node(headers=headers, content=lambda _: b"", children=children)
    encoding = headers.get("content-transfer-encoding", "")
    del message["content-transfer-encoding"]  # without it `decode` gives the bytes as they stood in the mail
    payload = message.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    return embedded.unsealed(headers, lambda odd: decode_transfer(raw, encoding, odd))
