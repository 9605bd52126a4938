"""A fake Google of these tests' own, tokens in a folder, and a browser that consents."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.oauth.seal import new_key
from agents.oauth.store import TokenStore
from agents.oauth.token import StoredToken
from infra.settings import Settings, load
from tests.services.google import Google
from tests.services.servers import running
from tests.unit.oauth.records import READONLY

EMAIL = "me@example.org"
Browser = Callable[[str], str]
"""Opens an address, follows redirects, returns where it ended."""


@pytest.fixture(scope="session")
def only_google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Google]:
    """The server behind `fake`: without Pub/Sub, which these tests do not need."""
    with running(Google(tmp_path_factory.mktemp("google"))) as server:
        yield server


@pytest.fixture
def fake(only_google: Google) -> Google:
    """Google's OAuth and Gmail with one empty mailbox."""
    only_google.reset()
    only_google.create(EMAIL, "you@example.org")
    return only_google


@pytest.fixture
def environment(fake: Google, tmp_path: Path) -> dict[str, str]:
    """The settings as a process gets them."""
    return {
        "GOOGLE_AUTH_URL": f"{fake.url}/auth",
        "GOOGLE_TOKEN_URL": f"{fake.url}/token",
        "GOOGLE_CLIENT_ID": fake.client_id,
        "GOOGLE_CLIENT_SECRET": fake.client_secret,
        "GMAIL_API_ROOT": fake.url,
        "TOKEN_DIR": str(tmp_path / "tokens"),
        "TOKEN_KEY": new_key(),
        "OAUTH_TIMEOUT_S": "30",
    }


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    return load(**{name.lower(): value for name, value in environment.items()})


@pytest.fixture
def store(settings: Settings) -> TokenStore:
    return TokenStore.of(settings)


@pytest.fixture
def grant(fake: Google, store: TokenStore) -> Callable[..., StoredToken]:
    """Store the tokens of a consent as a login would, the access token left out."""

    def make(
        account: str = "box", *, email: str = EMAIL, scopes: tuple[str, ...] = (READONLY,), **changes: Any
    ) -> StoredToken:
        made = fake.consent(email, scopes=scopes)
        given = {"provider": "google", "client_id": fake.client_id, "scopes": scopes, "email": email, **changes}
        token = StoredToken(**given, refresh_token=made.refresh_token)
        store.write(account, token)
        fake.clear_counters()
        return token

    return make


def browse(url: str) -> str:
    """See `Browser`."""
    with urllib.request.urlopen(url, timeout=60) as page:  # noqa: S310 - http to this machine
        page.read()
        return str(page.url)


class Stopping(urllib.request.HTTPRedirectHandler):
    """A browser elsewhere: it does not get to the address that it is sent to."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def browse_elsewhere(url: str) -> str:
    """See `Browser`."""
    try:
        urllib.request.build_opener(Stopping).open(url, timeout=60)
    except urllib.error.HTTPError as redirect:
        with redirect:
            return redirect.headers["Location"]
    raise AssertionError("no redirect")
