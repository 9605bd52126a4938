"""Which requests of a partition are answered, out of order: a position, and the answered offsets beyond it. Pure.

Both are committed together, the second as the offset's metadata: after a restart nothing that was answered is asked
again, though the most important was taken first (as Confluent's parallel consumer does it)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

SPAN = 8192
"""Offsets beyond the position that can be remembered, a bit each: Kafka takes 4096 characters of metadata."""


@dataclass(slots=True)
class Ledger:
    """Of one partition."""

    position: int
    """The first offset that is not known to be answered."""
    _read: list[int] = field(default_factory=list)
    """Offsets that were read and are at or beyond the position, in order; markers of transactions have none."""
    _done: set[int] = field(default_factory=set)

    @classmethod
    def restored(cls, position: int, metadata: str) -> Ledger:
        """From what was committed. Metadata of another kind is ignored: at worst a request is answered again."""
        ledger = cls(position=position)
        try:
            bits = int(metadata.removeprefix("done:") or "0", 16) if metadata.startswith("done:") else 0
        except ValueError:
            bits = 0
        ledger._done = {position + place for place in range(bits.bit_length()) if bits >> place & 1}
        return ledger

    @property
    def room(self) -> bool:
        """Whether another offset can be remembered."""
        return not self._read or self._read[-1] - self.position < SPAN

    def read(self, offset: int) -> bool:
        """A record was read; False: it was answered before."""
        if offset < self.position:
            return False
        self._read.append(offset)
        return offset not in self._done

    def done(self, offsets: Iterable[int]) -> None:
        """These are answered."""
        self._done.update(offsets)
        while self._read and self._read[0] in self._done:
            self.position = self._read.pop(0) + 1
        self._done = {offset for offset in self._done if offset >= self.position}

    @property
    def metadata(self) -> str:
        """The answered offsets beyond the position, hexadecimal, bit n for position + n."""
        bits = sum(1 << (offset - self.position) for offset in self._done)
        return f"done:{bits:x}" if bits else ""

    def answered(self, offset: int) -> bool:
        """Whether it counts as answered."""
        return offset < self.position or offset in self._done
