"""Standard Webhooks: signatures as the scheme's own libraries make them, and what a receiver must refuse."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.deliver import signature
from agents.deliver.signature import InvalidSecret, InvalidSignature, headers, key, verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + base64.b64encode(b"another secret of bytes!").decode()
AT = 1_614_265_330
BODY = b'{"test": 2432232314}'
VECTOR = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
"""The test vector of the scheme's libraries."""


def test_a_signature_is_the_one_of_the_schemes_own_libraries() -> None:
    assert headers(VECTOR["webhook-id"], AT, BODY, [key(SECRET)]) == VECTOR


def test_two_secrets_make_two_signatures_and_either_verifies() -> None:
    signed = headers("m-0", AT, BODY, [key(SECRET), key(OTHER)])
    assert len(signed["webhook-signature"].split()) == 2
    for secret in (SECRET, OTHER):
        assert verify(signed, BODY, [key(secret)], now=AT) == "m-0"


@pytest.mark.parametrize(
    ("change", "body", "now"),
    [
        ({}, BODY + b" ", AT),
        ({"webhook-id": "msg_other"}, BODY, AT),
        ({"webhook-timestamp": str(AT + 1)}, BODY, AT),
        ({"webhook-timestamp": "soon"}, BODY, AT),
        ({"webhook-signature": ""}, BODY, AT),
        ({"webhook-signature": "v1,"}, BODY, AT),
        ({"webhook-signature": "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}, BODY, AT),
        ({"webhook-signature": "v1,ungültig"}, BODY, AT),
        ({}, BODY, AT + 301),
        ({}, BODY, AT - 301),
    ],
)
def test_what_was_changed_or_is_not_of_now_is_refused(change: dict[str, str], body: bytes, now: float) -> None:
    with pytest.raises(InvalidSignature):
        verify(VECTOR | change, body, [key(SECRET)], now=now)


@pytest.mark.parametrize("name", list(VECTOR))
def test_a_missing_header_is_refused(name: str) -> None:
    with pytest.raises(InvalidSignature):
        verify({one: text for one, text in VECTOR.items() if one != name}, BODY, [key(SECRET)], now=AT)


def test_names_of_headers_have_no_case() -> None:
    assert verify({name.title(): text for name, text in VECTOR.items()}, BODY, [key(SECRET)], now=AT)


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_!!!", "whsec_" + base64.b64encode(b"short").decode(), "hunter2"])
def test_a_secret_of_another_form_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(InvalidSecret) as refused:
        key(text)
    assert not text.removeprefix("whsec_") or text.removeprefix("whsec_") not in str(refused.value)


def test_a_new_secret_is_one() -> None:
    assert len(key(signature.new_secret())) == 32
    assert signature.new_secret() != signature.new_secret()


@given(st.text(max_size=40), st.binary(max_size=200), st.integers(0, 2**40))
def test_whatever_is_signed_verifies_and_nothing_else(message_id: str, body: bytes, at: int) -> None:
    signed = headers(message_id, at, body, [key(SECRET)])
    assert verify(signed, body, [key(SECRET)], now=at) == message_id
    with pytest.raises(InvalidSignature):
        verify(signed, body + b"x", [key(SECRET)], now=at)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook-timestamp", "9" * 400), ("webhook-timestamp", "-" + "9" * 400), ("webhook-timestamp", "9" * 5000),
        ("webhook-id", "\udcff"), ("webhook-id", chr(0xD800)), ("webhook-signature", "\ud800"), ("webhook-signature", "v1,\udcff"),
    ],
)  # fmt: skip
def test_whatever_a_stranger_sends_is_refused_as_such(name: str, value: str) -> None:
    with pytest.raises(InvalidSignature):
        verify(VECTOR | {name: value}, BODY, [key(SECRET)], now=float(AT))
