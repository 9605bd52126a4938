"""A subscription asked for itself and for what waits, beside its stream: the proof that both live."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from agents.push.subscription import CALL_S, check
from infra.settings import Settings

log = logging.getLogger(__name__)


class Probed:
    """A message that waited, with the methods of one that came by the stream. To be used in the event loop."""

    def __init__(self, client: Any, subscription: str, received: Any) -> None:
        self.data: bytes = received.message.data
        self.published_at: datetime = received.message.publish_time
        self._client, self._names = client, {"subscription": subscription, "ack_ids": [received.ack_id]}

    def ack(self) -> None:
        """Done with."""
        self._tell(self._client.acknowledge)

    def nack(self) -> None:
        """It has to come again."""
        self._tell(partial(self._client.modify_ack_deadline, ack_deadline_seconds=0))

    def _tell(self, call: Callable[..., Any]) -> None:
        asyncio.get_running_loop().run_in_executor(
            None, _quietly, partial(call, **self._names, timeout=CALL_S, retry=None)
        )


def pull(settings: Settings, client: Any, most: int) -> list[Probed]:
    """What waits, or comes while it is asked for. Blocking.

    Raises:
        TopicGone, OtherTopic
        google.api_core.exceptions.GoogleAPIError: no answer, or no such subscription.
    """
    from google.api_core.exceptions import DeadlineExceeded

    name = settings.gmail_subscription
    check(settings, client)
    try:
        answer = client.pull(subscription=name, max_messages=most, timeout=CALL_S, retry=None)
    except DeadlineExceeded:  # the subscription answers, so this means that there is nothing
        return []
    return [Probed(client, name, received) for received in answer.received_messages]


def _quietly(call: Callable[[], Any]) -> None:
    """What is not said in time comes again, which is harmless."""
    try:
        call()
    except Exception as error:
        log.debug("a probed push is not answered: %s", type(error).__name__)
