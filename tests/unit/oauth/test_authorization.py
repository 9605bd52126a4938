"""The request for access carries state and PKCE; of an answer only the code of this very request is taken."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.oauth.authorization import Authorization, LoginFailed, ask, challenge, code_in
from agents.oauth.providers import client_of, needed_scopes
from infra.settings import load
from tests.unit.oauth.records import READONLY, gmail, outlook

STATE = "the-state"
CODE = "4/0Ab_cd-EF"
HOME = "http://127.0.0.1:50123/"


def redirect(**changes: str | None) -> str:
    query = {"state": STATE, "code": CODE, "scope": f"email {READONLY}", **changes}
    return HOME + "?" + urlencode({name: value for name, value in query.items() if value is not None})


def request(provider: str = "google") -> Authorization:
    settings = load(google_client_id="id-1", microsoft_client_id="id-2")
    account = gmail() if provider == "google" else outlook()
    return ask(client_of(settings, provider), needed_scopes(account), HOME, "me@example.org")


def test_the_challenge_is_that_of_rfc_7636_appendix_b() -> None:
    assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_request_names_scopes_mailbox_and_proofs() -> None:
    made = request()
    query = {name: values[0] for name, values in parse_qs(urlsplit(made.url).query).items()}
    assert query["scope"] == f"openid email {READONLY}"
    assert (query["client_id"], query["login_hint"], query["redirect_uri"]) == ("id-1", "me@example.org", HOME)
    assert (query["access_type"], query["response_type"]) == ("offline", "code")
    assert (query["state"], query["code_challenge_method"]) == (made.state, "S256")
    assert query["code_challenge"] == challenge(made.verifier)
    assert re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", made.verifier)  # RFC 7636 §4.1
    assert made.verifier not in made.url
    assert not [secret for secret in (made.state, made.verifier) if secret in repr(made)]


def test_a_request_to_microsoft_asks_to_come_back() -> None:
    query = parse_qs(urlsplit(request("microsoft").url).query)
    assert query["scope"] == ["openid email offline_access https://outlook.office.com/IMAP.AccessAsUser.All"]


def test_two_requests_share_nothing() -> None:
    one, other = request(), request()
    assert one.state != other.state
    assert one.verifier != other.verifier


@pytest.mark.parametrize(
    "pasted",
    [
        redirect(),
        f"  {redirect()}\n",
        redirect() + "#fragment",
        redirect().partition("/?")[2],
        f"?state={STATE}&code={quote(CODE, safe='')}",
        CODE,
        quote(CODE, safe=""),
        f"localhost:1/?code={CODE}&state={STATE}",
    ],
)
def test_the_code_is_found_in_what_was_pasted(pasted: str) -> None:
    assert code_in(pasted, STATE) == CODE


@pytest.mark.parametrize(
    ("pasted", "says"),
    [
        ("", "nothing usable"),
        ("a\x00b", "nothing usable"),
        ("x" * 9000, "nothing usable"),
        ("http://127.0.0.1:50123/", "holds no answer"),
        ("the code is 4/0", "holds no answer"),
        (redirect(state="another"), "belongs to another login"),
        (redirect(state=None), "belongs to another login"),
        (redirect(state="ä"), "belongs to another login"),
        (redirect(code=None), "holds no code"),
        (redirect(code=""), "holds no code"),
        (redirect(code=None, error="access_denied"), "says no: access was denied"),
        (redirect(code=None, error="a\x1bb"), "says no: a b"),
        (redirect(code=None, error="access_denied", state="x"), "another login"),
        (redirect() + f"&code={CODE}", "twice"),
        (redirect() + "&" + "&".join(f"x{n}=1" for n in range(60)), "not readable"),
    ],
)
def test_any_other_answer_is_refused_and_not_repeated(pasted: str, says: str) -> None:
    with pytest.raises(LoginFailed, match=says) as refused:
        code_in(pasted, STATE)
    assert CODE not in str(refused.value)


@given(st.text(max_size=300))
def test_a_hostile_answer_yields_a_code_only_when_it_was_pasted_bare_or_with_the_state(pasted: str) -> None:
    try:
        code = code_in(pasted, STATE)
    except LoginFailed:
        return
    assert code
    assert "?" not in pasted or STATE in pasted


@given(st.dictionaries(st.sampled_from(["state", "code", "error", "scope"]), st.text(max_size=20)))
def test_a_redirect_without_the_state_yields_nothing(query: dict[str, str]) -> None:
    if query.get("state") == STATE:
        return
    with pytest.raises(LoginFailed):
        code_in(f"{HOME}?{urlencode(query, errors='replace')}", STATE)
