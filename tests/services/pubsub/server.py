"""The server as a process: start, kill, freeze, and topics and subscriptions made through Google's own client.

What it can't do: snapshots and IAM are refused, `seek` to a time kills it, retry policies and exactly-once delivery are
accepted and not seen to. Messages are forgotten after ten minutes, everything when it ends. Not a fault of the client:
when the server is frozen or killed, a streaming pull's future goes on as if nothing had happened."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from google.cloud import pubsub_v1

from infra.stack.ports import LOOPBACK, answers, any_free
from infra.stack.process import Daemon
from tests.services.process import Process
from tests.services.pubsub.program import built

PROJECT = "local"


class PubSub(Process):
    """One server: empty again after `kill` and `start`. Google's clients read `environment` when they are made."""

    def __init__(self, directory: Path) -> None:
        self.port = any_free()[0]
        super().__init__(Daemon(name="pubsub", directory=directory))

    @property
    def address(self) -> str:
        """host:port."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What points Google's clients here."""
        return {"PUBSUB_EMULATOR_HOST": self.address}

    def start(self) -> None:
        """Start it, empty, on the same port as before; return when it accepts connections."""
        self._daemon.spawn([str(built()), self.address])
        self._daemon.wait_ready(lambda: answers(self.port), seconds=90)

    def topic(self, name: str) -> str:
        """A new topic; its full name."""
        with self._client("PublisherClient") as client:
            path: str = client.topic_path(PROJECT, name)
            client.create_topic(name=path)
        return path

    def delete_topic(self, topic: str) -> None:
        """It vanishes; its subscriptions stay, without one."""
        with self._client("PublisherClient") as client:
            client.delete_topic(topic=topic)

    def subscription(self, topic: str, name: str, **options: Any) -> str:
        """A new subscription; its full name. Options as in `Subscription` (ack_deadline_seconds, ...)."""
        with self._client("SubscriberClient") as client:
            path: str = client.subscription_path(PROJECT, name)
            client.create_subscription(name=path, topic=topic, **options)
        return path

    def delete_subscription(self, subscription: str) -> None:
        """It vanishes, as one does that nobody used for 31 days."""
        with self._client("SubscriberClient") as client:
            client.delete_subscription(subscription=subscription)

    def publish(self, topic: str, data: bytes) -> str:
        """One message; its id."""
        with self._client("PublisherClient") as client:
            sent: Future[str] = client.publish(topic, data)
            return sent.result(timeout=60)

    def pull(self, subscription: str, count: int = 1, *, seconds: float = 60.0) -> list[bytes]:
        """Take and acknowledge messages until there are `count` or the time is over."""
        taken: list[bytes] = []
        deadline = time.monotonic() + seconds
        with self._client("SubscriberClient") as client:
            while len(taken) < count and time.monotonic() < deadline:
                answer = client.pull(subscription=subscription, max_messages=count - len(taken), timeout=30)
                taken += [received.message.data for received in answer.received_messages]
                if ids := [received.ack_id for received in answer.received_messages]:
                    client.acknowledge(subscription=subscription, ack_ids=ids)
        return taken

    @contextmanager
    def _client(self, kind: str) -> Iterator[Any]:
        """One of Google's clients, at this server whatever the environment says, for one purpose."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PUBSUB_EMULATOR_HOST", self.address)
            client: Any = getattr(pubsub_v1, kind)()
        try:
            yield client
        finally:
            if kind == "PublisherClient":
                client.stop()
            client.transport.close()
