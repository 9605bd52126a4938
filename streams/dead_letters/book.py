"""All dead letters that the topic keeps, without their bytes, and what was done about each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from infra.errors import Permanent
from infra.settings import Settings
from streams.dead_letters import note as notes
from streams.dead_letters.letter import Letter, Place, letter
from streams.dead_letters.note import Note
from streams.reading import latest, to_end
from streams.topics import DEAD, DEAD_NOTES

_PLACE = re.compile(r"(\d{1,9}):(\d{1,18})")
_EVENT_ID = re.compile(r"[0-9a-f]{8,32}")


class NoSuchLetter(Permanent):
    """Nothing on `mail.dead` is meant by an operator's word; the message names it."""


@dataclass(slots=True)
class Book:
    """Letters in the order of the log, and the notes about them."""

    letters: dict[Place, Letter] = field(default_factory=dict)
    notes: dict[Place, Note] = field(default_factory=dict)

    def note(self, one: Letter) -> Note | None:
        """What was done about it; None: it is open."""
        found = self.notes.get(one.place)
        return found if found is not None and found.is_about(one) else None

    def open(self) -> list[Letter]:
        """Those that nobody has dealt with."""
        return [one for one in self.letters.values() if self.note(one) is None]

    def put_back(self) -> dict[tuple[object, ...], Place]:
        """The failures whose record has been put back, each with the letter that it was put back from."""
        return {
            one.identity: one.place
            for one in self.letters.values()
            if (found := self.note(one)) is not None and found.state == "replayed"
        }

    def named(self, word: str) -> list[Letter]:
        """Every letter that is meant by a place (partition:offset) or the first eight digits or more of an event id.

        Raises:
            NoSuchLetter: none is, or mails with different ids are.
        """
        if place := _PLACE.fullmatch(word):
            found = self.letters.get(Place(int(place[1]), int(place[2])))
            if found is None:
                raise NoSuchLetter(f"{word}: no dead letter stands there (they are kept for 90 days)")
            return [found]
        if not _EVENT_ID.fullmatch(word.lower()):
            raise NoSuchLetter(f"{word!r}: neither partition:offset nor at least 8 hexadecimal digits of an event id")
        meant = [one for one in self.letters.values() if one.event_id.startswith(word.lower())]
        if not meant:
            raise NoSuchLetter(f"{word}: no dead letter has an event id that begins so")
        if len({one.event_id for one in meant}) > 1:
            raise NoSuchLetter(f"{word}: several mails' event ids begin so; give more digits")
        return meant


def chosen(
    letters: Iterable[Letter], *, causes: Collection[str] = (), accounts: Collection[str] = ()
) -> Sequence[Letter]:
    """Of these letters those with one of the causes and of one of the accounts; without any, all."""
    return [
        one
        for one in letters
        if (not causes or any(one.cause.is_called(name) for name in causes))
        and (not accounts or one.account in accounts)
    ]


async def read(settings: Settings) -> Book:
    """Both topics, as committed by now. Notes first: a letter that is dealt with meanwhile counts as open.

    Raises:
        KafkaUnavailable
    """
    book = Book()
    for key, value in (await latest(settings, DEAD_NOTES.name)).items():
        if found := notes.read(key, value):
            book.notes[found[0]] = found[1]
    letters: list[Letter] = []
    async for chunk in to_end(settings, DEAD.name):
        letters += map(letter, chunk)
    book.letters = {one.place: one for one in sorted(letters, key=lambda one: one.place)}
    return book
