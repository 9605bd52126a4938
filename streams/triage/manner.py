"""The manner of a text and of its links: writing that is edited, and links to pages of a site, against a sales pitch.
For the model."""

from __future__ import annotations

import re

from streams.mail import Mail
from streams.triage.features import MOST_LINKS, Features
from streams.triage.steps import steps

READ = 6_000
"""Characters of the text that are looked at."""
SHORTEST = 60
"""Words that a text counts as at least: in a short one a single comma says nothing."""

_YOU = frozenset(("you", "your", "yours", "yourself", "u", "ur"))
_COMMAS, _SAYS_YOU, _CONTRACTIONS = (
    steps("commas", 0, 2, 4, 7),
    steps("says you", 0.5, 2, 4, 7),
    steps("contractions", 0, 0.7, 2),
)
_DEEP, _QUERIES = steps("links deep", 0.5, 1.2, 2, 3), steps("links with a query", 0, 0.3, 0.8)
_KEY = re.compile(r"\d{6}", re.ASCII)
"""A long number in a link: one entry of a large site, or one reader."""


def manner(features: Features) -> list[str]:
    """Names of the signals that a mail has."""
    mail = features.mail
    subject = mail.subject[:500]
    found = _text(features)
    if ":" in subject:
        found.append("subject with a colon")
    if "," in subject:
        found.append("subject with a comma")
    if "sender" in mail.headers:
        found.append("handed in by another")
    return [*found, *_paths(mail)] if mail.links else found


def _text(features: Features) -> list[str]:
    text, words = features.mail.new_text[:READ], features.body
    per = 100.0 / max(SHORTEST, len(words))
    found = [_COMMAS(per * text.count(","))]
    if features.languages[0] == "en":  # other languages say "you" and leave letters out in other ways
        # RIGHT SINGLE QUOTATION MARK is the apostrophe of programs that correct
        shortened = text.count("'") + text.count("\N{RIGHT SINGLE QUOTATION MARK}")
        found.append(_SAYS_YOU(per * sum(map(_YOU.__contains__, words))))
        found.append(_CONTRACTIONS(per * shortened))
    return found


def _paths(mail: Mail) -> list[str]:
    """How deep into their sites the links lead, and what they carry with them."""
    targets = [link.target for link in mail.links[:MOST_LINKS]]
    joined = " ".join(targets)
    depth = joined.count("/") / len(targets) - 2
    found = [_DEEP(depth), _QUERIES(sum(["?" in target for target in targets]) / len(targets))]
    return [*found, "links with a long number"] if _KEY.search(joined) else found
