"""aioimaplib's protocol with a reading side of its own.

What aioimaplib 2.0.3 leaves open and this module closes: its reader recurses once per line (a thousand lines in one
segment end it), removes every "* " inside a line, and keeps literals of any size; a lost connection or a BYE wakes
nobody; everything sent and received is logged at DEBUG, ignored responses (content included) at INFO."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from aioimaplib.aioimaplib import Command, IMAP4ClientProtocol

from agents.sources.base import ProviderTransient
from agents.sources.imap import responses
from agents.sources.imap.framing import Framer, MalformedResponse, Response
from agents.sources.imap.listing import BATCH_MAILS

_TAGGED = re.compile(rb"([A-Za-z0-9]+) (OK|NO|BAD)(?: (.*))?", re.IGNORECASE | re.DOTALL)
_ACTS = frozenset({b"FETCH", b"EXPUNGE"})
SETTLE_S = 0.3
"""Between another program's act and the wake-up: its acts are several commands."""
MAX_CHALLENGES = 4
MAX_ANSWER = 24 * 1024 * 1024
"""Bytes kept of what is said between two commands, beside a batch of mails whose sizes the server gave too small: the
names of 80,000 folders fit, a flood does not."""
RESPONSE_BYTES = 250
"""What one response takes in memory beside its text."""

# It logs secrets and mail. A filter holds whatever level somebody configures.
logging.getLogger("aioimaplib.aioimaplib").addFilter(lambda _record: False)


class Call(Command):
    """One command and what the server says to it. Its text form never holds an argument: those may be secrets."""

    def __init__(self, name: str, tag: str, line: bytes, replies: Sequence[bytes] = ()) -> None:
        super().__init__(name, tag)
        self.line = line
        self.untagged: list[Response] = []
        self.status = ""
        """OK, NO or BAD; "" while it is pending."""
        self.text = b""
        """What stood behind the status."""
        self.continued = asyncio.Event()
        """Set by a continuation request, and by the end."""
        self._replies = list(replies)
        self._challenges = 0

    def __repr__(self) -> str:
        return f"{self.tag} {self.name}"

    def reply(self) -> bytes | None:
        """The answer to a continuation request; an empty line to the unexpected, at last a cancel (RFC 3501 §6.2.2)."""
        self.continued.set()
        if self.name == "IDLE":
            return None
        self._challenges += 1
        if self._replies:
            return self._replies.pop(0)
        return b"" if self._challenges <= MAX_CHALLENGES else b"*"

    def done(self, status: str, text: bytes) -> None:
        """The server's verdict."""
        self.status, self.text = status, text
        self.continued.set()
        self.close(text, status)

    def fail(self, error: Exception) -> None:
        """No verdict will come."""
        self._exception = error
        self.done("KO", b"")


