"""Watches, and the Pub/Sub messages that changes send: at most one a second and user, less what is lost on purpose."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass, field

from agents.fakes.google.errors import ApiError, forbidden, invalid, named, not_found
from agents.fakes.google.mailbox import Change, Mailbox

WATCH_S = 7 * 86400
TOPIC = re.compile(r"projects/[^/]+/topics/[^/]+")
TEST_MESSAGE_S = 10.0
HELD_S = 2.0
"""A push held back for reordering goes out after this long when no later one overtakes it."""

Publish = Callable[[str, bytes], "Future[str]"]
"""topic, data → message id, as google-cloud-pubsub's PublisherClient.publish."""


@dataclass(frozen=True)
class Watch:
    """A user's watch."""

    topic: str
    labels: frozenset[str]
    exclude: bool
    """Whether the labels say what is not told instead of what is."""
    expires_s: float

    def concerns(self, change: Change) -> bool:
        """Whether this change is told."""
        if not self.labels:
            return True
        return self.exclude is not any(change.concerns(label) for label in self.labels)


@dataclass(frozen=True)
class Mishaps:
    """What becomes of pushes; probabilities between 0 and 1."""

    drop: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    """Held back until the mailbox's next push went out, or 2 s."""
    delay_s: tuple[float, float] = (0.0, 0.0)
    """Each push waits between these."""
    limit: bool = True
    """Gmail's own: more than one a second and user are dropped."""


@dataclass
class Pushes:
    """Publishes for all mailboxes. Needs a running event loop for what it delays."""

    publish: Publish | None
    """None: no Pub/Sub here, so every watch is refused as Gmail refuses one for a topic that is not there."""
    mishaps: Mishaps = field(default_factory=Mishaps)
    watches: dict[str, Watch] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    """published, duplicated, dropped, limited, reordered, unwatched, failed."""
    dice: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self._last_s: dict[str, float] = {}
        self._held: dict[str, list[tuple[str, bytes]]] = {}

    async def watch(self, mailbox: Mailbox, watch: Watch) -> None:
        """Begin or renew one. As Gmail does it, a first push is sent at once, and must arrive.

        Raises:
            ApiError: the name is no topic's, the topic is missing, another topic is watched already.
        """
        if not TOPIC.fullmatch(watch.topic):
            raise invalid(f"Invalid topicName does not match {TOPIC.pattern.replace('[^/]+', '*')}")
        current = self.watches.get(mailbox.address)
        if current is not None and current.topic != watch.topic and current.expires_s > watch.expires_s - WATCH_S:
            raise invalid("Only one user push notification client allowed per developer (call /stop then try again)")
        await self._send_test(mailbox, watch.topic)
        self.watches[mailbox.address] = watch

    async def _send_test(self, mailbox: Mailbox, topic: str) -> None:
        failed = f"Error sending test message to Cloud PubSub {topic} : "
        if self.publish is None:
            raise not_found(f"{failed}Resource not found (resource={topic.rpartition('/')[2]}).")
        try:
            await asyncio.wait_for(asyncio.wrap_future(self.publish(topic, _data(mailbox))), TEST_MESSAGE_S)
        except TimeoutError:
            raise named("503") from None
        except Exception as error:  # gRPC's family of errors, told apart by their HTTP code
            raise _refused(error, failed, topic) from None
        self.counts["published"] += 1

    def stop(self, address: str) -> None:
        """End a watch, if there is one."""
        self.watches.pop(address, None)

    def changed(self, mailbox: Mailbox, changes: Collection[Change], now_s: float) -> None:
        """Tell of changes just made; one push for all of them."""
        watch = self.watches.get(mailbox.address)
        if watch is None or watch.expires_s <= now_s or not any(watch.concerns(change) for change in changes):
            self.counts["unwatched"] += 1
            return
        if self.mishaps.limit and 0 <= now_s - self._last_s.get(mailbox.address, 0) < 1:
            self.counts["limited"] += 1
            return
        self._last_s[mailbox.address] = now_s
        if self._falls(self.mishaps.drop):
            self.counts["dropped"] += 1
            return
        self._send(mailbox, watch.topic)

    def _send(self, mailbox: Mailbox, topic: str) -> None:
        data = _data(mailbox)
        if self._falls(self.mishaps.reorder):
            self.counts["reordered"] += 1
            self._held.setdefault(mailbox.address, []).append((topic, data))
            asyncio.get_running_loop().call_later(HELD_S, self._release, mailbox.address)
            return
        self._later(topic, data)
        if self._falls(self.mishaps.duplicate):
            self.counts["duplicated"] += 1
            self._later(topic, data)
        self._release(mailbox.address)

    def _release(self, address: str) -> None:
        for topic, data in self._held.pop(address, []):
            self._later(topic, data)

    def _later(self, topic: str, data: bytes) -> None:
        wait_s = self.dice.uniform(*self.mishaps.delay_s)
        if wait_s:
            asyncio.get_running_loop().call_later(wait_s, self._out, topic, data)
        else:
            self._out(topic, data)

    def _out(self, topic: str, data: bytes) -> None:
        assert self.publish is not None, "a watch exists only where its first push arrived"
        sent = self.publish(topic, data)
        sent.add_done_callback(lambda done: self.counts.update(["failed" if done.exception() else "published"]))

    def _falls(self, probability: float) -> bool:
        return probability > 0 and self.dice.random() < probability


def _data(mailbox: Mailbox) -> bytes:
    """What Gmail puts into a push: historyId is a number here, unlike in the API's answers."""
    return json.dumps({"emailAddress": mailbox.address, "historyId": mailbox.history_id}).encode()


def _refused(error: Exception, failed: str, topic: str) -> ApiError:
    code = getattr(error, "code", None)
    if code == 404:
        return not_found(f"{failed}Resource not found (resource={topic.rpartition('/')[2]}).")
    if code == 403:
        return forbidden(f"{failed}User not authorized to perform this action.")
    return named("503")
