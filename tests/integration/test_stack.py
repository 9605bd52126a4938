"""The local stack: what `triage stack` and `triage run` promise about its processes, its data and its jars."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from infra.errors import ConfigError
from infra.stack import LocalStack, StartFailed
from infra.stack.jars import ChecksumMismatch, Fetch, Jar, JarUnavailable, cache_directory, ensure, locked
from infra.stack.ports import any_free
from infra.stack.process import Daemon
from tests.services.servers import execute, new_cluster


def processes_below(directory: Path) -> list[int]:
    """Pids of every process whose command line or working directory names this directory."""
    found = []
    for process in psutil.process_iter():
        try:
            words = [*process.cmdline(), process.cwd()]
        except psutil.Error:
            continue
        if process.pid != os.getpid() and any(str(directory) in word for word in words):
            found.append(process.pid)
    return found


def stack_in(directory: Path) -> Iterator[LocalStack]:
    """A stack on free ports, not started yet; it ends with the fixture."""
    kafka_port, postgres_port = any_free(2)
    stack = LocalStack(state_dir=directory, kafka_port=kafka_port, postgres_port=postgres_port)
    yield stack
    stack.stop()


@pytest.fixture
def local(tmp_path):
    """A stack of this test's own."""
    yield from stack_in(tmp_path)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A stack that is up, for tests that leave it up."""
    for stack in stack_in(tmp_path_factory.mktemp("running")):
        stack.start()
        yield stack


def create(bootstrap: str, topic: str) -> None:
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for done in admin.create_topics([NewTopic(topic, 1, 1)]).values():
        done.result(60)


def send(bootstrap: str, topic: str, value: bytes) -> None:
    producer = Producer({"bootstrap.servers": bootstrap})
    producer.produce(topic, value)
    assert producer.flush(60) == 0


def read(bootstrap: str, topic: str, count: int) -> list[bytes]:
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "g", "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    values: list[bytes] = []
    deadline = time.monotonic() + 60
    while len(values) < count and time.monotonic() < deadline:
        values += [message.value() for message in consumer.consume(count, timeout=1) if message.error() is None]
    consumer.close()
    return values


def test_a_restart_keeps_records_and_rows_and_a_stop_leaves_no_process(local, tmp_path):
    said: list[str] = []
    endpoints = local.start(said.append)
    create(endpoints.kafka_bootstrap, "kept")
    send(endpoints.kafka_bootstrap, "kept", b"before")
    execute(endpoints.database_url, "CREATE TABLE kept AS SELECT 7 AS x")
    assert {"starting Kafka", "starting PostgreSQL"} <= set(said)

    local.stop()
    assert processes_below(tmp_path) == []
    assert not local.status().up

    assert local.start() == endpoints
    send(endpoints.kafka_bootstrap, "kept", b"after")
    assert read(endpoints.kafka_bootstrap, "kept", 2) == [b"before", b"after"]
    assert execute(endpoints.database_url, "SELECT x FROM kept") == "7"


def test_another_broker_on_its_port_is_not_taken_for_it(ingest_broker, tmp_path):
    """Both have node id 1; what tells them apart is the cluster."""
    assert ingest_broker.answers()
    stranger = dataclasses.replace(ingest_broker, directory=tmp_path)
    assert not stranger.answers(), "never formatted"
    meta = tmp_path / "data" / "meta.properties"
    meta.parent.mkdir()
    meta.write_text("cluster.id=AAAAAAAAAAAAAAAAAAAAAA\nnode.id=1\nversion=1\n")
    assert not stranger.answers()


def test_a_second_start_reuses_what_runs_and_starts_only_what_does_not(running):
    first = running.status()
    assert first.up

    said: list[str] = []
    running.start(said.append)
    assert said == []
    assert running.status().kafka.pid == first.kafka.pid

    assert first.postgres.pid is not None
    psutil.Process(first.postgres.pid).send_signal(signal.SIGQUIT)  # PostgreSQL's immediate shutdown
    psutil.wait_procs([psutil.Process(first.postgres.pid)], timeout=60)
    running.start(said.append)
    second = running.status()
    assert second.up
    assert second.kafka.pid == first.kafka.pid
    assert second.postgres.pid != first.postgres.pid


def test_reset_deletes_the_data_and_nothing_else(local, tmp_path):
    endpoints = local.start()
    create(endpoints.kafka_bootstrap, "gone")
    (tmp_path / "mine").touch()
    local.reset()
    assert processes_below(tmp_path) == []
    assert (tmp_path / "mine").exists()
    endpoints = local.start()
    assert "gone" not in AdminClient({"bootstrap.servers": endpoints.kafka_bootstrap}).list_topics(timeout=60).topics


def test_a_killed_broker_comes_back_with_its_records(kafka_broker):
    create(kafka_broker.bootstrap, "kept")
    send(kafka_broker.bootstrap, "kept", b"1")
    kafka_broker.kill()
    assert not kafka_broker.answers()
    kafka_broker.start()
    send(kafka_broker.bootstrap, "kept", b"2")
    assert read(kafka_broker.bootstrap, "kept", 2) == [b"1", b"2"]


def test_only_the_loopback_interface_is_bound(running):
    status = running.status()
    listening = [
        connection.laddr.ip
        for service in (status.kafka, status.postgres)
        for connection in psutil.Process(service.pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(listening) == 3  # broker, controller, PostgreSQL
    assert {address.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}


def test_a_taken_port_is_named_and_nothing_stays_running(local, tmp_path):
    with socket.create_server(("127.0.0.1", local.kafka_port)), pytest.raises(ConfigError, match=str(local.kafka_port)):
        local.start()
    assert processes_below(tmp_path) == []


def test_without_a_wish_a_taken_port_is_avoided(tmp_path):
    stack = LocalStack(state_dir=tmp_path)
    try:
        endpoints = stack.start()
        stack.stop()
        taken = int(endpoints.kafka_bootstrap.rpartition(":")[2])
        with socket.create_server(("127.0.0.1", taken)):
            assert stack.start().kafka_bootstrap != endpoints.kafka_bootstrap
    finally:
        stack.stop()


def test_a_pidfile_whose_pid_belongs_to_another_program_is_not_believed(local):
    """The other program survives `stop`, and `start` starts a broker of its own."""
    local.start()
    pidfile = next(local.state_dir.rglob("kafka.pid"))
    argv = json.loads(pidfile.read_text())["argv"]
    local.stop()
    other = subprocess.Popen(["sleep", "600"])
    try:
        pidfile.write_text(json.dumps({"pid": other.pid, "argv": argv}))
        assert local.status().kafka.pid is None
        local.stop()
        assert other.poll() is None
        pidfile.write_text(json.dumps({"pid": other.pid, "argv": argv}))
        local.start()
        assert local.status().kafka.pid != other.pid
    finally:
        other.kill()
        other.wait()


@pytest.mark.parametrize("content", ["", "{}", "12", '{"pid": "x", "argv": []}', '{"pid": 0, "argv": []}', "[]"])
def test_a_damaged_pidfile_means_not_running(tmp_path, content):
    daemon = Daemon(name="d", directory=tmp_path)
    daemon.pidfile.write_text(content)
    assert daemon.find() is None


def test_a_program_that_ends_while_starting_is_reported_with_its_log(tmp_path):
    daemon = Daemon(name="d", directory=tmp_path)
    daemon.spawn([sys.executable, "-c", "print('no such luck')"])
    with pytest.raises(StartFailed, match="no such luck"):
        daemon.wait_ready(lambda: False, seconds=90)


def test_a_program_that_ignores_the_gentle_signal_is_killed_with_its_children(tmp_path):
    script = "import signal, subprocess; signal.signal(15, signal.SIG_IGN); "
    script += f"p = subprocess.Popen(['sleep', '600'], cwd={str(tmp_path)!r}); open('up', 'w').close(); p.wait()"
    daemon = Daemon(name="d", directory=tmp_path)
    daemon.spawn([sys.executable, "-c", f"import os; os.chdir({str(tmp_path)!r}); {script}"])
    daemon.wait_ready((tmp_path / "up").exists, seconds=90)
    assert len(processes_below(tmp_path)) == 2
    daemon.stop(grace_s=0.2)
    assert processes_below(tmp_path) == []


def serve(content: bytes) -> Fetch:
    """A source that gives these bytes for every jar."""

    def fetch(jar: Jar, target: Path) -> None:
        target.write_bytes(content)

    return fetch


JAR = Jar(group="org.example", artifact="thing", version="1.0", sha256=hashlib.sha256(b"right").hexdigest())


def test_a_jar_with_another_checksum_is_refused_by_name_and_leaves_no_trace(tmp_path):
    with pytest.raises(ChecksumMismatch, match=r"org\.example:thing:1\.0"):
        ensure(tmp_path, print, jars=(JAR,), fetch=serve(b"wrong"))
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_jar_in_the_cache_is_fetched_again_and_a_good_one_is_not(tmp_path):
    fetched = []

    def fetch(jar, target):
        fetched.append(jar)
        target.write_bytes(b"right")

    (tmp_path / JAR.filename).write_bytes(b"damaged")
    assert ensure(tmp_path, print, jars=(JAR,), fetch=fetch) == [tmp_path / JAR.filename]
    ensure(tmp_path, print, jars=(JAR,), fetch=fetch)
    assert fetched == [JAR]


def test_progress_is_said_from_the_start_and_per_jar(tmp_path):
    said: list[str] = []
    ensure(tmp_path, said.append, jars=(JAR,), fetch=serve(b"right"))
    assert [line.partition(": ")[2] for line in said] == ["0 of 1 jars", "1 of 1 jars"]


def test_an_interrupted_first_start_stops_fetching_and_leaves_no_process(tmp_path, monkeypatch, kafka):
    """`say` raises as Ctrl-C would: long before the last jar, and nothing is running after it."""
    assert kafka  # the shared cache is filled
    said: list[str] = []

    def fetch(jar: Jar, target: Path) -> None:
        shutil.copy(cache_directory() / jar.filename, target)

    def say(line: str) -> None:
        said.append(line)
        if line.endswith(f": 3 of {len(locked())} jars"):
            raise KeyboardInterrupt

    monkeypatch.setattr("infra.stack.jars.fetch_with_jgo", fetch)
    with pytest.raises(KeyboardInterrupt):
        LocalStack(state_dir=tmp_path / "state", cache=tmp_path / "cache").start(say)
    assert processes_below(tmp_path) == []
    assert said.count("starting Kafka") == 0


def test_a_jar_that_cannot_be_fetched_is_named(tmp_path):
    def fetch(jar, target):
        raise JarUnavailable(f"{jar} could not be fetched: no route")

    with pytest.raises(JarUnavailable, match=r"org\.example:thing"):
        ensure(tmp_path, print, jars=(JAR,), fetch=fetch)


def test_every_locked_jar_is_named_once_with_a_checksum(kafka):
    """The shared broker has filled the cache: every line of the lock is a file there."""
    jars = locked()
    assert len({jar.filename for jar in jars}) == len(jars) > 40
    assert all(len(jar.sha256) == 64 for jar in jars)
    assert all((cache_directory() / jar.filename).is_file() for jar in jars)
    assert kafka


def test_ctrl_c_in_the_terminal_does_not_reach_the_services(running):
    """They are in sessions of their own; whoever started them stops them in order."""
    status = running.status()
    assert {os.getsid(status.kafka.pid), os.getsid(status.postgres.pid)} == {status.kafka.pid, status.postgres.pid}


@pytest.mark.skipif(shutil.which("setpriv") is None or os.geteuid() != 0, reason="only root gives up being root")
def test_postgres_does_not_run_as_root(shared_postgres):
    process = shared_postgres.daemon.find()
    assert process.uids().effective != 0


def triage(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from infra.cli import main; main()", "stack", "--home", str(home), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def test_the_commands_start_show_and_stop(tmp_path):
    assert triage("status", home=tmp_path).returncode == 1
    try:
        up = triage("up", "--json", home=tmp_path)
        assert set(json.loads(up.stdout)) == {"kafka_bootstrap", "database_url"}
        shown = triage("status", "--json", home=tmp_path)
        assert (shown.returncode, json.loads(shown.stdout)["up"]) == (0, True)
        assert triage("reset", home=tmp_path).returncode == 1  # nobody there to confirm
        assert triage("status", home=tmp_path).returncode == 0
    finally:
        assert triage("down", home=tmp_path).returncode == 0
    assert processes_below(tmp_path) == []
    assert triage("up", "--port", "1", home=tmp_path).returncode == 2


def test_three_brokers_make_a_cluster(tmp_path):
    brokers = new_cluster(tmp_path, 3)
    try:
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda broker: broker.start(), brokers))
        admin = AdminClient({"bootstrap.servers": brokers[0].bootstrap})
        assert set(admin.list_topics(timeout=60).brokers) == {1, 2, 3}
        for done in admin.create_topics([NewTopic("copied", 1, 3)]).values():
            done.result(60)
        send(brokers[0].bootstrap, "copied", b"x")
    finally:
        for broker in brokers:
            broker.kill()
    assert processes_below(tmp_path) == []
