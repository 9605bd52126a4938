"""Profile, labels, history, messages."""

import base64
import time

import pytest

from .conftest import MAIL, USER

FULL = (
    b"Subject: two parts\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n"
    b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=x.pdf\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\nAAEC\r\n--b--\r\n"
)


async def test_a_mail_appears_in_history_and_list_and_is_given_raw(google, api):
    start = (await api("users.getProfile")).body["historyId"]
    (one,) = google.deliver(USER, MAIL)
    history = (await api("users.history.list", startHistoryId=start)).body
    assert int(history["historyId"]) > int(start)
    (record,) = history["history"]
    assert record["messagesAdded"] == [{"message": {"id": one, "threadId": one, "labelIds": ["INBOX", "UNREAD"]}}]
    message = (await api("users.messages.get", id=one, format="raw")).body
    assert base64.urlsafe_b64decode(message["raw"]) == MAIL
    assert message["snippet"] == "Hello &lt;you&gt;"
    assert message["historyId"] == record["id"]
    assert abs(int(message["internalDate"]) / 1000 - time.time()) < 60
    assert (await api("users.messages.list")).body["messages"] == [{"id": one, "threadId": one}]
    assert (await api("users.getProfile")).body["messagesTotal"] == 1


@pytest.mark.parametrize(
    ("form", "fields"),
    [("minimal", set()), ("raw", {"raw"}), ("metadata", {"payload"}), ("full", {"payload"})],
)
async def test_each_format_has_its_fields(google, api, form, fields):
    (one,) = google.deliver(USER, FULL)
    body = (await api("users.messages.get", id=one, format=form)).body
    always = {"id", "threadId", "labelIds", "snippet", "historyId", "internalDate", "sizeEstimate"}
    assert body.keys() == always | fields


async def test_full_shows_parts_and_metadata_the_headers_asked_for(google, api):
    (one,) = google.deliver(USER, FULL)
    payload = (await api("users.messages.get", id=one, format="full")).body["payload"]
    assert [(part["partId"], part["mimeType"], part["filename"]) for part in payload["parts"]] == [
        ("0", "text/plain", ""),
        ("1", "application/pdf", "x.pdf"),
    ]
    assert base64.urlsafe_b64decode(payload["parts"][1]["body"]["data"]) == b"\0\1\2"
    asked = (await api("users.messages.get", id=one, format="metadata", metadataHeaders=["subject"])).body
    assert asked["payload"]["headers"] == [{"name": "Subject", "value": "two parts"}]


async def test_history_ids_grow_with_gaps(google, api):
    start = google.history_id(USER)
    google.deliver(USER, generated=30)
    records = await api.all("users.history.list", "history", startHistoryId=start, maxResults=7)
    ids = [int(record["id"]) for record in records]
    assert len(ids) == 30
    assert all(later - earlier > 1 for earlier, later in zip([start, *ids], ids, strict=False))


async def test_every_kind_of_change_is_told_and_can_be_asked_for(google, api):
    start = google.history_id(USER)
    (one,) = google.deliver(USER, MAIL)
    google.relabel(USER, one, add=["STARRED"], remove=["INBOX"])
    google.delete(USER, one)
    told = await api.all("users.history.list", "history", startHistoryId=start)
    assert [next(iter(record.keys() - {"id", "messages"})) for record in told] == [
        "messagesAdded",
        "labelsRemoved",
        "labelsAdded",
        "messagesDeleted",
    ]
    assert told[1]["labelsRemoved"][0]["labelIds"] == ["INBOX"]
    assert told[1]["labelsRemoved"][0]["message"]["labelIds"] == ["UNREAD"]
    for kind, field in [("messageAdded", "messagesAdded"), ("labelRemoved", "labelsRemoved")]:
        (only,) = await api.all("users.history.list", "history", startHistoryId=start, historyTypes=[kind])
        assert field in only
    both = await api.all(
        "users.history.list", "history", startHistoryId=start, historyTypes=["messageAdded", "labelAdded"]
    )
    assert len(both) == 2


