"""Fixtures of all tests: real services, started once per run when the first test asks for them.

tests/unit and tests/stream use none of the services. tests/integration and tests/acceptance do."""

from __future__ import annotations

import os
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from hypothesis.internal.conjecture import providers

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from infra.stack import KafkaBroker, PostgresServer
    from tests.services.dovecot import Dovecot
    from tests.services.google import Google
    from tests.services.proxy import TcpProxy
    from tests.services.pubsub.server import PubSub

LINES_OF_A_FAILURE = 40

# An example, and making it, may take as long as a busy machine makes it; what must be quick is asserted where it is.
_patient = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("patient", _patient)
# `make test` tries the same examples each time, so that a change alone can fail it; `make properties` looks for new ones.
hypothesis.settings.register_profile("same", _patient, derandomize=True, database=None, print_blob=True)
hypothesis.settings.register_profile("search", _patient, max_examples=2_000, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("TRIAGE_TESTS_EXAMPLES", "patient"))
if os.environ.get("TRIAGE_TESTS_EXAMPLES") == "same":
    # Hypothesis also draws constants of our modules that are loaded by then: other ones in each process, by what ran there before.
    assert callable(providers._get_local_constants)
    providers._get_local_constants = lambda: providers._local_constants


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Where several runs make one (`make test`), what failed is told once more at the end of all: in this file."""
    if not (told := os.environ.get("TRIAGE_TESTS_FAILED")) or "PYTEST_XDIST_WORKER" in os.environ:
        return
    with Path(told).open("a", encoding="utf-8") as file:
        for outcome in ("failed", "error"):
            for report in terminalreporter.getreports(outcome):
                last = report.longreprtext.splitlines()[-LINES_OF_A_FAILURE:]
                print(f"\n{outcome}: {report.nodeid} ({report.when})", *last, sep="\n", file=file)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where processes share the tests by files, folders with few tests a file come first: these tests are long, and
    the last file alone decides when all is over. A folder stays together, so that what it shares is started once."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    tests = Counter(item.path for item in items)
    files = Counter(path.parent for path in tests)
    folders = Counter(item.path.parent for item in items)
    items.sort(
        key=lambda item: (
            folders[item.path.parent] / files[item.path.parent], item.path.parent, tests[item.path], item.path
        )
    )  # fmt: skip


@pytest.fixture
def unique() -> str:
    """A short random id for names of topics, groups, users and databases."""
    return uuid.uuid4().hex[:10]


@pytest.fixture
def topic_prefix(unique: str) -> str:
    """A prefix for this test's topics, ending with a dot."""
    return f"t{unique}."


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Bootstrap servers of a real broker that all tests share. Never stop it: `kafka_broker` is for that."""
    from tests.services.servers import new_broker, running

    with running(new_broker(tmp_path_factory.mktemp("kafka"))) as broker:
        yield broker.bootstrap


@pytest.fixture
def kafka_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBroker]:
    """A running broker of this test's own: `kill()` (SIGKILL), `stop()`, `start()`, `bootstrap`. They block."""
    from tests.services.servers import new_broker, running

    with running(new_broker(tmp_path_factory.mktemp("broker"))) as broker:
        yield broker


@pytest.fixture(scope="session")
def ingest_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBroker]:
    """A broker for tests that start no ingest process: the topics have the real names, so `kafka` will not do."""
    from tests.services.servers import new_broker, running

    with running(new_broker(tmp_path_factory.mktemp("ingest-broker"))) as broker:
        yield broker


