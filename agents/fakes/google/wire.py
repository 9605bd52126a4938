"""How answers go out, and how they fail to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from agents.fakes.google.faults import Fault
from agents.fakes.google.world import World

PAGE = b"<html><head><title>Error</title></head><body>Sorry, try again.</body></html>"


@dataclass
class Holder:
    """The world in force; `reset` puts another one here."""

    world: World


async def send(
    request: web.Request,
    code: int,
    body: dict[str, Any] | bytes | None,
    headers: Mapping[str, str],
    *,
    fault: Fault | None = None,
    content_type: str = "application/json; charset=UTF-8",
) -> web.StreamResponse:
    """The answer, unless the fault is one of the connection."""
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    effect = fault.effect if fault is not None else ""
    if effect == "hang":
        await asyncio.Event().wait()  # until the client gives up, which cancels this
    if effect == "drop":
        _cut(request)
    elif effect == "truncate":
        return await _half(request, code, data)
    elif effect == "junk":
        return web.Response(status=200, body=PAGE, content_type="text/html")
    return web.Response(status=code, body=data or None, headers={**headers, "Content-Type": content_type})


async def _half(request: web.Request, code: int, data: bytes) -> web.StreamResponse:
    """Announces everything, sends half of it, ends the connection."""
    response = web.StreamResponse(status=code, headers={"Content-Type": "application/json; charset=UTF-8"})
    response.content_length = len(data)
    await response.prepare(request)
    await response.write(data[: len(data) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
