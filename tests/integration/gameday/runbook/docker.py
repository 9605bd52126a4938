"""`docker` for machines without containers: the verbs that the runbook uses, mapped to the processes of the tests.

    docker exec SERVICE CMD, docker compose exec [-T] SERVICE CMD    CMD here, with that service's environment
    docker compose logs [options] SERVICE, docker logs SERVICE       its process's log
    docker compose up|start|restart|stop|kill ... SERVICE            asked of the test, which owns the processes

Exit code 125, as Docker's own for what it does not know."""

from __future__ import annotations

import json
import os
import shutil
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import NoReturn

WITH_VALUE = frozenset({"--scale", "--since", "--tail", "-s", "--signal", "-e", "-f", "--filter", "--format"})
KEEPERS = ("up", "start", "restart", "stop", "kill")


def split(words: list[str]) -> tuple[dict[str, str], list[str]]:
    """Options before the first word that is none, and the rest."""
    options: dict[str, str] = {}
    while words and words[0].startswith("-"):
        name, equals, value = words.pop(0).partition("=")
        options[name] = value if equals or name not in WITH_VALUE else words.pop(0)
    return options, words


def main(words: list[str]) -> int:
    """Do what was typed; its exit code."""
    if words[:1] == ["compose"]:
        words = words[1:]
    verb, (options, rest) = words[0], split(words[1:])
    system = json.loads(Path(os.environ["RUNBOOK_SYSTEM"]).read_text())
    if verb == "exec" and rest and rest[0] in system["services"]:
        execute(rest[1:], system)
    if verb == "logs" and rest and rest[0] in system["services"]:
        sys.stdout.write(Path(system["services"][rest[0]]).read_text(errors="replace"))
        return 0
    if verb in KEEPERS and all(name in system["services"] for name in rest):
        return ask(system["keeper"], verb, options, rest)
    sys.stderr.write(f"docker {' '.join(words)}: not without containers\n")
    return 125


def execute(command: list[str], system: dict[str, dict[str, str]]) -> NoReturn:
    """Become the command."""
    os.environ.update(system["environment"])
    program = shutil.which(command[0])
    if program is None:
        sys.exit(f"{command[0]}: not found")
    sys.stdout.flush()
    os.execv(program, command)  # noqa: S606 - its words are the runbook's


def ask(keeper: str, verb: str, options: dict[str, str], services: list[str]) -> int:
    """The test does it."""
    asked = urllib.parse.urlencode({"verb": verb, "services": " ".join(services), "options": json.dumps(options)})
    try:
        with urllib.request.urlopen(f"{keeper}?{asked}", data=b"", timeout=120):  # noqa: S310 - of the test
            return 0
    except urllib.error.HTTPError as error:
        sys.stderr.write(error.read().decode())
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
