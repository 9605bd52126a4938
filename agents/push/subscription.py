"""The topic and the one subscription of all mailboxes: made when they are missing. Blocking calls, for a thread."""

from __future__ import annotations

import logging
from typing import Any

from infra.settings import Settings

log = logging.getLogger(__name__)

CALL_S = 10.0
ACK_DEADLINE_S = 60
RETRY_S = (10, 600)
"""A push that is given back comes again after these; growing, so that a mailbox that cannot be read is no storm."""
GMAIL = "serviceAccount:gmail-api-push@system.gserviceaccount.com"
"""Who must be allowed to publish to the topic (Gmail API, "Grant publish rights on your topic")."""


def ensure(settings: Settings, subscriber: Any) -> bool:
    """Make what is missing; True when something was: then what is watched must be watched anew.

    Raises:
        google.api_core.exceptions.GoogleAPIError
    """
    from google.api_core.exceptions import NotFound

    try:
        subscriber.get_subscription(subscription=settings.gmail_subscription, timeout=CALL_S, retry=None)
    except NotFound:
        _make(settings, subscriber)
        return True
    return False


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
