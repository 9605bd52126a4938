"""The shape of a policy file. Every key may be left out; what is not said is as it ships. README has an example."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from streams.triage.glob import Glob
from streams.triage.rules import RULES
from streams.triage.verdict import Category, Lane

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Priority = Annotated[int, Field(ge=0, le=10)]
Amount = Annotated[float, Field(ge=-10, le=10, allow_inf_nan=False)]


def _pattern(text: str) -> str:
    Glob(text)
    return text


Pattern = Annotated[str, Field(max_length=300), AfterValidator(_pattern)]
Patterns = Annotated[list[Pattern], Field(max_length=2000)]


def _listed(said: object) -> object:
    return [said] if isinstance(said, str) else said


def _rule_name(name: str) -> str:
    if name not in RULES:
        raise ValueError("no such rule; `triage policy rules` lists them")
    return name


RuleName = Annotated[str, AfterValidator(_rule_name)]
OneOrMore = Annotated[Patterns, BeforeValidator(_listed)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Lanes(_Shape):
    """The lowest priority of each lane; the low lane begins at 0."""

    urgent: Priority = 9
    high: Priority = 7
    normal: Priority = 4

    @model_validator(mode="after")
    def _in_order(self) -> Lanes:
        if not 0 < self.normal < self.high < self.urgent:
            raise ValueError(
                f"lanes begin at 0 < normal < high < urgent, not {self.normal}, {self.high}, {self.urgent}"
            )
        return self


class Weight(_Shape):
    """What a built-in rule is worth; what is left out stays."""

    priority: Amount | None = None
    reply: Amount | None = None
    work: Amount | None = None
    personal: Amount | None = None
    notification: Amount | None = None
    bulk: Amount | None = None
    spam: Amount | None = None
    phishing: Amount | None = None


class Important(_Shape):
    """Where the high lane begins."""

    cost: Annotated[float, Field(ge=0.25, le=64)]
    """How many false alarms are as bad as burying one important mail; as shipped: 4."""


class WorkingHours(_Shape):
    """When the owner works; at other times mail that is not urgent waits in a lane."""

    begin: time
    end: time
    days: Annotated[list[Day], Field(min_length=1)] = Field(default=["mon", "tue", "wed", "thu", "fri"])
    zone: str
    at_most: Lane = Lane.NORMAL

    @field_validator("begin", "end", mode="before")
    @classmethod
    def _clock(cls, said: object) -> object:
        moment = time.fromisoformat(said) if isinstance(said, str) else said
        if isinstance(moment, time) and moment.tzinfo is not None:
            raise ValueError("a time without an offset: `zone` says where the clock hangs")
        return moment

    @field_validator("zone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError
            raise ValueError(f"{name!r} is no time zone of the IANA database, as Europe/Berlin is") from None
        return name


class Rule(_Shape):
    """Conditions that all hold → what then happens."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]
    says: Annotated[str, Field(max_length=200)] = ""
    """What an explanation tells; default: the name."""
    sender: OneOrMore = []
    recipient: OneOrMore = []
    list_id: OneOrMore = Field(default=[], alias="list")
    subject: OneOrMore = []
    header: dict[Annotated[str, Field(pattern=r"^[!-9;-~]{1,100}$")], OneOrMore] = {}
    category: Annotated[list[Category], BeforeValidator(_listed)] = []

    priority: Annotated[float, Field(ge=-10, le=10)] = 0.0
    at_least: Lane | None = None
    at_most: Lane | None = None
    make_category: Category | None = None
    needs_reply: bool | None = None

    @model_validator(mode="after")
    def _whole(self) -> Rule:
        if not (self.sender or self.recipient or self.list_id or self.subject or self.header or self.category):
            raise ValueError("a rule needs a condition: sender, recipient, list, subject, header or category")
        does = (self.at_least, self.at_most, self.make_category, self.needs_reply)
        if not self.priority and all(each is None for each in does):
            raise ValueError("a rule needs an effect: priority, at_least, at_most, make_category or needs_reply")
        return self


class Part(_Shape):
    """What a file may say, for all accounts or for one."""

    lanes: Lanes | None = None
    weights: dict[RuleName, Weight] = {}
    important: Important | None = None
    hours: WorkingHours | None = None
    vips: Patterns = []
    mutes: Patterns = []
    rule: Annotated[list[Rule], Field(max_length=1000)] = []

    @field_validator("rule")
    @classmethod
    def _names(cls, rules: list[Rule]) -> list[Rule]:
        names = [rule.name for rule in rules]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"rules of the same name: {', '.join(twice)}")
        return rules


class Document(Part):
    """A whole file."""

    account: dict[str, Part] = {}
    """By account id. Lanes, hours and costs take the place of the file's; weights, VIPs, mutes and rules are added."""
