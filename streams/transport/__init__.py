"""Faust's transport `eos://`: exactly once, read_committed, whole batches.

Faust keeps the app, the group, its assignor, the consumer thread and the tables' declarations. What happens between
the fetch and the commit is here: one `PartitionTask` and one transactional producer per input partition, whose
transactional id (`<app>-<topic>-<partition>`) is the ownership of that partition's outputs, changelogs and offsets."""

from streams.transport.driver import register

__all__ = ["register"]
