"""`triage run --crew-demo`: a crew and a model that answers from a script, beside the system; what the crew changed.

Everything but the model is real: the policy that sends mails to review, Kafka, CrewAI, the revisions in the lanes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from agents.crew.panel.prompts import VERSION
from infra.errors import ConfigError
from infra.kafka import aiokafka_options
from infra.settings import Settings
from infra.stack.ports import LOOPBACK, any_free
from infra.terminal import printable
from monitoring.run.children import Program
from streams.closing import close_within
from streams.events import MalformedEvent
from streams.reroute import second_verdict
from streams.reviews import Review
from streams.topics import REVIEWED
from streams.triage.shipped import DEFAULT

SCRIPT = files("agents.fakes.model") / "demo.json"
CREW_PYTHON = Path(__file__).resolve().parents[2] / ".venv-crew" / "bin" / "python"
"""Where `make crew` puts CrewAI; in an environment that has it, this one will do."""


class CrewDemo:
    """Its two programs, the settings that lead to them, and what is told of the reviews."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._port = any_free()[0]
        self._python = _python()

    @property
    def environment(self) -> Mapping[str, str]:
        """How worker and crew find the model."""
        return {"CREW_URL": f"http://{LOOPBACK}:{self._port}/v1", "CREW_MODEL": "scripted", "CREW_SHADOW": "false"}

    @property
    def crew(self) -> tuple[str, ...]:
        """The crew process, in the environment that has CrewAI."""
        return (self._python, "-c", "from infra.cli import main; main()", "crew")

    @property
    def model(self) -> Program:
        """The scripted model, half a second an answer."""
        argv = (sys.executable, "-m", "agents.fakes.model", "--port", str(self._port), "--script", str(SCRIPT))
        return Program(name="model", argv=(*argv, "--latency", "0.5"))

    async def live(self, settings: Settings) -> None:
        """Tell each review of this run until cancelled."""
        from aiokafka import AIOKafkaConsumer

        self._say(f"second opinions by a crew with prompts {VERSION}; its model answers from {SCRIPT.name}")
        consumer: Any = AIOKafkaConsumer(
            REVIEWED.name, **aiokafka_options(settings), auto_offset_reset="latest", isolation_level="read_committed"
        )
        await consumer.start()
        try:
            async for record in consumer:
                try:
                    review = Review.decode(record.value)
                except MalformedEvent:
                    continue
                for line in lines(review):
                    self._say(line)
        finally:
            await close_within(consumer, 1)


def lines(review: Review) -> Iterator[str]:
    """What came of a review, for a person."""
    before, opinion = review.verdict, review.opinion
    after = second_verdict(review, DEFAULT)
    about = f"{before.subject!r} from {before.sender.address}"
    was = f"{before.lane} {before.priority}, {before.category}, sure by {before.confidence:.2f}"
    if opinion is None:
        yield printable(f"no second opinion ({review.outcome}) on {about}: it stays {was}")
    elif after is None:
        yield printable(f"the crew agrees on {about}: {was}")
    else:
        now = f"{after.lane} {after.priority}, {after.category}"
        yield printable(f"the crew changed {about}: {was} → {now}")
        yield printable(f"    because: {opinion.why}")
        bounds = f"the rules allow {review.bounds.floor} to {review.bounds.ceiling}"
        yield printable(f"    deception {opinion.deception}; {bounds}; triage explain {review.event_id[:8]}")


def _python() -> str:
    """The interpreter that has CrewAI.

    Raises:
        ConfigError: there is none.
    """
    from importlib.util import find_spec

    if find_spec("crewai") is not None:
        return sys.executable
    if CREW_PYTHON.is_file():
        return str(CREW_PYTHON)
    raise ConfigError(f"--crew-demo needs CrewAI: {CREW_PYTHON} is missing; `make crew` makes it")
