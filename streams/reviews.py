"""Records of `mail.review` and `mail.reviewed`: what reviewers are asked, and what they say. JSON, key = account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import orjson

from streams.events import Headers, MalformedEvent, VerdictRecord, event_id, headers_about
from streams.kinds import require_kinds
from streams.mail import Mail
from streams.triage.opinion import Bounds, Deception, Opinion, Sureness
from streams.triage.review import Cause, Wanted
from streams.triage.verdict import Category, Lane

TYPE_REVIEW = "email.triage.mail.review.v1"
TYPE_REVIEWED = "email.triage.mail.reviewed.v1"
TEXT_CHARACTERS = 4000
"""Of the newly written text: two thirds from its beginning, one from its end."""
QUOTED_CHARACTERS = 800
NAMES = 8
"""Most recipients, hosts of links and attachments' names."""
NAME_CHARACTERS = 120

Outcome = Literal["opinion", "expired", "budget", "forbidden", "unanswered"]
"""opinion: there is one. expired: the request was too old. budget: the account's tokens of the day are spent.
forbidden: the account's mail may not leave. unanswered: the model gave no usable answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the reviewers see of a mail: bounded, without its bytes, which stay at the verdict's origin."""

    text: str
    """The newly written part."""
    quoted: str
    """The beginning of what it quotes."""
    to: tuple[str, ...]
    reply_to: str
    recipients: int
    attachments: tuple[str, ...]
    links: tuple[str, ...]
    """Hosts that its links lead to."""
    authentication: str
    """SPF, DKIM and DMARC as the receiving server states them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRequest:
    """A record of `mail.review`."""

    verdict: VerdictRecord
    """What the fast path decided; it is in its lane already."""
    causes: tuple[Cause, ...]
    importance: int
    """0..100."""
    bounds: Bounds
    context: Context

    def encode(self) -> bytes:
        """The record's value."""
        return orjson.dumps(self)

    @classmethod
    def decode(cls, value: bytes | None) -> ReviewRequest:
        """Read a record of `mail.review`.

        Raises:
            MalformedEvent: not JSON, or a field is missing or of the wrong kind.
        """
        try:
            data = orjson.loads(value or b"")
            context = data["context"]
            request = cls(
                verdict=VerdictRecord.decode(orjson.dumps(data["verdict"])),
                causes=tuple(Cause(cause) for cause in data["causes"]),
                importance=int(data["importance"]),
                bounds=Bounds(**data["bounds"]),
                context=Context(**{**context, **{name: tuple(context[name]) for name in _LISTS}}),
            )
            require_kinds(request)
        except MalformedEvent:
            raise
        except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
            raise MalformedEvent(f"not a review request: {type(error).__name__}: {error}") from None
        return request


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A record of `mail.reviewed`: one per request, also where there is no opinion."""

    review_id: str
    """Deterministic: the same mail and revision have the same, however often they are reviewed."""
    event_id: str
    account: str
    outcome: Outcome
    opinion: Opinion | None
    verdict: VerdictRecord
    """The verdict that was reviewed."""
    bounds: Bounds
    shadow: bool
    """Recorded only: it is not to be applied."""
    crew_version: str
    """Of the prompts."""
    crew_model: str
    tokens: int
    cached: bool
    case: str
    """Digest of all that the opinion depends on: the same again needs no model."""
    seconds: float
    """From taking the request to the outcome."""
    reviewed_at: str

    def encode(self) -> bytes:
        """The record's value."""
        return orjson.dumps(self)

    @classmethod
    def decode(cls, value: bytes | None) -> Review:
        """Read a record of `mail.reviewed`.

        Raises:
            MalformedEvent: not JSON, or a field is missing or of the wrong kind.
        """
        try:
            data = orjson.loads(value or b"")
            if data["outcome"] not in _OUTCOMES:  # it becomes a label
                raise ValueError("outcome")
            review = cls(
                **{
                    **{name: held for name, held in data.items() if name in _FIELDS},
                    "verdict": VerdictRecord.decode(orjson.dumps(data["verdict"])),
                    "bounds": Bounds(**data["bounds"]),
                    "opinion": opinion_from(data["opinion"]) if data["opinion"] else None,
                }
            )
            require_kinds(review)
        except MalformedEvent:
            raise
        except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
            raise MalformedEvent(f"not a review: {type(error).__name__}: {error}") from None
        return review


_LISTS = ("to", "attachments", "links")
_FIELDS = frozenset(Review.__slots__)
_OUTCOMES = frozenset(get_args(Outcome))


def opinion_from(data: Mapping[str, Any]) -> Opinion:
    """An opinion out of JSON. Raises ValueError, KeyError or TypeError for anything outside the enumerations."""
    return Opinion(
        lane=Lane(data["lane"]),
        category=Category(data["category"]),
        needs_reply=bool(data["needs_reply"]),
        sureness=Sureness(data["sureness"]),
        deception=Deception(data["deception"]),
        why=str(data["why"]),
        summary=str(data["summary"]),
        draft=str(data["draft"]),
    )


def review_id(verdict: VerdictRecord) -> str:
    """The id of the one review of a verdict."""
    return event_id(verdict.account, "review", verdict.event_id, verdict.revision)


def review_request(mail: Mail, verdict: VerdictRecord, wanted: Wanted) -> ReviewRequest:
    """What the reviewers are asked about a decided mail."""
    return ReviewRequest(
        verdict=verdict,
        causes=wanted.causes,
        importance=wanted.importance,
        bounds=wanted.bounds,
        context=context_of(mail),
    )


def context_of(mail: Mail) -> Context:
    """What reviewers see of a mail."""
    new = mail.new_text or mail.text
    quoted = mail.text.replace(new, "", 1)[:QUOTED_CHARACTERS] if mail.quoted else ""
    said = mail.authentication
    hosts = dict.fromkeys(_host(link.target) for link in mail.links)
    return Context(
        text=shortened(new, TEXT_CHARACTERS),
        quoted=quoted,
        to=tuple(each.address[:NAME_CHARACTERS] for each in mail.to[:NAMES]),
        reply_to=mail.reply_to[0].address[:NAME_CHARACTERS] if mail.reply_to else "",
        recipients=len(mail.to) + len(mail.cc),
        attachments=tuple(each.name[:NAME_CHARACTERS] for each in mail.attachments[:NAMES]),
        links=tuple(host for host in hosts if host)[:NAMES],
        authentication=" ".join(f"{name}={getattr(said, name) or 'unknown'}" for name in ("spf", "dkim", "dmarc")),
    )


def shortened(text: str, characters: int) -> str:
    """A long text without its middle: asks stand at the beginning and at the end."""
    if len(text) <= characters:
        return text
    head, tail = text[: characters * 2 // 3], text[-(characters // 3) :]
    return f"{head}\n[{len(text) - len(head) - len(tail)} characters left out]\n{tail}"


def _host(target: str) -> str:
    scheme, _, rest = target.partition("://")
    host = rest.replace("\\", "/").partition("/")[0].rpartition("@")[2]
    return host[:NAME_CHARACTERS].lower() if scheme.lower() in {"http", "https"} else ""


def review_headers(verdict: VerdictRecord, traceparent: str) -> Headers:
    """Headers of the request to review a verdict: the same identity and time as the mail's."""
    return headers_about(verdict.event_id, verdict.account, TYPE_REVIEW, verdict.received_at, traceparent)


def reviewed_headers(review: Review, traceparent: str) -> Headers:
    """Headers of a review."""
    return headers_about(review.event_id, review.account, TYPE_REVIEWED, review.verdict.received_at, traceparent)
