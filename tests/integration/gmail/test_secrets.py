"""A whole run through every kind of trouble, searched for what must not be in it: tokens, passwords, keys, mail.

Every process at DEBUG, every command for people and for programs; Gmail, its pushes both ways, its fallback."""

from __future__ import annotations

import asyncio
import json
import re
from base64 import b64encode
from pathlib import Path

import aiohttp

from agents.accounts import Account, GmailMailbox, ImapServer, save_account
from agents.fakes.google.faults import Fault
from agents.push.endpoint import PATH
from infra.stack.ports import any_free
from streams.reading import to_end
from streams.topics import ACCOUNTS, ALL, CURSORS, FEEDBACK, HINTS, STATUS
from tests.integration.gmail.conftest import GmailSite
from tests.integration.ingest.conftest import until
from tests.integration.oauth.conftest import browse_elsewhere
from tests.stream.gmail.imap_side import ImapSide

SUBJECT, BODY, PASSWORD = "planted-subject-7f3a", "planted-body-7f3a", "planted-password-7f3a"
MAIL = f"From: a@example.org\r\nTo: box@example.org\r\nSubject: {SUBJECT}\r\n\r\n{BODY}\r\n".encode()
TROUBLE = (
    Fault(method="users.history.list", effect="junk", times=2),
    Fault(method="users.messages.get", error="401", times=1),
    Fault(method="users.messages.get", effect="truncate", times=2),
    Fault(method="users.messages.list", error="403-user", times=1),
    Fault(method="oauth.token", error="503", times=1),
)
SENDER, ROBOT = "push@p.iam.gserviceaccount.example", "robot@p.iam.gserviceaccount.example"
BOTH = ("", "--json")
OWN_WORDS = (ACCOUNTS, CURSORS, FEEDBACK, HINTS, STATUS)
"""Topics whose values hold no mail; the other topics' are mail or what was made of it."""


class Run:
    """Gathers what is said and what must not be."""

    def __init__(self, site: GmailSite) -> None:
        self.site = site
        self.said: list[str] = []
        self.secrets = {site.key, site.google.client_secret, PASSWORD, SUBJECT, BODY, "Bearer "}
        # As it stands in AUTHENTICATE PLAIN (RFC 4616).
        self.secrets.add(b64encode(f"\0box@example.org\0{PASSWORD}".encode()).decode())

    async def triage(self, *arguments: str, code: int = 0, forms: tuple[str, ...] = ("--json",)) -> None:
        """In a thread: the command may talk to servers of this test's own loop."""
        for form in forms:
            done = await asyncio.to_thread(self.site.triage, *arguments, *filter(None, [form]))
            self.said += [done.stdout, done.stderr]
            assert done.returncode == code, done.stdout + done.stderr

    def remember_tokens(self) -> None:
        """They are replaced now and then."""
        stored = self.site.tokens.read("box")
        assert stored is not None
        self.secrets |= {stored.refresh_token, stored.access_token} - {""}

    async def log_in(self) -> None:
        """`triage auth login --no-browser`."""
        process = await asyncio.create_subprocess_exec(
            *self.site.command("auth", "login", "box", "--no-browser"),
            env=self.site.process_environment, stdin=-1, stdout=-1, stderr=-1,
        )  # fmt: skip
        assert process.stderr is not None
        url = ""
        while not url.startswith("http"):
            url = (await process.stderr.readline()).decode().strip()
        answer = await asyncio.to_thread(browse_elsewhere, url)
        code = re.search(r"code=([^&]+)", answer)
        assert code
        self.secrets.add(code[1])
        output, errors = await process.communicate(f"{answer}\n".encode())
        self.said += [output.decode(), errors.decode()]
        assert process.returncode == 0, errors

    async def topics(self) -> None:
        for spec in ALL:
            async for chunk in to_end(self.site.settings, spec.name):
                for record in chunk:
                    self.said.append(repr((record.key, record.headers)))
                    self.said += [repr(record.value)] if spec in OWN_WORDS else []

    def found(self) -> list[str]:
        text = "\n".join(self.said)
        return [secret for secret in self.secrets if secret in text]


