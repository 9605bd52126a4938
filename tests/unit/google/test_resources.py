"""Any bytes at all are served, in every format and as the schema wants them."""

from base64 import urlsafe_b64decode
from email.message import Message as Parsed

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.fakes.google import resources
from agents.fakes.google.mailbox import Mailbox
from tests.services import gmail_schema

LINES = [
    b"Subject: =?utf-8?q?x?=", b"Content-Type: multipart/mixed; boundary=b", b"Content-Type: text/plain; charset=nope", b"--b",
    b"--b--", b"", b"\xff\xfe", b"Content-Transfer-Encoding: base64", b"Content-Disposition: attachment; filename*0*=nope''%ff", b"AA=",
]  # fmt: skip
hostile = st.one_of(st.binary(max_size=300), st.lists(st.sampled_from(LINES), max_size=12).map(b"\r\n".join))


@given(raw=hostile, form=st.sampled_from(["raw", "minimal", "metadata", "full"]))
def test_hostile_mail_is_served(raw, form):
    stored = Mailbox("a@example.org").add(raw, now_ms=1)
    body = resources.message(stored, form)
    gmail_schema.check("users.messages.get", body)
    if form == "raw":
        assert urlsafe_b64decode(body["raw"]) == raw


@pytest.mark.parametrize("form", ["raw", "full"])
def test_a_nest_that_the_standard_library_cannot_read_is_served_raw(form):
    nest = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(2000))
    body = resources.message(Mailbox("a@example.org").add(nest, now_ms=1), form)
    gmail_schema.check("users.messages.get", body)
    if form == "raw":
        assert urlsafe_b64decode(body["raw"]) == nest


def test_nothing_is_lost_of_what_can_be_read():
    mail = Parsed()
    mail["Subject"] = "x"
    mail.set_payload("hello")
    body = resources.message(Mailbox("a@example.org").add(mail.as_bytes(), now_ms=1), "full")
    assert body["payload"]["headers"] == [{"name": "Subject", "value": "x"}]
