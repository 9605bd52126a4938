"""A policy as bytes: the text of its file, and the table that shipped with the program that laid it over. Pure.

With the table in it, a later program, whose own table differs, makes the same policy of it, as long as it has the same
rules. What a rule's code does is no part of it."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from typing import Any

import orjson
from pydantic import ValidationError

from infra.errors import Permanent
from streams.policies.build import built
from streams.policies.document import Document
from streams.triage.policy import Effect, Kind, LaneBounds, Policy
from streams.triage.verdict import Category, Lane


class UnusableVersion(Permanent):
    """A stored policy or model is not of a kind that this program can use; the message says why."""


def digest(content: bytes) -> str:
    """What names a document: 12 hexadecimal digits."""
    return hashlib.blake2b(content, digest_size=6).hexdigest()


def encode(toml: str, shipped: Policy) -> bytes:
    """The document of the policy that `toml` (empty: nothing is changed) makes of `shipped`."""
    policy = _built(toml, shipped)
    content = {
        "toml": toml,
        "shipped": {
            "lanes": [[each.lane.value, each.lowest, each.highest] for each in shipped.lanes],
            "kinds": [[category.value, *_kind(kind)] for category, kind in shipped.kinds.items()],
            "effects": {name: _effect(effect) for name, effect in shipped.effects.items()},
            "limits": dict(shipped.limits),
            "reply_at": shipped.reply_at,
            "important_cost": shipped.important_cost,
        },
        "versions": {"": policy.version} | {name: own.version for name, own in policy.accounts.items()},
    }
    return orjson.dumps(content)


def decode(document: bytes) -> Policy:
    """The policy of a document.

    Raises:
        UnusableVersion: this program has other rules, or knows less of policy files.
    """
    try:
        content = orjson.loads(document)
        return _built(content["toml"], _shipped(content["shipped"]))
    except (KeyError, TypeError, IndexError, ValidationError, ValueError) as error:
        said = str(error).splitlines()[0][:300]
        raise UnusableVersion(f"policy {digest(document)} does not fit this program: {said}") from None


def versions(document: bytes) -> Mapping[str, str]:
    """`policy_version` of verdicts by the program that wrote it: by account, "" for all others."""
    try:
        found: Mapping[str, str] = orjson.loads(document)["versions"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return {}
    return found


def _built(toml: str, shipped: Policy) -> Policy:
    return built(Document.model_validate(tomllib.loads(toml)), shipped) if toml.strip() else shipped


def _kind(kind: Kind) -> list[Any]:
    return [kind.start, kind.lowest, kind.highest, kind.presses, kind.prior]


def _effect(effect: Effect) -> list[Any]:
    return [effect.priority, effect.reply, [[category.value, amount] for category, amount in effect.kinds]]


def _shipped(content: Mapping[str, Any]) -> Policy:
    return Policy(
        lanes=tuple(LaneBounds(lane=Lane(name), lowest=low, highest=high) for name, low, high in content["lanes"]),
        kinds={
            Category(name): Kind(start=start, lowest=low, highest=high, presses=presses, prior=prior)
            for name, start, low, high, presses, prior in content["kinds"]
        },
        effects={
            name: Effect(
                priority=priority, reply=reply, kinds=tuple((Category(kind), amount) for kind, amount in evidence)
            )
            for name, (priority, reply, evidence) in content["effects"].items()
        },
        limits=content["limits"],
        reply_at=content["reply_at"],
        important_cost=content["important_cost"],
    )
