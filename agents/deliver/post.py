"""One attempt: a signed POST to an endpoint, bounded in time, place and size."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import aiohttp

from agents.accounts import SecretUnavailable, resolve
from agents.deliver import secret_file, signature
from agents.deliver.answer import Answer, failed, judge
from agents.deliver.egress import AddressRefused, Egress
from agents.deliver.endpoints import Endpoint
from agents.deliver.names import Names
from agents.deliver.schedule import Delivery
from streams import header_values
from streams.trace_context import parse

MOST_ANSWER_BYTES = 64 * 1024
"""Of an answer's body, which nobody reads: what is left of a longer one is cut off with its connection."""
USER_AGENT = "crewai-email-triage"


class Post:
    """`send` any number at once, then `close`."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        resolver: aiohttp.abc.AbstractResolver | None = None,
        ssl: Any = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`resolver` and `ssl` in the place of the system's resolver and authorities."""
        self._resolver = resolver or Names()
        self._endpoint, self._clock = endpoint, clock
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=endpoint.max_in_flight,
                socket_factory=Egress(endpoint.allow_networks, only_allowed=endpoint.url.startswith("http:")),
                resolver=self._resolver,
                ssl=ssl,
                use_dns_cache=False,  # an endpoint that moved is found at the next connection
            ),
            timeout=aiohttp.ClientTimeout(total=endpoint.timeout_s),
            headers={"User-Agent": USER_AGENT, "Content-Type": "application/json"},
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )

    async def send(self, delivery: Delivery) -> Answer:
        """Attempt a delivery; every way in which it may end is an answer."""
        body = delivery.event.value or b""
        try:
            now = datetime.fromtimestamp(self._clock(), UTC)
            keys = secret_file.keys([resolve(reference) for reference in self._endpoint.secrets], now)
        except (SecretUnavailable, signature.InvalidSecret) as error:
            return failed(str(error))
        headers = signature.headers(delivery.webhook_id, int(self._clock()), body, keys) | _trace(delivery)
        try:
            async with self._session.post(
                self._endpoint.url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                await _drain(answer)
                return judge(answer.status, answer.headers.get("Retry-After"), datetime.now(UTC))
        except TimeoutError:
            return failed(f"no answer within {self._endpoint.timeout_s:g} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return failed(_reason(error))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._session.close()
        await self._resolver.close()


async def _drain(answer: aiohttp.ClientResponse) -> None:
    left = MOST_ANSWER_BYTES
    while left > 0 and (chunk := await answer.content.read(left)):
        left -= len(chunk)
    if not answer.content.at_eof():
        answer.close()


def _trace(delivery: Delivery) -> dict[str, str]:
    found = header_values.value(delivery.event.headers, "traceparent").decode("ascii", "replace")
    return {"traceparent": found} if parse(found) else {}


def _reason(error: BaseException) -> str:
    """What happened, without what the other side wrote."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, AddressRefused):
            return str(cause.strerror)
        cause = getattr(cause, "os_error", None) or cause.__cause__
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return "its TLS certificate was refused"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its name cannot be resolved"
    if isinstance(error, aiohttp.ClientConnectorError) and error.os_error.strerror:
        return f"cannot be reached: {error.os_error.strerror}"
    return type(error).__name__
