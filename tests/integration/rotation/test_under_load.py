"""Every secret of ours is changed while mail flows and nothing is restarted: no mail is lost, no old secret holds."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import pytest
import requests
from aiohttp import web

from agents.accounts import Account, GmailMailbox, save_account
from agents.deliver import signature
from agents.oauth.seal import Key, Keys, Unsealable, new_key
from agents.oauth.store import TokenStore
from agents.oauth.token import StoredToken
from agents.sources.gmail.fetch import identity
from infra.settings import Settings, load
from infra.stack import KafkaBroker, PostgresServer
from infra.stack.ports import any_free
from monitoring.admin.tokens import new_token
from monitoring.rotation.database import rotate, with_password
from streams.admin import create_topics
from streams.control import writer
from tests.integration.pipeline.processes import Pipeline, pipeline
from tests.integration.pipeline.reading import archived, lane_ids
from tests.services.google_here import GoogleHere

PROCESSES = ("ingest-0", "worker-0", "archive-0", "deliver-0", "control-0")
ACCOUNT, ADDRESS = "box", "box@example.org"
WAIT_S = 90
UNDER_WAY = 200
"""Mails that wait for the receiver: a slow machine shall not have to make up for minutes at the end."""
WHY = ("--why", "drill")


class Hook:
    """A receiver that knows every secret it was ever given, and notes by which each delivery was signed. Its operator
    gives it a new one before the first delivery of that one alone, however soon that is: it looks into the file."""

    def __init__(self, file: Path) -> None:
        self.url, self.secrets, self._file = "", list[str](), file
        self.signed: list[tuple[int, frozenset[int]]] = []
        """Time of the signature, Unix seconds, and the numbers of the secrets that it is of."""
        self.ids: set[str] = set()

    async def serve(self, request: web.Request) -> web.Response:
        if (newest := self._file.read_text().split()[0]) not in self.secrets:
            self.secrets.append(newest)
        body, at = await request.read(), int(request.headers[signature.TIMESTAMP])
        by = frozenset(number for number, one in enumerate(self.secrets) if _is_of(one, request, body, at))
        if not by:
            return web.Response(status=401)
        self.signed.append((at, by))
        self.ids.add(json.loads(body)["event_id"])
        return web.Response(status=204)


def _is_of(secret: str, request: web.Request, body: bytes, at: int) -> bool:
    try:
        signature.verify(request.headers, body, [signature.key(secret)], now=at)
    except signature.InvalidSignature:
        return False
    return True


@asynccontextmanager
async def receiving(file: Path) -> AsyncIterator[Hook]:
    hook, app = Hook(file), web.Application()
    app.router.add_post("/", hook.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield hook
    finally:
        await runner.cleanup()


@pytest.fixture
def google() -> Iterator[GoogleHere]:
    server = GoogleHere()
    server.start()
    yield server
    server.close()


@pytest.fixture
async def database(postgres_server: PostgresServer) -> str:
    """The address, with a password, of a server that asks for it."""
    found: list[str] = []
    await rotate(load(database_url=postgres_server.url), found.append)
    hba = postgres_server.directory / "data" / "pg_hba.conf"
    hba.write_text(hba.read_text().replace("trust", "scram-sha-256"))
    process = postgres_server.daemon.find()
    assert process is not None
    psutil.Process(process.pid).send_signal(signal.SIGHUP)
    while await let_in(postgres_server.url):
        pass
    return found[0]


async def let_in(url: str) -> bool:
    try:
        await (await asyncpg.connect(url)).close()
    except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError):
        return False
    return True


class Drill:
    """The running system and the files its secrets are in."""

    def __init__(self, flow: Pipeline, google: GoogleHere, hook: Hook, database: str, admin: str) -> None:
        self.flow, self.google, self.hook, self.database, self.admin = flow, google, hook, database, admin
        self.sent: set[str] = set()
        self.stop = asyncio.Event()

    def secret(self, name: str) -> str:
        return (self.flow.folder / name).read_text()

    async def load(self) -> None:
        """A few mails every tenth of a second, as long as they come through."""
        while not self.stop.is_set():
            while len(self.sent) - len(self.hook.ids) > UNDER_WAY:  # noqa: ASYNC110 - other processes
                await asyncio.sleep(0.1)
            made = await asyncio.to_thread(self.google.deliver, ADDRESS, generated=3)
            self.sent |= {identity(ACCOUNT, int(one, 16)) for one in made}
            await asyncio.sleep(0.1)

    async def rotate(self, *arguments: str) -> str:
        code, stdout, stderr = await asyncio.to_thread(self.flow.outcome, "secrets", "rotate", *arguments, *WHY)
        assert code == 0, f"{arguments}: {stdout}{stderr}{self.flow.logs()}"
        return stdout

    async def until(self, what: str, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WAIT_S
        while not holds():
            assert self.flow.died() == [], self.flow.logs()
            assert time.monotonic() < deadline, f"{what}\n{self.flow.logs()}"
            await asyncio.sleep(0.05)

    async def flows_on(self) -> None:
        """What is sent from now on comes through to the receiver."""
        before = set(self.sent)
        await self.until("mail goes on", lambda: len((self.sent - before) & self.hook.ids) >= 3)

    def admitted(self, token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return requests.get(f"{self.admin}/admin/control", headers=headers, timeout=30).status_code


@asynccontextmanager
async def drill(broker: KafkaBroker, google: GoogleHere, database: str, folder: Path) -> AsyncIterator[Drill]:
    health, metrics = any_free(2)
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap,
        "KAFKA_SESSION_TIMEOUT_S": "6",
        "DATABASE_URL": with_password(database, "not this one"),
        "DATABASE_PASSWORD_FILE": str(folder / "password"),
        "GMAIL_API_ROOT": google.url,
        "GOOGLE_TOKEN_URL": f"{google.url}/token",
        "GOOGLE_CLIENT_ID": google.client_id,
        "GOOGLE_CLIENT_SECRET": google.client_secret,
        "GMAIL_POLL_S": "1",
        "GMAIL_USER_UNITS": "1000000",
        "GMAIL_PROJECT_UNITS": "100000000",
        "TOKEN_DIR": str(folder / "tokens"),
        "TOKEN_KEY_FILE": str(folder / "token-key"),
        "DELIVER_FILE": str(folder / "deliver.toml"),
        "DELIVER_RETRY_MAX_S": "0.2",
        "ADMIN_TOKENS_FILE": str(folder / "admins"),
        "BACKUP_KEY_FILE": str(folder / "backup-key"),
        "BACKUP_DIR": str(folder / "backups"),
        "HEALTH_PORT": str(health),
        "METRICS_PORT": str(metrics),
        "STATUS_INTERVAL_S": "0.5",
        "CANARY_INTERVAL_S": "0",
        "MAINTENANCE": "false",
    }
    (folder / "password").write_text(database.partition("crewai:")[2].partition("@")[0])
    for name in ("token-key", "backup-key"):
        (folder / name).write_text(new_key())
    (folder / "hook").write_text(signature.new_secret())
    async with receiving(folder / "hook") as hook:
        (folder / "deliver.toml").write_text(
            f'[[endpoint]]\nname = "hook"\nurl = "{hook.url}"\nsecrets = ["file:{folder}/hook"]\n'
            'allow_networks = ["127.0.0.0/8"]\n'
        )
        with pipeline(folder, **environment) as flow:
            yield Drill(flow, google, hook, database, f"http://127.0.0.1:{metrics}")


async def mailbox(one: Drill, settings: Settings) -> None:
    """A Gmail mailbox on record, its token sealed with the present key."""
    one.google.create(ADDRESS)
    one.google.set_quota(plan=None)
    given = one.google.consent(ADDRESS)
    key = Key.parse(one.secret("token-key"))
    TokenStore(one.flow.folder / "tokens", Keys([key])).write(
        ACCOUNT,
        StoredToken(
            provider="google", client_id=one.google.client_id, email=ADDRESS, refresh_token=given.refresh_token,
            scopes=("https://www.googleapis.com/auth/gmail.readonly",),
        ),
    )  # fmt: skip
    account = Account(id=ACCOUNT, kind="gmail", gmail=GmailMailbox(email=ADDRESS), created_at="2026-01-01T00:00:00Z")
    await save_account(settings, account)


async def test_every_secret_is_changed_and_no_mail_is_lost(
    kafka_broker: KafkaBroker, google: GoogleHere, database: str, tmp_path: Path
) -> None:
    settings = load(kafka_bootstrap_servers=kafka_broker.bootstrap)
    create_topics(settings)
    old_admin, entry = new_token("ops", "operate", timedelta(days=1), datetime.now(UTC))
    (tmp_path / "admins").write_text(entry)
    async with drill(kafka_broker, google, database, tmp_path) as one:
        await mailbox(one, settings)
        for name in PROCESSES:
            one.flow.start(name)
        running = dict(one.flow.running)
        load_task = asyncio.create_task(one.load())
        await one.until("the first mails", lambda: bool(one.hook.ids))
        old = {name: one.secret(name).split()[0] for name in ("password", "token-key", "backup-key", "hook")}

        await one.rotate("token-key")
        google.expire_access()  # ingest must open the refresh token, and seal its answer
        await one.flows_on()

        await one.rotate("database", "--end-sessions")
        assert not await let_in(with_password(database, old["password"]))
        await one.flows_on()

        said = await one.rotate("webhook", "hook", "--grace", "3s")
        fresh, _, _, until = one.secret("hook").split()
        ended = datetime.fromisoformat(until)
        assert fresh not in said
        await one.until("only the new one signs", lambda: one.hook.signed[-1][1] == {1})
        assert one.hook.secrets == [old["hook"], fresh]

        await one.rotate("admin-token", "ops", "--output", str(tmp_path / "new-token"))
        new_admin = one.secret("new-token").strip()
        assert (one.admitted(old_admin), one.admitted(new_admin)) == (401, 200)

        await one.rotate("backup-key")
        backup = json.loads(await asyncio.to_thread(one.flow.triage, "backup", "create", "--json"))
        assert backup["base"], "pg_basebackup was let in with the new password"
        await one.flows_on()
        one.stop.set()
        await load_task

        url = with_password(database, one.secret("password").strip())
        await one.until("all delivered", lambda: one.hook.ids == one.sent)
        while {event for event, _ in await archived(url)} != one.sent:
            assert one.flow.died() == [], one.flow.logs()
            await asyncio.sleep(0.1)
        assert sorted(await archived(url)) == sorted((event, 0) for event in one.sent)
        assert await asyncio.to_thread(lane_ids, kafka_broker.bootstrap) == dict.fromkeys(one.sent, 1)
        assert one.flow.running == running, "nothing was started anew"
        assert one.flow.died() == []

        assert {frozenset({0}), frozenset({1})} <= {by for _, by in one.hook.signed}
        assert {by for at, by in one.hook.signed if at > ended.timestamp() + 1} == {frozenset({1})}

        new = {name: one.secret(name).split()[0] for name in old}
        assert all(new[name] != old[name] for name in old)
        folder = tmp_path / "tokens"
        assert TokenStore(folder, Keys([Key.parse(one.secret("token-key"))])).read(ACCOUNT) is not None
        with pytest.raises(Unsealable):
            TokenStore(folder, Keys([Key.parse(old["token-key"])])).read(ACCOUNT)

        verified = {**one.flow.environment, "BACKUP_KEY_FILE": str(tmp_path / "old-backup-key")}
        (tmp_path / "old-backup-key").write_text(old["backup-key"])
        assert one.flow.outcome("backup", "verify", backup["name"])[0] == 0
        one.flow.environment = verified
        assert one.flow.outcome("backup", "verify", backup["name"])[0] == 1

        entries = [entry for entry in await writer.history(settings) if entry.action == "rotate"]
        assert [(entry.name, entry.why) for entry in entries] == [
            (f"secret {name}", "drill") for name in ("token-key", "database", "webhook hook", "admin-token ops", "backup-key")
        ]  # fmt: skip
        told = "".join(path.read_text() for path in tmp_path.glob("*.log")) + "".join(map(repr, entries))
        shown: list[Any] = [value for value in (*old.values(), *new.values(), old_admin, new_admin) if value in told]
        assert shown == []
