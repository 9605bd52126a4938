"""`triage auth login`: a person consents in a browser here or elsewhere; what does not do is not stored."""

from __future__ import annotations

import asyncio
import re
import secrets
import urllib.error
import webbrowser
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from agents.fakes.google.faults import Fault
from agents.oauth import access_tokens, login
from agents.oauth.authorization import LoginFailed
from agents.oauth.login import log_in
from agents.oauth.loopback import loopback
from agents.oauth.store import TokenStore
from agents.sources.base import ProviderTransient
from infra.errors import ConfigError
from infra.settings import Settings
from tests.integration.oauth.conftest import EMAIL, browse, browse_elsewhere
from tests.services.google import Google
from tests.unit.oauth.records import READONLY, gmail

Change = Callable[[dict[str, str]], None]


def changed(url: str, change: Change) -> str:
    """The address with other parameters, as a person's choices on the consent page change what is granted."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    change(query)
    return f"{url.partition('?')[0]}?{urlencode(query)}"


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> list[Change]:
    """Opens what it is told to, with these changes."""
    changes: list[Change] = []

    def open_it(url: str) -> bool:
        for change in changes:
            url = changed(url, change)
        browse(url)
        return True

    monkeypatch.setattr(webbrowser, "open", open_it)
    return changes


def ignore(_: str) -> None: ...


async def test_a_login_in_this_machines_browser(
    fake: Google, settings: Settings, store: TokenStore, browser: list[Change]
) -> None:
    shown: list[str] = []
    token = await log_in(settings, gmail(), shown.append)
    assert (token.email, token.client_id, token.scopes) == (EMAIL, fake.client_id, ("email", READONLY, "openid"))
    assert store.read("box") == token
    assert shown[0].startswith(f"{fake.url}/auth?")
    asked = fake.counters().requests["oauth.token"]
    assert await access_tokens(settings, gmail()).token() == token.access_token
    assert fake.counters().requests["oauth.token"] == asked


async def test_a_login_in_a_browser_elsewhere(fake: Google, settings: Settings, store: TokenStore) -> None:
    shown: list[str] = []
    token = await log_in(settings, gmail(), shown.append, lambda: browse_elsewhere(shown[0]))
    assert store.read("box") == token


async def test_a_bare_code_is_taken_too(fake: Google, settings: Settings, store: TokenStore) -> None:
    shown: list[str] = []
    await log_in(
        settings, gmail(), shown.append, lambda: parse_qs(urlsplit(browse_elsewhere(shown[0])).query)["code"][0]
    )
    assert store.read("box") is not None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda query: query.update(login_hint="you@example.org"),
            "that was you@example.org, but box is me@example.org",
        ),
        (lambda query: query.update(scope="openid email"), "without .*gmail.readonly does not do.*every box ticked"),
    ],
)
async def test_a_grant_that_does_not_do_is_not_stored(
    fake: Google, settings: Settings, store: TokenStore, browser: list[Change], change: Change, says: str
) -> None:
    browser.append(change)
    with pytest.raises(LoginFailed, match=says):
        await log_in(settings, gmail(), ignore)
    assert store.read("box") is None


async def test_a_person_who_says_no(fake: Google, settings: Settings, store: TokenStore, browser: list[Change]) -> None:
    fake.consent_screen(denied=True)
    with pytest.raises(LoginFailed, match="access was denied"):
        await log_in(settings, gmail(), ignore)
    assert store.read("box") is None


async def test_a_code_is_good_once_and_only_with_the_verifier_of_its_request(
    fake: Google, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "randbelow", lambda _: 1)  # the same redirect address each time
    pasted: list[str] = []
    shown: list[str] = []

    def paste() -> str:
        pasted.append(parse_qs(urlsplit(browse_elsewhere(shown[-1])).query)["code"][0])
        return pasted[-1]

    await log_in(settings, gmail(), shown.append, paste)
    with pytest.raises(LoginFailed, match=r"invalid_grant.*start again"):
        await log_in(settings, gmail(), shown.append, lambda: pasted[0])
    with pytest.raises(LoginFailed, match="another login"):
        await log_in(settings, gmail(), shown.append, lambda: browse_elsewhere(shown[0]))
    stolen = parse_qs(urlsplit(browse_elsewhere(shown[0])).query)["code"][0]
    with pytest.raises(LoginFailed, match="invalid_grant: Invalid code verifier"):
        await log_in(settings, gmail(), shown.append, lambda: stolen)


async def test_a_failed_login_leaves_the_tokens_that_were_there(
    fake: Google, settings: Settings, store: TokenStore, browser: list[Change]
) -> None:
    before = await log_in(settings, gmail(), ignore)
    fake.set_faults(Fault(method="oauth.token", error="503"))
    with pytest.raises(ProviderTransient):
        await log_in(settings, gmail(), ignore)
    assert store.read("box") == before


async def test_nobody_comes(settings: Settings, fake: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    monkeypatch.setattr(login, "LOGIN_S", 0.1)
    with pytest.raises(LoginFailed, match="--no-browser"):
        await log_in(settings, gmail(), ignore)


async def test_a_service_account_and_a_password_need_no_login(settings: Settings) -> None:
    with pytest.raises(LoginFailed, match="needs no login"):
        await log_in(settings, gmail(key="env:KEY"), ignore)


async def test_without_a_key_nobody_is_sent_to_a_browser(settings: Settings) -> None:
    bare = settings.model_copy(update={"token_key": type(settings.token_key)("")})
    with pytest.raises(ConfigError, match="TOKEN_KEY is not set"):
        await log_in(bare, gmail(), lambda _: pytest.fail("shown"))


async def test_the_loopback_server_takes_nothing_but_the_answer(fake: Google) -> None:
    """A page in the same browser may send it anything; the state is what it cannot know."""
    async with loopback() as waiting:
        waiting.state = "right"
        home = f"http://127.0.0.1:{waiting.port}"
        for path, status in [
            ("/favicon.ico", 404),
            ("/", 404),
            ("/?code=x", 400),
            ("/?code=x&state=wrong", 400),
            ("/x?code=x&state=right", 404),
        ]:
            with pytest.raises(urllib.error.HTTPError) as refused:
                await asyncio.to_thread(browse, home + path)
            refused.value.close()
            assert refused.value.code == status
        reader, writer = await asyncio.open_connection("127.0.0.1", waiting.port)
        writer.write(b"POST /?code=x&state=right HTTP/1.1\r\n\r\n")
        assert await reader.read() == b""
        writer.close()
        writer = (await asyncio.open_connection("127.0.0.1", waiting.port))[1]
        writer.write(b"G" * 40_000 + b"\n")
        writer.close()
        await asyncio.to_thread(browse, f"{home}/?code=good&state=right")
        await asyncio.to_thread(browse, f"{home}/?code=late&state=right")
        assert await waiting.code(60) == "good"


async def test_the_page_that_the_person_sees_gives_nothing_away(fake: Google) -> None:
    async with loopback() as waiting:
        waiting.state = "right"
        reader, writer = await asyncio.open_connection("127.0.0.1", waiting.port)
        writer.write(b"GET /?code=planted&state=right HTTP/1.1\r\nHost: x\r\n\r\n")
        page = (await reader.read()).decode()
        writer.close()
        assert "planted" not in page
        assert re.search("cache-control: no-store\r\nreferrer-policy: no-referrer", page)
