"""MAIL.md, Gmail: 9. Tokens against the fake Google: refreshed, revoked, shared by processes, kept when rotated."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from agents.accounts import Account
from agents.fakes.google.faults import Fault
from agents.oauth import access_tokens
from agents.oauth.store import TokenStore
from agents.oauth.token import StoredToken
from agents.sources.base import AuthFailed, ProviderTransient
from infra.settings import Settings
from tests.integration.oauth.conftest import EMAIL
from tests.services.google import Google
from tests.unit.oauth.records import READONLY, gmail

Grant = Callable[..., StoredToken]


async def opens(fake: Google, token: str) -> bool:
    """Whether the Gmail API takes the token."""
    headers = {"authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.get(f"{fake.url}/gmail/v1/users/me/profile") as answer,
    ):
        assert answer.status in {200, 401}
        return answer.status == 200


def asked(fake: Google) -> int:
    return fake.counters().requests.get("oauth.token", 0)


async def test_a_stored_refresh_token_becomes_an_access_token_that_gmail_takes(
    fake: Google, settings: Settings, grant: Grant, store: TokenStore
) -> None:
    grant()
    tokens = access_tokens(settings, gmail())
    found = await asyncio.gather(*(tokens.token() for _ in range(20)))
    assert len({*found}) == asked(fake) == 1
    assert await opens(fake, found[0])
    kept = store.read("box")
    assert kept is not None
    assert (kept.access_token, kept.lifetime_s) == (found[0], 3599)


async def test_a_restarted_process_uses_the_stored_access_token(fake: Google, settings: Settings, grant: Grant) -> None:
    grant()
    first = await access_tokens(settings, gmail()).token()
    assert await access_tokens(settings, gmail()).token() == first
    assert asked(fake) == 1


async def test_a_token_that_gmail_refuses_is_replaced(fake: Google, settings: Settings, grant: Grant) -> None:
    """Its end came early: another clock, or the provider ended it."""
    grant()
    tokens = access_tokens(settings, gmail())
    old = await tokens.token()
    fake.expire_access()
    assert not await opens(fake, old)
    tokens.refused(old)
    assert await opens(fake, await tokens.token())


async def test_point_9_a_revoked_grant_is_final_loud_and_asked_about_once_by_all_processes_until_a_login(
    fake: Google, settings: Settings, grant: Grant, store: TokenStore, caplog: pytest.LogCaptureFixture
) -> None:
    revoked = grant()
    fake.revoke(EMAIL)
    tokens = access_tokens(settings, gmail())
    for one in (tokens, tokens, access_tokens(settings, gmail()), access_tokens(settings, gmail())):
        with pytest.raises(AuthFailed, match=r"^box: .*invalid_grant.*; run `triage auth login box`$"):
            await one.token()
    assert asked(fake) == 1
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert revoked.refresh_token not in caplog.text
    kept = store.read("box")
    assert kept is not None
    assert kept.refused.startswith("invalid_grant")
    grant()
    assert await opens(fake, await tokens.token())


async def test_a_revocation_that_is_taken_back_is_found_by_asking_on_purpose(
    fake: Google, settings: Settings, grant: Grant
) -> None:
    grant()
    fake.revoke(EMAIL)
    tokens = access_tokens(settings, gmail())
    with pytest.raises(AuthFailed):
        await tokens.token()
    fake.restore(EMAIL)
    with pytest.raises(AuthFailed):
        await tokens.token()
    await access_tokens(settings, gmail()).refresh()  # another process: `triage auth refresh`
    assert await opens(fake, await tokens.token())


@pytest.mark.parametrize(
    "fault",
    [
        Fault(error="503"), Fault(error="429"), Fault(error="404"), Fault(effect="junk"), Fault(effect="drop"),
        Fault(effect="truncate"), Fault(effect="hang"), Fault(effect="slow", delay_s=60),
    ],
    ids=lambda fault: f"{fault.effect}-{fault.error}",
)  # fmt: skip
async def test_a_token_endpoint_in_trouble_is_transient(
    fake: Google, settings: Settings, grant: Grant, fault: Fault
) -> None:
    grant()
    fault.method, fault.times = "oauth.token", 1
    fake.set_faults(fault)
    hasty = settings.model_copy(update={"oauth_timeout_s": 2.0}) if fault.effect in {"hang", "slow"} else settings
    with pytest.raises(ProviderTransient, match=r"127\.0\.0\.1"):
        await access_tokens(hasty, gmail()).token()
    assert await opens(fake, await access_tokens(settings, gmail()).token())


async def test_an_endpoint_that_is_not_there_is_transient(settings: Settings, grant: Grant) -> None:
    grant()
    gone = settings.model_copy(update={"google_token_url": "http://127.0.0.1:9/token"})
    with pytest.raises(ProviderTransient, match="cannot be reached"):
        await access_tokens(gone, gmail()).token()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"google_client_secret": "GOCSPX-planted"}, "refused this program's OAuth client .*check GOOGLE_CLIENT_ID"),
        ({"google_client_id": "another"}, "given to another OAuth client.*triage auth login box"),
        ({"google_token_url": "http://example.org/token"}, "an https URL is needed"),
    ],
)
async def test_settings_that_do_not_fit_are_named(
    settings: Settings, grant: Grant, changes: dict[str, Any], says: str
) -> None:
    grant()
    changed = Settings(**{**settings.model_dump(), **changes})
    with pytest.raises(AuthFailed, match=says) as failed:
        await access_tokens(changed, gmail()).token()
    assert "planted" not in str(failed.value)


async def test_a_grant_without_the_scope_is_refused(settings: Settings, grant: Grant) -> None:
    grant(scopes=("openid", "email"))
    with pytest.raises(AuthFailed, match=r"does not include .*gmail\.readonly; run `triage auth login box`"):
        await access_tokens(settings, gmail()).token()


async def test_without_a_login_the_remedy_is_named(settings: Settings) -> None:
    with pytest.raises(AuthFailed, match="nobody has granted access yet; run `triage auth login box`"):
        await access_tokens(settings, gmail()).token()


async def test_a_full_disk_costs_no_access(
    fake: Google, settings: Settings, grant: Grant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    grant()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(TokenStore, "write", full)
    tokens = access_tokens(settings, gmail())
    token = await tokens.token()
    assert await opens(fake, token)
    assert (await tokens.token(), asked(fake)) == (token, 1)
    assert "No space left on device" in caplog.text


PROCESS = """
import asyncio, sys
from agents.oauth import access_tokens
from infra.settings import load
from tests.unit.oauth.records import gmail
print(asyncio.run(access_tokens(load(), gmail()).token()))
"""


def test_processes_share_one_refresh(fake: Google, environment: dict[str, str], grant: Grant) -> None:
    grant()
    root = str(Path(__file__).parents[3])
    around = {**os.environ, **environment, "PYTHONPATH": root}
    processes = [
        subprocess.Popen([sys.executable, "-c", PROCESS], env=around, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    printed = [process.communicate(timeout=120)[0].strip() for process in processes]
    assert len({*printed}) == asked(fake) == 1
    assert printed[0].startswith("ya29.")


class Rotating:
    """A token endpoint that gives a new refresh token each time and takes only the newest (RFC 6819 §5.2.2.3)."""

    def __init__(self, first: str) -> None:
        self.newest, self.count = first, 0

    async def answer(self, request: web.Request) -> web.Response:
        form = await request.post()
        if form["refresh_token"] != self.newest:
            return web.json_response({"error": "invalid_grant"}, status=400)
        self.count += 1
        self.newest = f"refresh-{self.count}"
        return web.json_response(
            {
                "access_token": f"access-{self.count}",
                "expires_in": 60,
                "refresh_token": self.newest,
                "token_type": "Bearer",
            }
        )


async def test_a_rotated_refresh_token_is_kept_and_shared(settings: Settings, grant: Grant) -> None:
    server = Rotating(grant().refresh_token)
    app = web.Application()
    app.router.add_post("/token", server.answer)
    async with TestServer(app) as running:
        changed = settings.model_copy(update={"google_token_url": str(running.make_url("/token"))})
        one, other = access_tokens(changed, gmail()), access_tokens(changed, gmail())
        for number in range(1, 9):  # at the same time, too: the lock keeps them apart
            pair = await asyncio.gather(one.refresh(), other.refresh())
            assert {token.value for token in pair} == {f"access-{2 * number - 1}", f"access-{2 * number}"}


def service(tmp_path: Path, key: dict[str, str] | str, email: str = EMAIL) -> Account:
    file = tmp_path / "key.json"
    file.write_bytes(key.encode() if isinstance(key, str) else orjson.dumps(key))
    return gmail(email=email, key=f"file:{file}")


async def test_a_service_account_opens_the_mailboxes_of_its_domain(
    fake: Google, settings: Settings, tmp_path: Path
) -> None:
    account = service(tmp_path, fake.add_service_account("robot@project.example"))
    token = await access_tokens(settings.model_copy(update={"google_client_id": ""}), account).token()
    assert await opens(fake, token)


@pytest.mark.parametrize(
    ("delegated", "email", "says"),
    [
        ((), EMAIL, r"unauthorized_client.*delegate https://.*gmail\.readonly to its client id"),
        ((READONLY,), "nobody@example.org", r"check its key file:.*that nobody@example.org exists"),
    ],
)
async def test_a_service_account_that_may_not_is_refused_with_the_remedy(
    fake: Google, settings: Settings, tmp_path: Path, delegated: tuple[str, ...], email: str, says: str
) -> None:
    account = service(tmp_path, fake.add_service_account("robot@project.example", scopes=delegated), email)
    tokens = access_tokens(settings, account)
    for _ in range(3):
        with pytest.raises(AuthFailed, match=says):
            await tokens.token()
    assert asked(fake) == 1


@pytest.mark.parametrize("key", ["", "{}", "[]", '{"client_email": "x", "private_key": "planted"}'])
async def test_what_is_no_service_account_key_is_named_and_not_repeated(
    settings: Settings, tmp_path: Path, key: str
) -> None:
    with pytest.raises(AuthFailed, match=r"key\.json") as failed:
        await access_tokens(settings, service(tmp_path, key)).token()
    assert "planted" not in str(failed.value)


async def test_a_service_account_on_a_machine_whose_clock_is_wrong_is_told_so(
    fake: Google, settings: Settings, tmp_path: Path
) -> None:
    account = service(tmp_path, fake.add_service_account("robot@project.example"))
    fake.move_clock(-7200)
    with pytest.raises(AuthFailed, match="this machine's clock"):
        await access_tokens(settings, account).token()
