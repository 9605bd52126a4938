"""`triage run`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option(
    "--maildir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Feed this Maildir or folder tree of raw mails (.eml), all of it.",
)
@click.option("--sample", is_flag=True, help="Feed the bundled sample mailbox beside configured accounts.")
@click.option("--with-fake-gmail", "fake_gmail", is_flag=True, help="Read a Gmail mailbox of a fake Google beside it.")
@click.option("--crew-demo", is_flag=True, help="Second opinions by a CrewAI crew whose model answers from a script.")
@click.option("--exit-when-idle", is_flag=True, help="End when every mail of the mailbox has been archived.")
@click.option("--json", "machine", is_flag=True, help="Print one JSON object at the end; all else to standard error.")
@click.option(
    "--home", type=click.Path(path_type=Path), help="Where everything is kept.  [default: TRIAGE_HOME, .triage]"
)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Stream workers.")
@click.option("--no-stack", is_flag=True, help="Use KAFKA_BOOTSTRAP_SERVERS and DATABASE_URL, start neither.")
@click.option(
    "--patience",
    type=click.FloatRange(min=1),
    default=120.0,
    show_default=True,
    metavar="SECONDS",
    help="With --exit-when-idle: give up after so long without progress.",
)
def run(
    *,
    maildir: Path | None,
    sample: bool,
    fake_gmail: bool,
    crew_demo: bool,
    exit_when_idle: bool,
    machine: bool,
    home: Path | None,
    workers: int,
    no_stack: bool,
    patience: float,
) -> None:
    """Start Kafka, PostgreSQL and every process, feed a mailbox and show what happens, until Ctrl-C.

    Without an account it reads a bundled sample mailbox. With --exit-when-idle it ends with 0 when every mail is
    accounted for (archived, or a dead letter with its reason), with 1 when one is missing.
    """
    if machine and not exit_when_idle:
        raise click.UsageError("--json needs --exit-when-idle")
    if maildir is not None and sample:
        raise click.UsageError("--maildir and --sample: one mailbox at a time")
    if fake_gmail and (maildir is not None or sample or exit_when_idle):
        raise click.UsageError("--with-fake-gmail is a mailbox of its own that never ends")
    click.echo("triage run", err=machine)  # the imports below take a second
    from infra.settings import load
    from monitoring.run.home import Home
    from monitoring.run.program import Request, execute, leave

    folder = home or load().triage_home
    request = Request(
        home=Home(root=folder.resolve()),
        maildir=maildir,
        sample=sample,
        fake_gmail=fake_gmail,
        crew_demo=crew_demo,
        exit_when_idle=exit_when_idle,
        machine=machine,
        workers=workers,
        own_stack=not no_stack,
        patience_s=patience,
    )
    leave(execute(request))
