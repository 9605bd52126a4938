"""What waits, as `triage control` measures it: its own /metrics, read as Prometheus would."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families

if TYPE_CHECKING:
    import aiohttp

LENGTH, AGE = "crewai_email_queue_length", "crewai_email_queue_age_seconds"
EVERY_S = 1.0
ANSWER_S = 5.0
DRAINED_S = 20.0
"""Measured and asked for once a second each, by a busy machine later than that: what is shown last shall be true."""


class Queues:
    """The last answer; empty while there is none."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.length: Mapping[str, int] = {}
        """Records that wait in each lane, and `received`: before the triage."""
        self.age_s: Mapping[str, float] = {}
        """Age of the oldest of them."""
        self._asked = asyncio.Event()

    async def run(self) -> None:
        """Ask until cancelled."""
        import aiohttp

        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_S)) as session:
            while True:
                try:
                    text = await self._scrape(session)
                except (aiohttp.ClientError, TimeoutError, OSError):
                    text = ""
                self.length = {lane: int(value) for lane, value in values(text, LENGTH).items()}
                self.age_s = values(text, AGE)
                self._asked.set()
                await asyncio.sleep(EVERY_S)

    async def drained(self, seconds: float = DRAINED_S) -> None:
        """Return when it was measured that nothing waits: what is known may be from before all was done. After
        `seconds` in any case. Needs `run` beside it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.length or any(self.length.values()):
                    self._asked.clear()
                    await self._asked.wait()

    async def _scrape(self, session: aiohttp.ClientSession) -> str:
        async with session.get(self._url, headers={"Accept": "text/plain"}) as response:
            response.raise_for_status()
            return await response.text()


def values(text: str, series: str) -> dict[str, float]:
    """The series by its label `lane`."""
    wanted = "\n".join(line for line in text.splitlines() if line.startswith(series + "{"))
    return {
        sample.labels["lane"]: sample.value
        for family in text_string_to_metric_families(wanted + "\n")
        for sample in family.samples
    }
