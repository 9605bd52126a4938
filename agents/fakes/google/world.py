"""Everything the server knows, in one place, and the ways to change a mailbox so that its watch hears of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from agents.fakes.google.clock import Clock
from agents.fakes.google.faults import Faults
from agents.fakes.google.generated import Generated
from agents.fakes.google.mailbox import Change, Mailbox, Message
from agents.fakes.google.pushes import Pushes
from agents.fakes.google.quota import Quota
from agents.fakes.google.signing import Key
from agents.fakes.google.tokens import Authority

HISTORY_S = 7 * 86400


class NoSuchMailbox(Exception):
    """No mailbox of this address."""


@dataclass
class World:
    """One per process; `reset` makes a new one."""

    url: str
    """Root of this server, without a slash at the end."""
    key: Key
    """Signs id tokens."""
    pushes: Pushes
    clock: Clock = field(default_factory=Clock)
    authority: Authority = field(default_factory=Authority)
    quota: Quota = field(default_factory=Quota)
    faults: Faults = field(default_factory=Faults)
    mailboxes: dict[str, Mailbox] = field(default_factory=dict)
    requests: Counter[str] = field(default_factory=Counter)
    """Per method; every request, also those refused."""
    answers: Counter[str] = field(default_factory=Counter)
    """Per "method code"."""
    consenting: str | None = None
    """Who agrees at /auth when no login_hint names somebody; None: the first mailbox."""
    consent_denied: bool = False

    def mailbox(self, address: str) -> Mailbox:
        """The mailbox, history older than a week dropped; NoSuchMailbox."""
        try:
            found = self.mailboxes[address]
        except KeyError:
            raise NoSuchMailbox(address) from None
        found.forget_history(before_ms=self.clock.ms() - HISTORY_S * 1000)
        return found

    def create(self, address: str) -> Mailbox:
        """A new, empty one; the one there is when there is one. First historyIds differ from mailbox to mailbox."""
        first = 1000 + 7919 * (len(self.mailboxes) + 1)
        return self.mailboxes.setdefault(address, Mailbox(address, first_history_id=first))

    def deliver(
        self,
        address: str,
        mails: Collection[bytes | Generated],
        labels: Collection[str],
        internal_ms: int | None = None,
    ) -> list[Message]:
        """Mails arrive, all in one instant: one push."""
        box = self.mailbox(address)
        now = self.clock.ms()
        start = box.history_id
        made = [box.add(mail, now_ms=now, labels=labels, internal_ms=internal_ms) for mail in mails]
        self._tell(box, start)
        return made

    def send(
        self, address: str, mail: bytes, thread_id: str | None, labels: Collection[str], *, drafted: bool
    ) -> Message:
        """The owner sends a mail, into a thread or as its first. A draft of it is deleted, and what was sent is another
        message of the same thread (Gmail API, "Create and send draft emails")."""
        box = self.mailbox(address)
        now, start = self.clock.ms(), box.history_id
        if drafted:
            draft = box.add(mail, now_ms=now, labels=("DRAFT",), thread_id=thread_id)
            box.delete(draft.id, now_ms=now)
            thread_id = draft.thread_id
        sent = box.add(mail, now_ms=now, labels=labels, thread_id=thread_id)
        self._tell(box, start)
        return sent

    def delete(self, address: str, ids: Collection[str]) -> None:
        """Messages vanish for good."""
        box = self.mailbox(address)
        start = box.history_id
        for message_id in ids:
            box.delete(message_id, now_ms=self.clock.ms())
        self._tell(box, start)

    def relabel(self, address: str, ids: Collection[str], add: Collection[str], remove: Collection[str]) -> None:
        """A person moves messages."""
        box = self.mailbox(address)
        start = box.history_id
        for message_id in ids:
            box.relabel(message_id, add=add, remove=remove, now_ms=self.clock.ms())
        self._tell(box, start)

    def _tell(self, box: Mailbox, start: int) -> None:
        changes: list[Change] = list(box.history(start))
        if changes:
            self.pushes.changed(box, changes, self.clock.now())
