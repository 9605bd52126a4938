"""POST /batch/gmail/v1, written out by hand and read back part by part."""

from email import message_from_bytes

import aiohttp
import pytest

from agents.fakes.google.faults import Fault

from .conftest import MAIL, USER

BOUNDARY = "batch_x"


def written(paths, *, ids=True):
    parts = []
    for at, path in enumerate(paths):
        name = f"Content-ID: <item-{at}>\r\n" if ids else ""
        parts.append(f"--{BOUNDARY}\r\nContent-Type: application/http\r\n{name}\r\nGET {path} HTTP/1.1\r\n\r\n\r\n")
    return "".join(parts) + f"--{BOUNDARY}--\r\n"


@pytest.fixture
def send(google, http, api):
    async def send(body, content_type=f"multipart/mixed; boundary={BOUNDARY}"):
        headers = {"Authorization": f"Bearer {api.token}", "Content-Type": content_type}
        async with http.post(f"{google.url}/batch/gmail/v1", data=body, headers=headers) as answer:
            raw = await answer.read()
            if answer.status != 200:
                return answer.status, raw
            head = f"Content-Type: {answer.headers['Content-Type']}\r\n\r\n".encode()
            parts = message_from_bytes(head + raw).walk()
            return 200, {p["Content-ID"]: str(p.get_payload()).split("\n", 1) for p in parts if not p.is_multipart()}

    return send


async def test_parts_are_answered_by_their_ids_each_with_its_own_status(google, send):
    one, two = google.deliver(USER, MAIL, MAIL)
    paths = [f"/gmail/v1/users/me/messages/{one}?format=minimal", f"/gmail/v1/users/me/messages/{two}?format=raw"]
    status, parts = await send(written([*paths, "/gmail/v1/users/me/messages/0"]))
    assert status == 200
    assert {name: lines[0].strip() for name, lines in parts.items()} == {
        "<response-item-0>": "HTTP/1.1 200 OK",
        "<response-item-1>": "HTTP/1.1 200 OK",
        "<response-item-2>": "HTTP/1.1 404 Not Found",
    }
    assert f'"id": "{one}"' in parts["<response-item-0>"][1]
    assert '"raw": ' in parts["<response-item-1>"][1]


async def test_each_part_costs_and_some_may_be_over_the_quota(google, send):
    ids = google.deliver(USER, generated=5)
    google.set_quota(user_per_minute=60)
    _, parts = await send(written([f"/gmail/v1/users/me/messages/{one}?format=minimal" for one in ids]))
    statuses = [lines[0].split()[1] for lines in parts.values()]
    assert statuses == ["200", "200", "200", "429", "429"]
    assert "Retry-After: " in parts["<response-item-4>"][1]


async def test_a_hundred_parts_are_taken_and_one_more_is_not(google, send):
    path = "/gmail/v1/users/me/profile"
    assert len((await send(written([path] * 100)))[1]) == 100
    assert (await send(written([path] * 101)))[0] == 400
    assert google.counters().requests == {"batch": 2, "users.getProfile": 100}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("{}", "application/json"),
        ("nothing", "multipart/mixed; boundary=x"),
        (
            f"--{BOUNDARY}\r\nContent-Type: text/plain\r\n\r\nGET / HTTP/1.1\r\n--{BOUNDARY}--",
            f"multipart/mixed; boundary={BOUNDARY}",
        ),
        (
            f"--{BOUNDARY}\r\nContent-Type: application/http\r\n\r\nhello\r\n--{BOUNDARY}--",
            f"multipart/mixed; boundary={BOUNDARY}",
        ),
    ],
)
async def test_what_is_no_batch_is_400(send, body, content_type):
    assert (await send(body, content_type))[0] == 400


async def test_faults_befall_single_parts_or_the_whole(google, send):
    path = "/gmail/v1/users/me/profile"
    google.set_faults(Fault(method="users.getProfile", error="503", times=1))
    _, parts = await send(written([path] * 3))
    assert [lines[0].split()[1] for lines in parts.values()] == ["503", "200", "200"]
    google.set_faults(Fault(method="batch", error="502"))
    assert (await send(written([path])))[0] == 502
    google.set_faults(Fault(method="batch", effect="truncate"))
    with pytest.raises(aiohttp.ClientPayloadError):
        await send(written([path] * 3))
    google.set_faults(Fault(method="users.getProfile", effect="drop"))
    assert (await send(written([path])))[0] == 200, "a part has no connection to drop"
