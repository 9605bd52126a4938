"""`triage policy`: a policy file checked, and its effect on mails that are at hand, before it is applied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import orjson

from agents.commands.mailfiles import mail_files, shown
from infra import settings as configuration
from infra.options import as_json
from infra.terminal import printable
from streams.mail import MailError, parse
from streams.moments import utc_text
from streams.policies import load_policy
from streams.triage.decide import decide
from streams.triage.policy import Policy
from streams.triage.rules import RULES
from streams.triage.verdict import Facts, Verdict

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SHOWN = 20
_FIELDS = ("priority", "lane", "category", "needs_reply")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One mail under two policies."""

    path: str
    subject: str
    before: Verdict
    after: Verdict

    @property
    def changed(self) -> bool:
        """Whether anything of the verdict that somebody acts on differs."""
        return any(getattr(self.before, name) != getattr(self.after, name) for name in _FIELDS)

    def as_data(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "path": self.path,
            **{side: self._side(verdict) for side, verdict in (("before", self.before), ("after", self.after))},
        }

    def _side(self, verdict: Verdict) -> dict[str, Any]:
        return {name: getattr(verdict, name) for name in _FIELDS} | {
            "reasons": [{"rule": each.rule, "weight": each.weight} for each in verdict.reasons[:3]]
        }


@click.group()
def policy() -> None:
    """The policy of a deployment: weights, lanes, own rules, VIPs, mutes, working hours, in a TOML file.

    POLICY_FILE names the file that `triage worker` uses; without it the policy that ships decides.
    """


@policy.command()
@click.argument("file", type=FILE)
@as_json
def check(*, file: Path, machine: bool) -> None:
    """Read FILE as the worker would. What is wrong is told with line and column; exit 2."""
    read = load_policy(file)
    accounts = {name: each.version for name, each in sorted(read.accounts.items())}
    if machine:
        click.echo(orjson.dumps({"file": str(file), "version": read.version, "accounts": accounts}))
        return
    own = read.own
    click.echo(f"{printable(str(file))}: policy {read.version}")
    click.echo(f"{len(own.rules)} rules of your own, {len(own.vips)} VIPs, {len(own.mutes)} mutes")
    for name, version in accounts.items():
        click.echo(f"account {printable(name)}: policy {version}")


@policy.command()
def rules() -> None:
    """The built-in rules, by the names that [weights.NAME] takes."""
    effects = load_policy(configuration.load().policy_file).effects
    for name, rule in RULES.items():
        worth = effects[name]
        kinds = " ".join(f"{category} {amount:+g}" for category, amount in worth.kinds)
        click.echo(f"{name:30} priority {worth.priority:+.1f} reply {worth.reply:+.1f} {kinds:40} {rule.sentence}")


@policy.command("test")
@click.argument("file", type=FILE)
@click.option(
    "--against", "corpus", multiple=True, required=True, type=click.Path(exists=True),
    help="Mails: a file, a folder or a Maildir; repeatable.",
)  # fmt: skip
@click.option("--than", type=FILE, help="The policy to compare with; default: POLICY_FILE, else the one that ships.")
@click.option("--account", default="", help="Whose policy of the two files is meant.")
@click.option("--owner", "owners", multiple=True, metavar="ADDRESS", help="An address of the owner; repeatable.")
@click.option("--max-changes", type=click.IntRange(min=0), help="Exit 1 when more mails change, for CI.")
@as_json
@click.pass_context
def try_out(
    context: click.Context, *, file: Path, corpus: tuple[str, ...], than: Path | None, account: str,
    owners: tuple[str, ...], max_changes: int | None, machine: bool,
) -> None:  # fmt: skip
    """What FILE would change about the verdicts of mails, without history: which, from what to what, why."""
    after = load_policy(file).of(account)
    before = load_policy(than or configuration.load().policy_file).of(account)
    owner = tuple(address.strip().lower() for address in owners)
    seen, changes = 0, list[Tried]()
    for each in tried(corpus, owner, before, after):
        seen += 1
        if each.changed:
            changes.append(each)
            if machine:
                click.echo(orjson.dumps(each.as_data()))
    if machine:
        click.echo(
            orjson.dumps({"mails": seen, "changed": len(changes), "before": before.version, "after": after.version})
        )
    else:
        click.echo("\n".join(_table(seen, changes, before, after)))
    if max_changes is not None and len(changes) > max_changes:
        context.exit(1)


def tried(corpus: tuple[str, ...], owner: tuple[str, ...], before: Policy, after: Policy) -> Iterator[Tried]:
    """Every mail of the corpus under both policies; what is no mail is left out, and told on standard error."""
    for file in mail_files(corpus):
        try:
            mail = parse(file.raw, truncated=file.truncated) if not file.error else None
        except MailError as error:
            mail, file_error = None, str(error)
        else:
            file_error = file.error
        if mail is None:
            click.echo(printable(f"left out: {shown(file.path)}: {file_error}"), err=True)
            continue
        moment = mail.date or file.modified
        facts = Facts(owner=owner, received_at=utc_text(moment) if moment else "")
        yield Tried(
            path=shown(file.path),
            subject=mail.subject,
            before=decide(mail, facts, before),
            after=decide(mail, facts, after),
        )


def _table(seen: int, changes: list[Tried], before: Policy, after: Policy) -> Iterator[str]:
    yield f"policy {before.version} → {after.version}: {len(changes)} of {seen} mails change"
    lanes = Counter((each.before.lane, each.after.lane) for each in changes)
    for (old, new), count in lanes.most_common():
        yield f"{count:6}  {old} → {new}" if old != new else f"{count:6}  stay in {old}, other priority or category"
    for each in sorted(changes, key=lambda one: -abs(one.before.priority - one.after.priority))[:_SHOWN]:
        was, now = each.before, each.after
        why = next((one.text for one in now.reasons if one not in was.reasons), "")
        said = f"{was.priority} {was.lane} {was.category} → {now.priority} {now.lane} {now.category}"
        yield printable(f"  {said}  {each.subject[:60]} · {why} · {each.path}")
    if len(changes) > _SHOWN:
        yield f"  and {len(changes) - _SHOWN} more; --json has all"
