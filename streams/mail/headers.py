"""The header section (RFC 5322 §2.2, RFC 6532): found, unfolded, split and decoded within bounds."""

import re
from dataclasses import dataclass
from typing import Final

from streams.mail import charsets, flags, limits
from streams.mail.clean import one_line
from streams.mail.encoded_words import decode_words

_END: Final = re.compile(rb"\n\r?\n|\A\r?\n")
_FOLD: Final = re.compile(r"\n[ \t]+")  # RFC 5322 §2.2.3
_FIELD_LINE: Final = re.compile(r"^[!-9;-~]{1,76}[ \t]*:", re.MULTILINE)
_ONCE: Final = (  # RFC 5322 §3.6
    "from", "sender", "reply-to", "to", "cc", "bcc", "message-id", "in-reply-to", "references", "subject", "date",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A header section as it stands: unfolded, not decoded, so that addresses can be split before their words are."""

    fields: dict[str, list[str]]

    def first(self, name: str) -> str:
        """The first value of a field by its lower-case name, or ""."""
        values = self.fields.get(name)
        return values[0] if values else ""


def split_message(raw: bytes, odd: set[str]) -> tuple[Head, bytes]:
    """Header section and body of a message or MIME part. No field at all: an empty `Head`, and all is body."""
    raw = _without_envelope(raw, odd)
    if raw.startswith((b"\n", b"\r\n")):
        return Head(fields={}), raw[2 if raw[:1] == b"\r" else 1 :]
    end = _END.search(raw, 0, limits.HEAD_BYTES)
    if end:
        head, body = raw[: end.start() + 1], raw[end.end() :]
    else:
        head, body = raw[: limits.HEAD_BYTES], b""
        if len(raw) > limits.HEAD_BYTES:
            odd.add(flags.HEAD_CUT)
    text = _text(head, odd)
    good, rest = _up_to_text(text, odd)
    fields = _fields(good, odd)
    if not fields:
        return Head(fields={}), raw
    if rest:
        body = rest.encode("utf-8", "replace") + (b"\n" + body if end else b"")
    return Head(fields=fields), body


def decoded(head: Head, odd: set[str]) -> dict[str, tuple[str, ...]]:
    """Every field with its encoded words (RFC 2047) decoded, on one line, in order."""
    for name in _ONCE:
        if len(head.fields.get(name, ())) > 1:
            odd.add(flags.DUPLICATE_HEADER)
    return {name: tuple([plain(value, odd) for value in values]) for name, values in head.fields.items()}


def plain(value: str, odd: set[str]) -> str:
    """One header value as a person reads it."""
    if "=?" in value:
        value = decode_words(value, odd)[: limits.VALUE_CHARS]
    return one_line(value)


def _without_envelope(raw: bytes, odd: set[str]) -> bytes:
    """Without a byte order mark, empty lines and an mbox "From " line (RFC 4155) at the front."""
    if raw[:1] in b"\xef\r\n \t":
        raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n \t")
    if raw.startswith((b"From ", b">From ")):
        odd.add(flags.MBOX_LINE)
        raw = raw.partition(b"\n")[2]
    return raw


def _text(head: bytes, odd: set[str]) -> str:
    """The section as text with line feeds only; RFC 6532 allows UTF-8, everything else 8-bit is a guess."""
    if b"\n" not in head:
        head = head.replace(b"\r", b"\n")
    head = head.replace(b"\r\n", b"\n").replace(b"\r", b" ").replace(b"\0", b"")
    if head.isascii():
        return head.decode("ascii")
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError:
        odd.add(flags.RAW_HEADER)
        return "\n".join(map(charsets.guess, head.split(b"\n")))


def _up_to_text(head: str, odd: set[str]) -> tuple[str, str]:
    """The fields, and what follows them when the empty line (RFC 5322 §2.1) is missing: a line that is no field
    ends the section unless fields come after it."""
    last = 0
    for field in _FIELD_LINE.finditer(head):
        last = field.start()
    lines = head[last:].split("\n")
    fields = 1
    while fields < len(lines) and lines[fields][:1] in (" ", "\t"):
        fields += 1
    rest = "\n".join(lines[fields:])
    if not rest.strip():
        return head, ""
    odd.add(flags.BAD_HEADER)
    return head[: len(head) - len(rest)], rest


def _fields(head: str, odd: set[str]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    number = 0
    for line in _FOLD.sub(" ", head).split("\n"):
        name, colon, value = line.partition(":")
        name = name.rstrip(" \t")
        if not colon or not name or len(name) > 76 or " " in name or not (name.isascii() and name.isprintable()):
            if line:
                odd.add(flags.BAD_HEADER)
            continue
        number += 1
        if number > limits.FIELDS or len(value) > limits.VALUE_CHARS:
            odd.add(flags.HEAD_CUT)
            if number > limits.FIELDS:
                break
            value = value[: limits.VALUE_CHARS]
        values = fields.setdefault(name.lower(), [])
        values.append(value.strip())
    return fields
