"""A process's own HTTP port: /metrics for Prometheus, /health/live and /health/ready for Kubernetes.

It answers from threads, so that it can say that the event loop hangs: a server on that loop could only be silent."""

from __future__ import annotations

import errno
import json
import logging
import platform
import sys
import threading
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from typing import Final, NamedTuple

from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder

from infra.errors import Fatal
from monitoring import metrics, metrics_memory

log = logging.getLogger(__name__)

DISTRIBUTION: Final = "crewai-email-triage"
HUNG_AFTER_S = 30.0
"""An event loop that has not beaten for this long hangs; it beats every STATUS_INTERVAL_S, five seconds later while
Kafka is away."""
SLOW_CLIENT_S = 5.0
JSON = "application/json"


class Answer(NamedTuple):
    """What goes back."""

    status: int
    content_type: str
    body: bytes


class Pulse:
    """When this process's event loop last said how it is, and what keeps it from work. Written there, read anywhere."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: tuple[float, tuple[str, ...]] = (clock(), ("starting",))

    def beat(self, blockers: Sequence[str]) -> None:
        """The loop runs; `blockers` are the reasons why the process does no work, none when it does."""
        self._last = self._clock(), tuple(blockers)
        metrics.HEARTBEAT.set_to_current_time()

    def live(self) -> Answer:
        """503 when a restart may help: the event loop hangs."""
        age = self._clock() - self._last[0]
        if age > HUNG_AFTER_S:
            return _json(503, {"status": "hung", "reasons": [f"the event loop has been silent for {age:.0f} s"]})
        return _json(200, {"status": "live"})

    def ready(self) -> Answer:
        """503 while the process does no work, with the reasons."""
        reasons = [*self._last[1]]
        if self.live().status != 200:
            reasons.insert(0, "the event loop hangs")
        return _json(503 if reasons else 200, {"ready": not reasons, "reasons": reasons})


PULSE = Pulse()
"""This process's."""


def serve(component: str, port: int, host: str, *, setting: str = "PROCESS_METRICS_PORT") -> None:
    """Note what is running, and serve it in the background; port 0 serves nothing.

    Raises:
        Fatal: the port is in use or the host is not this machine's.
    """
    name(component)
    if not port:
        return
    try:
        server = _Server((host, port), _Request)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Fatal(f"port {port} on {host} is in use: stop the other program or set {setting}") from None
        raise Fatal(f"{setting}={port}, BIND_HOST={host}: cannot listen there: {error.strerror or error}") from None
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()


def name(component: str) -> None:
    """Say in the metrics what is running."""
    try:
        version = metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        version = "unknown"
    metrics.BUILD.info({"version": version, "component": component, "python": platform.python_version()})


def exposition(accept: str) -> Answer:
    """All series in the format that the scraper prefers."""
    encode, content_type = choose_encoder(accept)
    return Answer(200, content_type, encode(REGISTRY))


def _json(status: int, body: object) -> Answer:
    return Answer(status, JSON, json.dumps(body).encode())


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is not news; a defect is."""
        del request, client_address
        if not isinstance(error := sys.exc_info()[1], OSError):
            log.error("answering failed", exc_info=error)


class _Request(BaseHTTPRequestHandler):
    timeout = SLOW_CLIENT_S

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/metrics":
            answer = exposition(self.headers.get("Accept", ""))
        elif path == "/health/live":
            answer = PULSE.live()
        elif path == "/health/ready":
            answer = PULSE.ready()
        elif path == "/memory":
            answer = _json(200, metrics_memory.breakdown())
        else:
            path, answer = "other", _json(404, {"paths": ["/metrics", "/health/live", "/health/ready", "/memory"]})
        self._answer(path, answer)

    def do_POST(self) -> None:
        path, _, query = self.path.partition("?")
        if path == "/memory/collect":
            answer = _json(200, metrics_memory.collect())
        elif path == "/memory/trace" and query.isdecimal():
            answer = _json(200, metrics_memory.trace(float(query)))
        else:
            path, answer = "other", _json(404, {"paths": ["/memory/collect", "/memory/trace?SECONDS"]})
        self._answer(path, answer)

    def _answer(self, path: str, answer: Answer) -> None:
        metrics.REQUESTS.labels(path, str(answer.status)).inc()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its name in the base class
        """No access log."""
