"""The authored corpus: tables of invented mail (authored/README.md) as mails with the headers that such senders have.

A row says who writes and what the owner is to the mail; headers follow from that and from the row's number alone, so
that every run reads the same bytes. Senders are roles with made-up initials."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import NamedTuple

from agents.commands.labels import Judgement, Labelled
from infra.errors import ConfigError
from streams.triage.verdict import Category

NAME = "authored"
FOLDER = Path(__file__).parent / NAME
LEARNED, JUNK, CHECK = ("english", "languages", "more", "programs"), "junk", "check"
"""Tables that are learned from, the one that only junk of today is learned from, and the one that only judges."""
OWNER = "r.l@harbourside.example"
SENT = "Tue, 03 Mar 2026 09:00:00 +0000"
_HOME = OWNER.partition("@")[2]
_FIRST = "north river amber stone silver maple harbour meadow cedar violet winter copper".split()
_SECOND = "works field press line house yard bridge point gate lane mill stead".split()
_OTHERS = 3, 14
"""Recipients beside the owner where there are a few, and in a crowd."""
_TO_MANY = frozenset(("newsletter", "robot", "spammer", "scammer"))
_LOCALS = {
    "robot": "no-reply alerts notifications service system".split(),
    "newsletter": "news newsletter hello offers".split(),
}


class Written(NamedTuple):
    """One row of a table."""

    language: str
    priority: int
    category: Category
    needs_reply: bool
    who: str
    to: str
    subject: str
    text: str


def labelled(table: str) -> Iterator[tuple[Labelled, bytes]]:
    """Labels and bytes of every mail of a table of `FOLDER`; paths name table and language. Raises ConfigError."""
    for number, row in enumerate(read(FOLDER / f"{table}.tsv")):
        judgement = Judgement(priority=row.priority, category=row.category, needs_reply=row.needs_reply)
        path = f"{NAME}/{table}/{row.language}/{number:04}"
        yield Labelled(path=path, first=judgement, second=None, owner=(OWNER,)), raw(row, path)


def read(path: Path) -> list[Written]:
    """The rows of a table. Raises ConfigError, which names the line that cannot be read."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; the training's own mails belong there") from error
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    try:
        return [
            Written(
                row["language"],
                int(row["priority"]),
                Category(row["category"]),
                row["needs_reply"] == "1",
                row["who"],
                row["to"],
                row["subject"],
                row["text"].replace("\\n", "\n"),
            )
            for row in rows
        ]
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise ConfigError(f"{path}, line {rows.line_num}: no mail that can be read ({error})") from error


def raw(row: Written, name: str) -> bytes:
    """The mail, as `name` makes its sender and its identifiers."""
    pick = hashlib.blake2b(name.encode(), digest_size=16).digest()
    mail = EmailMessage(policy=SMTP)
    sender, domain = _sender(row.who, pick)
    mail["Return-Path"] = f"<{sender}>"
    mail["Delivered-To"] = OWNER
    if said := _authentication(row.who, domain):
        mail["Authentication-Results"] = f"mx.{_HOME}; {said}"
    mail["From"] = sender
    _address(mail, row, domain, pick)
    mail["Subject"] = row.subject
    mail["Date"] = SENT
    mail["Message-ID"] = f"<{pick.hex()}@{domain}>"
    if row.subject.lower().startswith(("re:", "aw:", "odp:")):
        mail["In-Reply-To"] = f"<{pick[::-1].hex()}@{_HOME}>"
    for header, value in _marks(row, domain):
        mail[header] = value
    mail.set_content(row.text, charset="utf-8", cte="8bit")
    return mail.as_bytes()


def _sender(who: str, pick: bytes) -> tuple[str, str]:
    domain = _domain(pick[0], pick[1])
    if who in {"colleague", "manager"}:
        domain = _HOME
    elif who == "friend":
        domain = f"homepost{pick[0] % 4}.example"
    locals_ = _LOCALS.get(who)
    local = locals_[pick[2] % len(locals_)] if locals_ else f"{_letter(pick[2])}.{_letter(pick[3])}{_letter(pick[4])}"
    return f"{local}@{domain}", domain


def _domain(one: int, other: int) -> str:
    return f"{_FIRST[one % len(_FIRST)]}{_SECOND[other % len(_SECOND)]}.example"


def _letter(number: int) -> str:
    return "abcdefghijklmnoprstuvwz"[number % 23]


def _authentication(who: str, domain: str) -> str:
    """Everybody's own domain vouches, as most junk's does today: forged senders are for rules, not to be learned."""
    if who in {"colleague", "manager"}:  # sent within the house
        return ""
    return f"spf=pass smtp.mailfrom={domain}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}"


def _address(mail: EmailMessage, row: Written, domain: str, pick: bytes) -> None:
    """A crowd of people is named; a sender to thousands names a group."""
    few, many = _OTHERS
    others = [f"{_letter(pick[at])}.{_letter(pick[at + 1])}@{_HOME}" for at in range(min(many, len(pick) - 1))]
    if row.to == "few":
        mail["To"] = ", ".join((OWNER, *others[: few - 1]))
    elif row.to == "copy":
        mail["To"], mail["Cc"] = others[0], OWNER
    elif row.to == "list":
        mail["To"] = f"members@lists.{_domain(pick[6], pick[7])}"
    elif row.to == "crowd":
        mail["To"] = f"subscribers@{domain}" if row.who in _TO_MANY else ", ".join((*others, OWNER))
    else:
        mail["To"] = OWNER


def _marks(row: Written, domain: str) -> Iterator[tuple[str, str]]:
    """What programs and lists say of themselves."""
    if row.who == "robot":
        yield "Auto-Submitted", "auto-generated"
    if row.who == "newsletter":
        yield "List-Unsubscribe", f"<https://{domain}/off>"
        yield "Precedence", "bulk"
    elif row.to == "list" or row.who == "list":
        yield "List-Id", f"<members.{domain}>"
        if row.who == "list":
            yield "List-Post", f"<mailto:members@lists.{domain}>"
