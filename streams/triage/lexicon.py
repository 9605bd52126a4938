"""Phrase tables → dictionaries by language and first words, and the scan that finds their phrases in a text.

A table row is phrases separated by semicolons. `{a|b|}` stands for a choice, `^` anchors at the beginning of a
sentence, `_` is any one word, `#n` a number, `#time` a clock time; `@day` and the like stand for a choice of words in
the row's language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from streams.triage.cues import Cue
from streams.triage.text import STOPS, fold

Table = Mapping[str, str]
"""Language → phrases."""

_CHOICE = re.compile(r"\{([^{}]*)\}")
_WORD = re.compile(r"#time|#n|#url|_|[^\W\d_]+")
_SEPARATORS = re.compile(r"[\s'’^-]*")
_Entry = tuple[tuple[str, ...], bool, bool, Cue]
"""What follows the first word, whether the phrase begins a sentence, whether it has wild words, what it says."""


class Lexicon:
    """Every phrase of every cue, by language, first and second word."""

    def __init__(self, tables: Mapping[Cue, Table], classes: Mapping[str, Table]) -> None:
        """`classes`: "@name" → language → the words it stands for. Raises ValueError for a phrase it cannot read."""
        self._by_language: dict[str, dict[str, dict[str, list[_Entry]]]] = {}
        self.phrases = 0
        for cue, table in tables.items():
            for language, row in table.items():
                words = self._by_language.setdefault(language, {})
                for phrase in dict.fromkeys(
                    _phrases(row, {name: table.get(language, "") for name, table in classes.items()})
                ):
                    _add(words, phrase, cue)
                    self.phrases += 1

    def scan(self, words: Sequence[str], languages: Iterable[str]) -> dict[Cue, int]:
        """How often each cue's phrases of these languages occur in the words of one text."""
        found: dict[Cue, int] = {}
        for language in languages:
            firsts = self._by_language.get(language, {})
            for at, word in enumerate(words):
                if word in firsts:
                    seconds = firsts[word]
                    second = words[at + 1] if at + 1 < len(words) else ""
                    for key in ("", second, "_"):
                        for rest, anchored, wild, cue in seconds.get(key, ()):
                            if (not anchored or words[at - 1] in STOPS) and _follows(words, at + 1, rest, wild=wild):
                                found[cue] = found.get(cue, 0) + 1
        return found


def _follows(words: Sequence[str], start: int, rest: tuple[str, ...], *, wild: bool) -> bool:
    there = tuple(words[start : start + len(rest)])
    if not wild:
        return there == rest
    return len(there) == len(rest) and all(
        want == have or (want == "_" and have not in STOPS) for want, have in zip(rest, there, strict=True)
    )


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


def _add(firsts: dict[str, dict[str, list[_Entry]]], phrase: tuple[bool, tuple[str, ...]], cue: Cue) -> None:
    anchored, (first, *rest) = phrase
    entry = (tuple(rest), anchored, "_" in rest, cue)
    firsts.setdefault(first, {}).setdefault(rest[0] if rest else "", []).append(entry)


def _choices(phrase: str) -> Iterator[str]:
    choice = _CHOICE.search(phrase)
    if choice is None:
        yield phrase
        return
    for option in choice.group(1).split("|"):
        yield from _choices(f"{phrase[: choice.start()]}{option}{phrase[choice.end() :]}")
