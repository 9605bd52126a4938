"""The crew: a triager and a sceptic look at the same mail, neither sees what the other says; a summariser on request.

No tools, no memory, no delegation, no retries of CrewAI's own: one call per agent, bounded by `meter`."""

from __future__ import annotations

import asyncio
import contextvars
from typing import Any, TypeVar

from crewai import LLM, Agent, Crew, Process, Task
from crewai.events.event_context import EventContextConfig, MismatchBehavior, _event_context_config
from pydantic import BaseModel

from agents.crew.meter import METER, Meter
from agents.crew.panel.answers import Answers, Assessment, Brief, Suspicion, Unfit
from agents.crew.panel.metering import Metering
from agents.crew.panel.prompts import PROMPTS

Answer = TypeVar("Answer", bound=BaseModel)


class Panel:
    """Asks the crew. One for all reviews: its HTTP connections are shared, nothing else is."""

    def __init__(self, *, url: str, model: str, api_key: str, timeout_s: float, answer_tokens: int) -> None:
        self._llm: Any = LLM(
            model=f"openai/{model}",
            base_url=url,
            api_key=api_key or "none",
            timeout=timeout_s,
            max_retries=0,
            max_tokens=answer_tokens,
            temperature=0.0,
            interceptor=Metering(),
        )

    async def ask(self, case: str, nonce: str, meter: Meter, *, brief_urgent: bool = False) -> Answers:
        """Both opinions about a case that is fenced by `nonce`; of an urgent mail also the brief, when wanted.

        Raises what `failures.meaning` understands; `meter` tells what was used also then.
        """
        # A copy: CrewAI's own context variables of one review stay its own.
        return await _in_context(contextvars.copy_context(), self._ask, case, nonce, meter, brief_urgent)

    async def _ask(self, case: str, nonce: str, meter: Meter, brief_urgent: bool) -> Answers:
        METER.set(meter)
        # It prints to standard output that a failed call closed no event; the context variable has no public setter.
        silent = MismatchBehavior.SILENT
        _event_context_config.set(EventContextConfig(mismatch_behavior=silent, empty_pop_behavior=silent))
        first, second = await self._crew(("triager", Assessment), ("sceptic", Suspicion), case=case, nonce=nonce)
        assessment, suspicion = _fitting(first, Assessment), _fitting(second, Suspicion)
        brief = None
        if brief_urgent and assessment.lane == "urgent" and suspicion.deception == "none":
            (third,) = await self._crew(("summariser", Brief), case=case, nonce=nonce)
            brief = _fitting(third, Brief)
        return Answers(assessment=assessment, suspicion=suspicion, brief=brief)

    async def _crew(self, *members: tuple[str, type[BaseModel]], case: str, nonce: str) -> list[Any]:
        tasks = [self._task(name, shape, case, nonce) for name, shape in members]
        crew = Crew(
            agents=[task.agent for task in tasks],
            tasks=tasks,
            process=Process.sequential,
            memory=False,
            cache=False,
            planning=False,
            tracing=False,
            verbose=False,
            share_crew=False,
        )
        done = await crew.akickoff()
        return [each.pydantic for each in done.tasks_output]

    def _task(self, name: str, shape: type[BaseModel], case: str, nonce: str) -> Any:
        prompt = PROMPTS[name]
        agent = Agent(
            role=prompt.role,
            goal=prompt.goal,
            backstory=prompt.backstory,
            llm=self._llm,
            tools=[],
            allow_delegation=False,
            memory=False,
            cache=False,
            max_iter=1,
            max_retry_limit=0,
            respect_context_window=False,
            verbose=False,
        )
        return Task(
            name=name,
            description=prompt.about(case, nonce),
            expected_output=prompt.expected,
            agent=agent,
            context=[],  # or CrewAI hands on what the one before said
            output_pydantic=shape,
        )


def _fitting(answer: Any, shape: type[Answer]) -> Answer:
    if not isinstance(answer, shape):
        raise Unfit(f"no {shape.__name__}")
    return answer


async def _in_context(context: contextvars.Context, work: Any, *arguments: Any) -> Answers:
    answers: Answers = await asyncio.get_running_loop().create_task(work(*arguments), context=context)
    return answers
