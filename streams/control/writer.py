"""Writes `triage.control`, and with each change its audit entry, in one transaction."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.errors import ConfigError
from infra.kafka import aiokafka_options
from infra.settings import Settings
from streams.closing import close_within
from streams.control import knobs, records
from streams.control.records import ORDER_KEY, AuditEntry, MalformedControl, Order, Override, require_account
from streams.control.view import View
from streams.kafka_errors import or_unavailable
from streams.moments import utc_text
from streams.reading import to_end
from streams.topics import AUDIT, CONTROL

WRITE_S = 10.0
LONGEST = timedelta(days=366)


async def put(
    settings: Settings, name: str, given: object, *, who: str, why: str, lasting: timedelta | None = None
) -> tuple[Override, int]:
    """Give a setting another value, for a time or until it is cleared; the override and its revision.

    Raises:
        ConfigError: no such setting, a value that is not allowed, no reason.
        KafkaUnavailable
    """
    value = knobs.find(name).parse(given)
    require_account(who, why)
    if lasting is not None and not timedelta() < lasting <= LONGEST:
        raise ConfigError(f"{name}: it can hold for up to {LONGEST.days} days, not {lasting}")
    now = datetime.now(UTC)
    expires_at = None if lasting is None else utc_text(now + lasting)
    override = Override(value=value, who=who, why=why, at=utc_text(now), expires_at=expires_at)
    entry = AuditEntry(
        at=override.at, who=who, action="set", name=name, why=why, value=value, expires_at=expires_at,
        before=await _before(settings, name),
    )  # fmt: skip
    return override, await _change(settings, name, override.encode(), entry)


async def clear(settings: Settings, name: str, *, who: str, why: str) -> int | None:
    """Give a setting its start value back; the revision, or None when it had no override.

    Raises:
        ConfigError: no such setting, no reason.
        KafkaUnavailable
    """
    knobs.find(name)
    require_account(who, why)
    before = await _before(settings, name)
    if before is None:
        return None
    at = utc_text(datetime.now(UTC))
    entry = AuditEntry(at=at, who=who, action="clear", name=name, why=why, before=before)
    return await _change(settings, name, None, entry)


async def order(settings: Settings, name: str, *, who: str, why: str) -> int:
    """Have every running process that knows it do something once; the revision.

    Raises:
        ConfigError: no such order, no reason.
        KafkaUnavailable
    """
    knobs.find_order(name)
    require_account(who, why)
    at = utc_text(datetime.now(UTC))
    entry = AuditEntry(at=at, who=who, action="order", name=name, why=why)
    return await _change(settings, ORDER_KEY + name, Order(who=who, why=why, at=at).encode(), entry)


async def current(settings: Settings) -> View:
    """What the topic says now.

    Raises:
        KafkaUnavailable
    """
    view = View(settings)
    async for chunk in to_end(settings, CONTROL.name, stall_s=WRITE_S):
        for record in chunk:
            view.hear((record.key or b"").decode("utf-8", "replace"), record.value, record.offset + 1)
    return view


async def history(settings: Settings) -> list[AuditEntry]:
    """Every change and call that is kept, oldest first.

    Raises:
        KafkaUnavailable
    """
    found = []
    async for chunk in to_end(settings, AUDIT.name, stall_s=WRITE_S):
        for record in chunk:
            with suppress(MalformedControl):  # another version's
                found.append(AuditEntry.decode(record.value or b""))
    return found


async def note(settings: Settings, action: str, name: str, *, who: str, why: str, value: str | None = None) -> None:
    """Write down what was done to something that is no setting of this topic. The value is never a secret's.

    Raises:
        ConfigError: no reason. KafkaUnavailable
    """
    await write_down(settings, records.entry(action, name, who=who, why=why, value=value))


async def write_down(settings: Settings, entry: AuditEntry) -> None:
    """An entry of something that was done, or is about to be. Raises KafkaUnavailable."""
    await _write(settings, entry)


async def _before(settings: Settings, name: str) -> knobs.Value | None:
    override = (await current(settings)).values(datetime.now(UTC)).overrides.get(name)
    return None if override is None else override.value


async def _change(settings: Settings, key: str, value: bytes | None, entry: AuditEntry) -> int:
    written = await _write(settings, entry, (key.encode(), value))
    assert written is not None
    return written


async def _write(settings: Settings, entry: AuditEntry, change: tuple[bytes, bytes | None] | None = None) -> int | None:
    """The entry, and in the same transaction the change, if there is one; its revision."""
    from aiokafka import AIOKafkaProducer

    producer: Any = AIOKafkaProducer(
        **aiokafka_options(settings),
        client_id=f"{settings.instance_id}-control",
        # Of its own each time: two operators at once must not fence each other.
        transactional_id=f"triage-control-{uuid.uuid4().hex}",
        request_timeout_ms=int(WRITE_S * 1000),
    )
    revision = None
    try:
        topic, shown = (CONTROL, "show") if change else (AUDIT, "history")
        with or_unavailable(
            settings, f"{topic.name} could not be written at", f"; `triage control {shown}` tells whether it was"
        ):
            async with asyncio.timeout(WRITE_S):
                await producer.start()
                async with producer.transaction():
                    if change is not None:
                        key, value = change
                        written = await producer.send_and_wait(CONTROL.name, value, key=key, partition=0)
                        revision = int(written.offset) + 1
                    told = replace(entry, revision=revision)
                    await producer.send_and_wait(AUDIT.name, told.encode(), key=entry.name.encode(), partition=0)
    finally:
        await close_within(producer, 1)
    return revision
