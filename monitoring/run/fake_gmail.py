"""`triage run --with-fake-gmail`: the fake Gmail and OAuth server as one more process, and somebody who gets mail.

Everything but Google is real: the account, its stored and encrypted token, the Gmail source, Kafka. The fake keeps its
mailbox in memory, so every run has a mailbox and an account of its own."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from agents.accounts import Account, GmailMailbox, list_accounts, remove_account, save_account
from agents.fakes.google.client import ControlError, Remote
from agents.oauth.providers import GMAIL_READONLY
from agents.oauth.seal import new_key
from agents.oauth.store import TokenStore
from agents.oauth.token import StoredToken
from agents.sample import OWNER_ADDRESSES, render, templates
from infra.errors import TriageError
from infra.settings import Settings, load
from infra.stack.ports import LOOPBACK, answers, any_free
from monitoring.run.children import Program
from monitoring.run.home import Home
from streams.moments import utc_text

ID = "fake-gmail-"
POLL_S = 2.0
FIRST_MAILS = 40
"""So many are there at once; the others come one by one."""
EVERY_S = 3.0
START_S = 30.0


async def forget(settings: Settings) -> None:
    """Take the accounts of earlier runs off the record: their mailboxes and keys are no more."""
    for account in (await list_accounts(settings))[0]:
        if account.id.startswith(ID):
            await remove_account(settings, account.id)


class FakeGmail:
    """Its program, the settings that lead to it, and its mail."""

    def __init__(self, home: Home, say: Callable[[str], None]) -> None:
        self._tokens, self._say = home.root / "fake-gmail-tokens", say
        self._port = any_free()[0]
        self._key = new_key()
        self._account = f"{ID}{time.strftime('%Y%m%d-%H%M%S')}"
        self._email = f"{self._account}@gmail.example"
        self.google = Remote(f"http://{LOOPBACK}:{self._port}")

    @property
    def program(self) -> Program:
        """The server."""
        return Program(name="google", argv=(sys.executable, "-m", "agents.fakes.google", "--port", str(self._port)))

    @property
    def environment(self) -> Mapping[str, str]:
        """How the other processes find it."""
        return {
            "GMAIL_API_ROOT": self.google.url,
            "GMAIL_POLL_S": str(POLL_S),
            "GMAIL_TOPIC": "",
            "GMAIL_SUBSCRIPTION": "",
            "GOOGLE_AUTH_URL": f"{self.google.url}/auth",
            "GOOGLE_TOKEN_URL": f"{self.google.url}/token",
            "GOOGLE_CLIENT_ID": self.google.client_id,
            "GOOGLE_CLIENT_SECRET": self.google.client_secret,
            "TOKEN_DIR": str(self._tokens),
            "TOKEN_KEY": self._key,
        }

    async def live(self, settings: Settings) -> None:
        """`_live`, and what stopped it."""
        try:
            await self._live(settings)
        except (OSError, TimeoutError, ControlError, TriageError) as error:
            self._say(f"problem: no more mail comes from the fake Gmail: {str(error) or type(error).__name__}")

    async def _live(self, settings: Settings) -> None:
        """Open the mailbox, log in, and let mail come until cancelled; now and then its owner files one away."""
        await self._until_up()
        await asyncio.to_thread(self._open)
        await self._put_on_record(settings)
        self._say(f"fake Gmail at {self.google.url}, mailbox {self._email}: a mail comes every {EVERY_S:g} s")
        dice, arrived = random.Random(), list[str]()
        waiting = list(templates().values())
        dice.shuffle(waiting)
        first, waiting = waiting[:FIRST_MAILS], waiting[FIRST_MAILS:]
        arrived += await asyncio.to_thread(self._deliver, first)
        while True:
            await asyncio.sleep(EVERY_S)
            arrived += await asyncio.to_thread(self._deliver, [waiting.pop() if waiting else dice.choice(first)])
            if dice.random() < 1 / 3:
                filed = arrived.pop(dice.randrange(len(arrived)))
                await asyncio.to_thread(self.google.relabel, self._email, filed, remove=["INBOX"])

    async def _until_up(self) -> None:
        async with asyncio.timeout(START_S):
            while not await asyncio.to_thread(answers, self._port):  # noqa: ASYNC110 - a process has no event
                await asyncio.sleep(0.1)

    def _open(self) -> None:
        self.google.create(self._email)
        given = self.google.consent(self._email)
        store = TokenStore.of(load(token_dir=self._tokens, token_key=self._key))
        store.write(
            self._account,
            StoredToken(
                provider="google",
                client_id=self.google.client_id,
                scopes=(GMAIL_READONLY,),
                email=self._email,
                refresh_token=given.refresh_token,
            ),
        )

    async def _put_on_record(self, settings: Settings) -> None:
        await save_account(
            settings,
            Account(
                id=self._account,
                kind="gmail",
                gmail=GmailMailbox(email=self._email),
                owner=(*OWNER_ADDRESSES, self._email),
                created_at=utc_text(datetime.now(UTC)),
            ),
        )

    def _deliver(self, raw: list[bytes]) -> list[str]:
        now = datetime.now(UTC)
        return self.google.deliver(self._email, *(render(one, now) for one in raw))
