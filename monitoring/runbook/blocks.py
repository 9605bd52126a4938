"""Command blocks of RUNBOOK.md, and the tags behind the word `sh` that say when each holds and how it ends. Pure.

    ```sh fault=kafka-down exit=1 says="could not be read"

`fault`: what is broken while it is typed (default: nothing; `operated`: nothing either). `exit`: its exit code (0).
`says`: a regular expression that its output holds. `mends`: afterwards the system is well again. `checked="why"`:
cannot run without a container engine, so only its words are checked. Commands are those of production; `docker`
stands for a program that maps them to processes in tests."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RUNBOOK = Path(__file__).resolve().parents[1] / "RUNBOOK.md"
FENCE = re.compile(r"^```sh\b(?P<tags>.*)\n(?P<text>(?:.*\n)*?)```$|^#{2,4} (?P<heading>.+)$", re.MULTILINE)
TAGS = frozenset({"fault", "exit", "says", "mends", "checked"})


class MalformedTag(ValueError):
    """A tag that does not exist or cannot be read; the message names the block's line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block."""

    section: str
    """The heading above it."""
    line: int
    text: str
    fault: str = ""
    exit: int = 0
    says: str = ""
    mends: bool = False
    checked: str = ""
    """Why it is only checked; empty: it runs."""


def blocks(document: str) -> tuple[Block, ...]:
    """All `sh` blocks of a document, in its order.

    Raises:
        MalformedTag
    """
    found, section = [], ""
    for match in FENCE.finditer(document):
        if match["heading"]:
            section = match["heading"]
            continue
        line = document.count("\n", 0, match.start()) + 1
        found.append(Block(section=section, line=line, text=match["text"], **_tags(match["tags"], line)))
    return tuple(found)


def of_runbook() -> tuple[Block, ...]:
    """Those of this project's runbook."""
    return blocks(RUNBOOK.read_text("utf-8"))


def _tags(text: str, line: int) -> dict[str, Any]:
    try:
        words = dict(word.partition("=")[::2] for word in shlex.split(text))
        if unknown := words.keys() - TAGS:
            raise ValueError(f"unknown tag {', '.join(sorted(unknown))}; the tags are {', '.join(sorted(TAGS))}")
        re.compile(words.get("says", ""))
        tags: dict[str, Any] = {**words}
        if "exit" in words:
            tags["exit"] = int(words["exit"])
        if "mends" in words:
            tags["mends"] = True
    except (ValueError, re.error) as error:
        raise MalformedTag(f"line {line}: ```sh{text}: {error}") from None
    return tags
