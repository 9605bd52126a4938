"""Which partition a key belongs to: the same on every topic and for every client, or mailboxes and tables part ways.

Kafka's Java client, aiokafka and librdkafka's `murmur2_random` all compute exactly this for a non-null key."""

from __future__ import annotations

from functools import lru_cache

_SEED = 0x9747B28C
_M = 0x5BD1E995
_32 = 0xFFFFFFFF


def murmur2(data: bytes) -> int:
    """MurmurHash2, 32 bit, as org.apache.kafka.common.utils.Utils.murmur2, unsigned."""
    whole = len(data) & ~3
    h = _SEED ^ len(data)
    for at in range(0, whole, 4):
        k = int.from_bytes(data[at : at + 4], "little") * _M & _32
        h = (h * _M & _32) ^ ((k ^ k >> 24) * _M & _32)
    if rest := data[whole:]:
        h = (h ^ int.from_bytes(rest, "little")) * _M & _32
    h = (h ^ h >> 13) * _M & _32
    return h ^ h >> 15


@lru_cache(maxsize=65_536)
def partition_of(key: bytes, partitions: int) -> int:
    """The partition of `key` on a topic with this many partitions (KIP-480 changes only null keys)."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions
