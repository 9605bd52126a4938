"""One IMAP connection: every call is bounded, every failure is a ProviderError, nothing is changed at the server."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from agents.sources.base import AuthFailed, ProviderError, ProviderTransient
from agents.sources.imap import responses
from agents.sources.imap.account import ImapAccount, ImapLimits
from agents.sources.imap.certificates import CERTIFICATES, PROVIDER
from agents.sources.imap.dial import CLOSE_S, dial, greet, hang_up, resolve
from agents.sources.imap.framing import MalformedResponse, Response
from agents.sources.imap.listing import sequence_set
from agents.sources.imap.login import begin_login, read_secret, refusal
from agents.sources.imap.names import decode_leniently, encode, quoted
from agents.sources.imap.responses import Fetched, Listed
from agents.sources.imap.wire import Call, Wire
from monitoring import metrics

Said = TypeVar("Said")

BREATH = 16
"""So many responses are read before other mailboxes get a turn."""
SLOW_FACTOR = 10
"""An answer that keeps coming in may take this many times the bound of a silent one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderState:
    """What EXAMINE says (RFC 3501 §6.3.2)."""

    uidvalidity: int
    exists: int
    """How many mails."""
    uidnext: int | None
    """None: the server does not say, although RFC 3501 §6.3.1 asks it to."""
    highest: int
    """No mail that was there has a higher UID."""


