"""A timeline as the post-incident document: facts filled in, the rest as headings for the people who write it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitoring.incident.journal import Entry

TEMPLATE = """# Incident {name}: {title}

| | |
|---|---|
| began | {began} |
| first alert | {alerted} |
| ended | {ended} |
| lasted | {lasted} |
| led by | {led} |

## Timeline (UTC)

| time | | |
|---|---|---|
{rows}

## Impact
Who noticed what, for how long? Mails late or dead: `triage lag`, `triage explain`,
`sum(increase(crewai_dead_letters_total[1d]))`.

## Root cause
Ask why until the answer is something that can be changed. Systems fail, people act on what they see: no blame.

## What helped, what did not
Which alert told, which section of the runbook was used, what was missing there?

## Actions
| what | who | until |
|---|---|---|
| | | |

Meet within 24 hours, with everybody who was part of it. Then: new alerts, changed thresholds, this runbook, redundancy.
"""


def report(name: str, entries: Sequence[Entry]) -> str:
    """Markdown."""
    start = next((one for one in entries if one.kind == "start"), None)
    start = start or (entries[0] if entries else Entry(at="-", kind="start", text="(its beginning was cut)"))
    end = next((one for one in reversed(entries) if one.kind == "end"), None)
    alert = next((one for one in entries if one.kind == "alert"), None)
    return TEMPLATE.format(
        name=name, title=_cell(start.text), began=start.at, led=_cell(start.by) or "-",
        alerted=alert.at if alert else "none",
        ended=end.at if end else "not yet", lasted=_lasted(start, end),
        rows="\n".join(f"| {one.at[11:19]} | {one.kind} | {_cell(one.text)} |" for one in entries),
    )  # fmt: skip


def _lasted(start: Entry, end: Entry | None) -> str:
    if end is None or start.at == "-":
        return "-"
    took: timedelta = datetime.fromisoformat(end.at) - datetime.fromisoformat(start.at)
    return str(took)


def _cell(text: str) -> str:
    """One line of a table, whatever was typed."""
    return " ".join(text.replace("|", "\\|").split())
