"""Counts what an aiohttp server answers, by route: a path that nobody declared is `other`, whatever it says."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

from monitoring import metrics

OTHER = "other"


@web.middleware
async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
    """For `web.Application(middlewares=[counted])`."""
    status = 500
    try:
        response = await handler(request)
        status = response.status
        return response
    except web.HTTPException as refusal:
        status = refusal.status
        raise
    finally:
        resource = request.match_info.route.resource
        metrics.REQUESTS.labels(resource.canonical if resource else OTHER, str(status)).inc()
