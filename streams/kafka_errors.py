"""What can go wrong between a process and its brokers, by what a retry can do about it."""

from __future__ import annotations

from infra.errors import Transient


class KafkaUnavailable(Transient):
    """No broker answered in time; the message names the bootstrap servers."""
