"""The MIME tree of a message (RFC 2046): by the Rust parser, or by the standard library where that refuses."""

import re
from typing import Final

import fast_mail_parser
from fast_mail_parser import ParseError, PyLazyMimePart

from streams.mail import charsets, embedded, flags, limits, structure_slow
from streams.mail.headers import Head
from streams.mail.node import Node, Refused
from streams.mail.parameters import parameters
from streams.mail.transfer import decode_transfer

_DELIMITER: Final = re.compile(rb"^--", re.MULTILINE)
_IDENTITY: Final = frozenset({"", "7bit", "8bit", "binary"})
_AFTER: Final = frozenset({b"", b"\n", b"\r", b" ", b"\t"})
_FIELDS: Final[tuple[str, ...]] = ("content-type", "content-transfer-encoding", "content-disposition")


def root(head: Head, body: bytes, odd: set[str]) -> Node:
    """The tree of a message with this head and body. A multipart that holds no part counts as text (flagged)."""
    fields = head.fields
    headers = {name: fields[name][0] for name in _FIELDS if name in fields}
    kind = headers.get("content-type", "").lstrip().lower()
    if kind.startswith("multipart/"):
        return multipart(headers, _within_bounds(body, odd), odd)
    return leaf(headers, body)


def leaf(headers: dict[str, str], body: bytes) -> Node:
    """A message that is not a multipart."""
    encoding = headers.get("content-transfer-encoding", "")
    return Node(headers=headers, content=lambda odd: decode_transfer(body, encoding, odd))


def multipart(headers: dict[str, str], body: bytes, odd: set[str]) -> Node:
    """The tree of a multipart body, whichever parser can read it."""
    try:
        return fast_tree(headers, body)
    except Refused:
        odd.add(flags.SLOW_PATH)
    return slow_tree(headers, body, odd)


def slow_tree(headers: dict[str, str], body: bytes, odd: set[str]) -> Node:
    """By the standard library; when even that finds no part, the whole body is text (RFC 2046 §5.1.1 has no answer)."""
    try:
        return structure_slow.tree(headers, body, odd)
    except Refused:
        odd.add(flags.BAD_STRUCTURE)
        text = {name: value for name, value in headers.items() if name != "content-type"}
        return leaf(text, body)


def fast_tree(headers: dict[str, str], body: bytes) -> Node:
    """By the Rust parser. Raises `Refused` when it does, and where it is known to be wrong."""
    if body.count(b"=?") > limits.ENCODED_WORD_MARKS:
        raise Refused
    content_type = headers["content-type"][: limits.PARAMETER_CHARS].encode("utf-8", "replace")
    try:
        raw = embedded.seal(b"Content-Type: " + content_type + b"\n\n" + body)
        part = fast_mail_parser.parse_email_tree(raw, mode="lazy")
    except ParseError as error:
        raise Refused from error
    return _node(part, body, 0, eight_bit=not body.isascii())


def _node(part: PyLazyMimePart, body: bytes, depth: int, *, eight_bit: bool) -> Node:
    headers = {name.lower(): _as_sent(values[0]) for name, values in part.headers.items()}
    kind = headers.get("content-type", "")
    if kind.lstrip()[:10].lower() == "multipart/":
        if not part.children or depth > limits.MIME_DEPTH or not _delimits(kind, body):
            raise Refused
        children = tuple([_node(child, body, depth + 1, eight_bit=eight_bit) for child in part.children])
        return Node(headers=headers, content=_nothing, children=children)
    encoding = headers.get("content-transfer-encoding", "").lower()
    if encoding.strip() not in _IDENTITY and encoding != "base64" and (encoding != "quoted-printable" or eight_bit):
        raise Refused  # left undecoded, or its 8-bit bytes were dropped

    def content(_: set[str]) -> bytes:
        try:
            return part.content or b""
        except ParseError as error:
            raise Refused from error

    return embedded.unsealed(headers, content)


def _delimits(content_type: str, body: bytes) -> bool:
    """Whether the boundary stands only in delimiter lines: the Rust parser also takes lines that begin with one
    (RFC 2046 §5.1.2 has boundaries that are prefixes of others)."""
    boundary = parameters(content_type)[1].get("boundary", "").encode("utf-8", "replace")
    return bool(boundary) and all(
        after[:1] in _AFTER or after[:2] == b"--" for after in body.split(b"--" + boundary)[1:]
    )


def _as_sent(value: str) -> str:
    """The parser reads raw 8-bit headers as Latin-1; UTF-8 (RFC 6532) is what most of them are."""
    if value.isascii():
        return value
    try:
        return charsets.guess(value.encode("latin-1"))
    except UnicodeEncodeError:
        return value


def _nothing(_: set[str]) -> bytes:
    return b""


def _within_bounds(body: bytes, odd: set[str]) -> bytes:
    """The body up to the last delimiter that is followed: what comes after counts as part of that part."""
    if body.count(b"\n--") <= limits.MIME_PARTS:
        return body
    for number, delimiter in enumerate(_DELIMITER.finditer(body)):
        if number > limits.MIME_PARTS:
            odd.add(flags.TOO_MANY_PARTS)
            return body[: delimiter.start()]
    return body
