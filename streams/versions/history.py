"""Which judge decided an old verdict: what this deployment starts with, or what triage.policies keeps of it."""

from __future__ import annotations

from dataclasses import dataclass

from infra.errors import TriageError
from infra.settings import Settings
from streams.events import VerdictRecord
from streams.topics import POLICIES
from streams.versions import store
from streams.versions.judge import Judge, deployed


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The judge of an old verdict, as far as it can be had again."""

    judge: Judge
    said: str
    """Where it comes from, and what of it is not the same as then."""


async def of_then(settings: Settings, record: VerdictRecord) -> Past:
    """The judge that decided `record`; what this deployment starts with where that cannot be had.

    Raises:
        ConfigError: POLICY_FILE cannot be used.
    """
    now = deployed(settings)
    policy, model, account = record.policy_version, record.model_version, record.account
    if (now.policy.of(account).version, now.model.version) == (policy, model):
        return Past(judge=now, said="by the policy and model of this deployment, which are those of then")
    try:
        found = (await store.read(settings)).that_decided(account, policy, model)
    except TriageError as error:
        return Past(judge=now, said=f"by the policy and model of this deployment; those of then cannot be had: {error}")
    if found is None:
        missing = f"{POLICIES.name} holds no policy {policy} with model {model}"
        return Past(judge=now, said=f"by the policy and model of this deployment; {missing}")
    if found.policy.of(account).version == policy:
        return Past(judge=found, said=f"by the policy and model of then, {found.name} of {POLICIES.name}")
    return Past(
        judge=found,
        said=f"by the weights of then, {found.name} of {POLICIES.name}, but with this program's rules and phrases,"
        " which are others: their code is not kept",
    )
