"""Text that leaves the parser: no NUL, no control characters, no lone surrogates, always encodable as UTF-8."""

import re
from typing import Final

_C0: Final = bytes(c for c in range(32) if c not in b"\t\n") + b"\x7f"
_C1: Final = re.compile(rb"\xc2[\x80-\x9f]")  # U+0080-U+009F in UTF-8
_GAP: Final = re.compile("\n\n\n")  # a pattern finds them sooner than "in" does
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def clean(text: str) -> str:
    """`text` without control characters other than tab and line feed; CR and CRLF become line feeds."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        raw = text.encode("ascii").translate(None, _C0)
        return text if len(raw) == len(text) else raw.decode("ascii")
    raw = text.encode("utf-8", "replace").translate(None, _C0)
    return _C1.sub(b"", raw).decode("utf-8", "replace")


def one_line(text: str) -> str:
    """`text` on one line: every run of white space is one space, control characters are gone."""
    if "  " in text or not text.isprintable():
        text = " ".join(text.split())
        return text if text.isprintable() else _CONTROL.sub("", text)
    return text.strip()


def tidy(text: str) -> str:
    """Cleaned text without blanks at line ends, and with at most one empty line in a row."""
    text = clean(text).replace("\xa0", " ").rstrip()
    if " \n" in text or "\t\n" in text:
        text = "\n".join([line.rstrip(" \t") for line in text.split("\n")])
    return close_up(text).lstrip("\n")


def close_up(text: str) -> str:
    """`text` with at most one empty line in a row."""
    while _GAP.search(text):  # each time a third of them goes: linear in all
        text = text.replace("\n\n\n", "\n\n")
    return text
