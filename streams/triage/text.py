"""Text → words. Everything the phrase tables see goes through here, and so do the tables themselves, so that they meet.

Linear in the length of the text and bounded, whatever the text is: mail is hostile."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from sys import intern

MAX_HEAD = 6_000
"""Characters read from the beginning of a text; an ask that nobody reads that far is no ask."""
MAX_TAIL = 2_000
"""Characters read from its end: letters often ask in their last lines."""

STOPS = frozenset(".?!")
"""Tokens that end a sentence; no phrase reaches over one."""
NUMBER, CLOCK, URL = "#n", "#time", "#url"

_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"]+")
# One alternative per kind of token; none can backtrack, so a long run of anything stays linear.
_KINDS = r"|\d{1,2}(?:[:.h]\d\d\b|(?:am|pm|uhr|h)\b)|\d+|#url|[.?!]+|\n[ \t\r]*\n"
_TOKEN = re.compile(r"[^\W\d_]+" + _KINDS + "|[。？！]")
_ASCII_TOKEN = re.compile(
    r"[a-z\d.?!#\n](?:(?<=[a-z])[a-z]*+|(?<=\d)(?:\d?(?:[:.h]\d\d\b|(?:am|pm|uhr|h)\b)|\d*+)|(?<=[.?!])[.?!]*+|"
    r"(?<=#)url|(?<=\n)[ \t\r]*+\n)",
    re.ASCII,
)
"""The same in lower-case ASCII text, in a third of the time: a range is one comparison where classes of Unicode are
look-ups, and what can begin a token is one set, so that all else is passed over without trying each alternative."""
_PASTED = re.compile(
    r"^[ \t>\"]*(?:to|an|para|aan|do)\s*:[^\n]{0,2000}\n(?:[^\n]{0,1000}\n){0,40}?"
    r"[ \t>]*(?:cc|subject|betreff|asunto|assunto|onderwerp|temat)\s*:",
    re.IGNORECASE | re.MULTILINE,
)
_PASTED_FIRST = ("to", "an", "para", "aan", "do")
"""What a pasted header block begins with: without it before a colon the pattern, which is slow, need not look."""
_SENT = re.compile(r"\b\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\W{1,3}(?:at )?\d{1,2}:\d\d")
_SENT_BY = re.compile(r"\s*(?:please respond to|sent by|from|von|de|da|van|od)\b[\s:]", re.IGNORECASE)
HEAD_LINES = 4
"""Lines above a pasted header block that may name the older mail's sender and date."""
_PLAIN = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "þ": "th"})


@lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """A word without case and accents ("Échéance" → "echeance"), so that careless writing still matches."""
    if len(word) > 64:
        return word
    decomposed = unicodedata.normalize("NFD", word.lower().translate(_PLAIN))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def own_words(text: str) -> str:
    """A text up to the header block of an older mail pasted under it (Notes and Outlook mark it with nothing else),
    without the lines above the block that say who wrote the older mail and when."""
    pasted = _PASTED.search(text) if _may_have_pasted(text) else None
    return _without_its_sender(text[: pasted.start()]) if pasted else text


def _may_have_pasted(text: str) -> bool:
    before = text.lower().split(":")[:-1]
    return any(part.rstrip().endswith(_PASTED_FIRST) for part in before)


def _without_its_sender(text: str) -> str:
    lines = text.rstrip().split("\n")
    last = range(max(0, len(lines) - HEAD_LINES), len(lines))
    dated = next((at for at in last if _SENT.search(lines[at])), None)
    if dated is None:
        return text
    if _SENT.match(lines[dated].strip()):  # a date alone on its line: who wrote stands above it
        dated -= 1
        if dated > 0 and _SENT_BY.match(lines[dated]):
            dated -= 1
    return "\n".join(lines[: max(0, dated)])


def bounded(text: str) -> str:
    """The head and the tail of a text that is too long to read."""
    if len(text) <= MAX_HEAD + MAX_TAIL:
        return text
    return f"{text[:MAX_HEAD]}\n\n{text[-MAX_TAIL:]}"


def tokens(text: str) -> list[str]:
    """Words of a text: folded, numbers and clock times as classes, a stop first and between sentences."""
    text = text.lower()
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if "://" in text or "www." in text:
        text = _ADDRESS.sub(" #url ", text)
    return [".", *map(_WORDS.__getitem__, (_ASCII_TOKEN if text.isascii() else _TOKEN).findall(text))]


def _token(found: str) -> str:
    if found.isalpha():
        return found if found.isascii() else fold(found)
    if found[0].isdigit():
        return NUMBER if found.isdigit() else CLOCK
    if "?" in found or found == "？":
        return "?"
    if found[0] == "!" or found == "！":
        return "!"
    return URL if found == URL else "."


class _Words(dict[str, str]):
    """What was found in a text → its word. Language repeats itself: a look-up, for nearly all."""

    MOST, LONGEST = 20_000, 40

    def __missing__(self, found: str) -> str:
        word = intern(_token(found))
        if len(found) <= self.LONGEST:
            if len(self) >= self.MOST:
                self.clear()
            self[word if word == found else found] = word  # one string where they are equal: a look-up touches it once
        return word


_WORDS = _Words()
