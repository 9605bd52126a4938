"""Dead letters: the record as it was (key, value, headers) plus headers that say why and where it came from.

Kafka Connect's convention (KIP-298): nothing is re-encoded, so `triage dead replay` can put the same bytes back."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime

from infra.errors import Fatal, Permanent
from streams.events import ATTEMPT_HEADER
from streams.runtime.agent import Event, Headers, Output
from streams.runtime.store import Changes
from streams.topics import DEAD

LARGEST_OUTPUT = 1_000_000
"""Bytes of key, value and headers; Kafka's own default for a topic is 1,048,588."""
LARGEST_LETTER = 1_900_000
"""Of a dead letter, which has a topic and a producer that take 2 MiB: more than ingest ever writes. A foreign
producer's record may be larger, for topics bound what is compressed."""
LARGEST_KEY, LARGEST_HEADERS = 64 * 1024, 256 * 1024
HEADER_BYTES = 10
"""What a header costs beside name and value, at most."""
CUT = "dead_cut"
"""Header of a letter that is not whole: bytes that its record had."""
REASON_CHARACTERS = 500
WINDOW_S = 60.0
SHARE = 0.1


class TooManyDeadLetters(Fatal):
    """Unexpected failures come too fast for bad mail: the defect is here. The worker stops and nothing is lost."""


class OutputTooLarge(Permanent):
    """A decision's record that the brokers would refuse each time, holding up all mail behind it."""


def may_be_too_large(output: Output) -> bool:
    """Whether `check_size` is worth its time: most records are small and have few headers."""
    return len(output.headers) > 0 or len(output.value or b"") > LARGEST_OUTPUT // 2


def check_row(rows: Changes) -> None:
    """Refuse table rows that no changelog takes.

    Raises:
        OutputTooLarge
    """
    for table, changed in rows.items():
        for key, value in changed.items():
            if len(key) + len(value or b"") > LARGEST_OUTPUT:
                raise OutputTooLarge(f"a row of {len(value or b'')} bytes for {table}; the most is {LARGEST_OUTPUT}")


def check_size(output: Output) -> None:
    """Refuse what no topic takes. Not for dead letters: their bytes were on a topic already.

    Raises:
        OutputTooLarge
    """
    size = len(output.key or b"") + len(output.value or b"")
    size += sum(len(name) + len(value) for name, value in output.headers)
    if size > LARGEST_OUTPUT:
        raise OutputTooLarge(f"{size} bytes for {output.topic}; the most is {LARGEST_OUTPUT}")


def dead_letter(event: Event, agent: str, error: BaseException) -> Output:
    """The record for `mail.dead`. One that no topic takes is cut: it would be refused each time, and hold up all mail
    behind it; whole it stands where it came from."""
    why = {
        "dead_agent": agent,
        "dead_error": type(error).__name__,
        "dead_reason": str(error)[:REASON_CHARACTERS],
        "dead_topic": event.topic,
        "dead_partition": str(event.partition),
        "dead_offset": str(event.offset),
        "dead_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }
    added = tuple((name, text.encode("utf-8", "replace")) for name, text in why.items())
    kept: Headers = tuple(pair for pair in event.headers if not pair[0].startswith("dead_"))
    key, value = event.key, event.value
    size = len(key or b"") + len(value or b"") + _size(kept)
    if size > LARGEST_LETTER:
        kept = _within(kept, LARGEST_HEADERS)
        key = key and key[:LARGEST_KEY]
        value = value and value[: LARGEST_LETTER - LARGEST_HEADERS - LARGEST_KEY]
        added = (*added, (CUT, b"%d" % size))
    return Output(topic=DEAD.name, key=key, value=value, headers=(*kept, *added))


def _size(headers: Headers) -> int:
    return sum(len(name.encode("utf-8", "replace")) + len(value) + HEADER_BYTES for name, value in headers)


def _within(headers: Headers, most: int) -> Headers:
    """The first of them, as many as fit."""
    kept: list[tuple[str, bytes]] = []
    for pair in headers:
        most -= _size((pair,))
        if most < 0:
            break
        kept.append(pair)
    return tuple(kept)


def is_replayed(headers: Headers) -> bool:
    """Whether a record was put back from `mail.dead`. One that fails again is known to be bad: it says nothing about
    this version, and must not stop a worker that all other mail waits for."""
    return any(name == ATTEMPT_HEADER for name, _ in headers)


class DeadLetterLimit:
    """Stops the worker when, within a minute, at least `limit` and a tenth of all events failed unexpectedly."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        """May be changed at any time; it is looked at with the next failure."""
        self._failures: deque[float] = deque()
        self._taken: deque[tuple[float, int]] = deque()

    def took(self, events: int, now: float) -> None:
        """Count events that were decided."""
        self._taken.append((now, events))

    def failed(self, now: float, deciding: int = 0) -> None:
        """Count one unexpected failure, the last of `deciding` events that `took` was not told of yet.

        Raises:
            TooManyDeadLetters
        """
        self._failures.append(now)
        while self._failures[0] < now - WINDOW_S:
            self._failures.popleft()
        while self._taken and self._taken[0][0] < now - WINDOW_S:
            self._taken.popleft()
        failures, taken = len(self._failures), deciding + sum(count for _, count in self._taken)
        if failures >= self.limit and failures >= SHARE * max(taken, failures):
            raise TooManyDeadLetters(
                f"{failures} of the last {max(taken, failures)} events failed unexpectedly within a minute: stopping "
                "before all mail is dead-lettered. Nothing is lost: mend the defect (the log names it) and start again."
            )
