"""Text from a mail is hostile: before a terminal sees it, it goes through `printable`."""

from __future__ import annotations

_LINE_BREAKS = dict.fromkeys(map(ord, "\t\n\r\v\f\x85\u2028\u2029"), " ")
_PICTURES = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
# A C1 control is an escape sequence in one character (ECMA-48 §5.3); a lone surrogate cannot be encoded at all.
_REPLACED = dict.fromkeys([*range(0x80, 0xA0), *range(0xD800, 0xE000)], "\ufffd")
# Bidirectional embeddings, overrides, isolates and marks (UAX #9) show "exe.gpj" as "jpg.exe"; tags show nothing.
_REORDERING = dict.fromkeys(
    [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xE0000, 0xE0080)], "\ufffd"
)
_TABLE: dict[int, str | int] = {**_PICTURES, **_REPLACED, **_REORDERING, **_LINE_BREAKS}


def printable(text: str) -> str:
    """`text` on one line, with nothing in it that moves the cursor, colours, or reorders what is beside it.

    Line breaks and tabs become spaces, C0 controls their picture (ESC is shown as "␛"), the rest U+FFFD. Idempotent.
    Print the result as plain text; for a rich renderable use `markup`.
    """
    return text.translate(_TABLE)


def markup(text: str) -> str:
    """`printable(text)` with rich's markup brackets escaped, for a string that rich will interpret."""
    from rich.markup import escape  # rich takes 40 ms to import, and most commands print plain text

    return escape(printable(text))
