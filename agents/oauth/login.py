"""`triage auth login`: a person grants access to one mailbox, and the tokens are stored."""

from __future__ import annotations

import secrets
import threading
import time
import webbrowser
from collections.abc import Callable

from agents.accounts import Account
from agents.oauth.authorization import Authorization, LoginFailed, ask, code_in, redeem
from agents.oauth.endpoint import Granted, check_url
from agents.oauth.loopback import loopback
from agents.oauth.providers import Client, client_of, mailbox_of, missing_scopes, needed_scopes, provider_of
from agents.oauth.report import is_anothers
from agents.oauth.store import TokenStore
from agents.oauth.token import StoredToken
from infra.settings import Settings

LOGIN_S = 300.0
"""How long a person may take."""

Show = Callable[[str], None]
"""Shows the address to open."""
Paste = Callable[[], str]
"""Asks the person for what the browser ended at."""


async def log_in(settings: Settings, account: Account, show: Show, paste: Paste | None = None) -> StoredToken:
    """Ask for access, in this machine's browser or, with `paste`, in one anywhere; store what is granted.

    Raises:
        LoginFailed: no access, too little of it, or to another mailbox; nothing was stored.
        ConfigError: no key, no OAuth client.
        ProviderTransient: the token endpoint is away.
    """
    if not provider_of(account) or (account.gmail and account.gmail.service_account):
        raise LoginFailed(f"{account.id} needs no login: its secret is a reference of its own")
    store, client = TokenStore.of(settings), client_of(settings, provider_of(account))
    check_url(client.auth_url)
    if paste:
        authorization, code = _by_paste(client, account, show, paste)
    else:
        authorization, code = await _by_browser(client, account, show)
    granted = await redeem(client, authorization, code, settings.oauth_timeout_s)
    token = accepted(account, client, granted, time.time())
    async with store.locked(account.id):
        try:
            store.write(account.id, token)
        except OSError as error:
            raise LoginFailed(f"{store.path(account.id)} cannot be written ({error.strerror}); see TOKEN_DIR") from None
    return token


def accepted(account: Account, client: Client, granted: Granted, now: float) -> StoredToken:
    """What is stored of an answer.

    Raises:
        LoginFailed: it does not do for this account.
    """
    needed = needed_scopes(account)
    scopes = needed if granted.scopes is None else granted.scopes
    if missing := missing_scopes(scopes, needed):
        raise LoginFailed(f"access without {', '.join(missing)} does not do: log in again and leave every box ticked")
    if is_anothers(account, granted.email):
        raise LoginFailed(
            f"that was {granted.email}, but {account.id} is {mailbox_of(account)}: log in again and choose that account"
        )
    if not granted.refresh_token:
        raise LoginFailed(
            f"{client.provider} gave no refresh token: remove this app's access in the mailbox's account settings, then"
            " log in again"
        )
    return StoredToken(
        provider=client.provider,
        client_id=client.id,
        scopes=scopes,
        email=granted.email,
        refresh_token=granted.refresh_token,
        access_token=granted.access_token,
        expires_at=now + granted.expires_in_s,
        lifetime_s=granted.expires_in_s,
        login_at=now,
        refreshed_at=now,
    )


async def _by_browser(client: Client, account: Account, show: Show) -> tuple[Authorization, str]:
    async with loopback() as waiting:
        authorization = _ask(client, account, waiting.port)
        waiting.state = authorization.state
        show(authorization.url)
        # A thread that nobody waits for: a browser may stay in the foreground.
        threading.Thread(target=webbrowser.open, args=(authorization.url,), daemon=True).start()
        return authorization, await waiting.code(LOGIN_S)


def _by_paste(client: Client, account: Account, show: Show, paste: Paste) -> tuple[Authorization, str]:
    # Nothing listens at that port where the browser is: the page fails to load, its address is what is wanted.
    authorization = _ask(client, account, 49152 + secrets.randbelow(16384))
    show(authorization.url)
    return authorization, code_in(paste(), authorization.state)


def _ask(client: Client, account: Account, port: int) -> Authorization:
    # Google wants the address (RFC 8252 §8.3), Microsoft admits any port only for the name.
    host = "localhost" if client.provider == "microsoft" else "127.0.0.1"
    return ask(client, needed_scopes(account), f"http://{host}:{port}/", mailbox_of(account))
