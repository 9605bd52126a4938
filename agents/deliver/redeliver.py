"""Delivering again what stands on `mail.undelivered`, from a command: one attempt each, in order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

from agents.deliver.answer import Answer, Fate
from agents.deliver.endpoints import Endpoint
from agents.deliver.post import Post
from agents.deliver.undelivered import Undelivered, UndeliveredLog, delivery_of
from infra.settings import Settings
from streams.kafka_errors import or_unavailable
from streams.topics import UNDELIVERED


def chosen(
    waiting: Sequence[Undelivered], *, endpoint: str | None = None, event_ids: Sequence[str] = ()
) -> list[Undelivered]:
    """Those of an endpoint, those of mails (ids or their beginnings), or all."""
    return [
        one
        for one in waiting
        if endpoint in {None, one.endpoint} and (not event_ids or one.event_id.startswith(tuple(event_ids)))
    ]


async def redeliver(
    settings: Settings, endpoints: Mapping[str, Endpoint], waiting: Sequence[Undelivered]
) -> AsyncIterator[tuple[Undelivered, Answer]]:
    """Each with its outcome; what is accepted is settled, the rest stays. An account's later ones wait for its first.

    Raises:
        KafkaUnavailable: a settlement could not be written; it was delivered, and would be again.
    """
    undelivered = UndeliveredLog(settings)
    posts = {name: Post(endpoints[name]) for name in {one.endpoint for one in waiting}}
    stuck: set[tuple[str, str, bytes | None]] = set()
    try:
        for one in waiting:
            chain = (one.endpoint, one.topic, one.key)
            if chain in stuck:
                continue
            answer = await posts[one.endpoint].send(delivery_of(one))
            if answer.fate == Fate.DELIVERED:
                with or_unavailable(settings, f"{UNDELIVERED.name} could not be written at"):
                    await undelivered.settle(one, "redelivered")
            else:
                stuck.add(chain)
            yield one, answer
    finally:
        for post in posts.values():
            await post.close()
        await undelivered.close()
