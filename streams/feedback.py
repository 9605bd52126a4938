"""The records of `mail.feedback`: what people did to their mails, in the mailbox or by a correction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

import orjson

from streams.events import TYPE_FEEDBACK, Headers, MalformedEvent, VerdictRecord, headers_about, verdict_from
from streams.kinds import require_kinds
from streams.moments import utc_moment, utc_text
from streams.trace_context import new_context
from streams.triage.verdict import Category, Lane

Action = Literal[
    "archived", "trashed", "restored", "spam", "not_spam", "starred", "unstarred", "important", "not_important",
    "deleted", "deleted_unread", "replied", "corrected", "forgotten",
]  # fmt: skip
"""What a person did to a mail that had come before; deleted_unread: threw it away, for good or into the trash, without
having opened it; corrected: said where it belongs; forgotten: took back all that the account's feedback taught."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """A record of `mail.feedback`: what a person did to a mail, in the mailbox or by `triage feedback`. JSON by orjson,
    key = account."""

    event_id: str
    """The mail's id; it may be one from before the mailbox was read."""
    account: str
    action: str
    """archived, trashed, restored, spam, not_spam, starred, unstarred, important, not_important, deleted,
    deleted_unread, replied, corrected or forgotten."""
    at: str
    """When it was learned of."""
    provider: str
    """Kind of the mailbox, gmail or imap; of corrections: cli."""
    lane: Lane | None = None
    """Where a corrected mail belongs."""
    category: Category | None = None
    """What a corrected mail is."""
    verdict: VerdictRecord | None = None
    """What is corrected; with it the correction is a new revision in the right lane."""

    def encode(self) -> bytes:
        """The record's value."""
        return orjson.dumps(self)

    @classmethod
    def decode(cls, value: bytes | None) -> Feedback:
        """Read a record of `mail.feedback`.

        Raises:
            MalformedEvent: not JSON, or a field is missing or of the wrong kind.
        """
        try:
            data = orjson.loads(value or b"")
            verdict, moment = data.get("verdict"), utc_moment(data["at"])
            feedback = cls(
                **{name: str(data[name]) for name in ("event_id", "account", "action", "provider")},
                at=utc_text(moment),
                lane=Lane(data["lane"]) if data.get("lane") else None,
                category=Category(data["category"]) if data.get("category") else None,
                verdict=verdict_from(verdict) if verdict else None,
            )
            require_kinds(feedback)
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise MalformedEvent(f"not a feedback record: {type(error).__name__}: {error}") from None
        return feedback

    def as_taken(self, milliseconds: int) -> Feedback:
        """The same, said no later than the broker took it (LogAppendTime, ms since 1970; 0 or less: not known): a clock
        that runs ahead would have the last word until its time has come, and what it taught would not fade."""
        taken = milliseconds / 1000
        if not 0 < taken < datetime.fromisoformat(self.at).timestamp():
            return self
        return replace(self, at=utc_text(datetime.fromtimestamp(taken, UTC)))

    def headers(self) -> Headers:
        """The record's headers; a trace begins with it."""
        return headers_about(self.event_id, self.account, TYPE_FEEDBACK, self.at, str(new_context()))
