"""Phrase tables → dictionaries by language and first words, and the scan that finds their phrases in a text.

A table row is phrases separated by semicolons. `{a|b|}` stands for a choice, `^` anchors at the beginning of a
sentence, `_` is any one word, `#n` a number, `#time` a clock time; `@day` and the like stand for a choice of words in
the row's language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from sys import intern
from typing import Any

from streams.triage.cues import Cue
from streams.triage.text import STOPS, fold

Table = Mapping[str, str]
"""Language → phrases."""
Places = set[tuple[int, Cue]]
"""Index of a phrase's first word, and what it says."""

_CHOICE = re.compile(r"\{([^{}]*)\}")
_WORD = re.compile(r"#(?:time|url|n)\b|_|[^\W\d_]+")
_SEPARATORS = re.compile(r"[\s'’^-]*")


_Node = dict[str, Any]
"""What can follow some words of phrases: the next word → what can follow it, `ANY` for any word; and under `ENDS`,
where phrases end here, whether they must begin a sentence and what they say."""
ANY, ENDS = "_", ""


def _ends(node: _Node, words: Sequence[str], at: int) -> list[tuple[bool, Cue]]:
    """The phrases that go on from a node with the words from `at` on."""
    found: list[tuple[bool, Cue]] = []
    while True:
        if ENDS in node:
            found += node[ENDS]
        if at == len(words):
            return found
        word = words[at]
        at += 1
        if ANY in node and word not in STOPS:
            found += _ends(node[ANY], words, at)
        if word not in node:
            return found
        node = node[word]


class Lexicon:
    """Every phrase of every cue, by language, first and second word."""

    def __init__(self, tables: Mapping[Cue, Table], classes: Mapping[str, Table]) -> None:
        """`classes`: "@name" → language → the words it stands for. Raises ValueError for a phrase it cannot read."""
        self._by_language: dict[str, _Node] = {}
        self._open: set[str] = set()
        """First words that are phrases alone, or may be followed by any."""
        self.phrases = 0
        for cue, table in tables.items():
            for language, row in table.items():
                named = {name: choices.get(language, "") for name, choices in classes.items()}
                self._add(language, cue, dict.fromkeys(_phrases(row, named)))

    def _add(self, language: str, cue: Cue, phrases: Iterable[tuple[bool, tuple[str, ...]]]) -> None:
        firsts = self._by_language.setdefault(language, {})
        for anchored, words in phrases:
            node = firsts
            for word in words:
                node = node.setdefault(word, {})
            node.setdefault(ENDS, []).append((anchored, cue))
            self.phrases += 1
            if ENDS in firsts[words[0]] or ANY in firsts[words[0]]:
                self._open.add(words[0])

    def scan(self, words: Sequence[str], languages: Iterable[str]) -> dict[Cue, int]:
        """At how many places of a text each cue is said, in any of these languages."""
        return counted(self.places(words, languages))

    def places(self, words: Sequence[str], languages: Iterable[str]) -> Places:
        """Where in a text each cue is said, in any of these languages."""
        places: Places = set()
        followings = [*words[1:], ENDS]
        for language in languages:
            nodes = map(self._by_language.get(language, {}).get, words)
            for at, node in enumerate(nodes):
                if node is None or (followings[at] not in node and words[at] not in self._open):
                    continue
                for anchored, cue in _ends(node, words, at + 1):
                    if not anchored or words[at - 1] in STOPS:
                        places.add((at, cue))
        return places


def counted(places: Places) -> dict[Cue, int]:
    """At how many places each cue is said."""
    counts: dict[Cue, int] = {}
    for _, cue in places:
        counts[cue] = counts.get(cue, 0) + 1
    return counts


def _phrases(row: str, classes: Mapping[str, str]) -> Iterator[tuple[bool, tuple[str, ...]]]:
    """The plain phrases of a row: whether anchored, and the folded words."""
    for pattern in row.replace("\n", " ").split(";"):
        for name, words_of in classes.items():
            pattern = pattern.replace(name, "{" + words_of + "}")  # noqa: PLW2901
        for phrase in _choices(pattern.strip()):
            if not _SEPARATORS.fullmatch(_WORD.sub("", phrase)):
                raise ValueError(f"phrase {phrase!r}: only words, #n, #time, #url, _, @day, @do and ^ mean something")
            words = tuple(intern(word if word[0] in "#_" else fold(word)) for word in _WORD.findall(phrase))
            if words:
                yield phrase.startswith("^"), words


def _choices(phrase: str) -> Iterator[str]:
    choice = _CHOICE.search(phrase)
    if choice is None:
        yield phrase
        return
    for option in choice.group(1).split("|"):
        yield from _choices(f"{phrase[: choice.start()]}{option}{phrase[choice.end() :]}")
