"""A model's free text, made harmless: short, one line, no links, no control characters. It is shown, never acted on."""

from __future__ import annotations

import re
import unicodedata

WHY_CHARACTERS = 240
BRIEF_CHARACTERS = 1200
_LINK = re.compile(r"(?:\b[a-z][a-z0-9+.-]{1,20}://|\bwww\.|\b(?:javascript|data|mailto):)\S*", re.IGNORECASE)
_MARKUP = re.compile(r"[<>`\[\]{}|]")


def plain(text: str, characters: int) -> str:
    """One line of at most so many characters."""
    visible = "".join(
        letter if not unicodedata.category(letter).startswith("C") else " " for letter in text[: 8 * characters]
    )
    without = _MARKUP.sub(" ", _LINK.sub("(link)", visible))
    said = " ".join(without.split())
    return said if len(said) <= characters else said[: characters - 1] + "…"
