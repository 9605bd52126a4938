"""A policy and a model: together they decide. Their name says which, so that every process can fetch the same two."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from infra.errors import ConfigError
from infra.settings import Settings
from streams.mail import Mail
from streams.policies import load_policy
from streams.triage import model as learned
from streams.triage.decide import decide
from streams.triage.model import Model
from streams.triage.policy import Policy
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Facts, Verdict
from streams.versions import document as policies
from streams.versions.document import UnusableVersion, digest

NAME = re.compile(r"[0-9a-f]{12}/[0-9a-f]{12}")
"""POLICY/MODEL, both by digest."""
MOST_BYTES = 1_900_000
"""Of a model's weights: what fits into a record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """What decides. Made of two documents alone, so it is the same wherever it is made of the same two."""

    document: bytes
    """The policy's, see `document`."""
    weights: bytes
    """The model's file."""
    policy: Policy
    model: Model

    @property
    def name(self) -> str:
        """POLICY/MODEL."""
        return f"{digest(self.document)}/{self.model.version}"

    def decide(self, mail: Mail, facts: Facts, account: str) -> Verdict:
        """The verdict on an account's mail."""
        return decide(mail, facts, self.policy.of(account), self.model)


def judge(document: bytes, weights: bytes) -> Judge:
    """What these two make together.

    Raises:
        UnusableVersion: one of them does not fit this program.
    """
    try:
        model = learned.read(weights)
    except ValueError as error:
        raise UnusableVersion(f"model {digest(weights)}: {error}") from None
    return Judge(document=document, weights=weights, policy=policies.decode(document), model=model)


def deployed(settings: Settings) -> Judge:
    """What this deployment starts with: POLICY_FILE over what ships.

    Raises:
        PolicyError
    """
    return of_files(settings.policy_file, None)


def of_files(policy: Path | None, model: Path | None) -> Judge:
    """A policy file and a model's weights; what ships where there is none.

    Raises:
        PolicyError: the policy file cannot be used; names line and column.
        ConfigError: the model cannot.
    """
    load_policy(policy)  # complains with line and column
    document = policies.encode(policy.read_text("utf-8") if policy else "", DEFAULT)
    return of_documents(document, _weights(model))


def of_documents(document: bytes, weights: bytes) -> Judge:
    """As `judge`, for what a person gave.

    Raises:
        ConfigError
    """
    try:
        return judge(document, weights)
    except UnusableVersion as error:
        raise ConfigError(str(error)) from None


def _weights(path: Path | None) -> bytes:
    if path is None:
        return shipped_weights()
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; name a weights.json of `python -m agents.training`") from None
    if len(content) > MOST_BYTES:
        raise ConfigError(f"{path}: longer than {MOST_BYTES} bytes")
    return content


@cache
def shipped_weights() -> bytes:
    """The file of the model that ships."""
    return files("streams.triage").joinpath("weights.json").read_bytes()
