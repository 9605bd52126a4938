"""Delivers the bundled templates into a Maildir, each once, under a name that stays the same from call to call."""

from __future__ import annotations

import os
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from agents.sample.template import render

_MAILDIR = ("cur", "new", "tmp")


def templates() -> dict[str, bytes]:
    """The raw templates by file name, e.g. "one-time-code.eml", in alphabetical order."""
    folder = files("agents.sample") / "mails"
    found = {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.name.endswith(".eml")}
    return dict(sorted(found.items()))


def unique_name(template_name: str) -> str:
    """The Maildir unique name of a template's mail: without a time, so that a second call knows what is there."""
    return f"sample.{template_name.removesuffix('.eml')}.bluecrate"


def write_sample(maildir: Path, now: datetime) -> int:
    """Delivers every sample mail that `maildir` does not hold yet, dated relative to `now` (zone-aware).

    The folder and its cur, new and tmp are made when missing. A mail that is there, even when a mail reader has
    moved it to cur or flagged it, is left as it is. Returns how many were written. Raises OSError.
    """
    for name in _MAILDIR:
        (maildir / name).mkdir(parents=True, exist_ok=True)
    held = {path.name.partition(":")[0] for folder in ("cur", "new") for path in (maildir / folder).iterdir()}
    missing = {unique_name(name): raw for name, raw in templates().items() if unique_name(name) not in held}
    for name, raw in missing.items():
        draft = maildir / "tmp" / f"{name}.{os.getpid()}"
        draft.write_bytes(render(raw, now))
        draft.rename(maildir / "new" / name)  # whole or not at all: a watching source never reads half a mail
    return len(missing)
