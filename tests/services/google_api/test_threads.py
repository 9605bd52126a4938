"""users.threads.get, and partial answers."""

import pytest

from agents.fakes.google.tokens import READONLY

from .conftest import MAIL, USER

METADATA = "https://www.googleapis.com/auth/gmail.metadata"
THREAD = "users.threads.get"
ANSWER = b"From: kim@example.org\r\nTo: a@example.org\r\nSubject: Re: one\r\nMessage-ID: <2@example.org>\r\n\r\nYes\r\n"


@pytest.fixture
def thread(google):
    """A mail, its answer, and one in the trash."""
    (first,) = google.deliver(USER, MAIL)
    sent = google.send(USER, ANSWER, thread_id=first, drafted=True)
    third = google.send(USER, MAIL, thread_id=first, labels=["TRASH"])
    return [first, sent, third]


async def test_a_thread_has_all_its_messages_oldest_first(google, api, thread):
    google.deliver(USER, MAIL)
    body = (await api(THREAD, id=thread[0])).body
    assert [one["id"] for one in body["messages"]] == thread
    assert {one["threadId"] for one in body["messages"]} == {body["id"]} == {thread[0]}
    assert body["historyId"] == max((one["historyId"] for one in body["messages"]), key=int)
    assert [one["labelIds"] for one in body["messages"]] == [["INBOX", "UNREAD"], ["SENT"], ["TRASH"]]


@pytest.mark.parametrize(
    ("form", "fields"), [("minimal", set()), ("metadata", {"payload"}), ("full", {"payload"}), (None, {"payload"})]
)
async def test_each_format_has_its_fields(google, api, thread, form, fields):
    body = (await api(THREAD, id=thread[0], **({"format": form} if form else {}))).body
    always = {"id", "threadId", "labelIds", "snippet", "historyId", "internalDate", "sizeEstimate"}
    assert {frozenset(one) for one in body["messages"]} == {frozenset(always | fields)}
    shown = [one.get("payload", {}).keys() for one in body["messages"]]
    assert all(("body" in keys) is (form in {"full", None}) for keys in shown)


async def test_metadata_shows_the_headers_asked_for(google, api, thread):
    asked = {"format": "metadata", "metadataHeaders": ["message-id", "In-Reply-To"]}
    body = (await api(THREAD, id=thread[0], **asked)).body
    assert [one["payload"]["headers"] for one in body["messages"]] == [
        [],
        [{"name": "Message-ID", "value": "<2@example.org>"}],
        [],
    ]


async def test_a_thread_is_there_as_long_as_one_of_its_messages_is(google, api, thread):
    google.delete(USER, thread[0])
    assert [one["id"] for one in (await api(THREAD, id=thread[0])).body["messages"]] == thread[1:]
    google.delete(USER, *thread[1:])
    said = await api(THREAD, id=thread[0])
    assert (said.status, said.reason) == (404, "notFound")


@pytest.mark.parametrize("form", ["raw", "pdf"])
async def test_a_format_that_threads_do_not_have_is_refused(google, api, thread, form):
    said = await api(THREAD, id=thread[0], format=form)
    assert (said.status, said.reason) == (400, "invalidArgument")


async def test_the_metadata_scope_opens_the_headers_and_no_more(google, api, thread):
    for scope, form, status in [(METADATA, "metadata", 200), (METADATA, "full", 403), (READONLY, "full", 200)]:
        token = google.consent(USER, scopes=[scope]).access_token
        assert (await api(THREAD, id=thread[0], format=form, token=token)).status == status


@pytest.mark.parametrize(("plan", "units"), [("2026-05", 40), ("older", 10)])
async def test_a_thread_costs_what_two_messages_cost(google, api, thread, plan, units):
    google.set_quota(plan=plan)
    await api(THREAD, id=thread[0])
    assert google.counters().units[THREAD] == units


async def test_what_was_a_draft_is_sent_as_another_message_of_its_thread(google, api):
    start = google.history_id(USER)
    sent = google.send(USER, ANSWER, drafted=True)
    told = await api.all("users.history.list", "history", startHistoryId=start)
    added, deleted, last = told
    draft = added["messagesAdded"][0]["message"]
    assert draft["labelIds"] == ["DRAFT"]
    assert deleted["messagesDeleted"][0]["message"]["id"] == draft["id"] != sent
    assert last["messagesAdded"][0]["message"] == {"id": sent, "threadId": draft["threadId"], "labelIds": ["SENT"]}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("messages/id", [{"id": 0}, {"id": 1}, {"id": 2}]),
        ("messages(id)", [{"id": 0}, {"id": 1}, {"id": 2}]),
        (
            "messages(id,payload/headers(name,value))",
            [{"id": 0, "payload": {"headers": []}}, {"id": 1, "payload": {"headers": []}}, {"id": 2, "payload": {"headers": []}}],
        ),
        ("historyId,messages(raw)", [{}, {}, {}]),
    ],
)  # fmt: skip
async def test_only_the_fields_asked_for_are_given(google, api, thread, fields, expected):
    asked = {"format": "metadata", "metadataHeaders": ["X-None"], "fields": fields}
    body = (await api(THREAD, id=thread[0], **asked)).body
    wanted = [one | ({"id": thread[one["id"]]} if "id" in one else {}) for one in expected]
    assert body["messages"] == wanted
    assert body.keys() == {"messages"} | ({"historyId"} if "historyId" in fields else set())


async def test_all_fields_are_those_of_a_star_and_of_no_selection(google, api, thread):
    everything = (await api(THREAD, id=thread[0])).body
    assert (await api(THREAD, id=thread[0], fields="*")).body == everything
    assert (await api(THREAD, id=thread[0], fields="")).body == everything
    assert (await api("users.getProfile", fields="historyId")).body.keys() == {"historyId"}


@pytest.mark.parametrize(
    "fields", ["nothing", "messages(", "messages()", "messages/", "messages(id", "id)", ",", "id,,id", "a b", "id(id)id", "id id"]
)  # fmt: skip
async def test_a_selection_that_cannot_be_is_refused(google, api, thread, fields):
    said = await api(THREAD, id=thread[0], fields=fields)
    assert (said.status, said.reason) == (400, "invalidArgument")
