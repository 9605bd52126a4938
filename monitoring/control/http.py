"""The two HTTP servers: health for probes and people, metrics for Prometheus. Neither waits for anything but itself."""

from __future__ import annotations

import errno
import socket

import orjson
from aiohttp import web

from infra.errors import Fatal
from monitoring.control.watch import Watch
from monitoring.health.export import details, summary
from monitoring.metrics_http import counted
from monitoring.metrics_server import exposition

WATCH = web.AppKey("watch", Watch)


def health_app(watch: Watch) -> web.Application:
    """/health, /health/live, /health/ready, /health/components."""
    app = web.Application(middlewares=[counted])
    app[WATCH] = watch
    app.add_routes([
        web.get("/health", health),
        web.get("/health/live", live),
        web.get("/health/ready", ready),
        web.get("/health/components", components),
    ])  # fmt: skip
    return app


def metrics_app(watch: Watch) -> web.Application:
    """/metrics."""
    app = web.Application(middlewares=[counted])
    app[WATCH] = watch
    app.add_routes([web.get("/metrics", scrape)])
    return app


async def health(request: web.Request) -> web.Response:
    """200 as long as this process lives; `status` in the body is the system's: ok, degraded or down."""
    return _json(summary(request.app[WATCH].report()))


async def live(_: web.Request) -> web.Response:
    """200: this process answers. For liveness probes; restarting it on anything else helps nobody."""
    return _json({"status": "live"})


async def ready(request: web.Request) -> web.Response:
    """200 when mail gets through, else 503 with the reasons."""
    report = request.app[WATCH].report()
    reasons = [f"{one.name}: {one.reason}" for one in report.blockers]
    return _json({"ready": report.ready, "reasons": reasons}, status=200 if report.ready else 503)


async def components(request: web.Request) -> web.Response:
    """Every component with its instances, checks and counts."""
    return _json(details(request.app[WATCH].report()))


async def scrape(request: web.Request) -> web.Response:
    """All series in the format that the scraper prefers."""
    request.app[WATCH].show()
    answer = exposition(request.headers.get("Accept", ""))
    return web.Response(body=answer.body, headers={"Content-Type": answer.content_type})


async def listen(app: web.Application, host: str, port: int, *, setting: str) -> web.AppRunner:
    """Serve `app`; `setting` is what a person changes when the port is taken.

    Raises:
        Fatal: the port is in use or the host is not this machine's.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except (OSError, socket.gaierror) as error:
        await runner.cleanup()
        if error.errno == errno.EADDRINUSE:
            raise Fatal(f"port {port} on {host} is in use: stop the other program or set {setting}") from None
        raise Fatal(f"{setting}={port}, BIND_HOST={host}: cannot listen there: {error.strerror or error}") from None
    return runner


def _json(body: object, *, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")
