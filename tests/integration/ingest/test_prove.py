"""`triage prove` over IMAP and Maildir: what is there, what is not, what is gone since; Gmail's is in tests/integration/gmail."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import orjson

from agents.accounts import save_account
from tests.integration.ingest.conftest import Site
from tests.integration.ingest.test_imap_end_to_end import account, raw
from tests.services.dovecot import Dovecot


def prove(site: Site, name: str, **environment: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-c", "from infra.cli import main; main()", "prove", name, "--json"],
        env={**os.environ, **site.environment, **environment}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    return done.returncode, orjson.loads(done.stdout) if done.stdout else {"said": done.stderr}


async def test_imap_and_maildir_are_held_against_the_log(site: Site, dovecot: Dovecot, unique: str) -> None:
    box, user = await site.account("box"), f"u{unique}"
    dovecot.add_user(user, "right")
    box.deliver(12)
    for number in range(7):
        dovecot.deliver(user, raw(f"in{number}"))
        dovecot.deliver(user, raw(f"sent{number}"), "Sent")
    await save_account(site.settings, account(dovecot, user, "env:GOOD", "INBOX", "Sent"))
    process = site.ingest(GOOD="right")
    await site.until_received(26)
    await site.until_status(lambda said: (said.counts or {})["in_step"] == 3)
    process.stop()
    for name, count in (("box", 12), (user, 14)):
        code, proof = prove(site, name, GOOD="right")
        assert (code, proof["listed"], proof["logged"], proof["missing"], proof["twice"]) == (0, count, count, [], [])

    box.deliver(1)
    dovecot.deliver(user, raw("late"))
    (box.root / "new" / box.delivered[0]).unlink()
    for name in ("box", user):
        code, proof = prove(site, name, GOOD="right")
        assert (code, len(proof["missing"]), proof["extra"]) == (1, 1, int(name == "box"))

    dovecot.set_uidvalidity(user, 99)
    code, proof = prove(site, user, GOOD="right")
    assert (code, len(proof["missing"]), proof["recognised"], proof["extra"]) == (1, 1, 7, 0)

    code, said = prove(site, "nobody")
    assert (code, "no such account" in said["said"]) == (1, True)
