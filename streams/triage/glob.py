"""Patterns of a policy: plain text with `*` for anything, case ignored. Linear in the text, whatever a mail says.

There is no other sign: no `?`, no `[...]`, no regular expression, so that a pattern can be read and cannot blow up."""

from __future__ import annotations

from dataclasses import dataclass, field

LONGEST_TEXT = 2000
"""Characters of a header or subject that are looked at."""


@dataclass(frozen=True, slots=True)
class Glob:
    """A pattern that has to fit the whole text."""

    pattern: str
    parts: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """What stands between the stars, folded."""

    def __post_init__(self) -> None:
        """Cut it at its stars. Raises ValueError for an empty pattern."""
        if not self.pattern.strip():
            raise ValueError("an empty pattern; `*` fits everything")
        object.__setattr__(self, "parts", tuple(self.pattern.strip().casefold().split("*")))

    def fits(self, text: str) -> bool:
        """Whether the text is as the pattern says. Each part is taken where it occurs first: no way back is needed."""
        text = text[:LONGEST_TEXT].strip().casefold()
        first, *rest = self.parts
        if not rest:
            return text == first
        if not text.startswith(first):
            return False
        *middle, last = rest
        at = len(first)
        for part in middle:
            found = text.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        return len(text) - len(last) >= at and text.endswith(last)
