"""The fake Gmail and OAuth server holds what Google's documents say, each answer and each error."""

import base64
import json

import aiohttp
import pytest

USER = "kim@example.org"
MAIL = b"From: a@example.org\r\nTo: kim@example.org\r\nSubject: one\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\n\r\nHello <you>\r\n"


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def api(google, http):
    """`await api("messages", format="raw")` → status, body; as the consenting user."""
    google.create(USER)
    token = google.consent(USER).access_token

    async def call(path, *, verb="GET", body=None, bearer=None, **query):
        headers = {"Authorization": f"Bearer {bearer or token}"}
        url = f"{google.url}/gmail/v1/users/me/{path}"
        async with http.request(verb, url, params=query, json=body, headers=headers) as answer:
            return answer.status, await answer.json() if answer.status != 204 else None

    return call


async def test_a_mail_is_listed_in_history_and_given_raw(google, api):
    start = (await api("profile"))[1]["historyId"]
    (one,) = google.deliver(USER, MAIL)
    status, history = await api("history", startHistoryId=start)
    assert status == 200
    assert int(history["historyId"]) > int(start)
    (record,) = history["history"]
    assert record["messagesAdded"] == [{"message": {"id": one, "threadId": one, "labelIds": ["INBOX", "UNREAD"]}}]
    _, message = await api(f"messages/{one}", format="raw")
    assert base64.urlsafe_b64decode(message["raw"]) == MAIL
    assert message["snippet"] == "Hello &lt;you&gt;"
    assert (await api("messages"))[1]["messages"] == [{"id": one, "threadId": one}]


async def test_a_watch_pushes_at_once_and_on_change(google, api, pubsub, unique):
    topic = pubsub.topic(unique)
    subscription = pubsub.subscription(topic, unique)
    status, watch = await api("watch", verb="POST", body={"topicName": topic, "labelIds": ["INBOX"]})
    assert status == 200
    first = {"emailAddress": USER, "historyId": int(watch["historyId"])}
    assert [json.loads(data) for data in pubsub.pull(subscription)] == [first]
    google.deliver(USER, MAIL)
    (push,) = map(json.loads, pubsub.pull(subscription))
    assert push == {"emailAddress": USER, "historyId": google.history_id(USER)}


async def test_a_refresh_token_brings_access_until_revoked(google, http):
    google.create(USER)
    form = {
        "grant_type": "refresh_token",
        "refresh_token": google.consent(USER).refresh_token,
        "client_id": google.client_id,
        "client_secret": google.client_secret,
    }
    async with http.post(f"{google.url}/token", data=form) as answer:
        assert answer.status == 200
        assert (await answer.json())["expires_in"] == 3599
    google.revoke(USER)
    async with http.post(f"{google.url}/token", data=form) as answer:
        assert (answer.status, (await answer.json())["error"]) == (400, "invalid_grant")
