"""The way to Pub/Sub: Google's own client, at the server that PUBSUB_EMULATOR_HOST names."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

from agents.fakes.google.pushes import Publish


def publisher() -> Publish:
    """A function that publishes at once: no batching, which would join and delay pushes."""
    from google.cloud import pubsub_v1  # a second to import, and needless where nothing is pushed

    client: Any = pubsub_v1.PublisherClient(batch_settings=pubsub_v1.types.BatchSettings(max_messages=1))

    def publish(topic: str, data: bytes) -> Future[str]:
        sent: Future[str] = client.publish(topic, data)
        return sent

    return publish
