"""The accounts of one partition as they are now, followed by the group's consumer and read by the lease."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping

from agents.accounts import Account, InvalidAccount

log = logging.getLogger(__name__)


class Roster:
    """After `restart` the partition is read from its beginning: nothing shows until `loaded`, then every change."""

    def __init__(self, belongs: Callable[[bytes], bool] = lambda _key: True) -> None:
        self._belongs = belongs
        self.accounts: Mapping[str, Account] = {}
        self.invalid: Mapping[str, str] = {}
        """Records that break the contract: account id and what is wrong."""
        self.changed = asyncio.Event()
        self.loaded = False
        self._accounts: dict[str, Account] = {}
        self._invalid: dict[str, str] = {}

    def restart(self) -> None:
        """The partition will be read again from its beginning."""
        self.loaded = False
        self._accounts, self._invalid = {}, {}

    def take_in(self, records: Iterable[tuple[bytes | None, bytes | None]]) -> None:
        """Keys and values as they come."""
        for key, value in records:
            self._take_in(key, value)
        if self.loaded:
            self.publish()

    def _take_in(self, key: bytes | None, value: bytes | None) -> None:
        name = (key or b"").decode("utf-8", "replace")
        self._accounts.pop(name, None)
        self._invalid.pop(name, None)
        if value is None:
            return
        try:
            self._accounts[name] = self._decode(key, value)
        except InvalidAccount as error:
            log.error("account record refused: %s", error, extra={"account": name})  # noqa: TRY400 - it is the reason
            self._invalid[name] = str(error)

    def _decode(self, key: bytes | None, value: bytes) -> Account:
        account = Account.decode(key, value)
        if not self._belongs(account.id.encode()):  # two partitions would read the mailbox, each with its own cursors
            raise InvalidAccount("the record was put on a wrong partition; write accounts with `triage account add`")
        return account

    def publish(self) -> None:
        """Everything so far is how it is now."""
        self.loaded = True
        self.accounts, self.invalid = dict(self._accounts), dict(self._invalid)
        self.changed.set()
