"""One API call, whether it came as a request of its own or as a part of a batch, and its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from multidict import MultiDict

from agents.fakes.google.errors import ApiError, invalid


@dataclass(frozen=True)
class Call:
    """What was asked."""

    verb: str
    path: str
    query: MultiDict[str]
    token: str
    """The bearer token; empty: none."""
    body: bytes = b""

    def number(self, name: str, default: int, top: int) -> int:
        """A positive number, cut at the top; 400 for anything else."""
        text = self.query.get(name, "")
        if not text:
            return default
        if not text.isdigit() or len(text) > 10 or int(text) == 0:
            raise invalid(f"Invalid value at '{name}' (TYPE_UINT32), \"{text}\"")
        return min(int(text), top)

    def flag(self, name: str) -> bool:
        """A boolean parameter, false when it is missing."""
        return self.query.get(name, "").lower() == "true"


@dataclass(frozen=True)
class Answer:
    """What is said to it."""

    code: int
    body: dict[str, Any] | None
    """None: empty (204)."""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, error: ApiError) -> Answer:
        """The error as an answer."""
        return cls(error.code, error.body(), error.headers)


def bearer(header: str) -> str:
    """The token of an Authorization header (RFC 6750 section 2.1), or nothing."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
