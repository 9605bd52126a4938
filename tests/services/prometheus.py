"""Prometheus and Alertmanager as processes on free ports, with whatever configuration the caller writes."""

from __future__ import annotations

import json
import shutil
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.stack.ports import LOOPBACK, any_free
from infra.stack.process import Daemon

PACKAGES = {"prometheus": "prometheus", "prometheus-alertmanager": "prometheus-alertmanager"}
HTTP_S = 30.0


def programs() -> list[str]:
    """Debian packages that are missing here."""
    return [package for program, package in PACKAGES.items() if shutil.which(program) is None]


@dataclass(kw_only=True)
class Server:
    """One of the two. Write the configuration to `config` before `start`."""

    program: str
    directory: Path

    def __post_init__(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        self.port = any_free()[0]
        self.config = self.directory / f"{self.program}.yml"
        self._daemon = Daemon(name=self.program, directory=self.directory)

    def start(self, *options: str) -> None:
        """Return when it is ready."""
        path = shutil.which(self.program)
        assert path is not None
        listen = f"--web.listen-address={LOOPBACK}:{self.port}"
        data = f"--storage{'.tsdb' if self.program == 'prometheus' else ''}.path={self.directory / 'data'}"
        self._daemon.spawn([path, f"--config.file={self.config}", listen, data, *options])
        self._daemon.wait_ready(self._ready, seconds=90)

    def kill(self) -> None:
        """SIGKILL."""
        self._daemon.kill()

    def get(self, path: str, **parameters: str) -> Any:
        """The JSON that it answers with."""
        asked = f"http://{LOOPBACK}:{self.port}{path}?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(asked, timeout=HTTP_S) as answer:
            return json.load(answer)

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{self.port}/-/ready", timeout=HTTP_S) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


class Prometheus(Server):
    """Scrapes and evaluates."""

    def __init__(self, directory: Path) -> None:
        super().__init__(program="prometheus", directory=directory)

    def query(self, expression: str) -> list[dict[str, Any]]:
        """An instant query's result.

        Raises:
            urllib.error.HTTPError: 400: it is no PromQL.
        """
        result: list[dict[str, Any]] = self.get("/api/v1/query", query=expression)["data"]["result"]
        return result

    def alerts(self, *states: str) -> set[str]:
        """Names of the alerts that are in one of these states now: pending, firing."""
        alerts = self.get("/api/v1/alerts")["data"]["alerts"]
        return {one["labels"]["alertname"] for one in alerts if one["state"] in states}


class Alertmanager(Server):
    """Groups, inhibits, notifies."""

    def __init__(self, directory: Path) -> None:
        super().__init__(program="prometheus-alertmanager", directory=directory)
