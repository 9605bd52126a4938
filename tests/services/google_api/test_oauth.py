"""Tokens, by Google's own client library wherever it has one."""

import json
import secrets
import time
from base64 import urlsafe_b64decode
from urllib.parse import parse_qs, urlsplit

import google.oauth2.id_token
import jsonschema
import pytest
from aiohttp import encode_basic_auth
from google.auth import jwt
from google.auth.exceptions import GoogleAuthError, RefreshError
from google.auth.transport.requests import Request
from google.oauth2 import service_account
from google.oauth2.credentials import Credentials

from agents.fakes.google.faults import Fault
from agents.fakes.google.tokens import READONLY, s256

from .conftest import USER

REDIRECT = "http://127.0.0.1:45678/done"


@pytest.fixture
def user(google):
    google.create(USER)
    return google


def refreshing(server, **overrides):
    """Google's credentials of an installed application."""
    tokens = server.consent(USER)
    options = {
        "refresh_token": tokens.refresh_token,
        "token_uri": f"{server.url}/token",
        "client_id": server.client_id,
        "client_secret": server.client_secret,
        "scopes": [READONLY],
    }
    return Credentials(None, **(options | overrides))


def test_googles_library_refreshes(user):
    credentials = refreshing(user)
    credentials.refresh(Request())
    assert credentials.valid
    assert credentials.granted_scopes == [READONLY]


@pytest.mark.parametrize(
    ("overrides", "error", "status"),
    [
        ({"refresh_token": "1//unknown"}, "invalid_grant", 400),
        ({"client_id": "else"}, "invalid_client", 401),
        ({"client_secret": "wrong"}, "invalid_client", 401),
    ],
)
def test_googles_library_is_refused(user, overrides, error, status):
    with pytest.raises(RefreshError, match=error):
        refreshing(user, **overrides).refresh(Request())
    assert user.counters().answers == {f"oauth.token {status}": 1}


def test_a_revoked_consent_is_invalid_grant_until_it_is_restored(user):
    credentials = refreshing(user)
    user.revoke(USER)
    with pytest.raises(RefreshError, match="invalid_grant: Token has been expired or revoked"):
        credentials.refresh(Request())
    user.restore(USER)
    credentials.refresh(Request())


def test_tokens_can_die_before_they_are_told_to(user):
    user.token_lifetime(60, told_s=3599)
    credentials = refreshing(user)
    credentials.refresh(Request())
    user.move_clock(61)
    assert credentials.valid, "as far as the client can know"
    answer = Request()(
        f"{user.url}/gmail/v1/users/me/profile", headers={"Authorization": f"Bearer {credentials.token}"}
    )
    assert answer.status == 401


@pytest.mark.parametrize(("error", "status"), [("503", 503), ("429", 429)])
async def test_the_token_endpoint_fails_on_order_and_gmail_does_not(user, http, error, status):
    user.set_faults(Fault(method="oauth.token", error=error, times=1))
    token = user.consent(USER)
    headers = {"Authorization": f"Bearer {token.access_token}"}
    async with http.get(f"{user.url}/gmail/v1/users/me/profile", headers=headers) as answer:
        assert answer.status == 200
    form = {"grant_type": "refresh_token", "refresh_token": token.refresh_token}
    headers = {"Authorization": encode_basic_auth(user.client_id, user.client_secret)}
    for expected in (status, 200):
        async with http.post(f"{user.url}/token", data=form, headers=headers) as answer:
            assert answer.status == expected


# The installed application's flow

VERIFIER = secrets.token_urlsafe(48)
ASKED = {
    "response_type": "code",
    "redirect_uri": REDIRECT,
    "scope": f"openid email {READONLY}",
    "state": "s1",
    "code_challenge": s256(VERIFIER),
    "code_challenge_method": "S256",
}


async def consent(server, http, **changes):
    """The query with which the browser comes back, or the status of the page that it stays at."""
    asked = {"client_id": server.client_id} | ASKED | changes
    async with http.get(f"{server.url}/auth", params=asked, allow_redirects=False) as answer:
        if answer.status != 302:
            return answer.status
        target = answer.headers["Location"]
        assert target.startswith(REDIRECT + "?")
        return {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}


