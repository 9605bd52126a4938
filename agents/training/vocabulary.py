"""Which words may be learned: such as people of several corpora use, and no names.

A word counts when many senders of at least two corpora wrote it, and when within sentences it mostly stands in lower case.
So names, signatures, list footers and project words of one mailbox are left out, and the weights hold no mail text."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from agents.training.corpora import Example
from streams.triage import signals
from streams.triage.text import fold

SENDERS, CORPORA = 8, 2
_WITHIN = re.compile(r"(?<=[^\W\d_][ ,]) ?([^\W\d_]{2,40})")
READ = 8_000


def vocabulary(examples: Sequence[Example]) -> Mapping[str, float]:
    """Words that may be learned, those of subjects marked → inverse document frequency."""
    senders: defaultdict[str, set[str]] = defaultdict(set)
    corpora: defaultdict[str, set[str]] = defaultdict(set)
    mails: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for each in examples:
        found = signals.words(each.features)
        mails.update(found)
        for word in found:
            senders[word].add(each.mail.sender.address)
            corpora[word].add(_corpus(each))
        for word in _WITHIN.findall(each.mail.new_text[:READ]):
            (capital if word[0].isupper() else small)[fold(word)] += 1
    return {
        word: math.log(len(examples) / (1 + count))
        for word, count in sorted(mails.items())
        if len(senders[word]) >= SENDERS
        and len(corpora[word]) >= CORPORA
        and capital[bare := word.removeprefix(signals.SUBJECT)] <= small[bare]
    }


def _corpus(example: Example) -> str:
    """Spam and other mail of SpamAssassin came from different mailboxes and years: two corpora."""
    top, _, folder = example.source.partition("/")
    return f"{top}/{folder.partition('-')[0]}" if folder else top
