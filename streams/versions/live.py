"""What decides in this worker now. The control topic's POLICY and SHADOW change it between two mails, no restart.

A candidate (SHADOW) decides every mail too, by the same facts; all that comes of it is a count of where it differs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from infra.errors import TriageError
from infra.settings import Settings
from infra.waiting import first, until_set
from monitoring.metrics import SHADOW_VERDICTS
from streams.classify import Classified
from streams.control import Follower, Values
from streams.measure import count_mails
from streams.runtime import Event, Known, Outcome
from streams.triage.verdict import Lane
from streams.versions import store
from streams.versions.judge import Judge

log = logging.getLogger(__name__)

Also = Callable[[Event, str, Classified], None]
"""Sees an event, its account, and what was decided."""
FAILED = "failed"
SAME, DIFFERS = "same", "differs"
READY_S = 10.0
"""A worker begins with what it was started with when what is promoted could not be had for this long."""
RETRY_S = 2.0
_MOST_PENDING = 200_000


class Live:
    """`judge` decides; `candidate` too, for comparison. Belongs to the event loop."""

    def __init__(self, settings: Settings, start: Judge) -> None:
        self._settings, self._start = settings, start
        self.judge = start
        self.candidate: Judge | None = None
        self._wanted = ("", "")
        self._changed = asyncio.Event()
        self._settled = asyncio.Event()
        self._control: Follower | None = None
        self._task: asyncio.Task[None] | None = None
        self._pending: dict[tuple[str, int, int], tuple[str, str, str]] = {}
        """By topic, partition and offset: labels of what is decided and not yet committed."""

    def follow(self, control: Follower) -> None:
        """Do what the control topic says, now and later."""
        self._control = control
        control.on("POLICY", "SHADOW", apply=self._want)
        self._task = asyncio.create_task(self._settle_forever(), name="versions")

    async def ready(self, stop: asyncio.Event) -> None:
        """Wait until what is wanted decides; at most READY_S, and not when the process is to stop."""
        await first(self._settled.wait(), stop.wait(), within_s=READY_S)

    def deciding(self, decide: Callable[..., Outcome]) -> Callable[[Event, Known], Outcome]:
        """`decide` with what decides at that moment: each mail is decided wholly by one policy and one model."""

        def decided(event: Event, known: Known) -> Outcome:
            now = self.judge
            also = None if self.candidate is None else self.compare
            return decide(event, known, policy=now.policy, model=now.model, also=also)

        return decided

    def compare(self, event: Event, account: str, classified: Classified) -> None:
        """Have the candidate decide the same mail. Nothing that it does can harm the verdict that counts."""
        candidate, live = self.candidate, classified.verdict
        if candidate is None:
            return
        try:
            verdict = candidate.decide(classified.mail, classified.facts, account)
        except Exception as error:
            log.warning("the candidate failed: %s", type(error).__name__)
            labels = (str(live.lane), FAILED, DIFFERS)
        else:
            labels = (str(live.lane), str(verdict.lane), SAME if verdict.category is live.category else DIFFERS)
        if len(self._pending) > _MOST_PENDING:  # of partitions that went elsewhere before the commit
            self._pending.clear()
        self._pending[event.topic, event.partition, event.offset] = labels

    def committed(self, events: Sequence[Event], outcomes: Sequence[Outcome]) -> None:
        """Count a committed batch: once, however often it was decided."""
        count_mails(events, outcomes)
        if self._pending:
            for event in events:
                labels = self._pending.pop((event.topic, event.partition, event.offset), None)
                if labels is not None:
                    SHADOW_VERDICTS.labels(*labels).inc()

    def _want(self, values: Values) -> None:
        self._wanted = str(values["POLICY"]), str(values["SHADOW"])
        self._settled.clear()
        self._changed.set()

    async def _settle_forever(self) -> None:
        kept = False
        while True:
            self._changed.clear()
            try:
                await self._settle(*self._wanted)
                self._settled.set()
                if not kept:  # so that what is decided from here on can be derived again later
                    await store.keep(self._settings, self._start)
                    kept = True
            except Exception as error:  # whatever it is: mails are decided by what there is, and it is tried again
                if not isinstance(error, TriageError):
                    log.exception("switching failed")
                self._tell(str(error) or type(error).__name__)
                await until_set(self._changed, RETRY_S)
                continue
            self._tell("")
            await self._changed.wait()

    async def _settle(self, policy: str, shadow: str) -> None:
        library = await store.read(self._settings) if policy or shadow else None
        judge = library.judge(policy) if library and policy else self._start
        if judge.name != self.judge.name:
            log.info("from here on %s decides, before it was %s", judge.name, self.judge.name)
        self.judge = judge
        # Once promoted it decides, and need not do so twice; after a rollback it is the candidate again.
        candidate = library.judge(shadow) if library and shadow and shadow != judge.name else None
        if candidate is not None and self.candidate is None:
            declare_series()
        self._pending.clear()
        self.candidate = candidate

    def _tell(self, trouble: str) -> None:
        if self._control is None:
            return
        if not trouble:
            self._control.troubles.pop("POLICY", None)
        elif self._control.troubles.get("POLICY") != trouble:
            self._control.troubles["POLICY"] = trouble
            log.warning("%s; %s goes on deciding", trouble, self.judge.name)


def declare_series() -> None:
    """Every series of a comparison, at 0."""
    for live in Lane:
        for candidate in (*Lane, FAILED):
            for category in (SAME, DIFFERS):
                SHADOW_VERDICTS.labels(live, candidate, category)