async def redeem(server, http, code, /, **changes):
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
        "client_id": server.client_id,
        "client_secret": server.client_secret,
    } | changes
    async with http.post(f"{server.url}/token", data=form) as answer:
        return answer.status, await answer.json()


async def test_consent_brings_a_code_and_the_code_brings_tokens_once(user, http):
    back = await consent(user, http)
    assert back["state"] == "s1"
    status, tokens = await redeem(user, http, back["code"])
    assert (status, tokens["token_type"], tokens["scope"]) == (200, "Bearer", " ".join(sorted(ASKED["scope"].split())))
    claims = jwt.decode(tokens["id_token"], verify=False)
    assert (claims["email"], claims["aud"]) == (USER, user.client_id)
    assert (await redeem(user, http, back["code"]))[1]["error"] == "invalid_grant"
    refreshed = Credentials(
        None, tokens["refresh_token"], None, f"{user.url}/token", user.client_id, user.client_secret
    )
    refreshed.refresh(Request())


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "x" * 43}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:1/else"}, "redirect_uri_mismatch"),
        ({"code": "4/unknown"}, "invalid_grant"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
async def test_a_code_is_refused(user, http, changes, error):
    back = await consent(user, http)
    status, answer = await redeem(user, http, back["code"], **changes)
    assert (status, answer["error"]) == (401 if error == "invalid_client" else 400, error)


async def test_a_code_is_good_for_ten_minutes(user, http):
    back = await consent(user, http)
    user.move_clock(601)
    assert (await redeem(user, http, back["code"]))[1]["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"client_id": "else"}, 401),
        ({"redirect_uri": "https://example.org/"}, 400),
        ({"response_type": "token"}, 400),
        ({"code_challenge_method": "plain"}, 400),
    ],
)
async def test_a_question_that_google_does_not_pass_on(user, http, changes, status):
    assert await consent(user, http, **changes) == status


async def test_the_one_who_is_hinted_at_consents_or_nobody(user, http):
    user.create("else@example.org")
    back = await consent(user, http, login_hint="else@example.org")
    claims = jwt.decode((await redeem(user, http, back["code"]))[1]["id_token"], verify=False)
    assert claims["email"] == "else@example.org"
    user.consent_screen(denied=True)
    assert await consent(user, http) == {"state": "s1", "error": "access_denied"}


async def test_revocation_voids_access_and_refresh_tokens(user, http):
    tokens = user.consent(USER)
    for status in (200, 400):
        async with http.post(f"{user.url}/revoke", data={"token": tokens.access_token}) as answer:
            assert answer.status == status
    with pytest.raises(RefreshError, match="invalid_grant"):
        refreshing(user, refresh_token=tokens.refresh_token).refresh(Request())


async def test_tokeninfo_says_what_a_token_is_good_for(user, http):
    token = user.consent(USER).access_token
    async with http.get(f"{user.url}/tokeninfo", params={"access_token": token}) as answer:
        told = await answer.json()
    assert (told["email"], told["scope"], told["aud"]) == (USER, READONLY, user.client_id)
    assert 3590 < int(told["expires_in"]) < 3600
    user.expire_access()
    async with http.get(f"{user.url}/tokeninfo", params={"access_token": token}) as answer:
        assert (answer.status, (await answer.json())["error"]) == (400, "invalid_token")


# Service accounts

SERVICE = "reader@local.iam.gserviceaccount.com"


def delegated(key_file, subject=USER, scope=READONLY):
    made = service_account.Credentials.from_service_account_info(key_file, scopes=[scope])
    return made.with_subject(subject) if subject else made


def test_a_service_account_acts_for_a_user(user):
    credentials = delegated(user.add_service_account(SERVICE))
    credentials.refresh(Request())
    answer = Request()(
        f"{user.url}/gmail/v1/users/me/profile", headers={"Authorization": f"Bearer {credentials.token}"}
    )
    assert json.loads(answer.data)["emailAddress"] == USER


