"""Encoded words in headers (RFC 2047), lenient: words split inside a character, unknown charsets, missing padding."""

import binascii
import re
from typing import Final

from streams.mail import charsets, flags
from streams.mail.transfer import base64_bytes

# "=?charset*language?B?text?=" (RFC 2047 §2, language: RFC 2231 §5); blanks in the text are common though forbidden.
_WORD: Final = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,40})?\?([bqBQ])\?([^?]*+)\?=")


def decode_words(value: str, odd: set[str]) -> str:
    """`value` with its encoded words decoded; anything that is not one stays as it is."""
    out: list[str] = []
    pending: tuple[str, bytes] | None = None  # charset and bytes of adjacent words: a character may span them
    end = 0
    for word in _WORD.finditer(value):
        between = value[end : word.start()]
        charset, content = word[1].lower(), _bytes(word[2], word[3])
        # RFC 2047 §6.2: white space between two encoded words is not shown.
        if pending and not between.strip() and pending[0] == charset:
            pending = (charset, pending[1] + content)
        else:
            if pending:
                out.append(_text(pending, odd))
            if between.strip() or not pending:
                out.append(between)
            pending = (charset, content)
        end = word.end()
    if pending:
        out.append(_text(pending, odd))
    out.append(value[end:])
    return "".join(out)


def _bytes(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    if encoding in "bB":
        return base64_bytes(raw)[0]
    return binascii.a2b_qp(raw, header=True)  # RFC 2047 §4.2: "_" is a blank


def _text(run: tuple[str, bytes], odd: set[str]) -> str:
    wrong: set[str] = set()
    text = charsets.decode(run[1], run[0], wrong)
    if wrong & {flags.UNKNOWN_CHARSET, flags.BAD_CHARSET}:
        odd.add(flags.BAD_ENCODED_WORD)
    return text
