"""Gmail's REST API as far as a reader needs it: each call within the quota, bounded in time and size, each failure
told apart: try later, access refused, cursor too old, message gone."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

import aiohttp

from agents.breakers import Breaker
from agents.oauth import AccessTokens
from agents.sources.base import CursorExpired, ProviderTransient
from agents.sources.gmail import failures
from agents.sources.gmail.failures import Gone, RateLimited, Refused
from agents.sources.gmail.quota import PROVIDER, Budget
from monitoring import metrics

ANSWER_MAX = 16 * 1024 * 1024
"""A page of 500 history records is a quarter of a megabyte; more than this is no answer of Gmail's."""
PAGE = 500
"""The most that Gmail puts on one page."""
ATTEMPTS = 6
"""Of a call that Gmail refuses for its rate; then the mailbox starts over later."""
FIRST_PAUSE_S, LAST_PAUSE_S = 1.0, 32.0
"""Truncated exponential backoff (Gmail API, "Resolve errors")."""
CHUNK = 64 * 1024

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """users.getProfile."""

    email: str
    history_id: int
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of users.messages.list, newest first."""

    ids: tuple[str, ...]
    next_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """users.watch: pushes come until `expires_at`."""

    history_id: int
    expires_at: datetime


Query = Sequence[tuple[str, str]]


class _Request(NamedTuple):
    method: str
    """Its name in Google's documentation."""
    path: str
    query: Query = ()
    body: Mapping[str, Any] | None = None
    limit: int = ANSWER_MAX
    """So many bytes of the answer are read."""


class _Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    text: bytes
    whole: bool


