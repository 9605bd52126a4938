"""Pure: a seed and a number → a mail. The same seed, number and moment give the same bytes.

What the bundled sample holds (all kinds of mail in ten languages) is varied: senders, few of whom write most; threads;
sizes from a kilobyte to some hundred."""

from __future__ import annotations

import base64
import random
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from agents.sample.deliver import templates
from agents.sample.template import render

SENDERS = 40
"""Different senders behind each template's address."""
REPLIES = 0.3
"""Share of mails that answer an earlier one."""
LOOK_BACK = 50
"""How many mails before it a mail may answer."""
MEDIAN_BYTES, SPREAD, MOST_BYTES = 6_000, 1.2, 400_000
"""Sizes are log-normal, as those of real mailboxes nearly are."""
_WORDS = (
    "the figures for last week are below and show that the plan still holds for everybody who waits for the delivery "
    "of the new parts which the supplier has promised again after the change of the contract in spring"
).split()
_MARK = re.compile(rb"load\.([0-9]+)\.([0-9]+)@load\.invalid")
_ADDRESS = re.compile(rb"([\w.+-]+)@([\w.-]+)(?=[^@]*\Z)")
_BOUNDARY = re.compile(rb'boundary="?([^"\n;]+)', re.IGNORECASE)
_BASE64 = re.compile(rb"^content-transfer-encoding:[ \t]*base64", re.IGNORECASE | re.MULTILINE)


def message_id(seed: int, number: int) -> str:
    """By which a mail is known again in its lane; nobody's for ever (RFC 2606)."""
    return f"load.{seed}.{number}@load.invalid"


def number_in(text: bytes, seed: int) -> int | None:
    """Which of the seed's mails a Message-ID, or a whole mail, belongs to; None: no mail of this seed."""
    found = _MARK.search(text)
    return int(found[2]) if found is not None and int(found[1]) == seed else None


@dataclass(frozen=True)
class Mails:
    """All mails of a seed, made when they are asked for."""

    seed: int
    at: datetime
    """When they are written (zone-aware): their Date and the days they speak of are around it."""

    @cached_property
    def _templates(self) -> list[bytes]:
        return [raw.replace(b"\r\n", b"\n") for raw in templates().values()]

    def mail(self, number: int) -> bytes:
        """RFC 5322, lines ending with CRLF."""
        chosen = self._random(number)
        raw = render(chosen.choice(self._templates), self.at)
        head, _, body = raw.partition(b"\n\n")
        head = _from_one_of(head, chosen)
        head = _put(head, "Message-ID", f"<{message_id(self.seed, number)}>")
        if (thread := self._thread(number)) is not None:
            ids = [f"<{message_id(self.seed, one)}>" for one in thread]
            head = _put(head, "In-Reply-To", ids[-1])
            head = _put(head, "References", "\n ".join(ids))
        body = _grown(head, body, chosen)
        return b"\r\n".join((head + b"\n\n" + body).split(b"\n"))

    def _random(self, number: int) -> random.Random:
        return random.Random(f"{self.seed}/{number}")  # a text: seeded by its digest, the same everywhere

    def _parent(self, number: int) -> int | None:
        chosen = random.Random(f"{self.seed}/{number}/parent")
        if number == 0 or chosen.random() >= REPLIES:
            return None
        return max(0, number - chosen.randint(1, LOOK_BACK))

    def _thread(self, number: int) -> list[int] | None:
        """The mails before it, from the thread's first on; None: it begins one."""
        before: list[int] = []
        while (parent := self._parent(before[0] if before else number)) is not None:
            before.insert(0, parent)
        return before or None


def _from_one_of(head: bytes, chosen: random.Random) -> bytes:
    """Another sender of the same domain, so that what the provider says of its authenticity stays true."""
    who = int(SENDERS * chosen.random() ** 3)  # few of them write most
    if not who:
        return head
    found = _field(b"From").search(head)
    if found is None:
        return head
    changed = _ADDRESS.sub(rb"\1-%d@\2" % who, found[0], count=1)
    return head[: found.start()] + changed + head[found.end() :]


def _put(head: bytes, name: str, value: str) -> bytes:
    """The header with this value, in the place of one that is there."""
    line = f"{name}: {value}".encode()
    found = _field(name.encode()).search(head)
    if found is None:
        return head + b"\n" + line
    return head[: found.start()] + line + head[found.end() :]


def _field(name: bytes) -> re.Pattern[bytes]:
    """A header field with its folded lines (RFC 5322 §2.2.3)."""
    return re.compile(rb"^" + re.escape(name) + rb":[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)


def _grown(head: bytes, body: bytes, chosen: random.Random) -> bytes:
    """The body, longer: a mail of parts by an attachment, plain text by what it quotes, others not."""
    missing = int(min(chosen.lognormvariate(0, SPREAD) * MEDIAN_BYTES, MOST_BYTES)) - len(head) - len(body)
    if missing < 200:
        return body
    kind = _field(b"Content-Type").search(head)
    boundary = kind and _BOUNDARY.search(kind[0])
    if boundary:
        return _attached(body, boundary[1], missing, chosen)
    if _BASE64.search(head) or (kind and b"text/plain" not in kind[0].lower()):
        return body
    return body.rstrip(b"\n") + b"\n\n" + _quoted(missing, chosen)


def _attached(body: bytes, boundary: bytes, size: int, chosen: random.Random) -> bytes:
    before, end, after = body.rpartition(b"--" + boundary + b"--")
    if not end:
        return body
    content = base64.encodebytes(chosen.randbytes(size * 3 // 4))
    name = f"report-{chosen.randrange(10_000)}.pdf".encode()
    part = (
        b"--" + boundary + b"\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n"
        b'Content-Disposition: attachment; filename="' + name + b'"\n\n' + content
    )
    return before + part + end + after


def _quoted(size: int, chosen: random.Random) -> bytes:
    lines: list[str] = []
    while size > 0:
        lines.append("> " + " ".join(chosen.choices(_WORDS, k=10)))
        size -= len(lines[-1]) + 1
    return "\n".join(lines).encode() + b"\n"
