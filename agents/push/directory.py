"""Which accounts read the mailbox of an address, from the records on `accounts`."""

from __future__ import annotations

import asyncio

from agents.accounts import Account, InvalidAccount


class Directory:
    """Takes in records as they come; `loaded` is set once all that were there are known."""

    def __init__(self) -> None:
        self.loaded = asyncio.Event()
        self._emails: dict[str, str] = {}

    def take_in(self, key: bytes | None, value: bytes | None) -> None:
        """A record of `accounts`."""
        name = (key or b"").decode("utf-8", "replace")
        self._emails.pop(name, None)
        if value is None:
            return
        try:
            account = Account.decode(key, value)
        except InvalidAccount:  # whoever owns it says so
            return
        if account.enabled and account.gmail:
            self._emails[name] = account.gmail.email.lower()

    def accounts_of(self, email: str) -> tuple[str, ...]:
        """Ids of the enabled accounts with this mailbox; a mailbox may be read by more than one."""
        return tuple(account for account, address in self._emails.items() if address == email)
