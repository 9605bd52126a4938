"""Every command block of RUNBOOK.md ends and says what its tags tell, in the fault that it is for."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from monitoring.runbook.blocks import Block, of_runbook
from tests.integration.gameday import days
from tests.integration.gameday.runbook.shell import Shell, shell
from tests.integration.gameday.system import System
from tests.integration.gameday.watching import Watch

Fault = Callable[[System], Callable[[], None]]


def nothing(at: System) -> Callable[[], None]:
    """All is well."""
    del at
    return lambda: None


def down(name: str) -> Fault:
    """Killed; whoever starts it again, it runs at the end."""

    def make(at: System) -> Callable[[], None]:
        at.flow.kill(name)
        return lambda: None if name in at.flow.running else at.start(name)

    return make


def password_wrong(at: System) -> Callable[[], None]:
    """An account whose password the server refuses."""
    at.dovecot.add_user("refusedbox", "right")
    at.add_imap("refusedbox", "wrong")
    return lambda: print(at.flow.triage("account", "remove", "refusedbox"))


FAULTS: dict[str, tuple[Fault, bool]] = {
    "": (nothing, True),
    "operated": (nothing, False),
    "worker-down": (down("worker-0"), False),
    "kafka-down": (days.kafka_killed, False),
    "postgres-down": (days.postgres_killed, True),
    "table-locked": (days.table_locked, False),
    "imap-down": (days.imap_stopped, False),
    "password-wrong": (password_wrong, False),
    "archive-down": (down("archive-0"), False),
    "ingest-down": (down("ingest-0"), False),
    "control-down": (down("control-0"), False),
    "classifier-fails": (days.classifier("fail"), False),
    "classifier-slow": (days.classifier("slow"), False),
    "memory": (days.classifier("memory"), False),
}
"""Name in the tags: what makes it, and whether CI does (the others are for `make runbook` and the soak). `operated`: nothing is
broken, somebody changes what runs, for which there are tests of its own."""
RUN = [block for block in of_runbook() if not block.checked]
ROWS = [
    pytest.param(name, id=name or "all-well", marks=[] if in_ci else pytest.mark.soak)
    for name, (_, in_ci) in FAULTS.items()
]
REPORT: list[str] = []


@pytest.fixture(scope="module")
def typed(at: System, watching: Watch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """The shell, and at the end how many blocks were run."""
    for program in ("jq", "curl", "logrotate"):
        assert shutil.which(program), f"not installed: apt-get install {program}"
    with shell(at, watching, tmp_path_factory.mktemp("shell")) as made:
        yield made
    total = len(of_runbook())
    print("\n" + "\n".join(REPORT))
    print(f"runbook: run {len(REPORT)} of {len(RUN)}, checked only {total - len(RUN)}, total {total}")


def test_every_fault_that_a_block_names_can_be_made() -> None:
    assert {block.fault for block in RUN} <= FAULTS.keys()


@pytest.mark.timeout(420)
@pytest.mark.parametrize("fault", ROWS)
def test_blocks_do_what_they_say(fault: str, typed: Shell, at: System) -> None:
    """Looks first, two at a time as two engineers would; then each remedy, with the fault made anew for it."""
    here = [block for block in RUN if block.fault == fault]
    make, _ = FAULTS[fault]
    remedies: list[Block | None] = [block for block in here if block.mends] or [None]
    typed.until_well()
    try:
        for number, remedy in enumerate(remedies):
            remove = make(at)
            try:
                if number == 0:
                    _look(typed, [block for block in here if not block.mends])
                if remedy is not None:
                    _type(typed, remedy)
                    typed.until_well()
            finally:
                remove()
    finally:
        typed.until_well()


def _look(typed: Shell, looks: list[Block]) -> None:
    with ThreadPoolExecutor(2) as engineers:
        for done in [engineers.submit(_type, typed, block) for block in looks]:
            done.result()


def _type(typed: Shell, block: Block) -> None:
    began = time.monotonic()
    typed.type(block)
    REPORT.append(f"RUNBOOK.md:{block.line:<4} {block.section:<30} {time.monotonic() - began:5.1f} s  {block.fault}")
