"""Watches and pushes, through Google's Pub/Sub server and client."""

import json
import time

import pytest

from .conftest import MAIL, USER


@pytest.fixture
def inbox(pubsub, unique):
    """Topic and subscription."""
    topic = pubsub.topic(unique)
    return topic, pubsub.subscription(topic, unique)


@pytest.fixture
def watching(google, api, pubsub, inbox):
    """`await watching(labelIds=[...])`: a watch whose first push was taken."""

    async def watch(**fields):
        said = await api("users.watch", body={"topicName": inbox[0], **fields})
        assert said.status == 200
        (first,) = pubsub.pull(inbox[1])
        assert json.loads(first) == {"emailAddress": USER, "historyId": int(said.body["historyId"])}
        return said.body

    return watch


async def test_a_watch_pushes_at_once_and_on_change(google, watching, pubsub, inbox):
    watch = await watching(labelIds=["INBOX"])
    assert abs(int(watch["expiration"]) / 1000 - time.time() - 7 * 86400) < 60
    google.deliver(USER, MAIL)
    (push,) = pubsub.pull(inbox[1])
    assert json.loads(push) == {"emailAddress": USER, "historyId": google.history_id(USER)}
    assert isinstance(json.loads(push)["historyId"], int)


async def test_a_topic_that_vanished_refuses_renewal_and_swallows_pushes(google, api, watching, pubsub, inbox):
    await watching()
    pubsub.delete_topic(inbox[0])
    said = await api("users.watch", body={"topicName": inbox[0]})
    assert (said.status, said.reason) == (404, "notFound")
    assert "Error sending test message to Cloud PubSub" in said.body["error"]["message"]


async def test_a_second_topic_needs_a_stop_first(google, api, watching, pubsub, unique):
    await watching()
    other = pubsub.topic(f"{unique}b")
    assert (await api("users.watch", body={"topicName": other})).reason == "invalidArgument"
    assert (await api("users.stop")).status == 204
    assert (await api("users.watch", body={"topicName": other})).status == 200
    assert google.watches()[USER]["topic"] == other


async def test_without_pub_sub_no_watch(make_google, http):
    alone = make_google(None)
    alone.create(USER)
    headers = {"Authorization": f"Bearer {alone.consent(USER).access_token}"}
    url, body = f"{alone.url}/gmail/v1/users/me/watch", {"topicName": "projects/local/topics/x"}
    async with http.post(url, json=body, headers=headers) as answer:
        assert answer.status == 404


@pytest.mark.parametrize("end", ["stop", "expiry", "a week"])
async def test_a_watch_that_ended_pushes_nothing(google, api, watching, end):
    await watching()
    if end == "stop":
        await api("users.stop")
    elif end == "expiry":
        google.expire_watch(USER)
    else:
        google.move_clock(7 * 86400 + 1)
    google.deliver(USER, MAIL)
    assert google.counters().pushes["unwatched"] == 1
    assert google.counters().pushes["published"] == 1, "the first one"


async def test_pushes_with_mishaps_still_bring_the_right_numbers(google, watching, pubsub, inbox):
    await watching()
    google.set_mishaps(limit=False, drop=0.3, duplicate=0.3, reorder=0.3, delay_s=(0, 0.05))
    valid = set()
    for _ in range(40):
        google.deliver(USER, MAIL)
        valid.add(google.history_id(USER))
    counts = google.counters().pushes
    assert 3 <= counts["dropped"] <= 25
    expected = 40 - counts["dropped"] + counts["duplicated"]
    came = [json.loads(push)["historyId"] for push in pubsub.pull(inbox[1], expected)]
    assert len(came) == expected
    assert set(came) <= valid
    assert came != sorted(came)
    assert pubsub.pull(inbox[1], seconds=0.1) == []
