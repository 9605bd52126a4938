"""The control side of a running server, with types: `google = Remote(url)`, then `google.create("a@example.org")`.

Blocking, a few milliseconds a call: whoever has an event loop to keep alive uses a thread. What a command does and what
its arguments mean stands in `control`."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from agents.fakes.google.control import INBOX
from agents.fakes.google.faults import Fault
from agents.fakes.google.server import DEFAULT_CLIENT
from agents.fakes.google.tokens import READONLY

TIMEOUT_S = 60.0


class ControlError(Exception):
    """The server refused a command; says which and why."""


@dataclass(frozen=True)
class Stored:
    """A message as the server has it: the truth."""

    id: str
    labels: frozenset[str]
    internal_ms: int


@dataclass(frozen=True)
class Tokens:
    """What a consent gave."""

    refresh_token: str
    access_token: str


@dataclass(frozen=True)
class Counters:
    """What the server counted since it was reset or its counters cleared."""

    requests: dict[str, int]
    """By method: users.messages.get, ..., batch, oauth.token."""
    answers: dict[str, int]
    """By "method code"."""
    units: dict[str, int]
    """Quota units by method."""
    refused: dict[str, int]
    """Requests over quota, by method."""
    peak_units: int
    """Most units that any user used in one minute."""
    units_by_second: list[int]
    """Units of the whole project, second by second from the first call to the last."""
    pushes: dict[str, int]
    """published, duplicated, dropped, limited, reordered, unwatched, failed."""


class Remote:
    """A server's control side."""

    client_id, client_secret = DEFAULT_CLIENT

    def __init__(self, url: str) -> None:
        self.url = url
        """Root of the Gmail API and of OAuth (`/token`, `/auth`, `/revoke`, `/tokeninfo`, `/certs`)."""

    def reset(self, *, seed: int = 0) -> None:
        """Forget everything: mailboxes, tokens, faults, counters, the clock's offset. The seed is the dice's."""
        self._do("reset", seed=seed)

    # Mailboxes

    def create(self, *addresses: str) -> None:
        """Empty mailboxes."""
        self._do("create", addresses=addresses)

    def fill(
        self,
        address: str,
        count: int,
        *,
        first_s: float | None = None,
        every_s: float = 60.0,
        size: int = 600,
        labels: Sequence[str] = INBOX,
        recorded: bool = False,
    ) -> list[str]:
        """Old mails, by default the last one now; no push. Their ids, oldest first."""
        start = int(time.time() - count * every_s if first_s is None else first_s)
        ids: list[str] = self._do(
            "fill",
            address=address,
            count=count,
            first_s=start,
            every_s=every_s,
            size=size,
            labels=labels,
            recorded=recorded,
        )
        return ids

    def deliver(
        self,
        address: str,
        *mails: bytes,
        generated: int = 0,
        labels: Sequence[str] = INBOX,
        internal_ms: int | None = None,
    ) -> list[str]:
        """New mails, all in one instant: history and one push. Their ids."""
        encoded = [b64encode(mail).decode() for mail in mails]
        ids: list[str] = self._do(
            "deliver", address=address, mails=encoded, generated=generated, labels=labels, internal_ms=internal_ms
        )
        return ids

    def send(
        self,
        address: str,
        mail: bytes,
        *,
        thread_id: str | None = None,
        labels: Sequence[str] = ("SENT",),
        drafted: bool = False,
    ) -> str:
        """The owner sends a mail. Its id."""
        encoded = b64encode(mail).decode()
        sent: str = self._do("send", address=address, mail=encoded, thread_id=thread_id, labels=labels, drafted=drafted)
        return sent

    def delete(self, address: str, *ids: str) -> None:
        """Messages vanish for good."""
        self._do("delete", address=address, ids=ids)

    def relabel(self, address: str, *ids: str, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        """Messages are moved, as by a person."""
        self._do("relabel", address=address, ids=ids, add=add, remove=remove)

    def add_label(self, address: str, label_id: str, name: str) -> None:
        """A label of the user's own."""
        self._do("add_label", address=address, label_id=label_id, name=name)

    def messages(self, address: str) -> list[Stored]:
        """Every message there is, oldest first."""
        found = self._do("messages", address=address)
        return [Stored(each["id"], frozenset(each["labels"]), each["internal_ms"]) for each in found]

    def ids(self, address: str, label: str | None = None) -> set[str]:
        """Ids of the messages there are (with this label)."""
        return {each.id for each in self.messages(address) if label is None or label in each.labels}

    def history_id(self, address: str) -> int:
        """The current historyId."""
        current: int = self._do("history_id", address=address)
        return current

    def expire_history(self, address: str, *, before_id: int | None = None) -> int:
        """Forget history before this id, or all. The oldest startHistoryId that is still good."""
        oldest: int = self._do("expire_history", address=address, before_id=before_id)
        return oldest

    def move_clock(self, offset_s: float) -> None:
        """The server's clock is ahead by this; behind when negative."""
        self._do("move_clock", offset_s=offset_s)

    # Tokens

    def add_client(self, client_id: str, client_secret: str) -> None:
        """An OAuth client beside the default one."""
        self._do("add_client", client_id=client_id, client_secret=client_secret)

    def consent(self, address: str, *, scopes: Sequence[str] = (READONLY,), client_id: str = client_id) -> Tokens:
        """The user agrees."""
        return self.consents([address], scopes=scopes, client_id=client_id)[address]

    def consents(
        self, addresses: Sequence[str], *, scopes: Sequence[str] = (READONLY,), client_id: str = client_id
    ) -> dict[str, Tokens]:
        """Many users agree."""
        made = self._do("consent", addresses=addresses, client_id=client_id, scopes=scopes)
        return {address: Tokens(**tokens) for address, tokens in made.items()}

    def consent_screen(self, *, address: str | None = None, denied: bool = False) -> None:
        """Who agrees at /auth when no login_hint says so, or that they refuse."""
        self._do("consent_screen", address=address, denied=denied)

    def add_service_account(
        self, email: str, *, scopes: Sequence[str] = (READONLY,), domains: Sequence[str] | None = None
    ) -> dict[str, str]:
        """A service account with domain-wide delegation; its key file's content."""
        key_file: dict[str, str] = self._do("add_service_account", email=email, scopes=scopes, domains=domains)
        return key_file

    def token_lifetime(self, lifetime_s: float, *, told_s: float | None = None) -> None:
        """Of new access tokens; `told_s` is what expires_in says instead."""
        self._do("token_lifetime", lifetime_s=lifetime_s, told_s=told_s)

    def revoke(self, address: str) -> None:
        """Void all of a user's tokens: 401, and invalid_grant on refresh."""
        self._do("revoke", address=address)

    def restore(self, address: str) -> None:
        """Make voided consents good again."""
        self._do("restore", address=address)

    def expire_access(self, address: str | None = None) -> None:
        """Access tokens given out end now; refreshing works."""
        self._do("expire_access", address=address)

    def sign_id_token(self, audience: str, **claims: object) -> str:
        """An OIDC id token as a Pub/Sub push sends it; claims override the usual ones, None removes one."""
        token: str = self._do("sign_id_token", audience=audience, claims=claims)
        return token

    # Watches and pushes

    def watches(self) -> dict[str, dict[str, Any]]:
        """topic, labels, expires_s by address."""
        found: dict[str, dict[str, Any]] = self._do("watches")
        return found

    def expire_watch(self, address: str) -> None:
        """A watch ends now, unannounced."""
        self._do("expire_watch", address=address)

    def set_mishaps(
        self,
        *,
        drop: float = 0.0,
        duplicate: float = 0.0,
        reorder: float = 0.0,
        delay_s: tuple[float, float] = (0.0, 0.0),
        limit: bool = True,
    ) -> None:
        """What becomes of pushes from now on: probabilities; `limit`: at most one a second and user."""
        self._do("set_mishaps", drop=drop, duplicate=duplicate, reorder=reorder, delay_s=delay_s, limit=limit)

    # Faults, quota, counters

    def set_faults(self, *rules: Fault) -> None:
        """Replace the faults in force; none ends them."""
        self._do("set_faults", rules=[asdict(rule) for rule in rules])

    def set_quota(
        self,
        *,
        plan: str | None = "2026-05",
        user_per_minute: int | None = None,
        project_per_minute: int | None = None,
        code: str = "429",
        retry_after: bool = True,
    ) -> None:
        """A plan (`2026-05`, `older`, None: nothing is refused), other limits, refusals as 429 or 403."""
        self._do(
            "set_quota",
            plan=plan,
            user_per_minute=user_per_minute,
            project_per_minute=project_per_minute,
            code=code,
            retry_after=retry_after,
        )

    def counters(self) -> Counters:
        """What was counted."""
        return Counters(**self._do("counters"))

    def clear_counters(self) -> None:
        """Count from nothing again."""
        self._do("clear_counters")

    def _do(self, name: str, /, **arguments: Any) -> Any:
        return self._post(f"/_control/{name}", arguments)

    def _post(self, path: str, arguments: Mapping[str, Any]) -> Any:
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=TIMEOUT_S)
        try:
            connection.request("POST", path, json.dumps(arguments), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            said = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status != 200:
            raise ControlError(said["error"])
        return said
