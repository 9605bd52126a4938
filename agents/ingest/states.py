"""How every folder is, as the status, the metrics and the log tell it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from agents.ingest.records import FolderKey


class State(StrEnum):
    """What a folder's source is doing."""

    CONNECTING = "connecting"
    READING = "reading"
    IN_STEP = "in_step"
    RETRYING = "retrying"
    AUTH_FAILED = "auth_failed"
    MISCONFIGURED = "misconfigured"


BROKEN = frozenset({State.RETRYING, State.AUTH_FAILED, State.MISCONFIGURED})


@dataclass(slots=True, kw_only=True)
class FolderState:
    """One folder, kept up to date by its `Mailbox`."""

    key: FolderKey
    kind: str
    state: State = State.CONNECTING
    reason: str = ""
    """Why it is broken and what helps."""
    complaint: str = ""
    """What the source cannot read although it is in step."""
    unreadable: int = 0
    remaining: int = 0
    announced: int = 0
    skipped: int = 0
    alive_at: float = field(default_factory=time.monotonic)
    """When the source last proved to be alive (or was started), monotonic seconds."""


class States:
    """The folders of this process, and totals that outlive them."""

    def __init__(self) -> None:
        self._folders: dict[FolderKey, FolderState] = {}
        self.announced = 0
        self.skipped = 0
        self.failures = 0

    def __iter__(self) -> Iterator[FolderState]:
        return iter(self._folders.values())

    def __len__(self) -> int:
        return len(self._folders)

    def add(self, state: FolderState) -> None:
        """A folder is read from now on."""
        self._folders[state.key] = state

    def remove(self, state: FolderState) -> None:
        """A folder is no longer read by this process."""
        if self._folders.get(state.key) is state:
            del self._folders[state.key]
