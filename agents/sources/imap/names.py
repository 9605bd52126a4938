"""Folder names on the wire: modified UTF-7 (RFC 3501 §5.1.3) and quoted strings (RFC 3501 §4.3)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

_DIRECT = re.compile(r"[\x20-\x25\x27-\x7e]+")
_SHIFTED = re.compile(r"[^\x20-\x7e]+")
_PART = re.compile(rb"([\x20-\x25\x27-\x7e]+)|&([A-Za-z0-9+,]*)-")


def encode(name: str) -> bytes:
    """A folder name in modified UTF-7. Lone surrogates survive the way back."""
    return b"".join(_encoded(name))


def decode(wire: bytes) -> str:
    """The folder name that modified UTF-7 stands for.

    Raises:
        ValueError: not modified UTF-7.
    """
    return "".join(_decoded(wire))


def decode_leniently(wire: bytes) -> str:
    """Like `decode`; a server that sends UTF-8 or anything else instead is taken at its word."""
    try:
        return decode(wire)
    except ValueError:
        return wire.decode("utf-8", "surrogateescape")


def quoted(text: bytes) -> bytes:
    """A quoted string (RFC 3501 §9).

    Raises:
        ValueError: CR, LF and NUL cannot be quoted.
    """
    if re.search(rb"[\x00\r\n]", text):
        raise ValueError("CR, LF and NUL cannot stand in a quoted string")
    return b'"' + re.sub(rb'(["\\])', rb"\\\1", text) + b'"'


def _encoded(name: str) -> Iterator[bytes]:
    at = 0
    while at < len(name):
        if name[at] == "&":
            yield b"&-"
            at += 1
        elif direct := _DIRECT.match(name, at):
            yield direct[0].encode("ascii")
            at = direct.end()
        elif shifted := _SHIFTED.match(name, at):
            packed = base64.b64encode(shifted[0].encode("utf-16-be", "surrogatepass"), altchars=b"+,")
            yield b"&" + packed.rstrip(b"=") + b"-"
            at = shifted.end()


def _decoded(wire: bytes) -> Iterator[str]:
    at = 0
    while at < len(wire):
        part = _PART.match(wire, at)
        if part is None:
            raise ValueError(f"not modified UTF-7 at byte {at}")
        yield part[1].decode("ascii") if part[1] is not None else _unshifted(part[2])
        at = part.end()


def _unshifted(packed: bytes) -> str:
    if not packed:
        return "&"
    try:
        raw = base64.b64decode(packed + b"=" * (-len(packed) % 4), altchars=b"+,", validate=True)
    except binascii.Error as error:
        raise ValueError(f"not modified base64: {error}") from None
    return raw.decode("utf-16-be", "surrogatepass")
