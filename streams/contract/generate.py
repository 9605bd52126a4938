"""`python -m streams.contract.generate [--check]`: write the wire contract, or compare the files with the code."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from streams.contract.asyncapi import document
from streams.contract.schemas import schema_of
from streams.control.records import AuditEntry, Override
from streams.events import VerdictRecord
from streams.feedback import Feedback
from streams.reviews import Review, ReviewRequest
from streams.status import Status

DIRECTORY = Path(__file__).parent


def documents() -> dict[str, str]:
    """File name → text, as the code says it now."""
    made = {
        "verdict.schema.json": schema_of(VerdictRecord),
        "feedback.schema.json": schema_of(Feedback),
        "review.schema.json": schema_of(ReviewRequest),
        "reviewed.schema.json": schema_of(Review),
        "status.schema.json": schema_of(Status),
        "control.schema.json": schema_of(Override),
        "audit.schema.json": schema_of(AuditEntry),
        "asyncapi.json": document(),
    }
    return {name: json.dumps(content, indent=2, ensure_ascii=False) + "\n" for name, content in made.items()}


def stale(directory: Path = DIRECTORY) -> list[str]:
    """Names of the files that are missing or differ from the code."""
    return [
        name
        for name, text in documents().items()
        if not (directory / name).is_file() or (directory / name).read_text("utf-8") != text
    ]


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0: written or up to date; 1: something differs."""
    parser = argparse.ArgumentParser(prog="python -m streams.contract.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file differs from the code")
    if parser.parse_args(arguments).check:
        differing = stale()
        sys.stdout.writelines(
            f"{name} differs from the code: run python -m streams.contract.generate\n" for name in differing
        )
        return 1 if differing else 0
    for name, text in documents().items():
        (DIRECTORY / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