def test_a_service_account_for_itself_has_no_mailbox(user):
    credentials = delegated(user.add_service_account(SERVICE), subject=None)
    credentials.refresh(Request())
    answer = Request()(
        f"{user.url}/gmail/v1/users/me/profile", headers={"Authorization": f"Bearer {credentials.token}"}
    )
    assert (answer.status, json.loads(answer.data)["error"]["status"]) == (400, "FAILED_PRECONDITION")


@pytest.mark.parametrize(
    ("key_file", "account", "error"),
    [
        ({}, {"subject": "nobody@example.org"}, "invalid_grant"),
        ({}, {"scope": "https://mail.google.com/"}, "unauthorized_client"),
        ({"client_email": "else@local.iam.gserviceaccount.com"}, {}, "invalid_grant"),
    ],
)
def test_a_service_account_is_refused(user, key_file, account, error):
    with pytest.raises(RefreshError, match=error):
        delegated(user.add_service_account(SERVICE) | key_file, **account).refresh(Request())


def test_delegation_ends_at_the_domain(user):
    with pytest.raises(RefreshError, match="unauthorized_client"):
        delegated(user.add_service_account(SERVICE, domains=["example.com"])).refresh(Request())


def test_another_key_signs_nothing(user):
    old = user.add_service_account(SERVICE)
    user.add_service_account(SERVICE)
    with pytest.raises(RefreshError, match="Invalid JWT Signature"):
        delegated(old).refresh(Request())


@pytest.mark.parametrize("skew_s", [-400, 4000])
def test_a_clock_that_is_off_makes_an_assertion_void(user, skew_s):
    user.move_clock(skew_s)
    with pytest.raises(RefreshError, match="reasonable timeframe"):
        delegated(user.add_service_account(SERVICE)).refresh(Request())


# Pub/Sub's push tokens

AUDIENCE = "https://triage.example.org/push"


def verify(server, token):
    """As google-auth does it: with certificates by key id."""
    return google.oauth2.id_token.verify_token(
        token, Request(), audience=AUDIENCE, certs_url=f"{server.url}/oauth2/v1/certs"
    )


def test_a_push_token_holds(user):
    token = user.sign_id_token(AUDIENCE, email="push@local.iam.gserviceaccount.com")
    claims = verify(user, token)
    assert claims["email"] == "push@local.iam.gserviceaccount.com"
    assert claims["email_verified"] is True
    assert claims["iss"] == "https://accounts.google.com"


@pytest.mark.parametrize(
    "claims", [{"aud": "https://else.example.org/"}, {"exp": 1_000_000_000, "iat": 999_996_400}, {"exp": None}]
)
def test_a_push_token_does_not_hold(user, claims):
    with pytest.raises((GoogleAuthError, ValueError)):
        verify(user, user.sign_id_token(AUDIENCE, **claims))


def test_a_push_token_that_was_touched_does_not_hold(user):
    head, body, signature = user.sign_id_token(AUDIENCE).split(".")
    with pytest.raises((GoogleAuthError, ValueError)):
        verify(user, ".".join((head, body, signature[::-1])))


async def test_the_keys_are_also_a_jwk_set(user, http):
    async with http.get(f"{user.url}/certs") as answer:
        (key,) = (await answer.json())["keys"]
    header = user.sign_id_token(AUDIENCE).split(".")[0]
    assert json.loads(urlsafe_b64decode(header + "=="))["kid"] == key["kid"]
    assert key["kty"] == "RSA"
    assert len(urlsafe_b64decode(key["n"] + "==")) == 256


def test_the_schema_does_reject():
    from tests.services import gmail_schema

    good = {"emailAddress": USER, "messagesTotal": 1, "threadsTotal": 1, "historyId": "12"}
    gmail_schema.check("users.getProfile", good)
    for wrong in ({"historyId": 12}, {"messagesTotal": "1"}, {"unknown": 1}):
        with pytest.raises(jsonschema.ValidationError):
            gmail_schema.check("users.getProfile", good | wrong)


def test_certificates_are_of_now(user):
    (pem,) = json.loads(Request()(f"{user.url}/oauth2/v1/certs").data).values()
    from cryptography import x509

    certificate = x509.load_pem_x509_certificate(pem.encode())
    assert certificate.not_valid_before_utc.timestamp() < time.time() < certificate.not_valid_after_utc.timestamp()
