"""What a token endpoint's answer means: a token, a no for good, or try again. Nothing it says is trusted."""

from __future__ import annotations

import base64
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.oauth.endpoint import GrantRefused, check_url, email_of, read_answer
from agents.sources.base import ProviderTransient
from infra.errors import ConfigError

GOOD = {"access_token": "ya29.x", "expires_in": 3599, "token_type": "Bearer", "scope": "a b"}


def answer(status: int = 200, **changes: Any) -> Any:
    return read_answer("host", status, orjson.dumps({**GOOD, **changes}))


def test_a_good_answer() -> None:
    granted = answer(refresh_token="1//r", expires_in="3600", token_type="bearer")
    assert (granted.access_token, granted.refresh_token, granted.expires_in_s) == ("ya29.x", "1//r", 3600.0)
    assert granted.scopes == ("a", "b")
    assert answer(scope=None).scopes is None
    assert "ya29" not in repr(granted)
    assert "1//r" not in repr(granted)


@pytest.mark.parametrize(
    ("status", "body", "raised", "says"),
    [
        (400, {"error": "invalid_grant", "error_description": "Token has been revoked."}, GrantRefused, "^invalid_grant: Token has"),
        (401, {"error": "invalid_client"}, GrantRefused, "^invalid_client$"),
        (403, {"error": "admin_policy_enforced"}, GrantRefused, "admin_policy"),
        (200, {"error": "invalid_grant"}, GrantRefused, "invalid_grant"),
        (400, {"error": "invalid_grant", "error_description": "a\r\nb\x1b[31m"}, GrantRefused, r"^invalid_grant: a  b \[31m$"),
        (400, {"error": "temporarily_unavailable"}, ProviderTransient, "host answered 400"),
        (500, {"error": "internal_failure"}, ProviderTransient, "answered 500"),
        (503, {"error": "invalid_grant"}, ProviderTransient, "answered 503"),
        (429, {"error": "rate_limit_exceeded"}, ProviderTransient, "answered 429"),
        (404, {"error": "not_found"}, ProviderTransient, "answered 404"),
        (400, {"error": {"code": 1}}, ProviderTransient, "answered 400"),
        (302, {}, ProviderTransient, "answered 302"),
        (200, {}, ProviderTransient, "no bearer token"),
        (200, [], ProviderTransient, "without JSON"),
        (200, {**GOOD, "access_token": "a\r\nb"}, ProviderTransient, "no bearer token"),
        (200, {**GOOD, "access_token": "a\x01b"}, ProviderTransient, "no bearer token"),
        (200, {**GOOD, "access_token": "a b"}, ProviderTransient, "no bearer token"),
        (200, {**GOOD, "access_token": 7}, ProviderTransient, "no bearer token"),
        (200, {**GOOD, "refresh_token": ["x"]}, ProviderTransient, "no bearer token"),
        (200, {**GOOD, "token_type": "mac"}, ProviderTransient, "no bearer token"),
        (200, {**GOOD, "expires_in": -1}, ProviderTransient, "no bearer token"),
        (200, {**GOOD, "expires_in": "soon"}, ProviderTransient, "no bearer token"),
    ],
)  # fmt: skip
def test_every_other_answer_has_a_meaning(status: int, body: Any, raised: type[Exception], says: str) -> None:
    with pytest.raises(raised, match=says):
        read_answer("host", status, orjson.dumps(body))


def test_an_answer_that_quotes_a_secret_is_not_repeated() -> None:
    body = orjson.dumps({"error": "invalid_grant", "error_description": "no token 1//planted-refresh here"})
    with pytest.raises(GrantRefused, match=r"invalid_grant: no token \*\*\* here"):
        read_answer("host", 400, body, secrets=["refresh_token", "1//planted-refresh"])


@given(st.integers(100, 599), st.binary(max_size=200))
def test_junk_is_transient(status: int, body: bytes) -> None:
    with pytest.raises(ProviderTransient):
        read_answer("host", status, body)


def _jwt(claims: Any) -> str:
    return "e30." + base64.urlsafe_b64encode(orjson.dumps(claims)).rstrip(b"=").decode() + ".sig"


@pytest.mark.parametrize(
    ("token", "email"),
    [
        (_jwt({"email": "me@example.org"}), "me@example.org"),
        (_jwt({"preferred_username": "me@example.org"}), "me@example.org"),
        (_jwt({"email": "a\nb"}), "a b"),
        (_jwt({"email": 7}), ""),
        (_jwt([]), ""),
        ("a.b", ""),
        ("", ""),
        (None, ""),
        (7, ""),
    ],
)
def test_whose_an_id_token_is(token: Any, email: str) -> None:
    assert email_of(token) == email


@given(st.text(max_size=100))
def test_no_id_token_raises(token: str) -> None:
    assert email_of(token).isprintable()


@pytest.mark.parametrize(
    "url", ["https://oauth2.googleapis.com/token", "http://127.0.0.1:5/token", "http://localhost/", "http://[::1]:1/"]
)
def test_secrets_may_be_sent_over_tls_or_within_this_machine(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    "url", ["http://example.org/", "http://127.0.0.1.example.org/", "ftp://localhost/", "x", "", "https:///x"]
)
def test_secrets_are_not_sent_in_the_clear(url: str) -> None:
    with pytest.raises(ConfigError, match="an https URL is needed"):
        check_url(url)
