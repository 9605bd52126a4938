"""The `triage` command: a table of names, loaded only when called, so that `triage --help` answers at once.

Exit codes: 0 done, 1 a finding (something is not as it should be), 2 usage or configuration."""

from __future__ import annotations

import errno
import importlib
import io
import logging
import os
import sys
from contextlib import suppress
from typing import NoReturn

import click

from infra.errors import ConfigError, Transient, TriageError

# name: (module:attribute, what it does). The one place that says where a command lives; imported when it is called.
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("monitoring.run.command:run", "Start the local stack and every process, feed a mailbox, show it happen"),
    "worker": ("streams.worker:worker", "Stream worker: classify mails and route them into lanes"),
    "ingest": ("agents.ingest.command:ingest", "Read mailboxes and put their mails on Kafka"),
    "archive": ("streams.archive.command:archive", "Write verdicts from the lanes to PostgreSQL"),
    "deliver": ("agents.deliver.command:deliver", "Deliver verdicts to webhooks; what was not taken, and again"),
    "crew": ("agents.crew.command:crew", "Second opinions: a CrewAI crew reviews what the fast path is unsure of"),
    "control": ("monitoring.control.command:control", "Health, metrics and lag over HTTP; set, show, clear what runs"),
    "lane": ("monitoring.commands.lane:lane", "Pause and resume what reads a lane"),
    "breaker": ("monitoring.commands.breaker:breaker", "Hold circuit breakers open or closed"),
    "cache": ("monitoring.commands.cache:cache", "Forget what is cached"),
    "classify": ("agents.commands.classify:classify", "Classify files offline, one JSON line per mail"),
    "evaluate": ("agents.commands.evaluate:evaluate", "Judge the classifier on labelled mail"),
    "policy": ("agents.commands.policy:policy", "Check a policy file, and try what it would change"),
    "explain": ("agents.commands.explain:explain", "Why a mail got its priority, derived again from the log"),
    "replay": ("streams.replay.command:replay", "Decide mails of the log again: what another policy would change"),
    "shadow": ("monitoring.commands.versions:shadow", "A candidate policy or model beside the live one"),
    "promote": ("monitoring.commands.versions:promote", "Have a candidate decide from now on; --rollback"),
    "feedback": ("agents.commands.feedback:feedback", "Say where a mail belongs; later mail like it follows"),
    "learned": ("agents.commands.feedback:learned", "What corrections taught: show, export, reset"),
    "tail": ("agents.commands.tail:tail", "Follow a lane"),
    "load": ("agents.load.command:load", "Write realistic mail and see all of it come through"),
    "lag": ("monitoring.commands.lag:lag", "Queue length per group, topic and lane"),
    "top": ("monitoring.commands.top:top", "Lanes and processes, live in the terminal"),
    "status": ("monitoring.commands.status:status", "What runs, and how it is"),
    "doctor": ("monitoring.commands.doctor:doctor", "Check versions, brokers, topics, database, accounts, clock, disk"),
    "account": ("agents.commands.account:account", "Add, list, remove and test mailboxes"),
    "auth": ("agents.commands.auth:auth", "Log in to mailboxes with OAuth, and check that access lasts"),
    "provider": ("agents.commands.provider:provider", "Try a mailbox's provider: network, login, scopes, quota"),
    "prove": ("agents.commands.prove:prove", "Compare a mailbox with the log: is every mail there, once?"),
    "dead": ("streams.dead_letters.command:dead", "Dead letters: list, show, causes, replay, drop"),
    "drain": ("streams.drain.command:drain", "Put what waits in a lane or topic into a file"),
    "refill": ("streams.drain.command:refill", "Put a drained file back, identically"),
    "backup": ("monitoring.backup.command:backup", "Back up the whole system, check, restore, rebuild"),
    "maintain": (
        "monitoring.maintenance.command:maintain",
        "Statistics, vacuum, indexes and retention of the database",
    ),
    "memory": ("monitoring.commands.memory:memory", "Where the memory of a process is"),
    "incident": ("monitoring.incident.command:incident", "An incident's timeline and report"),
    "evidence": ("monitoring.evidence.command:evidence", "Preserve what an investigation needs"),
    "secrets": ("monitoring.rotation.command:secrets", "Rotate keys and passwords"),
    "table": ("streams.table_command:table", "What is known of senders and threads"),
    "topics": ("streams.commands:topics", "Create and check the topics"),
    "stack": ("infra.stack.commands:stack", "Local Kafka and PostgreSQL without Docker"),
}


_OUTPUT_FAILS = (errno.ENOSPC, errno.EIO, errno.EBADF, errno.EDQUOT, errno.EFBIG)


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Every command, in the table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """The table, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, purpose) for name, (_, purpose) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="crewai-email-triage")
def triage() -> None:
    """E-mail triage on Kafka: mailboxes in, prioritised lanes out.

    Exit codes: 0 done, 1 something is not as it should be, 2 usage or configuration.
    """
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # its failures come back as exceptions


def _leave_output() -> NoReturn:
    """End with 1 without another try to write what is still buffered for an output that takes nothing."""
    with suppress(OSError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(1)


def main() -> None:
    """Entry point: errors of this project and of its surroundings end in one line, never in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # None when it is closed
            stream.reconfigure(errors="replace")  # a terminal that is not UTF-8 gets "?" for what it cannot show
    try:
        triage(standalone_mode=True)
    except ConfigError as error:
        click.echo(f"triage: {error}", err=True)
        sys.exit(2)
    except Transient as error:  # not the command's fault, but that of what it needs
        click.echo(f"triage: {error}; `triage doctor` says more", err=True)
        sys.exit(1)
    except TriageError as error:
        click.echo(f"triage: {error}", err=True)
        sys.exit(1)
    except OSError as error:  # a file or folder of ours that is another user's, or a full disk
        if error.filename is None and error.errno not in _OUTPUT_FAILS:
            raise
        click.echo(f"triage: {error.filename or 'the output cannot be written'}: {error.strerror}", err=True)
        _leave_output()
