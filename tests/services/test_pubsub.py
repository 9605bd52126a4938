"""Google's Pub/Sub server as a process, so that a failure elsewhere is not its."""

import threading
import time

import pytest
from google.api_core.exceptions import DeadlineExceeded, NotFound
from google.cloud import pubsub_v1


def test_a_message_goes_from_topic_to_subscription(pubsub, unique):
    topic = pubsub.topic(unique)
    subscription = pubsub.subscription(topic, unique)
    pubsub.publish(topic, b"one")
    pubsub.publish(topic, b"two")
    assert sorted(pubsub.pull(subscription, 2)) == [b"one", b"two"]


def test_a_streaming_pull_of_a_client_from_the_environment_gets_it(pubsub, unique):
    topic = pubsub.topic(unique)
    subscription = pubsub.subscription(topic, unique)
    came = threading.Event()

    def take(message):
        message.ack()
        came.set()

    with pubsub_v1.SubscriberClient() as client:
        pulling = client.subscribe(subscription, take)
        pubsub.publish(topic, b"one")
        assert came.wait(60)
        pulling.cancel()
        pulling.result(timeout=60)


def test_what_is_missing_is_not_found(pubsub, unique):
    with pytest.raises(NotFound):
        pubsub.publish(f"projects/local/topics/{unique}", b"x")
    subscription = pubsub.subscription(pubsub.topic(unique), unique)
    pubsub.delete_subscription(subscription)
    with pytest.raises(NotFound):
        pubsub.pull(subscription)


def test_after_a_kill_it_is_empty_on_the_same_port(pubsub_server, unique):
    topic = pubsub_server.topic(unique)
    pubsub_server.kill()
    pubsub_server.start()
    with pytest.raises(NotFound):
        pubsub_server.publish(topic, b"x")
    assert pubsub_server.topic(unique) == topic


def test_frozen_it_says_nothing_and_thawed_it_goes_on(pubsub_server, unique):
    topic = pubsub_server.topic(unique)
    subscription = pubsub_server.subscription(topic, unique)
    pubsub_server.publish(topic, b"one")
    pubsub_server.freeze()
    began = time.monotonic()
    with pubsub_v1.SubscriberClient() as client, pytest.raises(DeadlineExceeded):
        client.pull(subscription=subscription, max_messages=1, timeout=1, retry=None)
    assert time.monotonic() - began < 30
    pubsub_server.thaw()
    assert pubsub_server.pull(subscription) == [b"one"]
