"""`triage run` as a person or a script uses it, on a real stack in a directory of its own.

One directory serves the whole module: what a first run leaves is what the next one finds. The tests run in their order."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import psutil
import pytest

from agents.sample import templates, write_sample
from infra.stack.ports import is_free

TRIAGE = Path(sys.executable).with_name("triage")
STOPS_WITHIN_S = 60
ODD = {
    "empty.eml": b"",
    "headers-only.eml": b"From: a@b.example\nSubject: nothing below\n",
    "no-headers.eml": b"\njust a body\n",
    "noise.eml": bytes(range(256)) * 20,
    "nul.eml": b"Subject: a\x00b\n\nc\x00d\n",
    "broken-mime.eml": b"Content-Type: multipart/mixed; boundary=x\nSubject: open\n\n--x\nContent-Type: text/html\n\n<b>",
    "hostile.eml": b"From: \x1b[2J<a@b.example>\nSubject: URGENT \x1b]0;owned\x07 [red]x[/] reply today!\n\nAnswer by 5 pm today.\n",
    "without-suffix": b"Subject: plain\n\nhello\n",
}

DROPPED = b"""From: Ana <ana@bluecrate.example>
To: robin@bluecrate.example
Subject: URGENT \x1b]0;owned\x07 [red]x[/] reply today!
Message-ID: <dropped@bluecrate.example>

Production is down. Please answer by 5 pm today, we need your decision.
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("run") / "home"
    yield made
    end_all(made)


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Odd files of many kinds: a Maildir, broken mails beside it, a name that is not UTF-8, and what is no mail."""
    root = tmp_path_factory.mktemp("mails")
    write_sample(root / "box", datetime.now(UTC))
    (root / "odd").mkdir()
    for name, raw in ODD.items():
        (root / "odd" / name).write_bytes(raw)
    Path(os.fsdecode(bytes(root) + b"/caf\xe9.eml")).write_bytes(b"Subject: name\n\nof the file\n")
    (root / "link.eml").symlink_to("odd/empty.eml")
    (root / ".notes").write_text("not a mail")
    return root


FILES = len(templates()) + len(ODD) + 1


def environment() -> dict[str, str]:
    """Without what the machine's user may have set for another cluster."""
    ours = ("KAFKA_", "DATABASE_", "TRIAGE_", "HEALTH_PORT", "METRICS_PORT", "TOPIC_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def finished(
    home: Path, *arguments: str, seconds: float = 180
) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    done = subprocess.run(
        [TRIAGE, "run", "--home", home, "--exit-when-idle", "--json", *arguments],
        capture_output=True, text=True, timeout=seconds, check=False, env=environment(),
    )  # fmt: skip
    assert done.stdout, done.stderr
    assert "Traceback" not in done.stderr
    return done, json.loads(done.stdout)


