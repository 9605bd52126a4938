"""Two looks at a folder's newest mails → what people did between them. Pure.

A look is a `Watch`; the last one is stored with the acts that were told, so each is told once, whatever dies."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from agents.sources.entry import decoded
from agents.sources.imap.responses import Listed
from streams.feedback import Action

WATCHED = 200
"""Newest mails of a folder that are watched."""
AT_ONCE = 20
"""More mails that vanish between two looks say nothing: the folder was tidied up, or a server lets old mail expire."""

_LETTERS: Mapping[bytes, str] = {
    b"\\seen": "s",
    b"\\answered": "a",
    b"\\flagged": "f",
    b"$junk": "j",  # RFC 9051 §2.3.2; without $: Thunderbird, Apple Mail
    b"junk": "j",
    b"$notjunk": "n",
    b"notjunk": "n",
    b"nonjunk": "n",
}
_SET: Mapping[str, Action] = {"a": "replied", "f": "starred", "j": "spam", "n": "not_spam"}


class Place(StrEnum):
    """What a folder is to mail that is moved there."""

    JUNK = "junk"
    TRASH = "trash"
    KEPT = "kept"
    BESIDE = "beside"
    """Nothing that was received is looked for there."""


_BY_ATTRIBUTE: Mapping[str, Place] = {
    "\\junk": Place.JUNK,
    "\\trash": Place.TRASH,
    "\\sent": Place.BESIDE,
    "\\drafts": Place.BESIDE,
    "\\noselect": Place.BESIDE,
    "\\nonexistent": Place.BESIDE,
}
"""RFC 6154 §2, RFC 3501 §7.2.2, RFC 5258 §3."""
_BY_NAME: Mapping[bytes, Place] = {
    b"junk": Place.JUNK,
    b"spam": Place.JUNK,
    b"junk e-mail": Place.JUNK,
    b"junk email": Place.JUNK,
    b"bulk mail": Place.JUNK,
    b"trash": Place.TRASH,
    b"deleted items": Place.TRASH,
    b"deleted messages": Place.TRASH,
    b"sent": Place.BESIDE,
    b"drafts": Place.BESIDE,
}
"""What servers that know no SPECIAL-USE and common clients call them."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One mail at a look."""

    uid: int
    flags: str
    """Letters of those that matter, in order."""
    message: str = ""
    """A hash of its Message-ID, by which it is found in another folder; "" without one."""
    gmail: str = ""
    """X-GM-MSGID, hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A look at a folder."""

    uidvalidity: int
    last: int = 0
    """No mail with a higher UID was looked at."""
    modseq: int = 0
    """All changes up to here were seen (RFC 7162 §3.1); 0: the server does not count them."""
    mails: tuple[Watched, ...] = ()
    """Ascending by UID."""

    @property
    def first(self) -> int:
        """The lowest UID that matters to the next look."""
        return self.mails[0].uid if self.mails else self.last + 1

    def encode(self) -> bytes:
        """The cursor entry."""
        mails = [[one.uid, one.flags, one.message, *([one.gmail] if one.gmail else [])] for one in self.mails]
        fields = {"uidvalidity": self.uidvalidity, "last": self.last, "modseq": self.modseq, "mails": mails}
        return json.dumps(fields, separators=(",", ":")).encode()

    @classmethod
    def decode(cls, entry: bytes | None) -> Watch | None:
        """Read a cursor entry; see `entry.decoded`."""
        return decoded(
            entry,
            lambda fields: cls(
                uidvalidity=int(fields["uidvalidity"]),
                last=int(fields["last"]),
                modseq=int(fields["modseq"]),
                mails=tuple(Watched(int(uid), *map(str, more)) for uid, *more in fields["mails"]),
            ),
        )


def letters(flags: Collection[bytes]) -> str:
    """The flags that matter. `flags`: in lower case."""
    return "".join(sorted({_LETTERS[flag] for flag in flags if flag in _LETTERS}))


def hashed(message_id: bytes) -> str:
    """By what a Message-ID is recognised; "" for none."""
    return hashlib.blake2b(message_id, digest_size=6).hexdigest() if message_id else ""


def place_of(listed: Listed) -> Place:
    """What a folder is: by its attributes, else by its name."""
    for attribute in listed.attributes:
        if attribute in _BY_ATTRIBUTE:
            return _BY_ATTRIBUTE[attribute]
    name = listed.wire_name.lower()
    return _BY_NAME.get(name.removeprefix(b"inbox.").removeprefix(b"inbox/"), Place.KEPT)


def flagged(before: str | None, after: str) -> Iterator[Action]:
    """What was done to a mail that is still there. `before`: None at its first look: then an answer is a person's act,
    all other flags may be a filter's that delivered it."""
    if before is None:
        if "a" in after:
            yield "replied"
        return
    yield from (_SET[letter] for letter in after if letter in _SET and letter not in before)
    if "f" in before and "f" not in after:
        yield "unstarred"


def vanished(before: str, here: Place, there: Place | None, *, unread: bool) -> Action | None:
    """What was done to a mail that has left the folder. `there`: where it is now, None: nowhere; `unread`: whether it
    surely was not opened before."""
    if there is Place.JUNK:
        return "spam" if here is not Place.JUNK and "j" not in before else None
    if here is Place.JUNK:
        return "not_spam" if there is Place.KEPT and "n" not in before else None
    if here is Place.TRASH:
        return "restored" if there is Place.KEPT else None
    if there is Place.KEPT:
        return "archived"
    if unread:
        return "deleted_unread"
    return "trashed" if there is Place.TRASH else "deleted"


def newest(mails: Iterable[Watched]) -> tuple[Watched, ...]:
    """Those that go on being watched."""
    return tuple(sorted(mails, key=lambda one: one.uid)[-WATCHED:])
