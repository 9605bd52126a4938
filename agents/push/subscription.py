"""The topic and the one subscription of all mailboxes: made when they are missing. Blocking calls, for a thread."""

from __future__ import annotations

import logging
from typing import Any

from infra.settings import Settings

log = logging.getLogger(__name__)

CALL_S = 5.0
ACK_DEADLINE_S = 60
RETRY_S = (10, 600)
"""A push that is given back comes again after these; growing, so that a mailbox that cannot be read is no storm."""
DELETED = "_deleted-topic_"
"""What Pub/Sub calls the topic of a subscription that has lost it."""
GMAIL = "serviceAccount:gmail-api-push@system.gserviceaccount.com"
"""Who must be allowed to publish to the topic (Gmail API, "Grant publish rights on your topic")."""


class TopicGone(Exception):
    """The subscription's topic was deleted: nothing will ever come, and no error says so."""


class OtherTopic(Exception):
    """The subscription belongs to another topic than the one that mailboxes are watched for."""


def ensure(settings: Settings, subscriber: Any) -> bool:
    """Make what is missing; True when something was: then what is watched must be watched anew.

    Raises:
        OtherTopic
        google.api_core.exceptions.GoogleAPIError
    """
    from google.api_core.exceptions import NotFound

    try:
        check(settings, subscriber)
    except NotFound:
        _make(settings, subscriber)
    except TopicGone:  # a topic of the same name is another topic: the subscription would stay without one
        subscriber.delete_subscription(subscription=settings.gmail_subscription, timeout=CALL_S, retry=None)
        _make(settings, subscriber)
    else:
        return False
    return True


def check(settings: Settings, subscriber: Any) -> None:
    """Ask for the subscription.

    Raises:
        TopicGone, OtherTopic
        google.api_core.exceptions.GoogleAPIError: no answer, or no such subscription.
    """
    found = subscriber.get_subscription(subscription=settings.gmail_subscription, timeout=CALL_S, retry=None)
    if found.topic == DELETED:
        raise TopicGone
    # Projects have a name and a number, and either may stand in front.
    if settings.gmail_topic and found.topic.rpartition("/")[2] != settings.gmail_topic.rpartition("/")[2]:
        raise OtherTopic


def _make(settings: Settings, subscriber: Any) -> None:
    from google.api_core.exceptions import AlreadyExists, NotFound
    from google.cloud import pubsub_v1
    from google.protobuf.duration_pb2 import Duration

    least, most = (Duration(seconds=seconds) for seconds in RETRY_S)
    wanted = {
        "name": settings.gmail_subscription,
        "topic": settings.gmail_topic,
        "ack_deadline_seconds": ACK_DEADLINE_S,
        "retry_policy": {"minimum_backoff": least, "maximum_backoff": most},
        "expiration_policy": {},  # never: by default a subscription that is unused for 31 days is deleted
    }
    try:
        for _ in range(2):
            try:
                subscriber.create_subscription(request=wanted, timeout=CALL_S, retry=None)
                log.warning("subscription %s was missing and is made", settings.gmail_subscription)
                return
            except NotFound:
                publisher = pubsub_v1.PublisherClient()
                try:
                    publisher.create_topic(name=settings.gmail_topic, timeout=CALL_S, retry=None)
                finally:
                    publisher.transport.close()
                log.warning("topic %s was missing and is made: let %s publish to it", settings.gmail_topic, GMAIL)
    except AlreadyExists:
        return  # another process was quicker