@pytest.fixture(scope="session")
def shared_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """The server behind `postgres` and `database`."""
    from tests.services.servers import new_postgres

    server = new_postgres(tmp_path_factory.mktemp("postgres"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres(shared_postgres: PostgresServer) -> str:
    """URL of a database on a real server that all tests share. `database` is empty and one test's own."""
    return shared_postgres.url


@pytest.fixture
def database(shared_postgres: PostgresServer, unique: str) -> Iterator[str]:
    """URL of an empty database of this test's own."""
    from tests.services.servers import execute

    name = f"t{unique}"
    execute(shared_postgres.url, f"CREATE DATABASE {name}")
    yield shared_postgres.url_of(name)
    execute(shared_postgres.url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A running server of this test's own: `kill()` (SIGKILL), `stop()`, `start()`, `url`. They block."""
    from tests.services.servers import new_postgres, running

    with running(new_postgres(tmp_path_factory.mktemp("postgres"))) as server:
        yield server


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A running Dovecot that all tests share: add users with `unique` names. Never stop it: `make_dovecot` is for that."""
    server = _new_dovecot()
    yield server
    server.close()


@pytest.fixture
def make_dovecot() -> Iterator[Callable[..., Dovecot]]:
    """Start a Dovecot of this test's own: `make_dovecot(capability="IMAP4rev1 UIDPLUS", hibernate_s=5, ...)`."""
    with ExitStack() as made:

        def make(**options: object) -> Dovecot:
            server = _new_dovecot(**options)
            made.callback(server.close)
            return server

        yield make


@pytest.fixture(scope="session")
def shared_pubsub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PubSub]:
    """The server behind `pubsub` and `google`."""
    server = _new_pubsub(tmp_path_factory)
    yield server
    server.kill()


@pytest.fixture
def pubsub(shared_pubsub: PubSub, monkeypatch: pytest.MonkeyPatch) -> PubSub:
    """A Pub/Sub server that all tests share, in the environment: use `unique` names. Never stop it: `pubsub_server` is for that."""
    for name, value in shared_pubsub.environment.items():
        monkeypatch.setenv(name, value)
    return shared_pubsub


@pytest.fixture
def pubsub_server(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[PubSub]:
    """A Pub/Sub server of this test's own, in the environment: `kill()`, `start()` (empty again), `freeze()`, `thaw()`."""
    server = _new_pubsub(tmp_path_factory)
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    yield server
    server.kill()


@pytest.fixture(scope="session")
def shared_google(tmp_path_factory: pytest.TempPathFactory, shared_pubsub: PubSub) -> Iterator[Google]:
    """The server behind `google`."""
    from tests.services.google import Google
    from tests.services.servers import running

    with running(Google(tmp_path_factory.mktemp("google"), shared_pubsub)) as server:
        yield server


@pytest.fixture
def google(shared_google: Google, pubsub: PubSub) -> Google:
    """Gmail and Google's OAuth, empty, publishing to `pubsub`. Never stop it: `make_google` is for that."""
    shared_google.reset()
    return shared_google


@pytest.fixture
def make_google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[PubSub | None], Google]]:
    """Start one of this test's own: `make_google(pubsub_server)`; with None it publishes nothing and refuses watches."""
    from tests.services.google import Google
    from tests.services.servers import running

    with ExitStack() as made:

        def make(pubsub: PubSub | None) -> Google:
            return made.enter_context(running(Google(tmp_path_factory.mktemp("google"), pubsub)))

        yield make


@pytest.fixture
async def tcp_proxy() -> AsyncIterator[Callable[[int], Awaitable[TcpProxy]]]:
    """Put a proxy before a port: `proxy = await tcp_proxy(dovecot.port)`, then connect to `proxy.port`."""
    from tests.services.proxy import TcpProxy

    made: list[TcpProxy] = []

    async def make(target_port: int) -> TcpProxy:
        proxy = TcpProxy(target_port)
        await proxy.start()
        made.append(proxy)
        return proxy

    yield make
    for proxy in made:
        await proxy.close()


def _new_pubsub(tmp_path_factory: pytest.TempPathFactory) -> PubSub:
    from tests.services.pubsub.program import NoGo
    from tests.services.pubsub.server import PubSub

    server = PubSub(tmp_path_factory.mktemp("pubsub"))
    try:
        server.start()
    except NoGo as reason:
        missing = pytest.fail if os.environ.get("TRIAGE_TESTS_NEED_SERVICES") else pytest.skip
        missing(str(reason))
    return server


def _new_dovecot(**options: object) -> Dovecot:
    from tests.services.dovecot import Dovecot, program
    from tests.services.dovecot_config import Options

    if program() is None:
        # `make test` asks for every service; someone who runs pytest by hand may do without.
        missing = pytest.fail if os.environ.get("TRIAGE_TESTS_NEED_SERVICES") else pytest.skip
        missing("Dovecot is not installed: apt-get install dovecot-imapd")
    server = Dovecot(Options(**options))  # type: ignore[arg-type]
    try:
        server.start()
    except BaseException:
        server.close()
        raise
    return server
