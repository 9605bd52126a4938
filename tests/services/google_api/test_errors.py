"""Each error by status and reason, and each way for an answer to go wrong."""

import asyncio
import time
from datetime import datetime
from email.utils import parsedate_to_datetime

import aiohttp
import pytest

from agents.fakes.google.client import ControlError
from agents.fakes.google.faults import Fault

from .conftest import MAIL, USER

METADATA = "https://www.googleapis.com/auth/gmail.metadata"
GET, LIST, HISTORY, WATCH = "users.messages.get", "users.messages.list", "users.history.list", "users.watch"


@pytest.mark.parametrize(
    ("method", "arguments", "status", "reason"),
    [
        (GET, {"id": "17c0ffee00000000"}, 404, "notFound"),
        (GET, {"id": "17c0ffee00000000", "format": "pdf"}, 400, "invalidArgument"),
        (HISTORY, {}, 400, "invalidArgument"),
        (HISTORY, {"startHistoryId": "abc"}, 400, "invalidArgument"),
        (HISTORY, {"startHistoryId": "1"}, 404, "notFound"),
        (HISTORY, {"startHistoryId": "99999999"}, 404, "notFound"),
        (HISTORY, {"startHistoryId": "8919", "historyTypes": ["moved"]}, 400, "invalidArgument"),
        (HISTORY, {"startHistoryId": "8919", "pageToken": "%%%"}, 400, "invalidArgument"),
        (LIST, {"maxResults": "-1"}, 400, "invalidArgument"),
        (LIST, {"maxResults": "0"}, 400, "invalidArgument"),
        (LIST, {"pageToken": "eHh4"}, 400, "invalidArgument"),
        (LIST, {"labelIds": ["NOWHERE"]}, 400, "invalidArgument"),
        (LIST, {"q": "larger:5M"}, 400, "invalidArgument"),
        (LIST, {"q": "after:yesterday"}, 400, "invalidArgument"),
        (LIST, {"user": "else@example.org"}, 403, "forbidden"),
        (WATCH, {"body": {}}, 400, "invalidArgument"),
        (WATCH, {"body": {"topicName": "mail"}}, 400, "invalidArgument"),
        (WATCH, {"body": {"topicName": "projects/local/topics/nowhere"}}, 404, "notFound"),
        (WATCH, {"body": {"topicName": "projects/local/topics/x", "labelIds": ["NO"]}}, 400, "invalidArgument"),
    ],
)
async def test_a_call_that_cannot_be_answered_says_why(api, method, arguments, status, reason):
    said = await api(method, **arguments)
    assert (said.status, said.reason) == (status, reason)


async def test_a_path_that_gmail_does_not_have_is_404(google, http):
    async with http.get(f"{google.url}/gmail/v1/users/me/everything") as answer:
        assert answer.status == 404


@pytest.mark.parametrize("end", ["unknown", "expired", "revoked", "lived out"])
async def test_a_token_that_is_no_good_is_401(google, api, end):
    if end == "unknown":
        api.token = "ya29.unknown"
    elif end == "expired":
        google.expire_access(USER)
    elif end == "revoked":
        google.revoke(USER)
    else:
        google.move_clock(3600)
    said = await api("users.getProfile")
    assert (said.status, said.reason) == (401, "authError")
    assert said.body["error"]["status"] == "UNAUTHENTICATED"
    assert 'error="invalid_token"' in said.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("scope", "method", "query", "reason"),
    [
        ("https://www.googleapis.com/auth/calendar", "users.getProfile", {}, "insufficientPermissions"),
        (METADATA, LIST, {"q": "in:inbox"}, "forbidden"),
        (METADATA, GET, {"format": "raw"}, "forbidden"),
    ],
)
async def test_a_scope_opens_what_it_opens(google, api, scope, method, query, reason):
    (one,) = google.deliver(USER, MAIL)
    token = google.consent(USER, scopes=[scope]).access_token
    said = await api(method, token=token, **({"id": one} if method == GET else {}), **query)
    assert (said.status, said.reason) == (403, reason)


@pytest.mark.parametrize(
    ("quota", "status", "reason"),
    [
        ({"user_per_minute": 45}, 429, "rateLimitExceeded"),
        ({"user_per_minute": 45, "code": "403"}, 403, "userRateLimitExceeded"),
        ({"project_per_minute": 45, "code": "403"}, 403, "rateLimitExceeded"),
    ],
)
async def test_the_third_get_is_over_a_quota_of_45_units(google, api, quota, status, reason):
    (one,) = google.deliver(USER, MAIL)
    google.set_quota(**quota)
    for _ in range(2):
        assert (await api(GET, id=one)).status == 200
    said = await api(GET, id=one)
    assert (said.status, said.reason) == (status, reason)
    assert said.body["error"]["errors"][0]["domain"] == "usageLimits"
    assert said.body["error"]["status"] == "RESOURCE_EXHAUSTED"
    assert 50 <= int(said.headers["Retry-After"]) <= 61
    assert (await api(LIST)).status == 200, "5 units are left"
    assert google.counters().units == {GET: 40, LIST: 5}
    assert google.counters().refused == {GET: 1}
    google.move_clock(61)
    assert (await api(GET, id=one)).status == 200


