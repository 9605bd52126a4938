"""The records of `triage.control` and `triage.audit`, as JSON by orjson."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import orjson

from infra.errors import ConfigError, Permanent
from streams.moments import utc_text

ORDER_KEY = "order:"
"""Keys of one-shot orders begin so; all others are names of settings."""
LONGEST_WHY = 500
"""Characters of a reason."""
LONGEST_WHO = 100
LINE = r"^[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$"
"""One line of text that says something; also as a pattern of JSON Schema."""


class MalformedControl(Permanent):
    """A record that this version cannot read. The message names its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A record of triage.control: the value that a setting has instead of its start value. Key: the setting's name.
    A null value ends it."""

    value: str | int | float | bool
    who: str
    why: str
    at: str
    expires_at: str | None = None
    """When it ends by itself; null: only when it is cleared."""

    def encode(self) -> bytes:
        """The record's value."""
        return orjson.dumps(self)

    @classmethod
    def decode(cls, value: bytes) -> Self:
        """Read a record's value; fields of a later version are passed over.

        Raises:
            MalformedControl
        """
        return cls(**_fields(value, required=("value", "who", "why", "at"), optional=("expires_at",)))

    def active(self, now: datetime) -> bool:
        """Whether it holds at `now`."""
        return self.expires_at is None or now < datetime.fromisoformat(self.expires_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A record of triage.control: do something once. Key: `order:` and its name."""

    who: str
    why: str
    at: str

    def encode(self) -> bytes:
        """The record's value."""
        return orjson.dumps(self)

    @classmethod
    def decode(cls, value: bytes) -> Self:
        """Read a record's value.

        Raises:
            MalformedControl
        """
        return cls(**_fields(value, required=("who", "why", "at")))


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """A record of triage.audit: who did what to the running system, when and why. Key: what it was done to."""

    at: str
    who: str
    """A person or the name of an access token."""
    action: str
    """set, clear, order, replay, call (of the admin API), or rotate (of a secret)."""
    name: str
    """A setting, an order, the group that a replay commits to, or the API's method and route."""
    why: str = ""
    value: str | int | float | bool | None = None
    """What was set; of a replay what it published; of a call the HTTP status."""
    before: str | int | float | bool | None = None
    """The override that it replaced, if there was one."""
    expires_at: str | None = None
    revision: int | None = None
    """Of triage.control; null where nothing was changed."""

    def encode(self) -> bytes:
        """The record's value."""
        return orjson.dumps(self)

    @classmethod
    def decode(cls, value: bytes) -> Self:
        """Read a record's value.

        Raises:
            MalformedControl
        """
        optional = ("why", "value", "before", "expires_at", "revision")
        return cls(**_fields(value, required=("at", "who", "action", "name"), optional=optional))


def require_account(who: str, why: str) -> None:
    """Raises ConfigError where nobody could tell later who it was and why."""
    if len(why) > LONGEST_WHY or not re.fullmatch(LINE, why):
        raise ConfigError(f"a change needs a reason: one line of 1 to {LONGEST_WHY} characters (--why TEXT)")
    if len(who) > LONGEST_WHO or not re.fullmatch(LINE, who):
        raise ConfigError(f"a change needs somebody who made it: 1 to {LONGEST_WHO} characters")


def entry(action: str, name: str, *, who: str, why: str, value: str | None = None) -> AuditEntry:
    """What is done now, for triage.audit. Raises ConfigError: see `require_account`."""
    require_account(who, why)
    return AuditEntry(at=utc_text(datetime.now(UTC)), who=who, action=action, name=name, why=why, value=value)


_TEXTS = {"who", "why", "at", "action", "name"}


def _fields(value: bytes, *, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    try:
        data = orjson.loads(value)
        found = {name: data[name] for name in required} | {name: data[name] for name in optional if name in data}
        for name in ("at", "expires_at"):
            if found.get(name) is not None and datetime.fromisoformat(found[name]).tzinfo is None:
                raise ValueError(name)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise MalformedControl(f"not a record of this kind: {type(error).__name__}") from None
    if any(not isinstance(found[name], str) for name in _TEXTS & found.keys()):
        raise MalformedControl("not a record of this kind: a text is missing")
    return found
