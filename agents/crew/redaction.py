"""Personal data out of a case before it leaves: addresses, numbers, and the names of who writes and who is written to.

Replaced by tokens that are the same throughout one mail, so that the model still sees who is who."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

_ADDRESS = re.compile(r"[\w.+'-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63}){1,6})")
_NUMBER = re.compile(r"(?<![\w.])[+(]?\d[\d\s()./-]{5,30}\d(?![\w])")
_LONG_WORD = re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])[A-Za-z0-9]{12,64}\b")
"""IBANs, order codes, tokens."""
_WORD = re.compile(r"\[(?:address|name|number|code) \d+\]|(?P<word>[^\W_]+)")
LEAST_NAME = 3


@dataclass(slots=True)
class Redaction:
    """Of one mail."""

    names: Iterable[str]
    """Display names that stand in its headers."""
    _tokens: dict[str, str] = field(default_factory=dict)
    _counts: Counter[str] = field(default_factory=Counter)
    _words: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Cut the names into words."""
        found = (word["word"].lower() for name in self.names for word in _WORD.finditer(name) if word["word"])
        self._words = frozenset(word for word in found if len(word) >= LEAST_NAME)

    def clean(self, text: str) -> str:
        """The text without them. Dates and amounts of money of up to six digits stay: they carry the urgency."""
        text = _ADDRESS.sub(lambda found: self._token("address", found[0].lower()), text)
        text = _WORD.sub(self._name, text)
        text = _NUMBER.sub(self._number, text)
        return _LONG_WORD.sub(lambda found: self._token("code", found[0]), text)

    def _name(self, found: re.Match[str]) -> str:
        """Word by word, so that it costs the same whatever the sender calls himself."""
        word = (found["word"] or "").lower()
        return self._token("name", word) if word in self._words else found[0]

    def _number(self, found: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", found[0])
        return self._token("number", digits) if len(digits) > 8 or not _DATE.fullmatch(found[0].strip()) else found[0]

    def _token(self, kind: str, value: str) -> str:
        key = f"{kind} {value}"
        if key not in self._tokens:
            self._counts[kind] += 1
            self._tokens[key] = f"[{kind} {self._counts[kind]}]"
        return self._tokens[key]


_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