class Wire(IMAP4ClientProtocol):
    """One connection's protocol: at most one call is pending at a time."""

    def __init__(self, keep_literal: int) -> None:
        super().__init__(asyncio.get_running_loop())
        self._framer = Framer(keep_literal)
        self.greeting = Call("GREETING", "", b"")
        self.pending: Call | None = None
        self.ended = ""
        """Why the server ended the connection; "" while it has not."""
        self.closed = asyncio.Event()
        """The transport is gone."""
        self.stirred = asyncio.Event()
        """Set when mail was announced or the connection ended."""
        self.announced_at: datetime | None = None
        """When the first EXISTS since the last `take_announcement` arrived."""
        self.wakes_from: float | None = None
        """Other programs' acts in the folder wake from this moment of the loop's clock on; None: never."""
        self.was_read = False
        """Somebody opened a mail since this was last set to False."""
        self._exists = 0
        self._said = 0
        self._most_said = MAX_ANSWER + BATCH_MAILS * keep_literal
        self.received = 0
        """Bytes so far: whether a slow answer still comes in."""
        self.secrets: tuple[bytes, ...] = ()
        """What was sent to log in, in each of its forms."""

    @property
    def between_responses(self) -> bool:
        """Nothing is half read."""
        return self._framer.between_responses

    def begin(self, name: str, arguments: bytes = b"", replies: Sequence[bytes] = ()) -> Call:
        """Send a command.

        Raises:
            ProviderTransient: the connection has ended.
        """
        self.check()
        self._said = 0
        tag = self.new_tag()
        self.pending = Call(name, tag, b" ".join(filter(None, (tag.encode(), name.encode(), arguments))), replies)
        self.write(self.pending.line)
        return self.pending

    def write(self, line: bytes) -> None:
        """Send one line. Nothing of it is ever logged."""
        self.transport.write(line + b"\r\n")

    @property
    def exists(self) -> int:
        """Mails in the open folder."""
        return self._exists

    def check(self) -> None:
        """Raise ProviderTransient when the connection has ended."""
        if self.ended:
            raise ProviderTransient(self.ended)

    def take_announcement(self) -> datetime | None:
        """When mail was first announced since the last call of this."""
        announced_at, self.announced_at = self.announced_at, None
        if not self.ended:
            self.stirred.clear()
        return announced_at

    def data_received(self, data: bytes) -> None:
        """Take whole responses; what is not IMAP ends the connection."""
        self.received += len(data)
        try:
            for response in self._framer.feed(data):
                self._take(response)
        except MalformedResponse as error:
            self._end(f"the server sent what is not IMAP ({error})")
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """FIN, RST, or our own close."""
        self._end("the connection was lost" if exc else "the server closed the connection")
        self.closed.set()

    def _end(self, reason: str) -> None:
        self.ended = self.ended or reason
        self.stirred.set()
        for call in (self.pending, self.greeting):
            if call and not call.status:
                call.fail(ProviderTransient(self.ended))
        self.pending = None

    def _take(self, response: Response) -> None:
        first = response.texts[0]
        self._said += RESPONSE_BYTES + sum(map(len, response.texts)) + sum(len(one.data) for one in response.literals)
        if self._said > self._most_said:
            raise MalformedResponse(f"more than {self._most_said} bytes between two commands")
        if not self.greeting.status and not first.startswith(b"*"):
            raise MalformedResponse("no IMAP greeting")
        if first.startswith(b"+"):
            self._continue()
        elif first.startswith(b"*"):
            self._untagged(response)
        elif (tagged := _TAGGED.fullmatch(first)) and self.pending and tagged[1].decode() == self.pending.tag:
            call, self.pending = self.pending, None
            self._read_code(tagged[3] or b"")
            call.done(tagged[2].decode().upper(), tagged[3] or b"")

    def _continue(self) -> None:
        if self.pending and (answer := self.pending.reply()) is not None:
            self.write(answer)

    def _untagged(self, response: Response) -> None:
        name, rest = responses.kind(response)
        if name in _ACTS and self.pending and self.pending.name in {"IDLE", "NOOP"}:
            self._touch(b"\\Seen" in response.texts[0])
        if name == b"EXISTS":
            self._count(int(rest))
        elif name == b"EXPUNGE":
            self._exists -= 1
        elif name == b"BYE" and not (self.pending and self.pending.name == "LOGOUT"):
            self._end(f"the server said BYE: {self.quote(rest)}")
        elif name == b"CAPABILITY":
            self.capabilities = set(rest.decode("ascii", "replace").upper().split())
        elif name in {b"OK", b"PREAUTH"}:
            self._read_code(rest)
        if not self.greeting.status:
            self.greeting.done(name.decode("ascii", "replace"), rest)
        elif self.pending and self.pending.name != "IDLE":  # there only announcements count
            self.pending.untagged.append(response)

    def _count(self, exists: int) -> None:
        """Only more mails than before are news: some servers repeat the count with every answer."""
        if exists > self._exists:
            self.announced_at = self.announced_at or datetime.now(UTC)
            self.stirred.set()
        self._exists = exists

    def _touch(self, read: bool) -> None:
        """Another program changed flags or removed a mail."""
        self.was_read = self.was_read or read
        if self.wakes_from is not None:
            clock = asyncio.get_running_loop()
            clock.call_at(max(self.wakes_from, clock.time() + SETTLE_S), self.stirred.set)
            self.wakes_from = None  # once is enough until somebody has looked

    def quote(self, text: bytes) -> str:
        """A server's own words, fit for a log line, without what it repeats of a login."""
        for secret in self.secrets:
            text = text.replace(secret, b"***")
        return printable(text)

    def _read_code(self, text: bytes) -> None:
        name, argument = responses.code(text)
        if name == "CAPABILITY":
            self.capabilities = set(argument.decode("ascii", "replace").upper().split())


def printable(text: bytes) -> str:
    """A server's own words, fit for a log line."""
    return re.sub(r"[^\x20-\x7e]+", "?", text[:200].decode("utf-8", "replace"))