class GmailApi:
    """One mailbox's calls. All raise ProviderTransient and AuthFailed beside what they name."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        root: str,
        tokens: AccessTokens,
        budget: Budget,
        *,
        timeout_s: float,
        breaker: Breaker,
        slots: asyncio.Semaphore | None = None,
        attempts: int = ATTEMPTS,
    ) -> None:
        """`slots`: calls of all mailboxes at the same time; whoever waits for one does not wait for an answer yet.
        `attempts`: of a call that Gmail refuses for its rate."""
        self._http, self._tokens, self._budget, self._breaker = http, tokens, budget, breaker
        self._slots, self._attempts = slots or asyncio.Semaphore(PAGE), attempts
        self._base = f"{root.rstrip('/')}/gmail/v1/users/me"
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)

    async def profile(self) -> Profile:
        """Whose mailbox it is, and its newest historyId."""
        answer = await self._json("users.getProfile", "/profile")
        return _understood(
            lambda: Profile(
                email=str(answer["emailAddress"]),
                history_id=int(answer["historyId"]),
                messages=int(answer.get("messagesTotal", 0)),
            )
        )

    async def labels(self) -> frozenset[str]:
        """Ids of all labels (users.labels.list)."""
        answer = await self._json("users.labels.list", "/labels")
        return _understood(lambda: frozenset(str(one["id"]) for one in answer.get("labels", ())))

    async def history(self, start: int, page_token: str = "") -> Mapping[str, Any]:
        """One page of users.history.list: what `history.digest` reads.

        Raises:
            CursorExpired: Gmail no longer keeps the history since `start` (404).
        """
        query = [("startHistoryId", str(start)), ("maxResults", str(PAGE))]
        query += [("pageToken", page_token)] if page_token else []
        try:
            return await self._json("users.history.list", "/history", query)
        except Gone:
            raise CursorExpired(f"the history since {start} is no longer kept") from None

    async def messages(self, label: str, since: datetime, page_token: str = "") -> Page:
        """One page of users.messages.list: the mails with the label that came since then."""
        # Seconds, and whether "after" includes its own second is not documented.
        query = [("labelIds", label), ("q", f"after:{int(since.timestamp()) - 1}"), ("maxResults", str(PAGE))]
        query += [("includeSpamTrash", "true")] if label in {"SPAM", "TRASH"} else []
        query += [("pageToken", page_token)] if page_token else []
        answer = await self._json("users.messages.list", "/messages", query)
        return _understood(
            lambda: Page(
                ids=tuple(one["id"] for one in answer.get("messages", ())), next_token=answer.get("nextPageToken", "")
            )
        )

    async def message(self, message_id: str, form: str, limit: int) -> tuple[bytes, bool]:
        """users.messages.get as JSON bytes, and whether they are all: the answer is read up to `limit` bytes.

        Raises:
            Gone: deleted meanwhile.
        """
        path = f"/messages/{quote(message_id, safe='')}"
        return await self._call(_Request("users.messages.get", path, [("format", form)], limit=limit))

    async def thread(self, thread_id: str, headers: Sequence[str], fields: str) -> Mapping[str, Any]:
        """users.threads.get: the selected fields of its messages, and of their headers these.

        Raises:
            Gone: all of its messages were deleted.
        """
        query = [("format", "metadata"), *(("metadataHeaders", name) for name in headers), ("fields", fields)]
        return await self._json("users.threads.get", f"/threads/{quote(thread_id, safe='')}", query)

    async def watch(self, topic: str, labels: Sequence[str]) -> Watched:
        """users.watch: renewing one that exists replaces it.

        Raises:
            Refused: the topic does not exist, or Gmail may not publish to it.
        """
        body = {"topicName": topic, "labelIds": list(labels), "labelFilterBehavior": "include"}
        try:
            answer = await self._json("users.watch", "/watch", body=body)
        except Gone:
            raise Refused(404, f"no topic {topic}") from None
        return _understood(
            lambda: Watched(
                history_id=int(answer["historyId"]),
                expires_at=datetime.fromtimestamp(int(answer["expiration"]) / 1000, UTC),
            )
        )

    async def stop(self) -> None:
        """users.stop: no more pushes."""
        await self._call(_Request("users.stop", "/stop", body={}))

    async def _json(
        self, method: str, path: str, query: Query = (), body: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        text, whole = await self._call(_Request(method, path, query, body))
        if not whole:
            raise ProviderTransient(f"{method}: an answer of more than {ANSWER_MAX} bytes")
        return parse(method, text)

    async def _call(self, request: _Request) -> tuple[bytes, bool]:
        """One call; a refusal for its rate is waited out, for starting over would cost what was fetched already."""
        pause_s = FIRST_PAUSE_S
        for attempt in range(self._attempts):
            await self._budget.spend(request.method)
            try:
                return await self._authorised(request)
            except RateLimited as refusal:
                wait_s = max(refusal.retry_after_s or 0.0, pause_s * random.uniform(0.5, 1.0))
                self._budget.exceeded(refusal.scope, wait_s)
                if attempt + 1 == self._attempts:
                    raise
                await asyncio.sleep(wait_s * random.uniform(1.0, 1.25))  # not all at the same moment
                pause_s = min(2 * pause_s, LAST_PAUSE_S)
        raise AssertionError("unreachable")

    async def _authorised(self, request: _Request) -> tuple[bytes, bool]:
        """A token that has just expired or been replaced is refused; so may be its successor, which another process
        stored before the grant was revoked. The third is fresh from the provider, or it has said why there is none."""
        for last in (False, False, True):
            token = await self._tokens.token()
            async with self._slots, self._breaker.calling():
                answer = await self._exchange(request, token)
                if answer.status >= 500:
                    raise failures.meaning(request.method, answer.status, answer.headers, answer.text)
            if answer.status in {200, 204}:
                return answer.text, answer.whole
            if answer.status == 401:
                self._tokens.refused(token)
            if answer.status != 401 or last:
                raise failures.meaning(request.method, answer.status, answer.headers, answer.text)
        raise AssertionError("unreachable")

    async def _exchange(self, request: _Request, token: str) -> _Answer:
        with metrics.PROVIDER_RESPONSE_SECONDS.labels(PROVIDER, request.method).time():
            return await self._answer(request, token)

    async def _answer(self, request: _Request, token: str) -> _Answer:
        try:
            async with self._http.request(
                "GET" if request.body is None else "POST",
                self._base + request.path,
                params=request.query,
                json=request.body,
                headers={"Authorization": f"Bearer {token}"},
                timeout=self._timeout,
                allow_redirects=False,  # or the token would go wherever an answer points to
            ) as answer:
                text, whole = await _read(answer, request.limit if answer.status == 200 else CHUNK)
                return _Answer(answer.status, answer.headers, text, whole)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ProviderTransient(f"{request.method}: {failures.name_of(error)}") from None


def parse(method: str, text: bytes) -> Mapping[str, Any]:
    """An answer's JSON object.

    Raises:
        ProviderTransient: it is none; what it is instead is not repeated.
    """
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise ProviderTransient(f"{method}: the answer is no JSON object; is GMAIL_API_ROOT right?")
    return answer


def _understood(read: Callable[[], Result]) -> Result:
    try:
        return read()
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise ProviderTransient(f"an answer that is not what Gmail documents ({type(error).__name__})") from None


async def _read(answer: aiohttp.ClientResponse, limit: int) -> tuple[bytes, bool]:
    """At most `limit` bytes, and whether that is all. The rest is not read: the connection is closed instead."""
    parts, size = [], 0
    async for chunk in answer.content.iter_chunked(CHUNK):
        parts.append(chunk)
        size += len(chunk)
        if size > limit:
            answer.close()
            return b"".join(parts)[:limit], False
    return b"".join(parts), True
