"""`triage classify`: the verdict of each mail in files and folders. Offline: no Kafka, no tables, nothing is stored."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import orjson

from agents.commands.mailfiles import MailFile, mail_files, shown
from infra.errors import Permanent
from infra.terminal import printable
from streams.mail import Mail, MailError, parse
from streams.moments import utc_text
from streams.policies import load_policy
from streams.triage.decide import decide
from streams.triage.policy import Policy
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Facts, Verdict

PROGRESS_EVERY = 500
"""Mails between two lines of progress on standard error."""
_HEADER = f"{'PRI':>3} {'LANE':6} {'CATEGORY':12} {'REPLY':5} {'CONF':>4}  SUBJECT · FIRST REASONS · PATH"


class UnreadableFile(Permanent):
    """The file could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """What became of one path: a verdict, or an error."""

    path: str
    subject: str = ""
    verdict: Verdict | None = None
    error: str = ""


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, readable=False, allow_dash=True))
@click.option("--json", "machine", is_flag=True, help="One JSON object per mail.")
@click.option(
    "--owner", "owners", multiple=True, metavar="ADDRESS", help="An address of the mailbox's owner; repeatable."
)
@click.option(
    "--policy", "policy_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A TOML policy file."
)
def classify(*, paths: tuple[str, ...], machine: bool, owners: tuple[str, ...], policy_file: Path | None) -> None:
    """Classify mails in files, folders (also Maildirs) or standard input ("-").

    Exit 1 when a path held no mail or could not be read; the others are classified all the same.
    """
    if not machine:
        click.echo(_HEADER)
    lanes: Counter[str] = Counter()
    for done, each in enumerate(classified(paths, owners, load_policy(policy_file)), start=1):
        click.echo(_machine_line(each) if machine else _line(each))
        lanes[each.verdict.lane if each.verdict else "errors"] += 1
        if done % PROGRESS_EVERY == 0:
            click.echo(f"{done} done: {_counts(lanes)}", err=True)
    if not machine:
        click.echo(f"{lanes.total()} in all: {_counts(lanes)}", err=True)
    if lanes["errors"]:
        sys.exit(1)


def classified(paths: tuple[str, ...], owners: tuple[str, ...], policy: Policy = DEFAULT) -> Iterator[Classified]:
    """The outcome for every mail below the paths, one by one."""
    owner = tuple(address.strip().lower() for address in owners)
    for file in mail_files(paths):
        try:
            mail = _mail(file)
        except (MailError, UnreadableFile) as error:
            yield Classified(path=shown(file.path), error=str(error))
        else:
            verdict = decide(mail, _facts(mail, file, owner), policy)
            yield Classified(path=shown(file.path), subject=mail.subject, verdict=verdict)


def _mail(file: MailFile) -> Mail:
    if file.error:
        raise UnreadableFile(file.error)
    return parse(file.raw, truncated=file.truncated)


def _facts(mail: Mail, file: MailFile, owner: tuple[str, ...]) -> Facts:
    """No history; the time is the mail's own or the file's, so that a second run says the same."""
    moment = mail.date or file.modified
    return Facts(owner=owner, received_at=utc_text(moment) if moment else "")


def _machine_line(each: Classified) -> bytes:
    return orjson.dumps(_document(each))  # bytes: JSON is UTF-8 whatever the terminal's encoding is (RFC 8259 §8.1)


def _document(each: Classified) -> dict[str, Any]:
    if each.verdict is None:
        return {"path": each.path, "error": each.error}
    verdict = each.verdict
    return {
        "path": each.path,
        "priority": verdict.priority,
        "lane": verdict.lane,
        "category": verdict.category,
        "needs_reply": verdict.needs_reply,
        "confidence": verdict.confidence,
        "reasons": [{"rule": one.rule, "weight": one.weight, "text": one.text} for one in verdict.reasons],
    }


def _line(each: Classified) -> str:
    if each.verdict is None:
        return f"  - error  {printable(each.error)} · {printable(each.path)}"
    verdict = each.verdict
    reply = "yes" if verdict.needs_reply else ""
    why = "; ".join(reason.text.rstrip(".") for reason in verdict.reasons[:2])
    told = f"{printable(each.subject)[:60] or '(no subject)'} · {why} · {printable(each.path)}"
    return f"{verdict.priority:>3} {verdict.lane:6} {verdict.category:12} {reply:5} {verdict.confidence:>4.2f}  {told}"


def _counts(lanes: Counter[str]) -> str:
    return ", ".join(f"{lane} {count}" for lane, count in lanes.most_common())
