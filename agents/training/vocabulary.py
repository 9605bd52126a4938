"""Which words may be learned: such as people of several corpora use, and no names.

A word counts when many senders wrote it, in legitimate mail of two corpora or in spam, when within sentences it mostly
stands in lower case, and when it is no part of an address that many mails went to. So names, signatures, list footers
and project words of one mailbox are left out, and the weights hold no mail text."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from agents.training.corpora import Example
from streams.triage import signals
from streams.triage.text import CLOCK, NUMBER, URL, fold

SENDERS, CORPORA = 8, 2
OFTEN = 5
"""Places in lower case within sentences that make it an ordinary word."""
MARKS = frozenset("?!") | {NUMBER, CLOCK, URL}
_WITHIN = re.compile(r"(?<=[^\W\d_][ ,]) ?([^\W\d_]{2,40})")
READ = 8_000
_TIME = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august september "
    "october november december".split(),
)
"""English words that have a capital and name nobody."""
WRITTEN = 3
"""Mails of the project's own tables that a word must be in: their senders are roles and not counted."""
_WORD = re.compile(r"[^\W\d_]{2,40}")


def vocabulary(examples: Sequence[Example]) -> Mapping[str, float]:
    """Words that may be learned, those of subjects marked → inverse document frequency."""
    senders: defaultdict[str, set[str]] = defaultdict(set)
    corpora: defaultdict[str, set[str]] = defaultdict(set)
    spammers: defaultdict[str, set[str]] = defaultdict(set)
    mails: Counter[str] = Counter()
    addressed: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    examples = [each for each in examples if not each.is_authored]
    for each in examples:
        found = signals.words(each.features)
        mails.update(found)
        for word in found:
            senders[word].add(each.mail.sender.address)
            (spammers if each.junk else corpora)[word].add(each.mail.sender.address if each.junk else _corpus(each))
        addressed.update(_addressed(each))
        for word in _WITHIN.findall(each.mail.new_text[:READ]):
            (capital if word[0].isupper() else small)[fold(word)] += 1
    return {
        word: math.log(len(examples) / (1 + count))
        for word, count in sorted(mails.items())
        if len(senders[word]) >= SENDERS
        and addressed[word.removeprefix(signals.SUBJECT)] < SENDERS
        and (len(corpora[word]) >= CORPORA or len(spammers[word]) >= SENDERS)
        and ((bare := word.removeprefix(signals.SUBJECT)) in _TIME | MARKS or capital[bare] <= small[bare] >= OFTEN)
    }


def plain_words(examples: Sequence[Example]) -> list[str]:
    """Words of text or subject that may be learned from the project's own tables, in which nobody has a name: those of
    several mails that are seen in lower case there, or in German, where every noun has a capital."""
    mails: Counter[str] = Counter()
    small = set(MARKS)
    for each in examples:
        if each.is_authored:
            mails.update(signals.said(each.features))
            seen = _WORD.findall(f"{each.mail.subject}\n{each.mail.new_text}")
            german = each.features.languages[:1] == ("de",)
            small.update(fold(word) for word in seen if german or word.islower())
    return sorted(word for word, count in mails.items() if count >= WRITTEN and word in small)


def places(examples: Sequence[Example], words: Sequence[str], first: int) -> list[list[int]]:
    """Per mail where its known words are among the weights."""
    place = {word: first + at for at, word in enumerate(words)}
    said = (signals.said(each.features) for each in examples)
    return [sorted(place[word] for word in found if word in place) for found in said]


def _addressed(example: Example) -> set[str]:
    """Parts of the addresses and lists that a mail went to: what a list's footer and subject tag repeat."""
    mail = example.mail
    names = [address.address for address in (*mail.to, *mail.cc)] + [mail.list_id or "", mail.header("list-post")]
    return {fold(word) for name in names for word in re.findall(r"[^\W\d_]{2,40}", name[:200])}


def _corpus(example: Example) -> str:
    return example.source.partition("/")[0]
