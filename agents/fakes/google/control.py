"""What a test or a person may do to the server: POST /_control/NAME with the arguments as a JSON object.

Each function is one command; its keyword arguments are those of the request. `client` is the other end, with types."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

from agents.fakes.google.generated import Generated
from agents.fakes.google.oauth import id_token
from agents.fakes.google.pushes import Mishaps
from agents.fakes.google.quota import PLANS
from agents.fakes.google.signing import Key
from agents.fakes.google.tokens import READONLY, Access, ServiceAccount
from agents.fakes.google.world import World

INBOX = ("INBOX", "UNREAD")


def create(world: World, *, addresses: Sequence[str]) -> None:
    """Empty mailboxes."""
    for address in addresses:
        world.create(address)


def fill(
    world: World,
    *,
    address: str,
    count: int,
    first_s: int,
    every_s: float = 60.0,
    size: int = 600,
    labels: Sequence[str] = INBOX,
    recorded: bool = False,
) -> list[str]:
    """Mails from `first_s` (seconds since the epoch) on, one each `every_s`, without a push. Their ids, oldest first.

    `recorded`: with a record of history each, as if they had arrived within the week.
    """
    box, now = world.mailbox(address), world.clock.ms()
    start, ids = len(box.messages), []
    for number in range(start, start + count):
        at_s = int(first_s + (number - start) * every_s)
        mail = Generated(number, address, at_s, size)
        ids.append(box.add(mail, now_ms=now, labels=labels, internal_ms=at_s * 1000, recorded=recorded).id)
    return ids


def deliver(
    world: World,
    *,
    address: str,
    mails: Sequence[str] = (),
    generated: int = 0,
    size: int = 600,
    labels: Sequence[str] = INBOX,
    internal_ms: int | None = None,
) -> list[str]:
    """Mails arrive now, with history and one push: `mails` in base64, then so many generated ones. Their ids."""
    start, now_s = len(world.mailbox(address).messages), int(world.clock.now())
    made = [Generated(start + number, address, now_s, size) for number in range(generated)]
    arrived: list[bytes | Generated] = [*map(b64decode, mails), *made]
    return [message.id for message in world.deliver(address, arrived, labels, internal_ms)]


def send(
    world: World,
    *,
    address: str,
    mail: str,
    thread_id: str | None = None,
    labels: Sequence[str] = ("SENT",),
    drafted: bool = False,
) -> str:
    """The owner sends a mail (base64), into this thread or as the first of one; `drafted`: it was a draft before. Its
    id."""
    return world.send(address, b64decode(mail), thread_id, labels, drafted=drafted).id


def delete(world: World, *, address: str, ids: Sequence[str]) -> None:
    """Messages vanish for good."""
    world.delete(address, ids)


def relabel(
    world: World, *, address: str, ids: Sequence[str], add: Sequence[str] = (), remove: Sequence[str] = ()
) -> None:
    """Messages are moved."""
    world.relabel(address, ids, add, remove)


def add_label(world: World, *, address: str, label_id: str, name: str) -> None:
    """A label of the user's own."""
    world.mailbox(address).user_labels[label_id] = name


def messages(world: World, *, address: str) -> list[dict[str, Any]]:
    """The truth: every message, oldest first."""
    kept = list(world.mailbox(address).newest_first())
    return [{"id": each.id, "labels": sorted(each.labels), "internal_ms": each.internal_ms} for each in reversed(kept)]


def expire_history(world: World, *, address: str, before_id: int | None = None) -> int:
    """Forget the history before this id; all of it by default. The oldest startHistoryId that is still good."""
    box = world.mailbox(address)
    box.forget_history(before_id=box.history_id if before_id is None else before_id)
    return box.oldest_history_id


def history_id(world: World, *, address: str) -> int:
    """The mailbox's current historyId."""
    return world.mailbox(address).history_id


def move_clock(world: World, *, offset_s: float) -> None:
    """This many seconds ahead of the machine's clock (behind, when negative)."""
    world.clock.offset_s = offset_s


def add_client(world: World, *, client_id: str, client_secret: str) -> None:
    """An OAuth client."""
    world.authority.clients[client_id] = client_secret


def consent(
    world: World, *, addresses: Sequence[str], client_id: str, scopes: Sequence[str] = (READONLY,)
) -> dict[str, dict[str, str]]:
    """The users agree: refresh_token and access_token by address."""
    made = {}
    for address in addresses:
        grant = world.authority.consent(world.mailbox(address).address, client_id, scopes)
        access = world.authority.issue(grant, world.clock.now())
        made[address] = {"refresh_token": grant.refresh_token, "access_token": access}
    return made


def consent_screen(world: World, *, address: str | None = None, denied: bool = False) -> None:
    """Who agrees at /auth, or that they refuse."""
    world.consenting, world.consent_denied = address, denied


