"""The board keeps answers and survives every probe."""

from __future__ import annotations

import asyncio

from monitoring.health.board import Board
from monitoring.health.probes import Probe, disk
from streams.status import Check


def probe(ask, *names: str) -> Probe:
    return Probe(names=names or ("x",), ask=ask, interval_s=10, timeout_s=0.05)


async def hangs() -> tuple[Check, ...]:
    await asyncio.Event().wait()
    return ()


async def fails() -> tuple[Check, ...]:
    raise RuntimeError("secret text")


async def answers() -> tuple[Check, ...]:
    return (Check(name="x", ok=True),)


async def test_before_the_first_answer_nothing_is_well():
    assert Board([probe(answers)]).checks() == (Check(name="x", ok=False, reason="not asked yet"),)


async def test_an_answer_is_kept():
    board = Board([one := probe(answers)])
    await board.ask(one)
    assert board.checks() == (Check(name="x", ok=True),)


async def test_silence_is_an_answer_for_every_name_of_the_probe():
    board = Board([one := probe(hangs, "x", "y")])
    await board.ask(one)
    assert [(check.name, check.ok, check.reason) for check in board.checks()] == [
        ("x", False, "no answer within 0 s"),
        ("y", False, "no answer within 0 s"),
    ]


async def test_a_defect_in_a_probe_is_an_answer_without_its_text():
    board = Board([one := probe(fails)])
    await board.ask(one)
    assert board.checks()[0].reason == "probe failed: RuntimeError"


async def test_an_old_answer_is_none():
    now = 0.0
    board = Board([one := probe(answers)], clock=lambda: now)
    await board.ask(one)
    now = 31.0
    assert board.checks()[0].reason == "last answer 31 s ago"


async def test_one_probe_that_hangs_does_not_keep_the_others_from_asking():
    asked = asyncio.Event()

    async def other() -> tuple[Check, ...]:
        asked.set()
        return (Check(name="y", ok=True),)

    running = asyncio.create_task(Board([probe(hangs), probe(other, "y")]).run())
    async with asyncio.timeout(60):
        await asked.wait()
    running.cancel()


async def test_the_disk_of_a_directory_that_does_not_exist_yet_is_that_of_its_parent(tmp_path):
    (check,) = await disk(tmp_path / "not" / "yet")
    assert check.name == "disk"
