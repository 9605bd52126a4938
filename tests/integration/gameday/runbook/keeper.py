"""Starts, stops and restarts the services of compose as the processes that the game days have, when `docker` asks."""

from __future__ import annotations

import json
import signal
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from infra.stack.ports import LOOPBACK
from tests.integration.gameday.system import System

PROCESSES = {
    "crewai-ingest": "ingest-0",
    "crewai-triage": "worker-0",
    "crewai-archive": "archive-0",
    "crewai-email-triage": "control-0",
}
SERVERS = ("crewai-kafka", "crewai-postgres")


class Keeper:
    """One system's."""

    def __init__(self, at: System) -> None:
        self._at = at

    def do(self, verb: str, service: str, options: dict[str, str]) -> None:
        """One verb of compose on one service."""
        if service in SERVERS:
            server = self._at.kafka if service == "crewai-kafka" else self._at.postgres
            if verb in {"stop", "restart"}:
                server.stop()
            if verb != "stop":
                server.start()
            return
        name = PROCESSES[service]
        if verb == "kill":
            chosen = options.get("-s") or options.get("--signal") or "KILL"
            self._at.flow.running[name].send_signal(signal.Signals[f"SIG{chosen.removeprefix('SIG')}"])
            return
        running = name in self._at.flow.running and self._at.flow.running[name].poll() is None
        if verb in {"stop", "restart"} and running:
            self._at.flow.terminate(name)
            running = False
        if verb != "stop" and not running:
            self._at.start(name)


@contextmanager
def listening(at: System) -> Iterator[str]:
    """Where `docker` asks."""
    keeper = Keeper(at)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
            status, said = 200, ""
            try:
                for service in asked["services"].split():
                    keeper.do(asked["verb"], service, json.loads(asked["options"]))
            except Exception as error:  # the test shows it as the command's output
                status, said = 500, repr(error)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(said.encode())

        def log_message(self, *args: object) -> None: ...

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
