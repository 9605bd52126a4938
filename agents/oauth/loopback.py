"""Where the browser brings the answer: one HTTP server on the loopback interface, for one login (RFC 8252 §7.3)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from agents.oauth.authorization import LoginFailed, code_of

REQUEST_S = 10.0
MAX_LINE = 16 * 1024
_PAGE = (
    "<!doctype html><meta charset=utf-8><title>Email triage</title>"
    "<body style='font-family:sans-serif;margin:4em'><h1>{title}</h1><p>{text}</p>"
)


class Loopback:
    """Takes the first answer that carries the state; anything else is turned away and changes nothing."""

    def __init__(self) -> None:
        self.state = ""
        """Of the login that is waited for; set before the browser is sent off."""
        self.port = 0
        self._code: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def code(self, timeout_s: float) -> str:
        """The code.

        Raises:
            LoginFailed: the provider said no, or nobody came.
        """
        try:
            async with asyncio.timeout(timeout_s):
                return await asyncio.shield(self._code)
        except TimeoutError:
            raise LoginFailed(
                f"no answer within {timeout_s:.0f} s; with a browser on another machine use --no-browser"
            ) from None

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request of a browser."""
        try:
            async with asyncio.timeout(REQUEST_S):
                status, title, text = self._judge(await _target(reader))
                page = _PAGE.format(title=title, text=text).encode()
                head = f"HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {len(page)}\r\n"
                # The address holds the code: no cache, no referrer.
                writer.write(f"{head}cache-control: no-store\r\nreferrer-policy: no-referrer\r\n".encode())
                writer.write(b"connection: close\r\n\r\n" + page)
                await writer.drain()
        except (OSError, TimeoutError, ValueError):
            pass  # it went away, or is no browser
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def _judge(self, target: str) -> tuple[str, str, str]:
        path, _, query = target.partition("?")
        if path != "/" or not query:
            return "404 Not Found", "Not here", "This server waits for the answer to a login."
        if f"state={self.state}" not in query.split("&"):
            return "400 Bad Request", "Another login", "This answer belongs to another login. Use the newest address."
        failure: LoginFailed | None = None
        try:
            code = code_of(query, self.state)
        except LoginFailed as error:
            failure = error
        if not self._code.done():
            if failure:
                self._code.set_exception(failure)
            else:
                self._code.set_result(code)
        if failure:
            return "200 OK", "No access", "Nothing was changed. The terminal says more."
        return "200 OK", "Done", "You may close this page; the terminal says the rest."


@asynccontextmanager
async def loopback() -> AsyncIterator[Loopback]:
    """A server on a free port of 127.0.0.1."""
    waiting = Loopback()
    server = await asyncio.start_server(waiting.answer, "127.0.0.1", 0, limit=MAX_LINE)
    waiting.port = server.sockets[0].getsockname()[1]
    try:
        async with server:
            yield waiting
    finally:
        waiting._code.cancel()  # noqa: SLF001 - nobody waits for it any more


async def _target(reader: asyncio.StreamReader) -> str:
    """The request's target; its headers are read and passed over.

    Raises:
        ValueError: it is no GET.
    """
    method, _, rest = (await reader.readline()).decode("ascii", "replace").partition(" ")
    if method != "GET":
        raise ValueError("not a GET")
    for _ in range(200):
        if not (await reader.readline()).strip():
            break
    return rest.partition(" ")[0]
