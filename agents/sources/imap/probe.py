"""What stands between us and an account: each step from the name server to the folders, with reason and remedy."""

from __future__ import annotations

import re
from contextlib import suppress

from agents.accounts.account import canonical
from agents.probing.steps import Steps, encryption
from agents.sources.base import ProviderError
from agents.sources.imap import responses
from agents.sources.imap.account import ImapAccount, ImapLimits
from agents.sources.imap.connection import Connection, FolderState, open_connection
from agents.sources.imap.dial import dial, greet, hang_up, resolve
from agents.sources.imap.names import decode_leniently
from agents.sources.imap.wire import Call, Wire


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


async def probe(account: ImapAccount, limits: ImapLimits, steps: Steps | None = None) -> Steps:
    """Try every step up to the first failure, then every folder. What the provider refuses is in the steps."""
    steps = Steps() if steps is None else steps
    with suppress(ProviderError):  # it is the last step then
        addresses = await steps.take("dns", resolve(account), lambda found: f"{len(found)} addresses")
        reached = f"{account.host}:{account.port} answers"
        sock = await steps.take("tcp", dial(account, addresses, limits.timeout_s), lambda _: reached)
        greeted = greet(account, sock, limits.mail_max_bytes, limits.timeout_s)
        connection = Connection(await steps.take("tls", greeted, _encryption), limits)
        try:
            await steps.take("auth", connection.log_in(account), lambda _: f"as {account.username}")
            await connection.introduce()
            steps.note("capabilities", _capabilities(connection))
            await _quota(steps, connection)
            await steps.take("folders", _names(connection), ", ".join)
            await _try_folders(steps, account, connection)
            await connection.close()
        finally:
            hang_up(connection.wire)
    return steps


async def _quota(steps: Steps, connection: Connection) -> None:
    """How full the mailbox is, where the server says so (RFC 9208 §4.1.2)."""
    if "QUOTA" in connection.wire.capabilities:
        await steps.take("quota", connection.call("GETQUOTAROOT", b"INBOX"), _storage)


def _storage(call: Call) -> str:
    for response in call.untagged:
        name, rest = responses.kind(response)
        found = re.search(rb"STORAGE (\d+) (\d+)", rest) if name == b"QUOTA" else None
        if found and (limit := int(found[2])):
            used = int(found[1])  # both in units of 1024 octets
            return f"{used // 1024} of {limit // 1024} MiB used, {100 * used // limit} %"
    return "no storage limit" if call.status == "OK" else "the server does not tell"


async def _try_folders(steps: Steps, account: ImapAccount, connection: Connection) -> None:
    for folder in map(canonical, account.folders):
        with suppress(ProviderError):
            await steps.take(f"folder {folder}", connection.examine(folder), _opened)


async def _names(connection: Connection) -> list[str]:
    listed = await connection.folders()
    closed = {"\\noselect", "\\nonexistent"}
    return sorted(canonical(decode_leniently(one.wire_name)) for one in listed if not closed & set(one.attributes))


def _encryption(wire: Wire) -> str:
    return encryption(wire.transport.get_extra_info("ssl_object"))


def _capabilities(connection: Connection) -> str:
    idle = "IDLE" in connection.wire.capabilities
    noticed = "IDLE: new mail is noticed at once" if idle else "no IDLE: the server is polled (IMAP_POLL_S)"
    return noticed + ("; Gmail: a mail has one id in all its labels" if connection.is_gmail else "")


def _opened(state: FolderState) -> str:
    return f"{state.exists} mails, UIDVALIDITY {state.uidvalidity}"
