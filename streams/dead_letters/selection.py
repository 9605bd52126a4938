"""Which dead letters an operator's words mean. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from infra.errors import ConfigError
from streams.dead_letters.book import Book, chosen
from streams.dead_letters.letter import Letter, Place


@dataclass(kw_only=True)
class Selection:
    """Places and event ids, or all open letters of causes and accounts. `already` counts those that were dealt with."""

    words: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    everything: bool = False
    limit: int | None = None
    """Not more than so many, the oldest first."""
    already: int = 0

    def __post_init__(self) -> None:
        if bool(self.words) + self.everything + bool(self.causes or self.accounts) != 1:
            raise ConfigError(
                "say which dead letters: their places or event ids, or --cause and --account, or --all;"
                " `triage dead list` and `triage dead causes` show what there is"
            )

    def __call__(self, book: Book) -> Sequence[Letter]:
        """The letters, in the order of the log.

        Raises:
            NoSuchLetter
        """
        if self.words:
            meant = self._named(book)
        else:
            meant = {one.place: one for one in chosen(book.open(), causes=self.causes, accounts=self.accounts)}
        return [meant[place] for place in sorted(meant)][: self.limit]

    def _named(self, book: Book) -> dict[Place, Letter]:
        """A word that is a place also means a letter that was dropped: somebody has thought better of it."""
        found: dict[Place, Letter] = {}
        for word in self.words:
            for one in book.named(word):
                note = book.note(one)
                if note is None or (note.state == "dropped" and word == str(one.place)):
                    found[one.place] = one
                else:
                    self.already += 1
        return found
