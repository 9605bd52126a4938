"""Every setting that can be changed while the system runs, and every one-shot order: one declaration each.

A name may carry a subject behind a colon: `LANE:urgent`, `BREAKER:gmail/user`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from infra.errors import ConfigError
from infra.settings import Settings
from streams.triage.verdict import Lane

Value = str | int | float | bool
ALL_PROCESSES = ("ingest", "worker", "archive", "deliver", "crew", "control")
STREAMS = ("worker", "archive", "deliver", "crew")
LANE_READERS = ("archive", "deliver")

_Judge = Annotated[str, Field(pattern=r"^([0-9a-f]{12}/[0-9a-f]{12})?$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Knob:
    """A setting that the control topic may override."""

    name: str
    purpose: str
    kind: Any
    """What values it takes: a type, with pydantic's constraints."""
    processes: tuple[str, ...]
    """Components that take it up."""
    start: Callable[[Settings], Value]
    """Its value where there is no override."""
    subjects: str = ""
    """A regular expression of what stands behind the colon; empty: nothing may."""

    def parse(self, given: object) -> Value:
        """The value that `given` (text of a command line, or JSON) means.

        Raises:
            ConfigError: names the setting, the value and what is allowed.
        """
        try:
            value: Value = _adapter(self.name).validate_python(given)
        except ValidationError as error:
            said = error.errors()[0]["msg"]
            raise ConfigError(f"{self.name}={str(given)[:80]!r}: {said}") from None
        if isinstance(given, bool) != isinstance(value, bool) and not isinstance(given, str):
            raise ConfigError(f"{self.name}={given!r}: should be a {type(value).__name__}")
        return value

    def of_each(self, name: str, subjects: str) -> Knob:
        """The same for subjects of its own."""
        return replace(self, name=name, subjects=subjects)

    @property
    def schema(self) -> dict[str, Any]:
        """JSON Schema of its values."""
        return _adapter(self.name).json_schema()


@dataclass(frozen=True, slots=True, kw_only=True)
class OneShot:
    """Something that running processes do once when told; a process that starts later does not."""

    name: str
    purpose: str
    processes: tuple[str, ...]


def setting(name: str, purpose: str, *processes: str) -> Knob:
    """The knob of a setting of `infra.settings`: its type, bounds and start value are those of the setting."""
    field = Settings.model_fields[name]
    kind = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation

    def start(settings: Settings) -> Value:
        value: Value = getattr(settings, name)
        return value

    return Knob(name=name.upper(), purpose=purpose, kind=kind, processes=processes, start=start)


KNOBS: Mapping[str, Knob] = {
    knob.name: knob
    for knob in (
        setting("batch_size", "Most records of one partition in one transaction", *STREAMS),
        setting("max_workers", "Most partitions of a process that are at work at once", *STREAMS),
        setting("parallel_processing", "false: one partition of a process at a time", *STREAMS),
        setting("dead_letter_limit", "Unexpected failures a minute that stop a process", "worker", "archive", "crew"),
        setting("fallback_provider", "imap: read over IMAP while Gmail's breaker is open", "ingest"),
        setting("database_pool_size", "Connections that a process keeps", "archive"),
        setting("database_max_overflow", "Connections beyond them, closed after use", "archive"),
        setting("log_level", "Less important lines are not written", *ALL_PROCESSES),
        Knob(
            name="BREAKER",
            purpose="Hold a circuit breaker open or closed; auto: by its own judgement",
            kind=Literal["auto", "open", "closed"],
            processes=("ingest", "deliver", "crew"),
            start=lambda _: "auto",
            subjects="(gmail|imap|crew|webhook)(/[a-z0-9._-]{1,60})?",
        ),
        Knob(
            name="POLICY",
            purpose="What decides, POLICY/MODEL of triage.policies; empty: what each worker was started with",
            kind=_Judge,
            processes=("worker",),
            start=lambda _: "",
        ),
        Knob(
            name="SHADOW",
            purpose="A candidate that decides beside it and changes nothing; empty: none",
            kind=_Judge,
            processes=("worker",),
            start=lambda _: "",
        ),
        Knob(
            name="LANE",
            purpose="Have consumers of a lane wait; what waits keeps its place",
            kind=Literal["running", "paused"],
            processes=LANE_READERS,
            start=lambda _: "running",
            subjects="|".join(Lane),
        ),
        setting("batch_size", "The same for one lane", *LANE_READERS).of_each("LANE_BATCH_SIZE", "|".join(Lane)),
        setting("max_workers", "The same for one lane", *LANE_READERS).of_each("LANE_WORKERS", "|".join(Lane)),
        Knob(
            name="MIN_PRIORITY",
            purpose="Lanes whose mails are all below it wait; 0: none",
            kind=Annotated[int, Field(ge=0, le=10)],
            processes=LANE_READERS,
            start=lambda _: 0,
        ),
    )
}
"""By name."""

ORDERS: Mapping[str, OneShot] = {
    order.name: order
    for order in (
        OneShot(
            name="clear-cache",
            purpose="Forget what is cached: rows and answers that can be had again",
            processes=("worker", "crew"),
        ),
    )
}
"""By name."""


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(KNOBS[name].kind)


def find(name: str) -> Knob:
    """The knob of a full name, as in `BATCH_SIZE` or `LANE:urgent`.

    Raises:
        ConfigError: there is no such setting, or its subject is wrong.
    """
    base, colon, subject = name.partition(":")
    knob = KNOBS.get(base)
    if knob is None:
        raise ConfigError(f"{name[:80]!r}: no setting that can be changed live; there are {', '.join(KNOBS)}")
    if not knob.subjects:
        if colon:
            raise ConfigError(f"{name[:80]!r}: {base} takes nothing behind a colon")
    elif not re.fullmatch(knob.subjects, subject):
        raise ConfigError(f"{name[:80]!r}: write {base}:WHICH, where WHICH matches {knob.subjects}")
    return knob


def find_order(name: str) -> OneShot:
    """The one-shot order of this name.

    Raises:
        ConfigError: there is none.
    """
    if name not in ORDERS:
        raise ConfigError(f"{name[:80]!r}: no order; there are {', '.join(ORDERS)}")
    return ORDERS[name]
