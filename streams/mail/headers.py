"""The header section (RFC 5322 §2.2, RFC 6532): found, unfolded, split and decoded within bounds."""

import re
from dataclasses import dataclass
from typing import Final

from streams.mail import charsets, flags, limits
from streams.mail.clean import one_line
from streams.mail.encoded_words import decode_words

_LINE: Final = re.compile(r"([!-9;-~]{1,76}+)[ \t]*+:(.*)\n|.*\n")  # RFC 5322 §2.2: a field, or something else
_NO_FIELD: Final = ("", "")
_EMPTY_LINE: Final = re.compile(rb"\n\r?\n")
_ENCODED: Final = re.compile(r"=\?")  # a pattern finds two characters sooner than "in" does
_FOLDS: Final = re.compile(rb"\n[ \t]++")  # RFC 5322 §2.2.3; in a field a run of white space counts as one space
_FOLD: Final = re.compile(rb"\n[ \t]")
_NOT_SHOWN: Final = bytes(c for c in range(32) if c != ord("\n")) + b"\x7f"
_ONCE: Final = frozenset(  # RFC 5322 §3.6
    "from sender reply-to to cc bcc message-id in-reply-to references subject date".split()
)


@dataclass(slots=True, kw_only=True)
class Head:
    """A header section as it stands: unfolded, not decoded, so that addresses can be split before their words are."""

    fields: dict[str, tuple[str, ...]]
    is_plain: bool = False
    """No encoded word, no control character and nothing but ASCII: only runs of blanks are to be closed up."""
    has_gaps: bool = True
    """Whether there may be any."""

    def first(self, name: str) -> str:
        """The first value of a field by its lower-case name, or ""."""
        values = self.fields.get(name)
        return values[0] if values else ""


def split_message(raw: bytes, odd: set[str]) -> tuple[Head, bytes]:
    """Header section and body of a message or MIME part. No field at all: an empty `Head`, and all is body."""
    raw = _without_envelope(raw, odd)
    if raw.startswith((b"\n", b"\r\n")):
        return Head(fields={}), raw[2 if raw[:1] == b"\r" else 1 :]
    end = _EMPTY_LINE.search(raw, 0, limits.HEAD_BYTES)
    if end is None:
        head, body = raw[: limits.HEAD_BYTES], b""
        if len(raw) > limits.HEAD_BYTES:
            odd.add(flags.HEAD_CUT)
    else:
        head, body = raw[: end.start() + 1], raw[end.end() :]
    text = _unfolded(head, _FOLDS, odd)
    found = _LINE.findall(text)
    rest = ""
    if _NO_FIELD in found:
        odd.add(flags.BAD_HEADER)
        text, rest = _up_to_text(_unfolded(head, _FOLD, odd))
        found = [field for field in _LINE.findall(text) if field != _NO_FIELD]
    fields = _fields(found, odd)
    if not fields:
        return Head(fields={}), raw
    if len(text) > limits.VALUE_CHARS:
        _cut_values(fields, odd)
    if rest:
        body = rest.encode("utf-8", "replace") + (b"\n" + body if end else b"")
    return Head(fields=fields, is_plain=_is_plain(text), has_gaps="  " in text), body


def _is_plain(text: str) -> bool:
    if not text.isascii() or _ENCODED.search(text):
        return False
    return len(text.encode("ascii").translate(None, _NOT_SHOWN)) == len(text)


def decoded(head: Head, odd: set[str]) -> dict[str, tuple[str, ...]]:
    """Every field with its encoded words (RFC 2047) decoded, on one line, in order."""
    fields = head.fields
    if head.is_plain:
        if not head.has_gaps:
            return fields
        wrong = [name for name, values in fields.items() for value in values if "  " in value]
    else:
        wrong = [
            name
            for name, values in fields.items()
            for value in values
            if "  " in value or "=?" in value or not value.isprintable()
        ]
    if not wrong:
        return fields
    return fields | {name: tuple([plain(value, odd) for value in fields[name]]) for name in dict.fromkeys(wrong)}


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


def _unfolded(head: bytes, folds: re.Pattern[bytes], odd: set[str]) -> str:
    """The section as text, each field one line with its line feed; RFC 6532 allows UTF-8, other 8-bit is a guess."""
    if b"\n" not in head:
        head = head.replace(b"\r", b"\n")
    if b"\r" in head:
        head = head.replace(b"\r\n", b"\n").replace(b"\r", b" ")
    head = folds.sub(b" ", head.replace(b"\0", b""))
    if head[-1:] != b"\n":
        head += b"\n"
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
    for line in _LINE.finditer(head):
        if line[1]:
            end = line.end()
    return head[:end], head[end:].strip("\n")


def _fields(found: list[tuple[str, str]], odd: set[str]) -> dict[str, tuple[str, ...]]:
    fields: dict[str, tuple[str, ...]] = {}
    if len(found) > limits.FIELDS:
        odd.add(flags.HEAD_CUT)
        found = found[: limits.FIELDS]
    for name, value in found:
        key = name.lower()
        if key in fields:
            fields[key] += (value.strip(),)
            if key in _ONCE:
                odd.add(flags.DUPLICATE_HEADER)
        else:
            fields[key] = (value.strip(),)
    return fields


def _cut_values(fields: dict[str, tuple[str, ...]], odd: set[str]) -> None:
    """Longer values are cut."""
    for name, values in fields.items():
        if max(map(len, values)) > limits.VALUE_CHARS:
            odd.add(flags.HEAD_CUT)
            fields[name] = tuple([value[: limits.VALUE_CHARS] for value in values])