def belonging(home: Path) -> list[str]:
    """Every process that was started for this directory."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
                continue
            if str(home) in " ".join(process.cmdline()) or process.environ().get("TRIAGE_HOME") == str(home):
                found.append(f"{process.pid} {' '.join(process.cmdline())[:120]}")
        except psutil.Error:
            continue
    return found


def deliver(maildir: Path, name: str, raw: bytes) -> None:
    """As a mail server does it."""
    (maildir / "tmp" / name).write_bytes(raw)
    (maildir / "tmp" / name).rename(maildir / "new" / name)


def end_all(home: Path) -> None:
    """Whatever a failed test has left."""
    for line in belonging(home):
        with suppress(psutil.NoSuchProcess):
            psutil.Process(int(line.split()[0])).kill()


def wait_none_left(home: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while left := belonging(home):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


class Terminal:
    """`triage run` on a terminal of its own, as a person sees it."""

    def __init__(self, home: Path, *arguments: str) -> None:
        ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [TRIAGE, "run", "--home", home, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            env={**environment(), "TERM": "xterm-256color", "COLUMNS": "140", "LINES": "50"},
        )  # fmt: skip
        os.close(theirs)
        self._ours = ours
        self._text = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def text(self) -> str:
        """What was written so far, without colours and cursor movements."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self._text)

    @property
    def raw(self) -> str:
        """What was written so far."""
        return self._text

    def wait_for(self, *expected: str, seconds: float = 90) -> float:
        """Seconds until all of this was on the screen."""
        began = time.monotonic()
        while missing := [one for one in expected if one not in self.text]:
            assert self.process.poll() is None, self.text
            assert time.monotonic() - began < seconds, f"not shown: {missing}\n{self.text[-3000:]}"
            time.sleep(0.05)
        return time.monotonic() - began

    def interrupt(self) -> int:
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(STOPS_WITHIN_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """A test that failed leaves nothing to the next one."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(STOPS_WITHIN_S)
        self._reader.join(5)
        os.close(self._ours)

    def _read(self) -> None:
        while True:
            try:
                part = os.read(self._ours, 65536)
            except OSError:  # the other end is closed
                return
            self._text += part.decode("utf-8", "replace")


def test_every_file_of_a_folder_is_accounted_for_and_a_second_run_announces_none(home: Path, mails: Path) -> None:
    done, first = finished(home, "--maildir", str(mails))
    assert (first["files"], first["received"], first["announced"]) == (FILES, FILES, FILES), done.stderr
    assert first["archived"] + first["dead"] == FILES
    assert sum(first["lanes"].values()) == first["archived"]
    assert first["duplicates"] == 0
    assert 0 <= first["latency_ms"]["p50"] <= first["latency_ms"]["p99"]
    assert done.returncode == 0, "a dead letter with its reason is accounted for"
    assert 1 <= first["dead"] <= len(ODD)  # the empty file is no mail
    assert any("odd/empty.eml" in problem for problem in first["problems"])
    assert re.findall(r"  waiting (\S+)", done.stderr)[-1] == "0", "the last figures are of the end"
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x9b]", done.stderr), "nothing of a mail reaches the terminal as it is"
    wait_none_left(home, 0)

    done, second = finished(home, "--maildir", str(mails))
    assert second == first | {"announced": 0, "latency_ms": {"p50": None, "p99": None}, "seconds": second["seconds"]}
    wait_none_left(home, 0)


def test_a_new_file_is_the_only_one_announced_and_taken_ports_give_way(home: Path, mails: Path) -> None:
    (mails / "late.eml").write_bytes(b"Subject: late\n\nhello\n")
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if is_free(8000):
            taken.bind(("127.0.0.1", 8000))
            taken.listen()
        done, third = finished(home, "--maildir", str(mails), "--workers", "2")
    assert (third["files"], third["received"], third["announced"]) == (FILES + 1, FILES + 1, 1)
    assert third["latency_ms"]["p50"] is not None
    assert "port 8000 is taken: health listens on 80" in done.stderr


def test_a_person_sees_the_sample_and_ctrl_c_leaves_nothing(home: Path) -> None:
    with Terminal(home, "--sample") as terminal:
        terminal.wait_for("starting Kafka")
        terminal.wait_for("Kafka", "PostgreSQL", "/health", "/metrics", "drop a mail here", "Ctrl-C stops all of it")
        terminal.wait_for("ingest ok", "worker-1 ok", "archive ok", "control ok", "SEV1: booking database primary")
        terminal.wait_for("found to lane")  # the sample is decided; what came with it might be below the screen's edge
        deliver(home / "sample" / "Maildir", "dropped", DROPPED)
        terminal.wait_for("[red]x[/] reply today!")
        assert "\x1b]0;" not in terminal.raw
        again = subprocess.run(
            [TRIAGE, "run", "--home", home], capture_output=True, text=True, check=False, timeout=120
        )
        assert again.returncode == 1
        assert f"another `triage run` (pid {terminal.process.pid})" in again.stderr
        assert terminal.interrupt() == 0
    wait_none_left(home, 0)


def test_what_dies_comes_back_and_a_killed_run_leaves_nothing_for_long(home: Path) -> None:
    with Terminal(home) as terminal:
        terminal.wait_for(
            "SEV1: booking database primary", "worker-1 ok"
        )  # read from the log, for there is no new mail
        assert "0 new" in terminal.text
        worker = json.loads((home / "run" / "worker-1.pid").read_text())["pid"]
        os.kill(worker, signal.SIGKILL)
        terminal.wait_for("worker-1 was ended by SIGKILL; starting it again", "worker-1 ok, 1 restarts")
        kafka = json.loads((home / "stack" / "kafka" / "kafka.pid").read_text())["pid"]
        os.kill(kafka, signal.SIGKILL)
        terminal.wait_for("kafka died")
        deliver(home / "sample" / "Maildir", "while-away", DROPPED.replace(b"reply today", b"while away"))
        terminal.wait_for("[red]x[/] while away!")
        assert "Errno" not in terminal.text, "log lines of clients belong into a file"
        terminal.process.kill()
        terminal.process.wait()
    wait_none_left(home, 60)


def test_ctrl_c_while_the_stack_starts_leaves_nothing(tmp_path: Path) -> None:
    try:
        with Terminal(tmp_path / "new") as terminal:
            terminal.wait_for("starting Kafka")
            assert terminal.interrupt() == 0
        wait_none_left(tmp_path / "new", 0)
    finally:
        end_all(tmp_path / "new")


def test_when_nothing_moves_the_run_ends_and_names_what_is_missing(home: Path, mails: Path) -> None:
    """An ingest process that hangs announces nothing."""
    (mails / "stuck.eml").write_bytes(b"Subject: stuck\n\nhello\n")
    threading.Thread(target=keep_stopped, args=(home, "ingest"), daemon=True).start()
    done, outcome = finished(home, "--maildir", str(mails), "--patience", "4")
    assert done.returncode == 1
    assert outcome["files"] == outcome["received"] + 1
    assert any("not read by ingest: stuck.eml" in problem for problem in outcome["problems"])
    assert any("nothing has moved for" in problem for problem in outcome["problems"])
    wait_none_left(home, 0)


def keep_stopped(home: Path, name: str) -> None:
    """SIGSTOP to a process as soon as its pidfile is there: it hangs, and also ignores SIGTERM."""
    pidfile = home / "run" / f"{name}.pid"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.kill(json.loads(pidfile.read_text())["pid"], signal.SIGSTOP)
            return
        except (OSError, ValueError):
            time.sleep(0.01)
