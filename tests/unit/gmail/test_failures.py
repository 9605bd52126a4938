"""What each answer that is no success means, in both of Google's forms; the answer's text is never repeated."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.fakes.google.errors import ERROR_NAMES, named
from agents.sources.base import AuthFailed, ProviderError, ProviderTransient
from agents.sources.gmail.failures import Gone, RateLimited, Refused, meaning


@pytest.mark.parametrize(
    ("name", "kind", "scope"),
    [
        ("429", RateLimited, "user"),
        ("429-user", RateLimited, "user"),
        ("429-project", RateLimited, "project"),
        ("403-user", RateLimited, "user"),
        ("403-project", RateLimited, "project"),
        ("403-scope", AuthFailed, None),
        ("401", AuthFailed, None),
        ("404", Gone, None),
        ("500", ProviderTransient, None),
        ("503", ProviderTransient, None),
    ],
)
def test_each_error_of_google_has_its_meaning(name: str, kind: type[Exception], scope: str | None) -> None:
    assert name in ERROR_NAMES
    error = named(name)
    found = meaning("users.messages.get", error.code, error.headers, json.dumps(error.body()).encode())
    assert type(found) is kind
    assert getattr(found, "scope", None) == scope


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("100000", 300.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("Thu, 26 Nov 2020 03:16:40 GMT", 0.0),
    ],
)
def test_point_7_retry_after_is_seconds_or_a_date_and_bounded(value: str, seconds: float | None) -> None:
    found = meaning("m", 429, {"Retry-After": value}, b"")
    assert isinstance(found, RateLimited)
    assert found.retry_after_s == seconds


@given(st.integers(400, 599), st.binary(max_size=200) | st.from_type(dict).map(lambda value: repr(value).encode()))
def test_whatever_an_answer_holds_it_is_an_error_that_does_not_repeat_it(status: int, text: bytes) -> None:
    found = meaning("users.watch", status, {}, b'{"error": {"message": "' + text + b'", "errors": 7, "details": {}}}')
    assert isinstance(found, ProviderError)
    assert len(str(found)) < 150


def test_an_unknown_request_error_is_refused() -> None:
    error = meaning("users.watch", 400, {}, b'{"error": {"status": "INVALID_ARGUMENT"}}')
    assert isinstance(error, Refused)
    assert str(error) == "users.watch: HTTP 400 INVALID_ARGUMENT"
