"""What one review really sends and uses: counted where CrewAI's requests leave and its answers come in.

CrewAI asks again by itself in places (a refusal, an answer that does not fit); the bound holds for those, too."""

from __future__ import annotations

import json
import time
from contextvars import ContextVar
from dataclasses import dataclass

import httpx
from crewai.llms.hooks.base import BaseInterceptor

from infra.errors import Permanent

ANSWER_BYTES = 256 * 1024
"""No answer is read further."""
_CHARACTERS_PER_TOKEN = 3
_FRAMING = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class TooManyCalls(Permanent):
    """A review asked the model more often than it may."""


@dataclass(slots=True)
class Meter:
    """Of one review."""

    most_calls: int
    timeout_s: float
    """Of one call, from its first byte to its last: a client's own time-out begins anew with every byte."""
    calls: int = 0
    tokens: int = 0
    """As the endpoint says; where it says nothing, as the texts' length makes them."""
    exceeded: bool = False
    _asked_bytes: int = 0
    _began: float = 0.0

    def began(self, asked_bytes: int) -> None:
        """One more call.

        Raises:
            TooManyCalls
        """
        if self.calls >= self.most_calls:
            self.exceeded = True
            raise TooManyCalls(f"more than {self.most_calls} calls for one review")
        self.calls += 1
        self._asked_bytes, self._began = asked_bytes, time.monotonic()

    def read(self, answer: httpx.Response) -> bytes:
        """The answer's body, in time.

        Raises:
            httpx.ReadTimeout, httpx.DecodingError
        """
        body = bytearray()
        for chunk in answer.iter_bytes():
            body += chunk
            if len(body) > ANSWER_BYTES:
                raise httpx.DecodingError("an endless answer")
            if time.monotonic() > self._began + self.timeout_s:
                raise httpx.ReadTimeout("the answer took too long")
        return bytes(body)

    def count(self, body: bytes) -> None:
        """Add what an answered call used."""
        try:
            self.tokens += max(0, int(json.loads(body)["usage"]["total_tokens"]))
        except (KeyError, TypeError, ValueError):
            self.tokens += (self._asked_bytes + len(body)) // _CHARACTERS_PER_TOKEN


METER: ContextVar[Meter] = ContextVar("meter")
"""The review that the present task, or the thread that works for it, belongs to."""


class Metering(BaseInterceptor[httpx.Request, httpx.Response]):
    """Counts, and stops what is too much. CrewAI's executor makes its calls in threads: there is no other way in."""

    def on_outbound(self, message: httpx.Request) -> httpx.Request:
        """A call begins. Raises TooManyCalls."""
        METER.get().began(len(message.content))
        return message

    def on_inbound(self, message: httpx.Response) -> httpx.Response:
        """Its answer, read and counted."""
        meter = METER.get()
        try:
            body = meter.read(message)
        finally:
            message.close()
        if message.status_code == httpx.codes.OK:
            meter.count(body)
        headers = [(name, value) for name, value in message.headers.items() if name.lower() not in _FRAMING]
        return httpx.Response(message.status_code, headers=headers, content=body, extensions=message.extensions)