def add_service_account(
    world: World, *, email: str, scopes: Sequence[str] = (READONLY,), domains: Sequence[str] | None = None
) -> dict[str, str]:
    """A service account with domain-wide delegation. Its key file."""
    allowed = None if domains is None else frozenset(domains)
    account = ServiceAccount(email, Key(), frozenset(scopes), allowed)
    world.authority.service_accounts[email] = account
    return {
        "type": "service_account",
        "project_id": "local",
        "private_key_id": account.key.id,
        "private_key": account.key.pem(),
        "client_email": email,
        "client_id": "1",
        "token_uri": f"{world.url}/token",
    }


def token_lifetime(world: World, *, lifetime_s: float = 3599, told_s: float | None = None) -> None:
    """How long new access tokens live, and what `expires_in` says when it is to lie."""
    world.authority.lifetime_s, world.authority.told_s = lifetime_s, told_s


def revoke(world: World, *, address: str) -> int:
    """Void all consents of a user, as a change of password does. How many."""
    return world.authority.revoke_user(address)


def restore(world: World, *, address: str) -> int:
    """Undo it: consents voided before are good again. How many."""
    voided = [grant for grant in world.authority.grants.values() if grant.user == address and grant.revoked]
    for grant in voided:
        grant.revoked = False
    return len(voided)


def expire_access(world: World, *, address: str | None = None) -> None:
    """Access tokens given out (to this user) end now; refreshing brings new ones."""
    tokens = world.authority.access
    for token, access in tokens.items():
        if address in {None, access.grant.user}:
            tokens[token] = Access(access.grant, 0.0)


def sign_id_token(world: World, *, audience: str, claims: dict[str, Any]) -> str:
    """An id token as a Pub/Sub push subscription sends it; `claims` override the usual ones, None removes one."""
    return id_token(world, audience, claims)


def watches(world: World) -> dict[str, dict[str, Any]]:
    """Topic, labels and expiry (seconds since the epoch) by address."""
    return {
        address: {"topic": watch.topic, "labels": sorted(watch.labels), "expires_s": watch.expires_s}
        for address, watch in world.pushes.watches.items()
    }


def expire_watch(world: World, *, address: str) -> None:
    """The watch ends now, unannounced."""
    current = world.pushes.watches[address]
    world.pushes.watches[address] = replace(current, expires_s=world.clock.now())


def set_faults(world: World, *, rules: Sequence[dict[str, Any]]) -> None:
    """Replace the faults in force."""
    world.faults.set(rules)


def set_mishaps(world: World, **mishaps: Any) -> None:
    """What becomes of pushes from now on."""
    if "delay_s" in mishaps:
        low, high = mishaps["delay_s"]
        mishaps["delay_s"] = (float(low), float(high))
    world.pushes.mishaps = Mishaps(**mishaps)


def set_quota(
    world: World,
    *,
    plan: str | None = "2026-05",
    user_per_minute: int | None = None,
    project_per_minute: int | None = None,
    code: str = "429",
    retry_after: bool = True,
) -> None:
    """Another plan (None: nothing is refused), other limits, other refusals. Units used so far still count."""
    chosen = PLANS[plan] if plan is not None else None
    if chosen is not None:
        chosen = replace(
            chosen,
            user_per_minute=user_per_minute or chosen.user_per_minute,
            project_per_minute=project_per_minute or chosen.project_per_minute,
        )
    world.quota.plan, world.quota.code, world.quota.retry_after = chosen, code, retry_after


def counters(world: World) -> dict[str, Any]:
    """Requests, answers ("method code"), units and refusals per method, units at most per user and minute and of all by
    second, pushes."""
    seconds = world.quota.seconds
    return {
        "requests": dict(world.requests),
        "answers": dict(world.answers),
        "units": dict(world.quota.units),
        "refused": dict(world.quota.refused),
        "peak_units": max(world.quota.peak.values(), default=0),
        "units_by_second": [seconds[at] for at in range(min(seconds), max(seconds) + 1)] if seconds else [],
        "pushes": dict(world.pushes.counts),
    }


def clear_counters(world: World) -> None:
    """Counters start at nothing again; quota windows stay."""
    counts = (world.requests, world.answers, world.quota.units, world.quota.refused, world.pushes.counts)
    for counter in counts:
        counter.clear()
    world.quota.peak.clear()
    world.quota.seconds.clear()


def mishaps(world: World) -> dict[str, Any]:
    """What becomes of pushes now."""
    return asdict(world.pushes.mishaps)


COMMANDS: dict[str, Callable[..., Any]] = {
    command.__name__: command
    for command in (
        create, fill, deliver, send, delete, relabel, add_label, messages, expire_history, history_id, move_clock,
        add_client, consent, consent_screen, add_service_account, token_lifetime, revoke, restore, expire_access,
        sign_id_token, watches, expire_watch, set_faults, set_mishaps, mishaps, set_quota, counters, clear_counters,
    )
}  # fmt: skip
