"""The prompts: one file per role, and one version for all of them that every verdict of the crew names."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from importlib.resources import files

EDITION = 1
"""Raised by hand when the prompts mean something else; the digest tells every other change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A role and its task. `task` holds {nonce} and {case}."""

    role: str
    goal: str
    backstory: str
    task: str
    expected: str

    def about(self, case: str, nonce: str) -> str:
        """The task with a case in it. Not `str.format`: what stands in a mail is never a field."""
        before, _, after = self.task.partition("{case}")
        return before.replace("{nonce}", nonce) + case + after


_TEXTS = {
    name: (files(__package__) / "prompts" / f"{name}.toml").read_text("utf-8")
    for name in ("triager", "sceptic", "summariser")
}
PROMPTS = {name: Prompt(**tomllib.loads(text)) for name, text in _TEXTS.items()}
VERSION = f"{EDITION}-{hashlib.blake2b(''.join(_TEXTS.values()).encode(), digest_size=3).hexdigest()}"
