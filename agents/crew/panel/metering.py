"""CrewAI's way out: its requests are counted and bounded where they leave, its answers where they come in.

CrewAI's executor makes its calls in threads, which nobody can cancel: this is what ends them in time."""

from __future__ import annotations

import time

import httpx
from crewai.llms.hooks.base import BaseInterceptor

from agents.crew.meter import METER, Meter

ANSWER_BYTES = 256 * 1024
"""No answer is read further."""
_FRAMING = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class Metering(BaseInterceptor[httpx.Request, httpx.Response]):
    """Counts, and stops what is too much."""

    def on_outbound(self, message: httpx.Request) -> httpx.Request:
        """A call begins. Raises TooManyCalls."""
        METER.get().began(len(message.content))
        return message

    def on_inbound(self, message: httpx.Response) -> httpx.Response:
        """Its answer, read and counted."""
        meter = METER.get()
        try:
            body = _read(message, meter)
        finally:
            message.close()
        if message.status_code == httpx.codes.OK:
            meter.count(body)
        headers = [(name, value) for name, value in message.headers.items() if name.lower() not in _FRAMING]
        return httpx.Response(message.status_code, headers=headers, content=body, extensions=message.extensions)


def _read(answer: httpx.Response, meter: Meter) -> bytes:
    """The answer's body, in time: a client's own time-out begins anew with every byte. Raises httpx's errors."""
    body = bytearray()
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > ANSWER_BYTES:
            raise httpx.DecodingError("an endless answer")
        if time.monotonic() > meter.deadline:
            raise httpx.ReadTimeout("the answer took too long")
    return bytes(body)
