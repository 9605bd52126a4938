"""The admin API of a running system, called as its OpenAPI document allows, and as it does not."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from schemathesis import GenerationMode

from monitoring.admin.openapi import document
from tests.integration.control.system import System

DOCUMENT = schemathesis.openapi.from_dict(document())
OPERATIONS: dict[str, Any] = {one.ok().label: one.ok() for one in DOCUMENT.get_all_operations()}  # type: ignore[union-attr]
SECONDS = 60


@pytest.mark.parametrize("label", OPERATIONS)
@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
def test_nothing_that_is_sent_breaks_it(system: System, label: str, mode: GenerationMode) -> None:
    """Answers are as the document says: never a 5xx, always JSON; what is not allowed is refused."""
    headers = {"Authorization": f"Bearer {system.token}"}

    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
    @examples(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def send(case: Any) -> None:
        case.call_and_validate(base_url=system.admin, headers=headers, timeout=SECONDS)

    send()


def test_every_call_is_on_record_and_counted(system: System) -> None:
    """Also the seed's own: POST /admin/clear-cache without a body."""
    headers = {"Authorization": f"Bearer {system.token}"}
    done = requests.post(f"{system.admin}/admin/clear-cache", headers=headers, timeout=SECONDS)
    assert (done.status_code, done.json()["name"]) == (200, "clear-cache")
    assert requests.get(f"{system.admin}/admin/control", timeout=SECONDS).status_code == 401
    wanted = {
        ("call", "POST /admin/clear-cache", "fuzzer", 200),
        ("order", "clear-cache", "fuzzer", None),
        ("call", "GET /admin/control", "nobody at 127.0.0.1", 401),
    }

    def recorded() -> bool:
        answer = requests.get(f"{system.admin}/admin/history", params={"limit": 20}, headers=headers, timeout=SECONDS)
        entries = orjson.loads(answer.content)["entries"]
        return wanted <= {(one["action"], one["name"], one["who"], one["value"]) for one in entries}

    system.until(recorded)
    text = requests.get(f"{system.admin}/metrics", timeout=SECONDS).text
    assert 'crewai_requests_total{path="/admin/clear-cache",status="200"}' in text
    assert 'crewai_requests_total{path="/admin/control",status="401"}' in text
    system.clear_all()
    assert system.flow.died() == []
    assert system.token not in system.log("control-0")