async def test_no_secret_and_no_mail_is_in_what_a_run_says(gmail_site: GmailSite, tmp_path: Path) -> None:
    site, run, port = gmail_site, Run(gmail_site), any_free()[0]
    site.environment |= {
        "LOG_LEVEL": "DEBUG",
        "IMAP_SECRET": PASSWORD,
        "FALLBACK_PROVIDER": "imap",
        "TABLE_DIR": str(tmp_path / "tables"),
    }
    async with ImapSide(site.google, "box@example.org") as side:
        imap = ImapServer(host="127.0.0.1", port=side.port, security="plain", username="box@example.org")
        box = await site.gmail("box", imap=imap, secret="env:IMAP_SECRET")
        await _service_account(run)
        await run.log_in()
        run.remember_tokens()
        site.google.set_faults(*TROUBLE)
        process = site.ingest(
            GMAIL_SILENCE_S="1",
            BREAKER_FAILURES="3",
            BREAKER_RESET_S="1",
            PUSH_PORT=str(port),
            PUSH_AUDIENCE="https://triage.example.org",
            PUSH_SERVICE_ACCOUNT=SENDER,
            PUSH_CERTS_URL=f"{site.google.url}/oauth2/v1/certs",
            PUSH_COMMIT_S="2",
        )
        worker = site.start("worker")
        await until(_watched(site), bool, 90)  # or `provider test` rightly finds no watch later
        for number in range(5):
            await asyncio.to_thread(side.deliver, MAIL)
            site.google.expire_access(box)
            await site.until_received(number + 1)
        await _push_over_http(run, port)

        site.google.set_faults(Fault(error="503"))  # over to IMAP, which refuses at first, repeating what it was sent
        side.answers["AUTHENTICATE"] = lambda line: b"TAG NO [AUTHENTICATIONFAILED] %s\r\n" % line.split()[-1]
        await asyncio.to_thread(side.deliver, MAIL)
        await site.until_status(lambda said: (said.counts or {})["auth_failed"] == 1)
        await run.triage("provider", "test", "box", code=1, forms=BOTH)
        del side.answers["AUTHENTICATE"]
        await site.until_received(6)
        run.remember_tokens()
        site.google.set_faults()
        await site.until_status(lambda said: said.counts is not None and said.counts["auth_failed"] == 0)

        well = (("provider", "test"), ("auth", "check"), ("auth", "refresh"), ("prove",), ("account", "test"))
        await asyncio.gather(
            *(run.triage(*command, "box") for command in well),
            run.triage("account", "list"),
            run.triage("provider", "test", "robot", code=1),
        )
        run.remember_tokens()
        site.google.relabel(box, *site.google.ids(box), add=["STARRED"])
        await until(site.feedback, bool, 60)
        site.google.revoke(box)
        await site.until_status(lambda said: (said.counts or {})["auth_failed"] == 1)
        await asyncio.gather(*(run.triage(*command, "box", code=1, forms=BOTH) for command in well[:3]))
    run.remember_tokens()
    for each in (process, worker):
        each.stop()
        run.said.append(each.log.read_text())
    await run.topics()
    text = "\n".join(run.said)
    for remedy in ("invalid_grant", "triage auth login box", "Gmail is away: going on over IMAP", "Gmail is back"):
        assert remedy in text
    assert len(run.secrets) > 10
    assert run.found() == []


def _watched(site: GmailSite):
    async def look() -> bool:
        return bool(site.google.watches())

    return look


async def _service_account(run: Run) -> None:
    """An account whose key is in the environment, and does not open its mailbox."""
    site = run.site
    key = site.google.add_service_account(ROBOT, domains=["elsewhere.example"])
    site.environment["ROBOT_KEY"] = json.dumps(key)
    mailbox = GmailMailbox(email="robot@example.org", service_account="env:ROBOT_KEY")
    site.google.create("robot@example.org")
    await save_account(site.settings, Account(id="robot", kind="gmail", gmail=mailbox, enabled=False))
    run.secrets |= set(key["private_key"].splitlines()[1:-1])


async def _push_over_http(run: Run, port: int) -> None:
    site = run.site
    good = site.google.sign_id_token("https://triage.example.org", email=SENDER)
    wrong = site.google.sign_id_token("https://else.example.org", email=SENDER)
    run.secrets |= {good, wrong, good.rpartition(".")[2], wrong.rpartition(".")[2]}
    pushed = json.dumps({"emailAddress": "box@example.org", "historyId": 1}).encode()
    body = json.dumps({"message": {"data": b64encode(pushed).decode()}})
    async with aiohttp.ClientSession() as http:
        for token, status in ((good, 204), (wrong, 403), (good[:-4] + "AAAA", 401)):
            headers = {"Authorization": f"Bearer {token}"}
            async with http.post(f"http://127.0.0.1:{port}{PATH}", data=body, headers=headers) as answer:
                assert answer.status == status
