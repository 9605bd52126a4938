"""One review: allowed → cached → budget → breaker → crew, with retries. It gives an opinion, or why there is none."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from agents.breakers import Breaker, BreakerOpen
from agents.crew.budget import MinuteBudget
from agents.crew.cache import Cache
from agents.crew.case import Case, case_of
from agents.crew.failures import Away, Limited, Unfit, meaning
from agents.crew.meter import Meter
from agents.crew.panel.answers import Answers
from agents.crew.panel.prompts import VERSION
from agents.crew.plain import BRIEF_CHARACTERS, WHY_CHARACTERS, plain
from agents.ingest.backoff import Backoff
from infra.errors import Permanent, Transient
from infra.settings import Settings
from monitoring import metrics
from streams.reviews import Outcome, ReviewRequest
from streams.triage.opinion import Deception, Opinion, Sureness
from streams.triage.verdict import Category, Lane

log = logging.getLogger(__name__)
SPARE_CALLS = 1
"""CrewAI asks once more after a refusal. Not reserved: it is the one call by which a budget may be exceeded."""
GRACE_S = 2.0
"""Beyond the calls' own time-outs."""
RETRY_MAX_S = 30.0
UNFIT_TRIES = 2


class Asks(Protocol):
    """The crew (`panel.panel.Panel`)."""

    async def ask(self, case: str, nonce: str, meter: Meter, *, brief_urgent: bool = False) -> Answers:
        """Both opinions, or an error that `failures.meaning` understands."""
        ...


class Purse(Protocol):
    """An account's tokens of the day, as the partition's desk keeps them."""

    async def reserve(self, account: str, tokens: int) -> str | None:
        """The day that it was taken from, when so much is left and it is written down; else None."""
        ...

    def settle(self, account: str, reserved: int, used: int, day: str) -> None:
        """What was really used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What came of a review."""

    outcome: Outcome
    opinion: Opinion | None = None
    tokens: int = 0
    cached: bool = False
    case: str = ""


class Reviewer:
    """Reviews one request at a time, any number beside each other."""

    def __init__(
        self,
        settings: Settings,
        panel: Asks,
        cache: Cache,
        breaker: Breaker,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._panel, self._cache, self.breaker = settings, panel, cache, breaker
        self._sleep, self._clock = sleep, clock
        self._minute = MinuteBudget(settings.crew_tokens_per_minute)
        self._agents = 3 if settings.crew_brief else 2
        self.held_until = 0.0
        """The endpoint asked for a pause."""
        self.trouble = ""
        """Why the last attempt gave nothing; empty when it gave an answer."""

    async def review(self, request: ReviewRequest, purse: Purse) -> Said:
        """An opinion, or why there is none.

        Raises:
            Transient: the endpoint is away; the request should wait.
        """
        account = request.verdict.account
        if not self._settings.crew_may_see(account):
            return Said(outcome="forbidden")
        case = case_of(request, redact=self._settings.crew_redact)
        key = self._key(account, case)
        if (opinion := await self._cache.get(key)) is not None:
            return Said(outcome="opinion", opinion=opinion, cached=True, case=key)
        said = await self._asked(account, case, purse)
        if said.opinion is not None:
            await self._cache.put(key, said.opinion)
        return Said(outcome=said.outcome, opinion=said.opinion, tokens=said.tokens, case=key)

    def _key(self, account: str, case: Case) -> str:
        parts = (account, case.digest, VERSION, self._settings.crew_model, str(self._settings.crew_brief))
        return hashlib.blake2b("\x00".join(parts).encode(), digest_size=16).hexdigest()

    async def _asked(self, account: str, case: Case, purse: Purse) -> Said:
        backoff = Backoff(RETRY_MAX_S, first_s=self._settings.crew_retry_s)
        tokens, unfit = 0, 0
        for attempt in range(1, self._settings.crew_attempts + 1):
            most = case.tokens(self._agents, self._settings.crew_answer_tokens)
            await self._wait_for_turn(most)
            day = await purse.reserve(account, most)
            if day is None:
                return Said(outcome="budget", tokens=tokens)
            meter = Meter(most_calls=self._agents + SPARE_CALLS, timeout_s=self._settings.crew_timeout_s)
            try:
                opinion = await self._attempt(case, meter)
            except BreakerOpen:
                raise
            except Permanent as error:
                self.trouble = str(error)
                return Said(outcome="unanswered", tokens=tokens + meter.tokens)
            except Transient as error:
                self.trouble = str(error)
                unfit += isinstance(error, Unfit)
                if unfit >= min(UNFIT_TRIES, self._settings.crew_attempts):
                    return Said(outcome="unanswered", tokens=tokens + meter.tokens)
                if attempt == self._settings.crew_attempts:
                    raise
                await self._sleep(backoff.next_s())
            else:
                self.trouble = ""
                return Said(outcome="opinion", opinion=opinion, tokens=tokens + meter.tokens)
            finally:
                purse.settle(account, most, meter.tokens, day)
                metrics.REVIEW_TOKENS.inc(meter.tokens)
                tokens += meter.tokens
        raise AssertionError("the last attempt returns or raises")

    async def _wait_for_turn(self, tokens: int) -> None:
        while (pause := max(self.held_until - self._clock(), self._minute.wait_s(tokens, self._clock()))) > 0:
            await self._sleep(pause)

    async def _attempt(self, case: Case, meter: Meter) -> Opinion:
        """One call of the crew. Raises Transient, Permanent."""
        nonce = secrets.token_hex(12)
        async with self.breaker.calling():
            began = self._clock()
            try:
                async with asyncio.timeout(meter.most_calls * meter.timeout_s + GRACE_S):
                    answers = await self._panel.ask(
                        case.fenced(nonce), nonce, meter, brief_urgent=self._settings.crew_brief
                    )
            except Exception as error:
                cause = meaning(error)
                if isinstance(cause, Away) and cause.timed_out:
                    meter.charge_unanswered()
                metrics.REVIEW_FAILURES.labels(_KINDS.get(type(cause), "filtered")).inc()
                if isinstance(cause, Limited):
                    self.held_until = max(self.held_until, self._clock() + cause.retry_after_s)
                raise cause from None
            metrics.REVIEW_SECONDS.observe(self._clock() - began)
        return opinion_of(answers)


_KINDS: dict[type, str] = {Away: "away", Limited: "limited", Unfit: "unfit"}


def opinion_of(answers: Answers) -> Opinion:
    """Both answers as one opinion; its free text is harmless."""
    assessment, suspicion, brief = answers.assessment, answers.suspicion, answers.brief
    why = suspicion.why if suspicion.deception == "likely" else assessment.why
    return Opinion(
        lane=Lane(assessment.lane),
        category=Category(assessment.category),
        needs_reply=assessment.needs_reply,
        sureness=Sureness(assessment.sureness),
        deception=Deception(suspicion.deception),
        why=plain(why, WHY_CHARACTERS),
        summary=plain(brief.summary, BRIEF_CHARACTERS) if brief else "",
        draft=plain(brief.draft, BRIEF_CHARACTERS) if brief else "",
    )
