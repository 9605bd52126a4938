"""A real Prometheus and Alertmanager with the real rules, shortened by one factor, and everybody who would have been told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from infra.stack.ports import LOOPBACK
from tests.integration.gameday import shorter
from tests.services.prometheus import Alertmanager, Prometheus
from tests.unit.alerts.machine import ALERTMANAGER, PROMETHEUS, RULES

LOOK_S = 0.2
REMEMBERS = frozenset({"UrgentMailLateSlowBurn"})
"""It looks back for days: true for long after an outage, whatever happens meanwhile. promtool alone tests it."""


@dataclass
class Phone:
    """Where Alertmanager's notifications arrive."""

    rang: list[tuple[float, str, str, str]] = field(default_factory=list)
    """Monotonic seconds, receiver, alert, status."""
    garbled: list[str] = field(default_factory=list)
    """Texts that Prometheus could not make of their templates."""

    def pages(self, since: float) -> set[str]:
        """What the primary on-call was told of since then."""
        calls = [call for call in self.rang if call[0] >= since and call[1] == "primary-on-call"]
        return {alert for _, _, alert, status in calls if status == "firing"} - REMEMBERS


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What an on-call engineer sees."""

    prometheus: Prometheus
    alertmanager: Alertmanager
    phone: Phone
    factor: int

    def until_fire(self, names: AbstractSet[str], began: float, seconds: float) -> dict[str, float]:
        """Wait for all of these alerts; seconds from `began` (monotonic) to each."""
        noticed: dict[str, float] = {}

        def all_fire() -> bool:
            for name in names & self.prometheus.alerts("firing") - noticed.keys():
                noticed[name] = round(time.monotonic() - began, 1)
            return noticed.keys() == names

        self._until(all_fire, seconds, f"not all of {sorted(names)} fire")
        return noticed

    def until_calm(self, seconds: float) -> float:
        """Wait until nothing fires or is about to; how long it took."""
        return self._until(lambda: not self._alarmed(), seconds, "it does not clear")

    def until_answered(self, query: str, seconds: float) -> None:
        """Wait for a query to have a result."""
        self._until(lambda: bool(self.prometheus.query(query)), seconds, f"no answer to {query}")

    def _alarmed(self) -> set[str]:
        return self.prometheus.alerts("firing", "pending") - REMEMBERS

    def _until(self, wanted: Callable[[], bool], seconds: float, why: str) -> float:
        began = time.monotonic()
        while not wanted():
            took = time.monotonic() - began
            assert took < seconds, f"{why} after {took:.0f} s; alarmed: {sorted(self._alarmed())}"
            time.sleep(LOOK_S)
        return time.monotonic() - began


@contextmanager
def watch(folder: Path, targets: dict[str, list[int]], factor: int) -> Iterator[Watch]:
    """Start both; they end with the block."""
    with ExitStack() as stack:
        phone = Phone()
        url = stack.enter_context(_listening(phone))
        alertmanager, prometheus = Alertmanager(folder / "alertmanager"), Prometheus(folder / "prometheus")
        alertmanager.config.write_text(shorter.routes(ALERTMANAGER.read_text(), factor, url))
        (folder / "prometheus" / "rules").mkdir()
        for path in RULES:
            (folder / "prometheus" / "rules" / path.name).write_text(shorter.rules(path.read_text(), factor))
        configuration = (PROMETHEUS / "prometheus.yml").read_text()
        prometheus.config.write_text(
            shorter.configuration(configuration, factor, alertmanager=alertmanager.port, targets=targets)
        )
        stack.callback(alertmanager.kill)
        alertmanager.start("--cluster.listen-address=")
        stack.callback(prometheus.kill)
        prometheus.start("--rules.alert.resend-delay=2s", "--log.level=warn")
        yield Watch(prometheus=prometheus, alertmanager=alertmanager, phone=phone, factor=factor)


@contextmanager
def _listening(phone: Phone) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            for alert in body["alerts"]:
                call = time.monotonic(), self.path.strip("/"), alert["labels"]["alertname"], alert["status"]
                phone.rang.append(call)
                texts = (*alert["labels"].values(), *alert["annotations"].values())
                phone.garbled += [text for text in texts if "<error" in text or "<no value>" in text]
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None: ...

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
