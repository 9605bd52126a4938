"""Tells a running fake what to do, from any process."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any


class ControlError(Exception):
    """The fake refused a command; the message says why."""


class Remote:
    """A fake model server at `url` (http://127.0.0.1:PORT)."""

    def __init__(self, url: str) -> None:
        self.url = url

    @property
    def endpoint(self) -> str:
        """What CREW_URL is to be."""
        return f"{self.url}/v1"

    def behave(
        self,
        *,
        script: Sequence[dict[str, Any]] = (),
        faults: Sequence[dict[str, Any]] = (),
        obeys: bool = False,
        latency_s: float = 0.0,
    ) -> None:
        """Replace script, faults, obedience and latency, all of them. Raises ControlError."""
        self._command("behave", {"script": script, "faults": faults, "obeys": obeys, "latency_s": latency_s})

    def seen(self) -> dict[str, Any]:
        """Calls by schema and fault, tokens, most_busy (calls at the same time)."""
        return dict(self._command("seen", {}))

    def prompts(self) -> list[str]:
        """What it was asked, oldest first, of the last 5,000 calls."""
        return list(self._command("prompts", {}))

    def _command(self, name: str, given: dict[str, Any]) -> Any:
        request = urllib.request.Request(  # noqa: S310 - our own loopback URL
            f"{self.url}/_control/{name}", json.dumps(given).encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise ControlError(error.read().decode()) from None