async def test_history_of_a_label_shows_what_came_and_what_left(google, api):
    start = google.history_id(USER)
    google.deliver(USER, MAIL, labels=["SPAM"])
    (one,) = google.deliver(USER, MAIL)
    google.relabel(USER, one, remove=["INBOX"])
    told = await api.all("users.history.list", "history", startHistoryId=start, labelId="INBOX")
    assert [record.keys() - {"id", "messages"} for record in told] == [{"messagesAdded"}, {"labelsRemoved"}]


async def test_no_changes_are_an_answer_without_records(google, api):
    current = str(google.history_id(USER))
    assert (await api("users.history.list", startHistoryId=current)).body == {"historyId": current}


async def test_history_older_than_a_week_is_gone(google, api):
    start = google.history_id(USER)
    google.deliver(USER, MAIL)
    assert (await api("users.history.list", startHistoryId=start)).status == 200
    google.move_clock(7 * 86400 + 60)
    api.token = google.consent(USER).access_token
    assert (await api("users.history.list", startHistoryId=start)).status == 404
    assert (await api("users.history.list", startHistoryId=google.history_id(USER))).status == 200


async def test_history_can_be_made_to_expire_up_to_an_id(google, api):
    start = google.history_id(USER)
    google.deliver(USER, MAIL)
    middle = google.history_id(USER)
    google.deliver(USER, MAIL)
    assert google.expire_history(USER, before_id=middle) == middle
    assert (await api("users.history.list", startHistoryId=start)).reason == "notFound"
    assert len((await api("users.history.list", startHistoryId=middle)).body["history"]) == 1


async def test_the_list_is_newest_first_and_pages_hold_still_while_mails_come_and_go(google, api):
    ids = google.fill(USER, 250)
    first = (await api("users.messages.list", maxResults=100)).body
    google.deliver(USER, generated=5)
    google.delete(USER, first["messages"][-1]["id"], first["messages"][0]["id"])
    rest = await api.all("users.messages.list", "messages", maxResults=100, pageToken=first["nextPageToken"])
    assert [message["id"] for message in first["messages"] + rest] == ids[::-1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"inbox", "old"}),
        ({"includeSpamTrash": "true"}, {"inbox", "old", "spam", "trash"}),
        ({"labelIds": ["SPAM"]}, {"spam"}),
        ({"labelIds": ["INBOX"]}, {"inbox", "old"}),
        ({"labelIds": ["INBOX", "STARRED"]}, set()),
        ({"q": "after:1700000000"}, {"inbox"}),
        ({"q": "before:1700000000"}, {"old"}),
        ({"q": "after:2001/09/09"}, {"inbox"}),
        ({"q": "after:2001/09/08 in:inbox"}, {"inbox", "old"}),
        ({"q": "after:1000000000"}, {"inbox"}),
        ({"q": "in:anywhere after:1700000000"}, {"inbox", "spam", "trash"}),
        ({"q": "-in:inbox in:anywhere"}, {"spam", "trash"}),
    ],
)
async def test_a_list_is_narrowed_by_labels_and_query(google, api, query, expected):
    names = {
        google.deliver(USER, MAIL)[0]: "inbox",
        google.deliver(USER, MAIL, internal_ms=1_000_000_000_500)[0]: "old",
        google.deliver(USER, MAIL, labels=["SPAM"])[0]: "spam",
        google.deliver(USER, MAIL, labels=["TRASH"])[0]: "trash",
    }
    found = await api.all("users.messages.list", "messages", **query)
    assert {names[message["id"]] for message in found} == expected


async def test_labels_are_the_systems_and_the_users(google, api):
    google.add_label(USER, "Label_1", "Projects")
    labels = {label["id"]: label for label in (await api("users.labels.list")).body["labels"]}
    assert labels["INBOX"]["type"] == "system"
    assert labels["Label_1"] == {"id": "Label_1", "name": "Projects", "type": "user"}


async def test_the_truth_is_told_to_the_test(google, api):
    ids = google.fill(USER, 3)
    (new,) = google.deliver(USER, MAIL, labels=["SPAM"])
    assert [stored.id for stored in google.messages(USER)] == [*ids, new]
    assert google.ids(USER, "INBOX") == set(ids)
