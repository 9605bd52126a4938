"""What each process says of itself on the compacted topic `triage.status`, for control, `triage status`, `doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that can be well or not, with the reason and the remedy when it is not."""

    name: str
    ok: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One record: key = instance, value = this as JSON. A tombstone says that the process ended in order."""

    instance: str
    component: str
    """ingest, worker, archive, control."""
    pid: int
    started_at: str
    at: str
    """When this was said, RFC 3339 UTC; a status older than a few intervals is a dead process."""
    checks: tuple[Check, ...] = ()
    counts: dict[str, int | float] | None = None
    """Running totals and gauges of the process, e.g. {"announced": 64}."""

    @property
    def ok(self) -> bool:
        """Whether every check is well."""
        return all(check.ok for check in self.checks)

    def encode(self) -> bytes:
        """The record's value."""
        return orjson.dumps(self)

    @classmethod
    def decode(cls, value: bytes) -> Status:
        """Read a record's value."""
        data: dict[str, Any] = orjson.loads(value)
        return cls(**{**data, "checks": tuple(Check(**check) for check in data["checks"])})
