"""What a parsed mail is. Everything downstream (features, rules, explanations) reads this and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


class MailError(ValueError):
    """These bytes are not a mail: nothing in them can be read as an RFC 5322 header section or body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One mailbox of an address header (RFC 5322 §3.4). The display name is the sender's own claim: never trust it."""

    name: str = ""
    address: str = ""
    """addr-spec; the domain in lower case; empty when the header held none."""

    @property
    def domain(self) -> str:
        """What follows the "@"; empty when there is none."""
        return self.address.rpartition("@")[2]

    @property
    def local(self) -> str:
        """What precedes the "@"."""
        return self.address.rpartition("@")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A part that a person would see as a file: named and sized, never stored."""

    name: str
    content_type: str
    size: int
    """Bytes after transfer decoding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """The topmost Authentication-Results header (RFC 8601), e.g. "pass", "fail", "none"; None: not stated."""

    spf: str | None = None
    dkim: str | None = None
    dmarc: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A hyperlink: what the reader sees and where it goes. Never followed, never resolved."""

    text: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail as a person would see it, plus what its headers say about where it came from. All text is bounded."""

    size: int
    """Bytes of the raw message as parsed (after any cut)."""
    message_id: str = ""
    """Without angle brackets; empty when the header is missing."""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    thread_id: str = ""
    """Root of the conversation: first of References, else of In-Reply-To, else the Message-ID, else a hash."""
    sender: Address = Address()
    """First mailbox of From."""
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    date: datetime | None = None
    """The Date header, in the writer's zone; None when missing or unreadable."""
    headers: dict[str, tuple[str, ...]]
    """Every header by lower-case name, decoded (RFC 2047), unfolded, in order; number and length are bounded."""
    list_id: str | None = None
    """List-Id without the angle brackets (RFC 2919)."""
    list_unsubscribe: str | None = None
    auto_submitted: str | None = None
    """Auto-Submitted keyword (RFC 3834); None when absent or "no"."""
    precedence: str | None = None
    authentication: Authentication = Authentication()
    text: str = ""
    """The text a person would see: text/plain, else the HTML without scripts, styles and hidden elements."""
    new_text: str = ""
    """The newly written part of `text`: without quoted replies, forwarded headers and the signature."""
    quoted: bool = False
    """Whether `text` holds a quotation of an earlier mail."""
    is_html: bool = False
    """Whether the mail has an HTML body."""
    links: tuple[Link, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    calendar_method: str | None = None
    """METHOD of a text/calendar part in upper case (RFC 5546), e.g. "REQUEST"; "" when the part names none."""
    flags: frozenset[str] = frozenset()
    """What was odd, from `streams.mail.flags`, e.g. "unknown-charset", "truncated", "too-deep"."""

    def header(self, name: str) -> str:
        """The first value of a header by its lower-case name, or ""."""
        values = self.headers.get(name)
        return values[0] if values else ""
