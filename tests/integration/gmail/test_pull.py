"""The probe beside the streaming pull: what it finds is taken, and what waited for long means that the stream is deaf."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from google.cloud import pubsub_v1

from agents.push import subscription
from agents.push.directory import Directory
from agents.push.dispatch import Dispatcher
from agents.push.pull import WAITED_S, Pull
from agents.push.relay import Relay
from agents.sources.gmail.hints import Hints
from agents.sources.gmail.watching import Watches
from infra.settings import Settings, load
from tests.integration.ingest.conftest import until
from tests.services.pubsub.server import PubSub

NOBODY = json.dumps({"emailAddress": "nobody@example.org", "historyId": 5}).encode()


@pytest.fixture
def settings(pubsub: PubSub, unique: str) -> Settings:
    topic = pubsub.topic(unique)
    return load(gmail_topic=topic, gmail_subscription=pubsub.subscription(topic, unique))


@pytest.fixture
def client(settings: Settings) -> Iterator[Any]:
    with pubsub_v1.SubscriberClient() as made:
        yield made


async def test_point_8_a_subscription_whose_topic_was_deleted_is_made_anew(
    pubsub: PubSub, settings: Settings, client: Any
) -> None:
    assert not subscription.ensure(settings, client)
    pubsub.delete_topic(settings.gmail_topic)
    with pytest.raises(subscription.TopicGone):
        subscription.check(settings, client)
    assert subscription.ensure(settings, client)
    pubsub.publish(settings.gmail_topic, NOBODY)
    assert pubsub.pull(settings.gmail_subscription) == [NOBODY]


async def test_a_subscription_of_another_topic_is_told(settings: Settings, client: Any) -> None:
    other = settings.model_copy(update={"gmail_topic": "projects/local/topics/other"})
    with pytest.raises(subscription.OtherTopic):
        subscription.ensure(other, client)


@pytest.mark.parametrize("waited", [False, True])
async def test_point_8_the_probe_takes_what_it_finds_and_tells_what_waited_from_what_just_came(
    pubsub: PubSub, settings: Settings, client: Any, waited: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    hints, directory = Hints(), Directory()
    directory.loaded.set()
    pull = Pull(settings, Dispatcher(hints, directory, Relay(settings, hints, directory), commit_s=5), Watches())
    monkeypatch.setattr("agents.push.pull.WAITED_S", 0.0 if waited else WAITED_S)
    if waited:
        await asyncio.to_thread(pubsub.publish, settings.gmail_topic, NOBODY)
        await asyncio.sleep(0.05)
        assert await pull._waits(client)
    else:
        probing = asyncio.create_task(pull._waits(client))
        await asyncio.sleep(0.3)
        await asyncio.to_thread(pubsub.publish, settings.gmail_topic, NOBODY)
        assert not await probing
    assert not await pull._waits(client)  # it was acknowledged: nobody reads that mailbox

    async def done() -> bool:
        return not pull._tasks

    await until(done, bool, 60)
