"""One part of a message, whichever parser found it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from streams.mail.parameters import parameters

DEFAULT_TYPE: Final = "text/plain"
"""RFC 2045 §5.2, also for what cannot be read as a type."""


class Refused(Exception):
    """A parser cannot make sense of this structure; another one may."""


@dataclass(slots=True, kw_only=True)
class Node:
    """A multipart with its children, or a leaf with its content."""

    headers: dict[str, str]
    """Content-* fields of the part: lower-case name → first value, not decoded."""
    content: Callable[[set[str]], bytes]
    """The bytes after transfer decoding; takes the flags to add to; may raise `Refused`."""
    children: tuple["Node", ...] = ()
    content_type: str = field(init=False)
    parameters: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        kind, params = parameters(self.headers.get("content-type", ""))
        if kind.count("/") != 1 or " " in kind:
            kind = DEFAULT_TYPE
        self.content_type, self.parameters = kind, params

    @property
    def disposition(self) -> str:
        """RFC 2183: "attachment", "inline", ..., or ""."""
        value = self.headers.get("content-disposition")
        return parameters(value)[0] if value else ""

    @property
    def name(self) -> str:
        """The file name: `filename` of Content-Disposition, else `name` of Content-Type."""
        named = parameters(self.headers.get("content-disposition", ""))[1].get("filename", "")
        return named or self.parameters.get("name", "")
