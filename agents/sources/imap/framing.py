"""Bytes from a server → whole responses (RFC 3501 §2.2.2, §4.3 literals). Pure and incremental: memory is bounded
whatever a server sends, and no line is too many (aioimaplib's own reader recurses once per line)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_LINE = 16 * 1024 * 1024
"""Bytes of the longest response without its literals; a SEARCH response of a million UIDs is half of it."""
MAX_LITERALS = 64
"""Literals of one response; we ask for one body at a time, and a name has one."""

_LITERAL = re.compile(rb"~?\{(\d{1,10})\+?\}$")  # literal8: RFC 3516 §4.4
_NO_LITERAL = re.compile(rb"\+|\* (?:OK|NO|BAD|BYE|PREAUTH)\b|[A-Za-z0-9]+ (?:OK|NO|BAD)\b", re.IGNORECASE)


class MalformedResponse(ValueError):
    """The server sent what is not IMAP. The message says what was expected, never what came."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A string that the server announced with its size."""

    data: bytes
    """Its first bytes, up to the bound."""
    size: int
    """How many the server sent."""


@dataclass(frozen=True, slots=True)
class Response:
    """One response: text, literal, text, literal, ..., text."""

    texts: tuple[bytes, ...]
    literals: tuple[Literal, ...] = ()


class Framer:
    """Cuts a stream of bytes into responses. Of each literal it keeps at most `keep` bytes and drops the rest."""

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._buffer = bytearray()
        self._scanned = 0
        self._texts: list[bytes] = []
        self._literals: list[Literal] = []
        self._literal = bytearray()
        self._size = 0
        self._missing = 0

    @property
    def between_responses(self) -> bool:
        """Nothing is half read."""
        return not (self._buffer or self._texts)

    def feed(self, data: bytes) -> Iterator[Response]:
        """Every response that `data` completes.

        Raises:
            MalformedResponse: a response is longer than MAX_LINE or has too many literals.
        """
        self._buffer += data
        while self._read_literal() and (line := self._line()) is not None:
            if (response := self._take(line)) is not None:
                yield response

    def _read_literal(self) -> bool:
        """True when no literal is (any more) under way."""
        if not self._missing:
            return True
        taken = min(self._missing, len(self._buffer))
        self._literal += self._buffer[: max(0, min(taken, self._keep - len(self._literal)))]
        del self._buffer[:taken]
        self._missing -= taken
        if not self._missing:
            self._end_literal()
        return not self._missing

    def _end_literal(self) -> None:
        self._literals.append(Literal(bytes(self._literal), self._size))
        self._literal = bytearray()

    def _line(self) -> bytes | None:
        end = self._buffer.find(b"\n", self._scanned)
        if end < 0:
            self._scanned = len(self._buffer)
            if self._scanned > MAX_LINE:
                raise MalformedResponse(f"a line of more than {MAX_LINE} bytes")
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        self._scanned = 0
        return line.removesuffix(b"\r")

    def _take(self, line: bytes) -> Response | None:
        literal = _LITERAL.search(line[-16:])
        if literal and (self._texts or not _NO_LITERAL.match(line)):
            self._texts.append(line[: len(line) - len(literal[0])])
            if len(self._texts) > MAX_LITERALS or sum(map(len, self._texts)) > MAX_LINE:
                raise MalformedResponse(f"a response of more than {MAX_LITERALS} literals or {MAX_LINE} bytes")
            self._size = self._missing = int(literal[1])
            if not self._missing:
                self._end_literal()
            return None
        if not (line or self._texts):
            return None  # an empty line between responses: some servers send it
        response = Response((*self._texts, line), tuple(self._literals))
        self._texts, self._literals = [], []
        return response
