"""Open dead letters, counted by what failed. Pure: records of both topics in, in any order between the two."""

from __future__ import annotations

import re
from collections import Counter

from streams.dead_letters import note as notes
from streams.dead_letters.letter import Letter, Place
from streams.dead_letters.note import Note

OTHER = "other"
CAUSES = 50
"""So many pairs of agent and error get a series of their own."""
_WORD = re.compile(r"[A-Za-z_][\w.-]{0,60}", re.ASCII)


class Tally:
    """What is held of a letter is its place, its time, its event id and its labels."""

    def __init__(self) -> None:
        self._open: dict[Place, Letter] = {}
        self._early: dict[Place, Note] = {}
        """Notes about letters that were not seen yet."""

    def hear(self, letter: Letter) -> None:
        """A record of mail.dead."""
        note = self._early.pop(letter.place, None)
        if note is None or not note.is_about(letter):
            self._open[letter.place] = letter

    def hear_note(self, key: bytes, value: bytes) -> None:
        """A record of triage.dead."""
        found = notes.read(key, value)
        if found is None:
            return
        place, note = found
        letter = self._open.get(place)
        if letter is None:
            self._early[place] = note
        elif note.is_about(letter):
            del self._open[place]

    def forget(self, partition: int, begin: int) -> None:
        """Retention has taken what stood before `begin`."""
        for held in (self._open, self._early):
            for place in [one for one in held if one.partition == partition and one.offset < begin]:
                del held[place]

    def counts(self) -> dict[tuple[str, str], int]:
        """Letters by (agent, error), as labels: bounded, whatever stands on the topic."""
        counted = Counter((_label(one.agent), _label(one.error)) for one in self._open.values())
        kept = dict(counted.most_common(CAUSES))
        if rest := counted.total() - sum(kept.values()):
            kept[OTHER, OTHER] = kept.get((OTHER, OTHER), 0) + rest
        return kept


def _label(word: str) -> str:
    return word if _WORD.fullmatch(word) else OTHER
