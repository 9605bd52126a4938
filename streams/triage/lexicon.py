"""Phrase tables → dictionaries by language and first words, and the scan that finds their phrases in a text.

A table row is phrases separated by semicolons. `{a|b|}` stands for a choice, `^` anchors at the beginning of a
sentence, `_` is any one word, `#n` a number, `#time` a clock time; `@day` and the like stand for a choice of words in
the row's language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from streams.triage.cues import Cue
from streams.triage.text import STOPS, fold

Table = Mapping[str, str]
"""Language → phrases."""
Places = set[tuple[int, Cue]]
"""Index of a phrase's first word, and what it says."""

_CHOICE = re.compile(r"\{([^{}]*)\}")
_WORD = re.compile(r"#(?:time|url|n)\b|_|[^\W\d_]+")
_SEPARATORS = re.compile(r"[\s'’^-]*")


class _Tails:
    """What can follow one first word: by exact tail, so that a scan looks up and never walks a list of phrases."""

    __slots__ = ("exact", "lengths", "seconds", "wild")

    def __init__(self) -> None:
        self.exact: dict[tuple[str, ...], list[tuple[bool, Cue]]] = {}
        self.wild: list[tuple[tuple[str, ...], bool, Cue]] = []
        self.lengths: tuple[int, ...] = ()
        self.seconds: set[str] | None = set()
        """The words that can come next, most first words being followed by none of them; None: any."""

    def add(self, tail: tuple[str, ...], *, anchored: bool, cue: Cue) -> None:
        """One more phrase with this first word."""
        if not tail or tail[0] == "_":
            self.seconds = None
        elif self.seconds is not None:
            self.seconds.add(tail[0])
        if "_" in tail:
            self.wild.append((tail, anchored, cue))
            return
        self.exact.setdefault(tail, []).append((anchored, cue))
        if len(tail) not in self.lengths:
            self.lengths = tuple(sorted((*self.lengths, len(tail))))

    def at(self, words: Sequence[str], at: int) -> list[tuple[bool, Cue]]:
        """The phrases that stand at this place, and whether they must begin a sentence."""
        found: list[tuple[bool, Cue]] = []
        for length in self.lengths:
            found += self.exact.get(tuple(words[at + 1 : at + 1 + length]), ())
        for tail, anchored, cue in self.wild:
            there = words[at + 1 : at + 1 + len(tail)]
            if len(there) == len(tail) and all(map(_fits, tail, there)):
                found.append((anchored, cue))
        return found


def _fits(want: str, have: str) -> bool:
    return want == have or (want == "_" and have not in STOPS)


class Lexicon:
    """Every phrase of every cue, by language, first and second word."""

    def __init__(self, tables: Mapping[Cue, Table], classes: Mapping[str, Table]) -> None:
        """`classes`: "@name" → language → the words it stands for. Raises ValueError for a phrase it cannot read."""
        self._by_language: dict[str, dict[str, _Tails]] = {}
        self.phrases = 0
        for cue, table in tables.items():
            for language, row in table.items():
                named = {name: choices.get(language, "") for name, choices in classes.items()}
                self._add(language, cue, dict.fromkeys(_phrases(row, named)))

    def _add(self, language: str, cue: Cue, phrases: Iterable[tuple[bool, tuple[str, ...]]]) -> None:
        firsts = self._by_language.setdefault(language, {})
        for anchored, (first, *rest) in phrases:
            firsts.setdefault(first, _Tails()).add(tuple(rest), anchored=anchored, cue=cue)
            self.phrases += 1

    def scan(self, words: Sequence[str], languages: Iterable[str]) -> dict[Cue, int]:
        """At how many places of a text each cue is said, in any of these languages."""
        return counted(self.places(words, languages))

    def places(self, words: Sequence[str], languages: Iterable[str]) -> Places:
        """Where in a text each cue is said, in any of these languages."""
        places: Places = set()
        followings = [*words[1:], ""]
        for language in languages:
            firsts = self._by_language.get(language, {})
            for at, tails in enumerate(map(firsts.get, words)):
                if tails is None or (tails.seconds is not None and followings[at] not in tails.seconds):
                    continue
                for anchored, cue in tails.at(words, at):
                    if not anchored or words[at - 1] in STOPS:
                        places.add((at, cue))
        return places


def counted(places: Places) -> dict[Cue, int]:
    """At how many places each cue is said."""
    return Counter([cue for _, cue in places])


def _phrases(row: str, classes: Mapping[str, str]) -> Iterator[tuple[bool, tuple[str, ...]]]:
    """The plain phrases of a row: whether anchored, and the folded words."""
    for pattern in row.replace("\n", " ").split(";"):
        for name, words_of in classes.items():
            pattern = pattern.replace(name, "{" + words_of + "}")  # noqa: PLW2901
        for phrase in _choices(pattern.strip()):
            if not _SEPARATORS.fullmatch(_WORD.sub("", phrase)):
                raise ValueError(f"phrase {phrase!r}: only words, #n, #time, #url, _, @day, @do and ^ mean something")
            words = tuple(word if word[0] in "#_" else fold(word) for word in _WORD.findall(phrase))
            if words:
                yield phrase.startswith("^"), words


def _choices(phrase: str) -> Iterator[str]:
    choice = _CHOICE.search(phrase)
    if choice is None:
        yield phrase
        return
    for option in choice.group(1).split("|"):
        yield from _choices(f"{phrase[: choice.start()]}{option}{phrase[choice.end() :]}")