@pytest.mark.parametrize(("plan", "units"), [("2026-05", 20), ("older", 5)])
async def test_a_get_costs_what_the_projects_plan_says(google, api, plan, units):
    google.set_quota(plan=plan, retry_after=False)
    (one,) = google.deliver(USER, MAIL)
    await api(GET, id=one)
    assert google.counters().units == {GET: units}
    assert google.counters().peak_units == units


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        ("429", 429, "rateLimitExceeded"),
        ("403-user", 403, "userRateLimitExceeded"),
        ("403-project", 403, "rateLimitExceeded"),
        ("403-scope", 403, "insufficientPermissions"),
        ("401", 401, "authError"),
        ("404", 404, "notFound"),
        ("500", 500, "backendError"),
        ("503", 503, "backendError"),
    ],
)
async def test_an_injected_error_befalls_its_method_so_often(google, api, error, status, reason):
    google.set_faults(Fault(method="users.getProfile", error=error, times=2))
    assert (await api("users.labels.list")).status == 200
    for _ in range(2):
        said = await api("users.getProfile")
        assert (said.status, said.reason) == (status, reason)
    assert (await api("users.getProfile")).status == 200


async def test_a_fault_can_be_one_users_only_and_say_when_to_come_back(google, api):
    google.create("else@example.org")
    google.set_faults(Fault(user="else@example.org", error="429", retry_after_s=7))
    assert (await api("users.getProfile")).status == 200
    other = google.consent("else@example.org").access_token
    assert int((await api("users.getProfile", token=other)).headers["Retry-After"]) == 8


async def test_gmails_own_limit_names_the_time_in_its_message(google, api):
    google.move_clock(1000)
    google.set_faults(Fault(error="429-until", retry_after_s=30))
    said = await api("users.getProfile")
    assert "Retry-After" not in said.headers
    words, _, until = said.body["error"]["message"].rpartition(" ")
    assert words == "User-rate limit exceeded.  Retry after"
    wait_s = datetime.fromisoformat(until) - parsedate_to_datetime(said.headers["Date"])
    assert 28 < wait_s.total_seconds() <= 31
    assert parsedate_to_datetime(said.headers["Date"]).timestamp() > time.time() + 900


async def test_a_third_of_the_calls_fail(google, api):
    google.set_faults(Fault(probability=0.3))
    said = [(await api("users.getProfile")).status for _ in range(200)]
    assert 30 <= said.count(503) <= 90
    assert set(said) == {200, 503}


async def test_a_slow_answer_comes_late(google, api):
    google.set_faults(Fault(effect="slow", delay_s=0.3))
    began = time.monotonic()
    assert (await api("users.getProfile")).status == 200
    assert time.monotonic() - began >= 0.3


async def test_an_answer_that_hangs_never_comes_and_holds_up_nobody(google, api):
    google.set_faults(Fault(effect="hang", times=1))
    hanging = asyncio.create_task(api("users.getProfile"))
    async with asyncio.timeout(60):
        while not google.counters().requests.get("users.getProfile"):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.3)
    assert (await api("users.getProfile")).status == 200
    assert not hanging.done()
    hanging.cancel()
    await asyncio.wait([hanging])


@pytest.mark.parametrize(
    ("effect", "error"),
    [
        ("truncate", aiohttp.ClientPayloadError),
        ("drop", (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)),
        ("junk", aiohttp.ContentTypeError),
    ],
)
async def test_a_broken_answer_breaks_the_client(google, api, effect, error):
    # More than once: aiohttp asks again by itself when a connection that it kept ends without an answer.
    google.set_faults(Fault(effect=effect))
    with pytest.raises(error):
        await api("users.labels.list")
    google.set_faults()
    assert (await api("users.labels.list")).status == 200


@pytest.mark.parametrize(
    "wrong",
    [
        lambda google: google.deliver("nobody@example.org", MAIL),
        lambda google: google.delete(USER, "17c0ffee00000000"),
        lambda google: google.set_quota(plan="1999"),
        lambda google: google._do("explode"),
    ],
)
def test_a_command_that_cannot_be_is_refused_by_name(google, wrong):
    google.create(USER)
    with pytest.raises(ControlError, match=r"^(deliver|delete|set_quota|explode): "):
        wrong(google)


def test_a_fault_that_cannot_be_is_refused_where_it_is_written():
    with pytest.raises(ValueError, match="effect 'melt' is none of error"):
        Fault(effect="melt")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="error '418' is none of"):
        Fault(error="418")
