"""Requests are counted by route, disks by folder."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from monitoring import metrics
from monitoring.metrics_disk import follow_disk
from monitoring.metrics_http import counted


async def answered(_: web.Request) -> web.Response:
    return web.Response(status=204)


async def refusing(_: web.Request) -> web.Response:
    raise web.HTTPForbidden


async def failing(_: web.Request) -> web.Response:
    raise ZeroDivisionError


def requests(path: str, status: int) -> float:
    value: float = metrics.REQUESTS.labels(path, str(status))._value.get()
    return value


@pytest.mark.parametrize(
    ("asked", "path", "status"),
    [
        ("/mails/17", "/mails/{number}", 204),
        ("/forbidden", "/forbidden", 403),
        ("/failing", "/failing", 500),
        ("/ana@example.org", "other", 404),
    ],
)
async def test_a_request_is_counted_by_its_route_and_status(asked: str, path: str, status: int) -> None:
    app = web.Application(middlewares=[counted])
    app.add_routes([
        web.get("/mails/{number}", answered),
        web.get("/forbidden", refusing),
        web.get("/failing", failing),
    ])  # fmt: skip
    before = requests(path, status)
    async with TestClient(TestServer(app)) as client:
        assert (await client.get(asked)).status == status
    assert requests(path, status) == before + 1


def test_a_folder_is_measured_before_and_after_it_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "later" / "tables"
    follow_disk(folder)

    def size() -> float:
        (family,) = metrics.DISK_SIZE_BYTES.collect()
        return next(sample.value for sample in family.samples if sample.labels == {"path": str(folder)})

    assert size() == shutil.disk_usage(tmp_path).total
    folder.mkdir(parents=True)
    assert size() == shutil.disk_usage(tmp_path).total
    monkeypatch.setattr(shutil, "disk_usage", lambda _: (_ for _ in ()).throw(OSError("gone")))
    assert math.isnan(size())
