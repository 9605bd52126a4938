"""The compacted topic `triage.policies`: every policy and model that ever decided here or was to, by digest.

Key `policy:DIGEST` or `model:DIGEST`, the value is the document, so a key never changes its value."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from infra.kafka import aiokafka_options
from infra.settings import Settings
from streams.closing import close_within
from streams.kafka_errors import or_unavailable
from streams.reading import latest
from streams.topics import POLICIES
from streams.versions.document import UnusableVersion, digest, versions
from streams.versions.judge import NAME, Judge, judge

log = logging.getLogger(__name__)
WRITE_S = 15.0
POLICY, MODEL = b"policy:", b"model:"


class Library:
    """What the topic holds."""

    def __init__(self, records: Mapping[bytes, bytes]) -> None:
        # A value that is not what its key says was written by nobody of ours.
        self._held = {key: value for key, value in records.items() if key.endswith(b":" + digest(value).encode())}

    def holds(self, name: str) -> bool:
        """Whether both halves of a judge are there."""
        policy, _, model = name.encode().partition(b"/")
        return POLICY + policy in self._held and MODEL + model in self._held

    def judge(self, name: str) -> Judge:
        """The judge of this name.

        Raises:
            UnusableVersion: it is not there, or does not fit this program.
        """
        if not NAME.fullmatch(name) or not self.holds(name):
            raise UnusableVersion(
                f"{POLICIES.name} holds no {name[:40]!r}; `triage shadow start` and promote put it there"
            )
        policy, _, model = name.encode().partition(b"/")
        return judge(self._held[POLICY + policy], self._held[MODEL + model])

    def that_decided(self, account: str, policy_version: str, model_version: str) -> Judge | None:
        """The judge whose verdicts on the account's mails carry these versions; None when it is not here.

        Raises:
            UnusableVersion: it is here, and does not fit this program.
        """
        weights = self._held.get(MODEL + model_version.encode())
        if weights is None:
            return None
        for document in self.policies():
            named = versions(document)
            if named.get(account, named.get("")) == policy_version:
                return judge(document, weights)
        return None

    def policies(self) -> Iterator[bytes]:
        """Every policy's document."""
        return (value for key, value in self._held.items() if key.startswith(POLICY))


async def read(settings: Settings) -> Library:
    """All that is there now.

    Raises:
        KafkaUnavailable: no broker, or no such topic.
    """
    return Library(await latest(settings, POLICIES.name))


async def keep(settings: Settings, one: Judge) -> None:
    """Put both halves of a judge there, unless they are.

    Raises:
        KafkaUnavailable
    """
    if (await read(settings)).holds(one.name):
        return
    from aiokafka import AIOKafkaProducer

    policy, _, model = one.name.encode().partition(b"/")
    producer: Any = AIOKafkaProducer(
        **aiokafka_options(settings),
        client_id=f"{settings.instance_id}-policies",
        acks="all",
        compression_type="lz4",
        max_request_size=2 * 1024 * 1024,
    )
    try:
        with or_unavailable(settings, f"{POLICIES.name} could not be written at"):
            async with asyncio.timeout(WRITE_S):
                await producer.start()
                await producer.send_and_wait(POLICIES.name, one.document, key=POLICY + policy, partition=0)
                await producer.send_and_wait(POLICIES.name, one.weights, key=MODEL + model, partition=0)
    finally:
        await close_within(producer, 1)
