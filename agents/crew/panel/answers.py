"""What the agents may answer: enumerated values, and a sentence for people. Anything else is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Sentence = Annotated[str, Field(max_length=20_000)]
"""Free text as it comes; `agents.crew.plain` makes it harmless and short."""


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Assessment(_Answer):
    """The triager's answer."""

    lane: Literal["urgent", "high", "normal", "low"]
    category: Literal["work", "personal", "notification", "bulk", "spam", "phishing"]
    needs_reply: bool
    sureness: Literal["certain", "likely", "unsure"]
    why: Sentence


class Suspicion(_Answer):
    """The sceptic's answer."""

    deception: Literal["none", "possible", "likely"]
    technique: Literal["none", "impersonation", "credentials", "payment", "malware", "instructions", "other"]
    why: Sentence


class Brief(_Answer):
    """The summariser's answer."""

    summary: Sentence
    draft: Sentence


class Unfit(ValueError):
    """The crew ended without an answer of the wanted shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the crew said."""

    assessment: Assessment
    suspicion: Suspicion
    brief: Brief | None = None
