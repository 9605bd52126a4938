"""The accounts that a command names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.errors import Permanent
from infra.settings import Settings

if TYPE_CHECKING:
    from agents.accounts import Account


class NoSuchAccount(Permanent):
    """The id is not among the accounts, or its record is invalid."""


async def choose(settings: Settings, account_id: str | None) -> tuple[Account, ...]:
    """One account, or all.

    Raises:
        NoSuchAccount
        KafkaUnavailable
    """
    from agents.accounts import list_accounts

    accounts, invalid = await list_accounts(settings)
    if account_id is None:
        return accounts
    chosen = tuple(one for one in accounts if one.id == account_id)
    if not chosen:
        why = invalid.get(account_id, "no such account; `triage account list` shows all")
        raise NoSuchAccount(f"{account_id}: {why}")
    return chosen
