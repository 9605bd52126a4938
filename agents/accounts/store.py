"""Accounts on their topic: read all, save one, remove one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from agents.accounts.account import Account, InvalidAccount
from infra.kafka import aiokafka_options
from infra.settings import Settings
from streams.closing import close_within
from streams.kafka_errors import or_unavailable
from streams.reading import latest
from streams.topics import ACCOUNTS

WRITE_S = 30.0
"""Longest time until the record must be acknowledged: topics that were made a moment ago are slow at first."""


async def list_accounts(settings: Settings) -> tuple[tuple[Account, ...], Mapping[str, str]]:
    """All valid accounts by id, and what is wrong with each invalid record.

    Raises:
        KafkaUnavailable
    """
    accounts, invalid = [], {}
    for key, value in sorted((await latest(settings, ACCOUNTS.name)).items()):
        try:
            accounts.append(Account.decode(key, value))
        except InvalidAccount as error:
            invalid[key.decode("utf-8", "replace")] = str(error)
    return tuple(accounts), invalid


async def save_account(settings: Settings, account: Account) -> None:
    """Write the account's record; ingest follows within seconds.

    Raises:
        KafkaUnavailable
    """
    await _write(settings, account.id, account.encode())


async def remove_account(settings: Settings, account_id: str) -> None:
    """Write a tombstone. The cursors stay, so that adding it again announces nothing twice.

    Raises:
        KafkaUnavailable
    """
    await _write(settings, account_id, None)


async def _write(settings: Settings, account_id: str, value: bytes | None) -> None:
    from aiokafka import AIOKafkaProducer

    producer = AIOKafkaProducer(
        **aiokafka_options(settings), client_id=f"{settings.instance_id}-accounts", enable_idempotence=True, acks="all"
    )
    try:
        with or_unavailable(settings, f"{ACCOUNTS.name} could not be written at"):
            async with asyncio.timeout(WRITE_S):
                await producer.start()
                # The default partitioner is `streams.partitioning.partition_of`.
                await producer.send_and_wait(ACCOUNTS.name, value, key=account_id.encode())
    finally:
        await close_within(producer, 2)
