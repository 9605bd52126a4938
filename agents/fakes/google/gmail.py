"""A call through the gates, in this order: path, token, scope, mailbox, faults, quota, the method."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import get_args

from agents.fakes.google import partial
from agents.fakes.google.call import Answer, Call
from agents.fakes.google.errors import (
    ApiError,
    forbidden,
    insufficient_scope,
    named,
    not_found,
    precondition,
    unauthenticated,
)
from agents.fakes.google.faults import Effect, Fault
from agents.fakes.google.mailbox import Mailbox
from agents.fakes.google.methods import ALLOWED, METADATA_SCOPE, METHODS, READING, Method
from agents.fakes.google.world import World

PREFIX = "/gmail/v1/users/"


async def answer(world: World, call: Call, effects: Iterable[Effect] = get_args(Effect)) -> tuple[Answer, Fault | None]:
    """The answer to a call, and the fault that shall befall its way back, if any.

    `effects`: which faults may befall it; a part of a batch has no connection of its own to drop.
    """
    name, fault = "unknown", None
    try:
        name, method, user, message_id = route(call)
        world.requests[name] += 1
        box = _admit(world, call, user)
        fault = world.faults.draw(name, box.address, effects)
        if fault is not None and fault.delay_s:
            await asyncio.sleep(fault.delay_s)
        if fault is not None and fault.effect == "error":
            raise named(fault.error, fault.retry_after_s, world.clock.now())
        refused = world.quota.take(name, box.address, world.clock.now())
        if refused is not None:
            raise refused
        selected = partial.selection(call.query.get("fields", ""))
        resource = partial.part(await method(world, box, call, message_id), selected)
        said = Answer(204 if resource is None else 200, resource)
    except ApiError as error:
        said = Answer.of(error)
    world.answers[f"{name} {said.code}"] += 1
    return said, fault


def route(call: Call) -> tuple[str, Method, str, str]:
    """Method name, function, userId and message or thread id of a path; 404."""
    user, _, below = call.path.removeprefix(PREFIX).partition("/")
    message_id = ""
    group, _, found = below.partition("/")
    if found and group in {"messages", "threads"}:
        message_id, below = found, f"{group}/*"
    if not call.path.startswith(PREFIX) or (call.verb, below) not in METHODS:
        raise not_found(f"The requested URL {call.path} was not found on this server.")
    return *METHODS[call.verb, below], user, message_id


def _admit(world: World, call: Call, user: str) -> Mailbox:
    """The mailbox that the token opens."""
    access = world.authority.who(call.token, world.clock.now())
    if access is None:
        raise unauthenticated()
    scopes = access.grant.scopes
    if not scopes & ALLOWED:
        raise insufficient_scope()
    if METADATA_SCOPE in scopes and not scopes & READING and "q" in call.query:
        raise forbidden("Metadata scope does not support 'q' parameter")
    if access.grant.user not in world.mailboxes:
        raise precondition()
    if user not in {"me", access.grant.user}:
        raise forbidden(f"Delegation denied for {access.grant.user}")
    return world.mailbox(access.grant.user)
