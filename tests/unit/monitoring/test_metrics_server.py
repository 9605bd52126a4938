"""A process's own port: what Prometheus and Kubernetes get, also from a process that hangs."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from infra.errors import Fatal
from infra.settings import load
from infra.stack.ports import any_free
from monitoring import metrics, metrics_server
from monitoring.metrics_server import HUNG_AFTER_S, Pulse, serve
from streams.status import Check
from streams.status_publisher import Report, StatusPublisher
from tests.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock(0.0)


@pytest.fixture
def pulse(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Pulse:
    made = Pulse(clock=clock)
    monkeypatch.setattr(metrics_server, "PULSE", made)
    return made


@pytest.fixture(scope="module")
def port() -> int:
    (port,) = any_free(1)
    serve("test", port, "127.0.0.1")
    return port


def get(port: int, path: str) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read().decode()
    finally:
        connection.close()


def health(port: int, path: str) -> tuple[int, Any]:
    status, _, body = get(port, path)
    return status, json.loads(body)


def test_a_scrape_says_what_is_running(port: int, pulse: Pulse) -> None:
    status, content_type, text = get(port, "/metrics")
    assert (status, content_type.partition(";")[0]) == (200, "text/plain")
    assert 'crewai_build_info{component="test"' in text
    assert "process_resident_memory_bytes" in text


def test_a_process_is_live_from_its_start_and_ready_when_it_works(port: int, pulse: Pulse) -> None:
    assert health(port, "/health/live") == (200, {"status": "live"})
    assert health(port, "/health/ready") == (503, {"ready": False, "reasons": ["starting"]})
    pulse.beat(["group: no partition assigned yet"])
    assert health(port, "/health/ready") == (503, {"ready": False, "reasons": ["group: no partition assigned yet"]})
    pulse.beat([])
    assert health(port, "/health/ready") == (200, {"ready": True, "reasons": []})


def test_a_hung_event_loop_is_neither_live_nor_ready(port: int, pulse: Pulse, clock: Clock) -> None:
    pulse.beat([])
    clock.now = HUNG_AFTER_S
    assert health(port, "/health/live")[0] == 200
    clock.now = HUNG_AFTER_S + 1
    assert health(port, "/health/live") == (
        503,
        {"status": "hung", "reasons": ["the event loop has been silent for 31 s"]},
    )
    assert health(port, "/health/ready") == (503, {"ready": False, "reasons": ["the event loop hangs"]})


@pytest.mark.parametrize("path", ["/", "/metrics/../etc/passwd", "/mail/ana@example.org"])
def test_an_unknown_path_is_counted_as_other(port: int, pulse: Pulse, path: str) -> None:
    counter = metrics.REQUESTS.labels("other", "404")
    before = counter._value.get()
    assert get(port, path)[0] == 404
    assert counter._value.get() == before + 1


@pytest.fixture
def silent_clients(port: int) -> Iterator[None]:
    """Twenty that connect and say nothing."""
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
    yield
    for client in clients:
        client.close()


def test_silent_clients_hold_nobody_up(port: int, pulse: Pulse, silent_clients: None) -> None:
    assert health(port, "/health/live")[0] == 200


def test_a_port_in_use_is_named_with_its_setting(port: int) -> None:
    with pytest.raises(Fatal, match=f"port {port} on 127.0.0.1 is in use.*PROCESS_METRICS_PORT"):
        serve("other", port, "127.0.0.1")


def test_port_0_serves_nothing_and_still_names_the_process() -> None:
    serve("quiet", 0, "127.0.0.1")
    assert metrics.BUILD._value["component"] == "quiet"


async def test_the_status_publisher_is_the_pulse(pulse: Pulse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also while no broker answers; only checks without which no work is done keep a process from being ready."""
    monkeypatch.setattr("streams.status_publisher.PULSE", pulse)
    said = [Check(name="mailbox a", ok=False, reason="away"), Check(name="kafka", ok=True)]
    settings = load(kafka_bootstrap_servers="127.0.0.1:1", status_interval_s=0.2)
    async with StatusPublisher(settings, "test", lambda: Report(checks=tuple(said))):
        await until(lambda: pulse.ready().status == 200)
        said[1] = Check(name="kafka", ok=False, reason="no broker")
        await until(lambda: pulse.ready().status == 503)
    assert json.loads(pulse.ready().body)["reasons"] == ["kafka: no broker"]


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.01)
