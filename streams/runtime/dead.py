"""Dead letters: the record as it was (key, value, headers) plus headers that say why and where it came from.

Kafka Connect's convention (KIP-298): nothing is re-encoded, so `triage dead replay` can put the same bytes back."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime

from infra.errors import Fatal, Permanent
from streams.runtime.agent import Event, Output
from streams.runtime.store import Changes
from streams.topics import DEAD

LARGEST_OUTPUT = 1_000_000
"""Bytes of key, value and headers; Kafka's own default for a topic is 1,048,588."""
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
    """The record for `mail.dead`."""
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
    kept = tuple(pair for pair in event.headers if not pair[0].startswith("dead_"))
    return Output(topic=DEAD.name, key=event.key, value=event.value, headers=kept + added)


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
