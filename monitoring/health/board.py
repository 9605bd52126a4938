"""Runs the probes in the background and keeps their last answers, so that reading them never waits for anything."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

from monitoring.health.probes import Probe
from streams.status import Check

log = logging.getLogger(__name__)

STALE_ROUNDS = 3
"""An answer older than this many rounds is none."""


class Board:
    """The last answer of every probe. `run` never ends and no probe can end it."""

    def __init__(self, probes: Sequence[Probe], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._probes = probes
        self._clock = clock
        self._answers: dict[str, tuple[Check, float]] = {}

    async def run(self) -> None:
        """Ask everything again and again until cancelled."""
        await asyncio.gather(*(self._ask_forever(probe) for probe in self._probes))

    def checks(self) -> tuple[Check, ...]:
        """What is known now."""
        return tuple(self._known(probe, name) for probe in self._probes for name in probe.names)

    async def ask(self, probe: Probe) -> None:
        """Put one question once; silence and failure are answers too."""
        try:
            async with asyncio.timeout(probe.timeout_s):
                checks = await probe.ask()
        except TimeoutError:
            checks = _bad(probe, f"no answer within {probe.timeout_s:.0f} s")
        except Exception as error:
            log.exception("probe failed")
            checks = _bad(probe, f"probe failed: {type(error).__name__}")
        for check in checks:
            before = self._answers.get(check.name)
            if before is None or before[0].ok != check.ok:
                log.log(logging.INFO if check.ok else logging.WARNING, "%s: %s", check.name, check.reason or "ok")
            self._answers[check.name] = (check, self._clock())

    async def _ask_forever(self, probe: Probe) -> None:
        while True:
            await self.ask(probe)
            await asyncio.sleep(probe.interval_s)

    def _known(self, probe: Probe, name: str) -> Check:
        if name not in self._answers:
            return Check(name=name, ok=False, reason="not asked yet")
        check, at = self._answers[name]
        age = self._clock() - at
        if age > STALE_ROUNDS * (probe.interval_s + probe.timeout_s):
            return Check(name=name, ok=False, reason=f"last answer {age:.0f} s ago")
        return check


def _bad(probe: Probe, reason: str) -> tuple[Check, ...]:
    return tuple(Check(name=name, ok=False, reason=reason) for name in probe.names)
