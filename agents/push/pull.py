"""Google's streaming pull, supervised: it can go silent without an error, so it has to prove that it lives.

After a silence the subscription is asked for itself and for what waits. No answer, or pushes that wait although the
stream is silent: the stream is started anew; so it is at a fixed age, whatever it says of itself."""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from agents.ingest.backoff import Backoff
from agents.push import probe, subscription
from agents.push.dispatch import Dispatcher, Outcome
from agents.sources.gmail.watching import Watches
from infra.settings import Settings
from monitoring import metrics

log = logging.getLogger(__name__)

OUTSTANDING = 1000
"""Pushes that wait for their commits at the same time; then the stream is paused."""
PROBED = 10
WAITED_S = 5.0
"""A push that was published longer ago should have come by the stream."""
RETRY_MAX_S = 30.0
STOP_S = 3.0
LOOK_S = 0.5
REMEDIES = {
    "NotFound": "the subscription is gone, and made anew",
    "TopicGone": "the topic was deleted, and is made anew with the subscription",
    "OtherTopic": "the subscription belongs to another topic than GMAIL_TOPIC: name one that is its own",
    "PermissionDenied": "let the service account subscribe (roles/pubsub.subscriber), or make it yourself",
    "Forbidden": "let the service account subscribe (roles/pubsub.subscriber), or make it yourself",
    "Unauthenticated": "GOOGLE_APPLICATION_CREDENTIALS must name a key that Google takes",
    "DefaultCredentialsError": "GOOGLE_APPLICATION_CREDENTIALS must name a service account's key",
    "InvalidArgument": "GMAIL_SUBSCRIPTION is projects/P/subscriptions/S, GMAIL_TOPIC projects/P/topics/T",
}
UNANSWERED = "Pub/Sub does not answer; tried again"


class Pull:
    """`run` pulls until cancelled."""

    def __init__(self, settings: Settings, dispatcher: Dispatcher, watches: Watches) -> None:
        self._settings, self._dispatcher, self._watches = settings, dispatcher, watches
        self._client: Any = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._moved_at = time.monotonic()
        self.alive_at = time.monotonic()
        """The last proof of life, monotonic seconds."""
        self.trouble = ""
        """Why nothing is pulled at the moment; empty when all is well."""

    async def run(self) -> None:
        """Whatever goes wrong, start anew."""
        backoff = Backoff(RETRY_MAX_S)
        while True:
            started = time.monotonic()
            try:
                reason = await self._pull()
            except Exception as error:
                reason = type(error).__name__
                self._say(f"{self._settings.gmail_subscription}: {reason}; {REMEDIES.get(reason, UNANSWERED)}")
            metrics.PUSH_RESTARTS.labels(reason=reason).inc()
            if reason not in {"age", "silent"}:
                await asyncio.sleep(backoff.next_s(time.monotonic() - started))

    async def _pull(self) -> str:
        """Pull until there is a reason to start anew; the reason."""
        loop = asyncio.get_running_loop()
        client = self._client = await asyncio.to_thread(_client)
        future: Any = None
        try:
            made = await asyncio.to_thread(subscription.ensure, self._settings, client)
            self._watches.ready(made=made)
            self.trouble = ""
            future = await asyncio.to_thread(self._subscribe, client, loop)
            self._moved_at = self.alive_at = time.monotonic()
            return await self._until_trouble(client, future)
        finally:
            await asyncio.shield(asyncio.to_thread(_stop, client, future))

    def _subscribe(self, client: Any, loop: asyncio.AbstractEventLoop) -> Any:
        from google.cloud.pubsub_v1.subscriber.scheduler import ThreadScheduler
        from google.cloud.pubsub_v1.types import FlowControl

        def came(message: Any) -> None:
            loop.call_soon_threadsafe(self._came, message)

        return client.subscribe(
            self._settings.gmail_subscription,
            callback=came,
            flow_control=FlowControl(max_messages=OUTSTANDING, max_lease_duration=self._settings.push_commit_s + 30),
            scheduler=ThreadScheduler(ThreadPoolExecutor(max_workers=2, thread_name_prefix="pubsub")),
        )

    async def _until_trouble(self, client: Any, future: Any) -> str:
        started = time.monotonic()
        while True:
            await asyncio.sleep(LOOK_S)
            if future.done():
                future.result()  # raises why it ended
                return "ended"
            now = time.monotonic()
            if now - started > self._settings.push_renew_s:
                return "age"
            silent = now - self._moved_at > self._settings.push_silence_s
            if silent and self._dispatcher.waiting < OUTSTANDING and await self._waits(client):
                return "silent"

    async def _waits(self, client: Any) -> bool:
        """Whether messages wait although the stream is silent. Those that are found are taken like the stream's: given
        back they would come again only after the subscription's pause, also when they were published just now.

        Raises:
            TopicGone, OtherTopic
            google.api_core.exceptions.GoogleAPIError: no answer, or no such subscription.
        """
        now = datetime.now(UTC)
        found = await asyncio.to_thread(probe.pull, self._settings, client, PROBED)
        self._moved_at = self.alive_at = time.monotonic()
        for message in found:
            self._came(message)
        waited = any((now - message.published_at).total_seconds() > WAITED_S for message in found)
        if waited:
            log.warning("the pull was silent although pushes wait: it is started anew")
        return waited

    def _came(self, message: Any) -> None:
        self._moved_at = self.alive_at = time.monotonic()
        task = asyncio.create_task(self._take(message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _take(self, message: Any) -> None:
        try:
            outcome = await self._dispatcher.take("pull", message.data)
        except asyncio.CancelledError:
            message.nack()
            raise
        if outcome is Outcome.LATE:
            message.nack()
        else:
            message.ack()

    def _say(self, trouble: str) -> None:
        if trouble != self.trouble:
            log.warning("pushes are not pulled: %s. Mailboxes are polled meanwhile", trouble)
        self.trouble = trouble


def _client() -> Any:
    from google.cloud import pubsub_v1

    return pubsub_v1.SubscriberClient()


def _stop(client: Any, future: Any) -> None:
    """End a stream, also one whose server no longer answers. Blocking, bounded; never raises."""
    try:
        if future is not None:
            future.cancel()
            future.result(timeout=STOP_S)
    except BaseException as error:
        log.debug("the pull ended with %s", type(error).__name__)
    client.transport.close()
