"""What stands between us and an account: each step from the name server to the folders, with reason and remedy."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from agents.accounts.account import canonical
from agents.sources.base import ProviderError
from agents.sources.imap.account import ImapAccount, ImapLimits
from agents.sources.imap.connection import Connection, FolderState, open_connection
from agents.sources.imap.dial import dial, greet, hang_up, resolve
from agents.sources.imap.names import decode_leniently
from agents.sources.imap.wire import Wire

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a probe."""

    name: str
    ok: bool
    detail: str
    """What was found; on failure the reason and the remedy."""


async def list_folders(account: ImapAccount, limits: ImapLimits) -> list[str]:
    """The names of the folders that can be opened, sorted.

    Raises:
        AuthFailed, ProviderTransient
    """
    connection = await open_connection(account, limits)
    try:
        return await _names(connection)
    finally:
        await connection.close()


async def probe(account: ImapAccount, limits: ImapLimits) -> list[Step]:
    """Try every step up to the first failure, then every folder. What the provider refuses is in the steps."""
    steps: list[Step] = []
    with suppress(ProviderError):  # it is the last step then
        addresses = await _take(steps, "name", resolve(account), lambda found: f"{len(found)} addresses")
        reached = f"{account.host}:{account.port} answers"
        sock = await _take(steps, "connection", dial(account, addresses, limits.timeout_s), lambda _: reached)
        greeted = greet(account, sock, limits.mail_max_bytes, limits.timeout_s)
        connection = Connection(await _take(steps, "encryption", greeted, _encryption), limits)
        try:
            await _take(steps, "login", connection.log_in(account), lambda _: f"as {account.username}")
            await connection.introduce()
            steps.append(_capabilities(connection))
            await _take(steps, "folders", _names(connection), ", ".join)
            await _try_folders(steps, account, connection)
            await connection.close()
        finally:
            hang_up(connection.wire)
    return steps


async def _try_folders(steps: list[Step], account: ImapAccount, connection: Connection) -> None:
    for folder in map(canonical, account.folders):
        with suppress(ProviderError):
            await _take(steps, f"folder {folder}", connection.examine(folder), _opened)


async def _take(steps: list[Step], name: str, work: Awaitable[Found], detail: Callable[[Found], str]) -> Found:
    try:
        found = await work
    except ProviderError as error:
        steps.append(Step(name=name, ok=False, detail=str(error)))
        raise
    steps.append(Step(name=name, ok=True, detail=detail(found)))
    return found


async def _names(connection: Connection) -> list[str]:
    listed = await connection.folders()
    closed = {"\\noselect", "\\nonexistent"}
    return sorted(canonical(decode_leniently(one.wire_name)) for one in listed if not closed & set(one.attributes))


def _encryption(wire: Wire) -> str:
    encrypted = wire.transport.get_extra_info("ssl_object")
    if encrypted is None:
        return "none: plain text"
    assert isinstance(encrypted, (ssl.SSLObject, ssl.SSLSocket))
    return f"{encrypted.version()}, certificate verified"


def _capabilities(connection: Connection) -> Step:
    idle = "IDLE" in connection.wire.capabilities
    noticed = "IDLE: new mail is noticed at once" if idle else "no IDLE: the server is polled (IMAP_POLL_S)"
    gmail = "; Gmail: a mail has one id in all its labels" if connection.is_gmail else ""
    return Step(name="capabilities", ok=True, detail=noticed + gmail)


def _opened(state: FolderState) -> str:
    return f"{state.exists} mails, UIDVALIDITY {state.uidvalidity}"
