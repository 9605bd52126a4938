"""The header section (RFC 5322 §2.2, RFC 6532): found, unfolded, split and decoded within bounds."""

import re
from dataclasses import dataclass
from typing import Final

from streams.mail import charsets, flags, limits
from streams.mail.clean import one_line
from streams.mail.encoded_words import decode_words

_FIELD: Final = re.compile(r"^([!-9;-~]{1,76}+)[ \t]*+:(.*)$", re.MULTILINE)  # RFC 5322 §2.2
_CR: Final = 13
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
    end = _end(raw)
    if end < 0:
        head, body = raw[: limits.HEAD_BYTES], b""
        if len(raw) > limits.HEAD_BYTES:
            odd.add(flags.HEAD_CUT)
    else:
        head, body = raw[: end + 1], raw[end + (3 if raw[end + 1] == _CR else 2) :]
    text = _unfolded(head, odd)
    found = _FIELD.findall(text)
    rest = ""
    if len(found) <= text.count("\n", 0, -1):
        odd.add(flags.BAD_HEADER)
        text, rest = _up_to_text(text)
        found = _FIELD.findall(text)
    fields = _fields(found, odd)
    if not fields:
        return Head(fields={}), raw
    if rest:
        body = rest.encode("utf-8", "replace") + (b"\n" + body if end >= 0 else b"")
    return Head(fields=fields), body


def _end(raw: bytes) -> int:
    """Where the line feed before the first empty line is; -1: there is none within bounds."""
    bare = raw.find(b"\n\n", 0, limits.HEAD_BYTES)
    crlf = raw.find(b"\n\r\n", 0, bare + 2 if bare >= 0 else limits.HEAD_BYTES)
    return crlf if crlf >= 0 else bare


def decoded(head: Head, odd: set[str]) -> dict[str, tuple[str, ...]]:
    """Every field with its encoded words (RFC 2047) decoded, on one line, in order."""
    for name in _ONCE:
        if len(head.fields.get(name, ())) > 1:
            odd.add(flags.DUPLICATE_HEADER)
    return {  # most values need nothing done
        name: tuple(
            [v if v.isprintable() and "  " not in v and "=?" not in v else plain(v, odd) for v in values],
        )
        for name, values in head.fields.items()
    }


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


def _unfolded(head: bytes, odd: set[str]) -> str:
    """The section as text, one field a line; RFC 6532 allows UTF-8, everything else 8-bit is a guess."""
    if b"\n" not in head:
        head = head.replace(b"\r", b"\n")
    head = head.replace(b"\r\n", b"\n").replace(b"\r", b" ").replace(b"\0", b"")
    head = head.replace(b"\n\t", b" ").replace(b"\n ", b" ")  # RFC 5322 §2.2.3
    if head.isascii():
        return head.decode("ascii")
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError:
        odd.add(flags.RAW_HEADER)
        return "\n".join(map(charsets.guess, head.split(b"\n")))


def _up_to_text(head: str) -> tuple[str, str]:
    """The fields, and what follows them when the empty line (RFC 5322 §2.1) is missing: lines that are no fields end
    the section unless fields come after them."""
    end = 0
    for field in _FIELD.finditer(head):
        end = field.end() + 1
    return head[:end], head[end:].strip("\n")


def _fields(found: list[tuple[str, str]], odd: set[str]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    if len(found) > limits.FIELDS:
        odd.add(flags.HEAD_CUT)
    for name, value in found[: limits.FIELDS]:
        text = value.strip()
        if len(text) > limits.VALUE_CHARS:
            odd.add(flags.HEAD_CUT)
            text = text[: limits.VALUE_CHARS]
        fields.setdefault(name.lower(), []).append(text)
    return fields
