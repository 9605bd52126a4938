"""Which mails: offsets of mail.received by time, by offset or by account, found out when the replay begins."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from confluent_kafka import OFFSET_END, Consumer, KafkaException, TopicPartition

from infra.errors import ConfigError
from infra.kafka import librdkafka_options
from infra.settings import Settings
from streams.kafka_errors import KafkaUnavailable
from streams.partitioning import partition_of
from streams.topics import RECEIVED
from streams.transport.reader import CONFIGURATION

CALL_S = 15.0
_OFFSETS = re.compile(r"(?:(\d{1,5}):)?(\d{1,18})?-(\d{1,18})?")

READING: Mapping[str, Any] = {
    **CONFIGURATION,
    "group.id": "triage-replay-reader",  # the client wants a name; it is assigned by hand, joins and commits nothing
    "enable.partition.eof": True,
    "fetch.wait.max.ms": 10,  # the end of a partition is only told by the answer to a request beyond it
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Offsets [first, end) of one partition of mail.received."""

    partition: int
    first: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offsets:
    """`--offsets`: FIRST-LAST of every partition, or P:FIRST-LAST of one; either end may be left out."""

    partition: int | None
    first: int
    end: int | None

    @classmethod
    def parse(cls, text: str) -> Offsets:
        """What `text` means. Raises ConfigError."""
        match = _OFFSETS.fullmatch(text)
        if match is None:
            raise ConfigError(
                f"{text[:60]!r}: offsets are written FIRST-LAST, or PARTITION:FIRST-LAST; an end may be left out"
            )
        partition, first, last = (int(part) if part else None for part in match.groups())
        return cls(partition=partition, first=first or 0, end=None if last is None else last + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """What the options say; nothing said: all that is kept."""

    since: datetime | None = None
    until: datetime | None = None
    offsets: tuple[Offsets, ...] = ()
    accounts: frozenset[str] = frozenset()
    lanes: frozenset[str] = frozenset()
    """Of the recorded verdict."""
    rules: frozenset[str] = frozenset()
    """Of which at least one is a reason of the recorded verdict."""


def spans(settings: Settings, wanted: Range) -> list[Span]:
    """The offsets to be read, the parts without any left out.

    Raises:
        KafkaUnavailable: no broker answers, or the topic is not there.
        ConfigError: there is no such partition.
    """
    consumer = Consumer({**librdkafka_options(settings), **READING})
    try:
        return merged(_spans(consumer, wanted))
    except KafkaException as error:
        where = settings.kafka_bootstrap_servers
        raise KafkaUnavailable(f"no answer from Kafka at {where}: {error.args[0].str()}") from None
    finally:
        consumer.close()


def merged(found: Sequence[Span]) -> list[Span]:
    """The same offsets, each once, in order."""
    result: list[Span] = []
    for span in sorted((one for one in found if one.first < one.end), key=lambda one: (one.partition, one.first)):
        last = result[-1] if result else None
        if last is not None and last.partition == span.partition and span.first <= last.end:
            result[-1] = replace(last, end=max(last.end, span.end))
        else:
            result.append(span)
    return result


def _spans(consumer: Any, wanted: Range) -> Sequence[Span]:
    known = consumer.list_topics(RECEIVED.name, timeout=CALL_S).topics[RECEIVED.name].partitions
    if not known:
        raise KafkaUnavailable(f"{RECEIVED.name} does not exist: run `triage topics create`")
    chosen = _partitions(sorted(known), wanted)
    found = []
    for partition in chosen:
        first, end = consumer.get_watermark_offsets(TopicPartition(RECEIVED.name, partition), timeout=CALL_S)
        if wanted.since:
            first = max(first, _at(consumer, partition, wanted.since, end))
        if wanted.until:
            end = min(end, _at(consumer, partition, wanted.until, end))
        found += [Span(partition=partition, first=max(first, low), end=min(end, high)) for low, high in
                  _within(wanted.offsets, partition, end)]  # fmt: skip
    return found


def _within(offsets: Collection[Offsets], partition: int, end: int) -> list[tuple[int, int]]:
    if not offsets:
        return [(0, end)]
    mine = [one for one in offsets if one.partition in {None, partition}]
    return [(one.first, end if one.end is None else one.end) for one in mine]


def _partitions(known: Sequence[int], wanted: Range) -> Sequence[int]:
    named = {one.partition for one in wanted.offsets}
    if missing := named - {None} - set(known):
        raise ConfigError(f"{RECEIVED.name} has the partitions 0-{known[-1]}, not {sorted(map(str, missing))}")
    chosen = known if None in named or not named else sorted(number for number in named if number is not None)
    if wanted.accounts:
        theirs = {partition_of(account.encode(), len(known)) for account in wanted.accounts}
        chosen = [number for number in chosen if number in theirs]
    return chosen


def _at(consumer: Any, partition: int, moment: datetime, end: int) -> int:
    """The first offset whose record is not older than `moment`."""
    spot = TopicPartition(RECEIVED.name, partition, int(moment.timestamp() * 1000))
    (found,) = consumer.offsets_for_times([spot], timeout=CALL_S)
    return end if found.offset in {OFFSET_END, -1001} or found.offset < 0 else int(found.offset)
