"""Who gets how far into the admin API: without, with a wrong, an expired, a read-only token; too often; too much."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from jsonschema import Draft202012Validator

from infra.settings import Settings, load
from monitoring import metrics
from monitoring.admin import http
from monitoring.admin.api import OPERATIONS
from monitoring.admin.limit import RateLimit
from monitoring.admin.openapi import PREFIX, document
from monitoring.admin.tokens import new_token
from monitoring.control.shown import described
from monitoring.metrics_http import counted
from streams.control.view import View
from tests.clock import Clock

NOW = datetime.now(UTC)
READER, READER_ENTRY = new_token("reader", "read", timedelta(days=1), NOW)
OPERATOR, OPERATOR_ENTRY = new_token("operator", "operate", timedelta(days=1), NOW)
EXPIRED, EXPIRED_ENTRY = new_token("former", "operate", -timedelta(days=1), NOW)
CALLS = [
    ("GET", "/openapi.json"),
    *((operation.method, operation.path) for operation in OPERATIONS),
    ("GET", "/nothing"),
]


@dataclass
class Desk:
    """A control process of which nobody has set anything; Kafka is not reached by these tests."""

    settings: Settings

    def control(self) -> dict[str, Any]:
        return described(self.settings, View(self.settings), ())


@dataclass
class Trail:
    """What was written down."""

    calls: list[tuple[str, str, int]] = field(default_factory=list)

    def called(self, who: str, call: str, status: int) -> None:
        self.calls.append((who, call, status))


@pytest.fixture
def trail() -> Trail:
    return Trail()


@pytest.fixture
async def client(
    trail: Trail, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """No time passes for what bounds the calls, however long they take."""
    monkeypatch.setattr(http, "RateLimit", partial(RateLimit, clock=Clock()))
    entries = f"{READER_ENTRY} {OPERATOR_ENTRY} {EXPIRED_ENTRY}"
    settings = load(admin_tokens=entries, **getattr(request, "param", {"admin_rate": 1000}))
    app = web.Application(middlewares=[counted])
    app.add_subapp(PREFIX, http.Admin(Desk(settings), trail).app())  # type: ignore[arg-type]
    async with TestClient(TestServer(app)) as made:
        yield made


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize("headers", [{}, bearer("triage_guess"), bearer(EXPIRED)], ids=["none", "wrong", "expired"])
async def test_nobody_gets_anywhere_without_a_token(
    client: TestClient[web.Request, web.Application],
    trail: Trail,
    method: str,
    path: str,
    headers: dict[str, str],
) -> None:
    filled = path.replace("{name}", "BATCH_SIZE").replace("{lane}", "low")
    response = await client.request(method, PREFIX + filled, headers=headers)
    assert (response.status, response.headers["WWW-Authenticate"]) == (401, 'Bearer realm="triage"')
    assert set(await response.json()) == {"error"}
    called = f"{method} {PREFIX}{'/...' if path == '/nothing' else path}"
    assert trail.calls == [("nobody at 127.0.0.1", called, 401)]


@pytest.mark.parametrize(
    "operation", [one for one in OPERATIONS if one.path != "/history"], ids=lambda one: one.answer.__name__
)
async def test_a_read_only_token_changes_nothing(
    client: TestClient[web.Request, web.Application], trail: Trail, operation: Any
) -> None:
    path = PREFIX + operation.path.replace("{name}", "BATCH_SIZE").replace("{lane}", "low")
    response = await client.request(operation.method, path, headers=bearer(READER))
    assert response.status == (200 if operation.role == "read" else 403)
    assert trail.calls[0][0] == "reader"


@pytest.mark.parametrize("client", [{"admin_rate": 1}], indirect=True)
async def test_a_token_may_call_so_often_and_others_are_not_slowed_down(
    client: TestClient[web.Request, web.Application],
) -> None:
    statuses = [(await client.get(f"{PREFIX}/control", headers=bearer(READER))).status for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    assert (await client.get(f"{PREFIX}/control", headers=bearer(OPERATOR))).status == 200


@pytest.mark.parametrize("client", [{"admin_rate": 10}], indirect=True)
async def test_guessing_is_bounded_and_does_not_lock_out_whoever_has_a_token(
    client: TestClient[web.Request, web.Application], trail: Trail
) -> None:
    guesses = [await client.get(f"{PREFIX}/control", headers=bearer(f"guess{number}")) for number in range(12)]
    assert [one.status for one in guesses][-1] == 429
    assert int(guesses[-1].headers["Retry-After"]) >= 1
    assert [status for _, _, status in trail.calls] == [401] * 10, "one too many is counted, not kept for 400 days"
    assert (await client.get(f"{PREFIX}/control", headers=bearer(READER))).status == 200


@pytest.mark.parametrize("client", [{"admin_rate": 1}, {"admin_rate": 1, "admin_remote": True}], indirect=True)
async def test_strangers_cannot_fill_the_audit_log_from_any_number_of_addresses(
    client: TestClient[web.Request, web.Application], trail: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        monkeypatch.setattr(web.Request, "remote", f"192.0.2.{number}")
        assert (await client.get(f"{PREFIX}/control")).status in {401, 403}
    assert len(trail.calls) == 10
    monkeypatch.setattr(web.Request, "remote", "127.0.0.1")
    assert (await client.get(f"{PREFIX}/control", headers=bearer(READER))).status == 200
    assert trail.calls[-1] == ("reader", f"GET {PREFIX}/control", 200)


async def test_a_call_that_breaks_off_is_written_down(
    client: TestClient[web.Request, web.Application], trail: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("written, then lost")

    monkeypatch.setattr("streams.control.writer.put", broken)
    body = {"value": 1, "why": "x"}
    response = await client.put(f"{PREFIX}/control/BATCH_SIZE", json=body, headers=bearer(OPERATOR))
    assert response.status == 500
    assert "lost" not in await response.text()
    assert trail.calls == [("operator", f"PUT {PREFIX}/control/{{name}}", 500)]


async def test_other_machines_are_refused_whatever_they_hold(
    client: TestClient[web.Request, web.Application], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web.Request, "remote", "192.0.2.7")
    response = await client.get(f"{PREFIX}/control", headers=bearer(OPERATOR))
    assert (response.status, await response.json()) == (
        403,
        {"error": "only from this machine, unless ADMIN_REMOTE=true"},
    )


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "said"),
    [
        ("PUT", "/control/BATCH_SIZE", b"{", 400, "not JSON"),
        ("PUT", "/control/BATCH_SIZE", b"[]", 400, "not a JSON object"),
        ("PUT", "/control/BATCH_SIZE", b'{"value": 1}', 400, "missing property: why"),
        ("PUT", "/control/BATCH_SIZE", b'{"value": 0, "why": "x"}', 409, "greater than or equal to 1"),
        ("PUT", "/control/BATCH_SIZE", b'{"value": true, "why": "x"}', 409, "should be a int"),
        ("PUT", "/control/BATCH_SIZE", b'{"value": null, "why": "x"}', 400, "should be one of"),
        ("PUT", "/control/BATCH_SIZE", b'{"value": 1, "why": "a\\nb"}', 400, "why: should match"),
        ("PUT", "/control/BATCH_SIZE", b'{"value": 1, "why": "a\\n"}', 400, "why: should match"),
        ("PUT", "/control/BATCH_SIZE", b'{"value": 1, "why": "x", "for": "soon"}', 409, "no span of time"),
        ("PUT", "/control/BATCH_SIZE", b'{"value": 1, "why": "x", "for": "999999d"}', 409, "up to 366 days"),
        ("PUT", "/control/BATCH_SIZE", b'{"value": 1, "why": "x", "who": "me"}', 400, "unknown property: 'who'"),
        ("PUT", "/control/PATH", b'{"value": 1, "why": "x"}', 404, "no setting that can be changed live"),
        ("PUT", "/control/LANE:express", b'{"value": "paused", "why": "x"}', 404, "LANE:WHICH"),
        ("PUT", "/control/BATCH_SIZE", b" " * 20_000, 413, ""),
        ("DELETE", "/control/BATCH_SIZE", b"", 400, "missing parameter: why"),
        ("GET", "/history?limit=0", b"", 400, "1 to 1000"),
        ("GET", "/history?limit=x", b"", 400, "of type integer"),
        ("GET", "/control?deep=1", b"", 400, "unknown parameters"),
        ("GET", "/control", b"{}", 400, "takes no body"),
        ("POST", "/orders/dance", b"", 404, "no order"),
        ("POST", "/lanes/express/pause", b'{"why": "x"}', 404, "should be one of urgent"),
        ("POST", "/priority-only", b'{"min_priority": 11, "why": "x"}', 400, "0 to 10"),
        ("POST", "/priority-only", b'{"min_priority": 1.5, "why": "x"}', 400, "of type integer"),
        ("PATCH", "/control", b"", 405, ""),
        ("GET", "/nothing", b"", 404, ""),
    ],
)  # fmt: skip
async def test_what_is_not_allowed_is_named(
    client: TestClient[web.Request, web.Application], method: str, path: str, body: bytes, status: int, said: str
) -> None:
    response = await client.request(method, PREFIX + path, data=body or None, headers=bearer(OPERATOR))
    assert response.status == status
    assert said in (await response.json())["error"]


async def test_calls_are_counted_by_route(client: TestClient[web.Request, web.Application]) -> None:
    counter = metrics.REQUESTS.labels(f"{PREFIX}/control/{{name}}", "200")
    before = counter._value.get()
    body = await (await client.get(f"{PREFIX}/control/LOG_LEVEL", headers=bearer(READER))).json()
    assert (body["name"], body["start"], body["override"]) == ("LOG_LEVEL", "INFO", None)
    assert body["allowed"] == {"enum": ["DEBUG", "INFO", "WARNING", "ERROR"], "type": "string"}
    assert counter._value.get() == before + 1


def test_the_document_describes_every_call() -> None:
    made = document()
    described_ = {(method.upper(), path) for path, item in made["paths"].items() for method in item}
    assert described_ == {(method, PREFIX + path) for method, path in CALLS if path != "/nothing"}
    for item in made["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                Draft202012Validator.check_schema(parameter["schema"])
