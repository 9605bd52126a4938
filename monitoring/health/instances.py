"""What is known of each process from triage.status. Pure: the caller brings records and clock."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from streams.moments import utc_moment
from streams.status import Check, Status

log = logging.getLogger(__name__)

FORGOTTEN_AFTER = timedelta(minutes=5)
"""A process that has been silent for this long is no longer shown: it will not come back under its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A process and when it last said something."""

    status: Status
    age_s: float
    silent: bool
    """It has not been heard of for several intervals and said no goodbye: killed, hung, or cut off from Kafka."""

    @property
    def ok(self) -> bool:
        """Whether it lives and all is well with it."""
        return not self.silent and self.status.ok

    @property
    def failing(self) -> tuple[Check, ...]:
        """What is not well, by its own word."""
        return tuple(check for check in self.status.checks if not check.ok)


class Instances:
    """The latest word of every instance."""

    def __init__(self, *, interval_s: float) -> None:
        self.silent_after = timedelta(seconds=max(10.0, 5 * interval_s))
        self._heard: dict[str, tuple[Status, datetime]] = {}

    def hear(self, instance: str, value: bytes | None, *, now: datetime | None = None) -> None:
        """Take one record. `now` for a record that has just been written; without it the record's own time counts."""
        if value is None:
            self._heard.pop(instance, None)
            return
        try:
            status = Status.decode(value)
            if {type(status.component), type(status.instance)} != {str}:
                raise TypeError("a name that is no text")
            utc_moment(status.started_at)
            spoken = utc_moment(status.at)
            self._heard[instance] = (status, now or spoken)
        except (ValueError, TypeError, KeyError) as error:  # another version's, or not ours
            log.warning("status of an instance cannot be read: %s", type(error).__name__, extra={"instance": instance})

    def seen(self, now: datetime) -> tuple[Instance, ...]:
        """Every instance by component and name; silent ones until they are forgotten or replaced."""
        known = [self._instance(status, heard, now) for status, heard in self._heard.values()]
        return tuple(sorted(_without_replaced(known), key=lambda one: (one.status.component, one.status.instance)))

    def _instance(self, status: Status, heard: datetime, now: datetime) -> Instance:
        age = max(timedelta(), now - heard)
        return Instance(status=status, age_s=age.total_seconds(), silent=age > self.silent_after)


def _without_replaced(known: Iterable[Instance]) -> Iterator[Instance]:
    """A process that was killed and started again lives on under another name: its old word is history."""
    known = list(known)
    for one in known:
        replaced = any(
            not other.silent
            and other.status.component == one.status.component
            and other.status.started_at >= one.status.at
            for other in known
        )
        if not one.silent or not (replaced or one.age_s > FORGOTTEN_AFTER.total_seconds()):
            yield one
