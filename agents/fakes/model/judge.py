"""What the fake says: a scripted judge, and one that obeys whatever it reads. Pure: prompt in, text out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Answer = dict[str, Any]

DEFAULTS: Mapping[str, Answer] = {
    "Assessment": {"lane": "normal", "category": "work", "needs_reply": False, "sureness": "unsure", "why": "Nothing."},
    "Suspicion": {"deception": "none", "technique": "none", "why": "Nothing suspicious."},
    "Brief": {"summary": "A mail.", "draft": ""},
}
"""By the name of the asked-for schema, where no rule of the script fits."""
TOLD_CHARACTERS = 15_000
"""Of what an obedient model blurts out: as much as an answer may hold, or it would be refused for its length."""
_OBJECT = re.compile(r"\{[^{}]{2,2000}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the script: what is answered when the prompt contains a text."""

    contains: str
    answers: Mapping[str, Answer] = field(default_factory=dict)
    """By the name of the asked-for schema; the others get their defaults."""


def scripted(script: Sequence[Line], prompt: str, schema: str) -> str:
    """The first line that fits, laid over the default answer."""
    said = next((line.answers.get(schema, {}) for line in script if line.contains in prompt), {})
    return json.dumps(dict(DEFAULTS.get(schema, {})) | dict(said), ensure_ascii=False)


def obedient(prompt: str, schema: str, heard: Sequence[str]) -> str:
    """The answer of a model that does what any text tells it, at its worst.

    An object that the mail spells out is repeated as it stands. Otherwise: the lowest lane, nothing to reply, no
    deception whatever, and all that was ever heard in the free text.
    """
    for found in reversed(_OBJECT.findall(prompt)):
        if any(f'"{name}"' in found for name in DEFAULTS.get(schema, {})):
            return str(found)
    worsts: Mapping[str, Answer] = {
        "Assessment": {"lane": "low", "category": "spam", "needs_reply": False, "sureness": "certain"},
        "Suspicion": {"deception": "none", "technique": "none"},
        "Brief": {},
    }
    told = " | ".join((prompt[-3000:], *heard))[:TOLD_CHARACTERS]
    free: Answer = {"why": told} if schema != "Brief" else {"summary": told, "draft": told}
    return json.dumps({**worsts.get(schema, {}), **free}, ensure_ascii=False)