class Connection:
    """A connection that is logged in; `open_connection` makes it, `close` must end it."""

    def __init__(self, wire: Wire, limits: ImapLimits) -> None:
        self.wire = wire
        self._limits = limits
        self._idle_refused = False

    @property
    def is_gmail(self) -> bool:
        """The server knows Gmail's extensions (X-GM-MSGID)."""
        return "X-GM-EXT-1" in self.wire.capabilities

    async def call(self, name: str, arguments: bytes = b"") -> Call:
        """One command and its verdict, whatever that is. Raises ProviderTransient."""
        return await self.finish(self.wire.begin(name, arguments))

    async def ask(self, name: str, arguments: bytes = b"") -> Call:
        """One command that must succeed. Raises ProviderTransient."""
        call = await self.call(name, arguments)
        if call.status != "OK":
            raise ProviderTransient(f"{name} was refused ({self.wire.quote(call.text)})")
        return call

    async def finish(self, call: Call) -> Call:
        """Wait for the verdict as long as the answer comes in. Raises ProviderTransient."""
        with metrics.PROVIDER_RESPONSE_SECONDS.labels(PROVIDER, call.name).time():
            return await self._finish(call)

    async def _finish(self, call: Call) -> Call:
        for _ in range(SLOW_FACTOR):
            received = self.wire.received
            with suppress(TimeoutError):
                async with asyncio.timeout(self._limits.timeout_s):
                    await call.wait()
            if call.status or received == self.wire.received:
                break
        if not call.status:
            hang_up(self.wire)
            raise ProviderTransient(f"no answer to {call.name} within {self._limits.timeout_s:g} s")
        await call.wait()  # it may have failed in the moment in which the time was up: that is no server's verdict
        return call

    async def log_in(self, account: ImapAccount) -> None:
        """Log in and learn the capabilities. Raises AuthFailed, ProviderTransient."""
        if self.wire.greeting.status != "PREAUTH":
            if not self.wire.capabilities:
                await self.ask("CAPABILITY")
            await self._authenticate(account)
        if not self.wire.capabilities:  # they did not come along (RFC 3501 §7.1)
            await self.ask("CAPABILITY")

    async def _authenticate(self, account: ImapAccount) -> None:
        secret = await read_secret(account)
        failure = await self._attempt(account, secret)
        if isinstance(failure, AuthFailed) and account.refused:  # a provider may end a token before its time
            account.refused(secret)
            failure = await self._attempt(account, await read_secret(account))
        if failure:
            raise failure

    async def _attempt(self, account: ImapAccount, secret: str) -> AuthFailed | ProviderTransient | None:
        call = begin_login(self.wire, account, secret)
        before, self.wire.capabilities = self.wire.capabilities, set()  # the login may change them (RFC 3501 §6.2.2)
        if (await self.finish(call)).status == "OK":
            return None
        self.wire.capabilities = before
        return refusal(self.wire, account, call)

    async def introduce(self) -> None:
        """Say who we are where servers want to know (RFC 2971); some refuse to open folders otherwise."""
        if "ID" in self.wire.capabilities:
            await self.call("ID", b'("name" "crewai-email-triage")')

    async def examine(self, folder: str) -> FolderState:
        """Open a folder read only: no flag changes by it. Raises ProviderTransient."""
        call = await self.call("EXAMINE", quoted(encode(folder)))
        if call.status != "OK" and (odd := await self._odd_spelling(folder)):
            call = await self.call("EXAMINE", quoted(odd))
        if call.status != "OK":
            said = self.wire.quote(call.text)
            raise ProviderTransient(f"cannot be opened ({said}); `triage account test` lists the account's folders")
        return await self._folder_state(call)

    async def folders(self) -> list[Listed]:
        """Every folder. Raises ProviderTransient."""
        call = await self.ask("LIST", b'"" "*"')
        return [one for one in await said(call, b"LIST", responses.listed) if one]

    async def search(self, criteria: str) -> array[int]:
        """UIDs in ascending order. Raises ProviderTransient."""
        call = await self.ask("UID SEARCH", criteria.encode("ascii"))
        found = array("Q")
        for uids in await said(call, b"SEARCH", responses.search_uids):
            found.extend(uids)
        ascending = array("Q", sorted(found))
        return array("Q", (uid for uid, _ in groupby(ascending)))  # a server may name one twice

    async def fetch(self, uids: Sequence[int], items: str) -> tuple[dict[int, Fetched], bool]:
        """What the server says of these UIDs, in whatever order, and whether it claims that this is all.

        Raises:
            ProviderTransient
        """
        call = await self.call("UID FETCH", f"{sequence_set(uids)} {items}".encode("ascii"))
        wanted, found = set(uids), dict[int, Fetched]()
        for one in await said(call, b"FETCH", responses.fetched):
            if one and one.uid in wanted and (one.has_body or one.size is not None or "BODY" not in items):
                found[one.uid] = one if one.has_body or one.size is not None else found.get(one.uid, one)
        return found, call.status == "OK"

    async def wait_for_mail(self) -> None:
        """Return when mail was announced, or when the server has proved in another way that it is there.

        Raises:
            ProviderTransient: BYE, a lost connection, or no proof in time.
        """
        if self.wire.stirred.is_set():
            self.wire.check()
        elif "IDLE" in self.wire.capabilities and not self._idle_refused:
            await self._idle()
        else:
            await self._stirred_within(self._limits.poll_s)
            await self.ask("NOOP")

    async def close(self) -> None:
        """End the connection in order within two seconds, or else drop it. Raises nothing."""
        pending = self.wire.pending
        try:
            if not self.wire.ended and (pending is None or pending.name == "IDLE"):
                async with asyncio.timeout(CLOSE_S):
                    await self._log_out(pending)
                    self.wire.transport.close()
                    await self.wire.closed.wait()
        except (ProviderError, TimeoutError):
            pass  # it is gone, or silent
        finally:
            hang_up(self.wire)
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await self.wire.closed.wait()

    async def _folder_state(self, call: Call) -> FolderState:
        numbers = _numbers(call)
        if "UIDVALIDITY" not in numbers:
            raise ProviderTransient("no UIDVALIDITY: its UIDs do not last, so it cannot be read safely")
        exists, uidnext = numbers.get("EXISTS", 0), numbers.get("UIDNEXT")
        highest = await self._last_uid(exists) if uidnext is None else uidnext - 1
        return FolderState(uidvalidity=numbers["UIDVALIDITY"], exists=exists, uidnext=uidnext, highest=highest)

    async def _last_uid(self, exists: int) -> int:
        if not exists:
            return 0
        last = await said(await self.ask("UID FETCH", b"* (UID)"), b"FETCH", responses.fetched)
        return max((one.uid for one in last if one), default=0)

    async def _log_out(self, idling: Call | None) -> None:
        if idling:
            self.wire.write(b"DONE")
            await idling.wait()
        await self.wire.begin("LOGOUT").wait()

    async def _idle(self) -> None:
        """RFC 2177. The answer to DONE is the proof of life: a dead connection never gives it."""
        call = self.wire.begin("IDLE")
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.timeout_s):
                await call.continued.wait()
        if call.status in {"NO", "BAD"}:
            self._idle_refused = True
            return
        if call.continued.is_set():
            await self._stirred_within(self._limits.idle_s)
            self.wire.check()
            self.wire.write(b"DONE")
        await self.finish(call)

    async def _stirred_within(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.wire.stirred.wait()
        self.wire.check()

    async def _odd_spelling(self, folder: str) -> bytes | None:
        """How the server spells a folder whose name it encodes in another way than RFC 3501 asks."""
        names = (one.wire_name for one in await self.folders())
        return next((name for name in names if decode_leniently(name) == folder and name != encode(folder)), None)


async def open_connection(account: ImapAccount, limits: ImapLimits) -> Connection:
    """Connect and log in.

    Raises:
        AuthFailed: the credentials were refused or cannot be read.
        ProviderTransient: anything else.
    """
    connection = await connect(account, limits)
    try:
        await connection.log_in(account)
        await connection.introduce()
    except BaseException as error:
        if isinstance(error, AuthFailed):
            await connection.close()
        hang_up(connection.wire)
        raise
    return connection


async def connect(account: ImapAccount, limits: ImapLimits) -> Connection:
    """Connect up to the greeting, over TLS if asked to. Raises ProviderTransient."""
    with metrics.PROVIDER_RESPONSE_SECONDS.labels(PROVIDER, "connect").time():
        try:
            async with asyncio.timeout(limits.timeout_s):
                addresses = await resolve(account)
        except TimeoutError:
            raise ProviderTransient(f"the name server does not answer for {account.host}") from None
        sock = await dial(account, addresses, limits.timeout_s)
        wire = await greet(account, sock, limits.mail_max_bytes, limits.timeout_s)
    CERTIFICATES.note(f"{account.host}:{account.port}", wire)
    return Connection(wire, limits)


def _numbers(call: Call) -> dict[str, int]:
    """EXISTS and the numbers in response codes (RFC 3501 §7.1)."""
    numbers: dict[str, int] = {}
    for response in call.untagged:
        name, rest = responses.kind(response)
        code, argument = responses.code(rest)
        if name == b"EXISTS":
            numbers["EXISTS"] = int(rest)
        elif argument.isdigit() and len(argument) <= 20:
            numbers[code] = int(argument)
    return numbers


async def said(call: Call, name: bytes, parse: Callable[[Response], Said]) -> list[Said]:
    """The untagged responses of one kind. Other mailboxes get their turn while there are many."""
    found = []
    try:
        for number, response in enumerate(call.untagged):
            if number % BREATH == BREATH - 1:
                await asyncio.sleep(0)
            if responses.kind(response)[0] == name:
                found.append(parse(response))
    except MalformedResponse as error:
        raise ProviderTransient(f"the server's {name.decode()} cannot be read ({error})") from None
    return found
