"""Pure: what the records of `triage.control` mean at a moment. The caller brings records, revisions and the clock.

A revision is the position behind a record in the topic's only partition: it grows, 0 is none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from infra.errors import ConfigError
from infra.settings import Settings
from streams.control import knobs
from streams.control.knobs import KNOBS, Value
from streams.control.records import ORDER_KEY, MalformedControl, Override


class Values:
    """Effective values at one moment, by full name: the override that holds, else the start value."""

    def __init__(self, settings: Settings, overrides: Mapping[str, Override]) -> None:
        self._settings, self.overrides = settings, overrides

    def __getitem__(self, name: str) -> Value:
        override = self.overrides.get(name)
        return override.value if override is not None else knobs.find(name).start(self._settings)

    def of(self, base: str) -> dict[str, Value]:
        """Overridden values of a knob with subjects, by subject; all others have the start value."""
        prefix = f"{base}:"
        return {
            name.removeprefix(prefix): override.value
            for name, override in self.overrides.items()
            if name.startswith(prefix)
        }

    def seen_by(self, base: str) -> tuple[object, ...]:
        """What a knob amounts to, to compare with another moment's."""
        return tuple(sorted(self.of(base).items())) if KNOBS[base].subjects else (self[base],)


class View:
    """Everything heard so far."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._overrides: dict[str, tuple[Override, int]] = {}
        self.revision = 0
        """Of the last record heard."""
        self.refused: dict[str, str] = {}
        """Records that cannot be followed, by key: another version's, or nonsense."""

    def hear(self, key: str, value: bytes | None, revision: int) -> None:
        """Take one record. One that cannot be followed ends the override before it, and is noted in `refused`."""
        self.revision = max(self.revision, revision)
        if key.startswith(ORDER_KEY):
            return
        self._overrides.pop(key, None)
        self.refused.pop(key, None)
        if value is None:
            return
        try:
            override = Override.decode(value)
            parsed = knobs.find(key).parse(override.value)
        except (MalformedControl, ConfigError) as error:
            self.refused[key] = str(error)
            return
        if type(parsed) is type(override.value):
            self._overrides[key] = override, revision
        else:
            self.refused[key] = f"{override.value!r} is a {type(override.value).__name__}"

    def values(self, now: datetime) -> Values:
        """What holds at `now`."""
        active = {name: override for name, (override, _) in self._overrides.items() if override.active(now)}
        return Values(self._settings, active)

    def revision_of(self, name: str) -> int:
        """Of the last override of this name; 0: none."""
        return self._overrides[name][1] if name in self._overrides else 0

    def next_expiry(self, now: datetime) -> datetime | None:
        """When the next override that holds at `now` ends by itself."""
        ends = [
            datetime.fromisoformat(override.expires_at)
            for override, _ in self._overrides.values()
            if override.expires_at is not None and override.active(now)
        ]
        return min(ends, default=None)
