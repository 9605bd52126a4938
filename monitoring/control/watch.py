"""What the control process knows: the background work that learns it, and the report that puts it together."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime

from infra.settings import Settings
from monitoring.backup import age
from monitoring.canary.probe import Probe
from monitoring.dead_letters.follower import OpenLetters
from monitoring.health import export as health_export
from monitoring.health.board import Board
from monitoring.health.follower import follow
from monitoring.health.instances import Instance, Instances
from monitoring.health.probes import probes
from monitoring.health.verdict import Report, judge
from monitoring.lag import export as lag_export
from monitoring.lag.cluster import Cluster
from monitoring.lag.meter import LagMeter
from monitoring.lag.model import LagSnapshot
from monitoring.maintenance.run import keep_maintained
from streams.kafka_errors import KafkaUnavailable
from streams.status import Check
from streams.status_publisher import Report as OwnReport

log = logging.getLogger(__name__)

MEASURE_TIMEOUT_S = 30.0
LAG_STALE_ROUNDS = 3


class Watch:
    """Reading it never waits: everything that can hang runs in the background."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._board = Board(probes(settings))
        self._instances = Instances(interval_s=settings.status_interval_s)
        self._meter = LagMeter(interval_s=settings.lag_interval_s)
        self._canary = Probe(settings) if settings.canary_interval_s else None
        self._dead = OpenLetters(settings)
        self._lag: tuple[LagSnapshot, float] | None = None
        self._failure = ""

    async def run(self) -> None:
        """Learn until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._board.run())
            tasks.create_task(follow(self._settings, self._instances))
            tasks.create_task(self._measure_forever())
            tasks.create_task(self._dead.run())
            tasks.create_task(age.keep_known(self._settings))
            if self._canary is not None:
                tasks.create_task(self._canary.run())
            if self._settings.maintenance:
                tasks.create_task(keep_maintained(self._settings))

    def lag(self) -> LagSnapshot | None:
        """The last measurement; None when there has been none for three rounds."""
        if self._lag is None or time.monotonic() - self._lag[1] > LAG_STALE_ROUNDS * self._settings.lag_interval_s + 5:
            return None
        return self._lag[0]

    def report(self) -> Report:
        """The whole system as far as it is known now."""
        return judge(
            self._board.checks(), self._instances.seen(datetime.now(UTC)), self.lag(), unmeasured=self._unmeasured
        )

    @property
    def _unmeasured(self) -> str:
        return self._failure or "not measured yet"

    def instances(self) -> tuple[Instance, ...]:
        """Every process that has said something lately."""
        return self._instances.seen(datetime.now(UTC))

    def show(self) -> None:
        """Bring the series that a scrape is about to read up to date."""
        health_export.show(self.report())
        self._dead.show()
        if self._canary is not None:
            self._canary.show()
        if self.lag() is None:
            lag_export.withdraw()

    def own_report(self) -> OwnReport:
        """What this process says of itself."""
        lag = self.lag()
        check = Check(name="lag", ok=lag is not None, reason="" if lag else self._unmeasured)
        return OwnReport(checks=(check,), counts={"waiting": sum(row.records for row in lag.topics())} if lag else {})

    async def _measure_forever(self) -> None:
        while True:
            try:
                async with Cluster.connect(self._settings) as cluster:
                    while True:
                        await self._measure(cluster)
                        await asyncio.sleep(self._settings.lag_interval_s)
            except (KafkaUnavailable, TimeoutError) as error:
                self._failed(str(error) or "no answer in time")
            except Exception as error:  # a defect must not end health and metrics with it
                log.exception("measuring lag failed")
                self._failed(type(error).__name__)
            await asyncio.sleep(self._settings.lag_interval_s)

    async def _measure(self, cluster: Cluster) -> None:
        async with asyncio.timeout(MEASURE_TIMEOUT_S):
            snapshot = await self._meter.measure(cluster)
        self._lag = snapshot, time.monotonic()
        lag_export.show(snapshot)
        if self._failure:
            log.info("lag is measured again")
        self._failure = ""

    def _failed(self, reason: str) -> None:
        if not self._failure:
            log.warning("lag is not measured: %s", reason)
        self._failure = reason
