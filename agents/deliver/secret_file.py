"""What stands behind an endpoint's reference to a secret: a line per secret, and how long it still signs. Pure.

The first line signs for good. While a secret is changed a second one is `SECRET until 2026-11-27T08:00:00Z`: both sign
until then (Standard Webhooks §Webhook signatures), and afterwards the old one does not, whoever is awake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from agents.deliver.signature import InvalidSecret, key
from streams.moments import utc_moment, utc_text

UNTIL = "until"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningSecret:
    """One line."""

    text: str = field(repr=False)
    until: datetime | None = None
    """None: for good."""

    def holds(self, now: datetime) -> bool:
        """Whether it signs at `now`."""
        return self.until is None or now < self.until

    @property
    def line(self) -> str:
        """As it stands in the file."""
        return self.text if self.until is None else f"{self.text} {UNTIL} {utc_text(self.until)}"


def parse(text: str) -> tuple[SigningSecret, ...]:
    """Read the lines.

    Raises:
        InvalidSecret: one is none; the message has its number, not its text.
    """
    found = tuple(_secret(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip())
    if not found:
        raise InvalidSecret("there is no signing secret; `triage deliver secret` makes one")
    return found


def keys(texts: Sequence[str], now: datetime) -> list[bytes]:
    """What signs now, of the contents of all of an endpoint's references.

    Raises:
        InvalidSecret: a line is none, or none signs any more.
    """
    found = [key(one.text) for text in texts for one in parse(text) if one.holds(now)]
    if not found:
        raise InvalidSecret("every signing secret has ended; `triage secrets rotate webhook` makes a new one")
    return found


def changed(text: str, new: str, *, until: datetime | None, now: datetime) -> str:
    """The file with a new secret in front; what signs at `now` goes on to `until`, or ends at once (None).

    Raises:
        InvalidSecret
    """
    held = [one for one in parse(text) if one.holds(now)] if until is not None else []
    ending = [SigningSecret(text=one.text, until=min(filter(None, (one.until, until)))) for one in held]
    return "\n".join([new, *(one.line for one in ending), ""])


def _secret(number: int, line: str) -> SigningSecret:
    words = line.split()
    try:
        key(words[0])
        if len(words) == 1:
            return SigningSecret(text=words[0])
        word, time = words[1:]
        if word != UNTIL:
            raise ValueError
        return SigningSecret(text=words[0], until=utc_moment(time))
    except InvalidSecret as error:
        raise InvalidSecret(f"line {number}: {error}") from None
    except ValueError:
        raise InvalidSecret(f"line {number}: allowed is SECRET, or SECRET {UNTIL} 2026-11-27T08:00:00Z") from None
