"""Verdicts reach their receivers: in order, at least once, whatever happens to one of them or to us."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from agents.deliver.endpoints import GROUP_PREFIX
from streams.reading import latest
from streams.status import Status
from streams.topics import STATUS
from streams.triage.verdict import Lane
from tests.integration.deliver.conftest import WAIT_S, Receiver, Site
from tests.services.group import evict


def in_order(got: list[str]) -> list[str]:
    """Without what came again."""
    return list(dict.fromkeys(got))


async def test_a_slow_receiver_and_a_private_address_hold_back_nobody(
    site: Site, receiver: Receiver, other: Receiver
) -> None:
    async def sleepy(_: dict[str, Any]) -> int:
        await asyncio.sleep(60)
        return 204

    other.answer = sleepy
    site.endpoint("fast", receiver.url)
    site.endpoint("slow", other.url, timeout_s=60)
    site.endpoint("metadata", receiver.url.replace("http:", "https:"), allow_networks=[])
    accounts = [site.account(name) for name in "abc"]
    written = await site.judged(*accounts, each=40)
    site.processes.start("deliver-0")
    await site.until(lambda: receiver.total >= 120)
    assert receiver.got == written
    assert other.total == 0
    # The lag of what never takes anything shows from the start.
    await site.until(lambda: set(site.committed(f"{site.unique}-metadata").values()) == {0})

    reason = ""
    async with asyncio.timeout(90):
        while "is not public" not in reason:
            if (said := (await latest(site.settings, STATUS.name)).get(b"deliver-0")) is None:
                continue
            found = {check.name: check.reason for check in Status.decode(said).checks if not check.ok}
            reason = found.get(f"endpoint {site.unique}-metadata", "")
    assert site.processes.terminate("deliver-0") == 0


async def test_a_killed_process_delivers_each_at_least_once_in_order_with_the_same_id(
    site: Site, receiver: Receiver
) -> None:
    async def unhurried(_: dict[str, Any]) -> int:
        await asyncio.sleep(0.005)
        return 200

    receiver.answer = unhurried
    site.endpoint("hook", receiver.url)
    accounts = [site.account(str(number)) for number in range(5)]
    written = await site.judged(*accounts, each=100)
    site.processes.start("deliver-0")
    for kill_at in (60, 250):
        await site.until(lambda least=kill_at: receiver.total >= least)  # type: ignore[misc]
        site.processes.kill("deliver-0")
        site.processes.start("deliver-0")
    await site.until(lambda: len(receiver.ids) == 500)
    assert {account: in_order(got) for account, got in receiver.got.items()} == written
    assert all(len(ids) == 1 for ids in receiver.ids.values())


async def test_what_was_not_taken_is_listed_and_delivered_again(site: Site, receiver: Receiver) -> None:
    poison = ""
    failures = 2

    async def picky(verdict: dict[str, Any]) -> int:
        nonlocal failures
        if verdict["event_id"] == poison:
            return 422
        failures -= 1
        return 503 if failures >= 0 else 200

    receiver.answer = picky
    name = site.endpoint("hook", receiver.url)
    account = site.account("a")
    written = await site.judged(account, each=5)
    poison = written[account][2]
    site.processes.start("deliver-0")
    await site.until(lambda: receiver.total == 4)
    assert receiver.got[account] == [one for one in written[account] if one != poison]

    listed = ""
    async with asyncio.timeout(90):
        while not listed:  # what comes behind it does not wait until it is written down
            code, listed = await site.command("deliver", "undelivered", "--endpoint", name, "--json")
            assert code == 0, "a list, like `triage dead list`"
    (one,) = map(json.loads, listed.splitlines())
    assert (one["event_id"], one["account"], one["reason"]) == (poison, account, "HTTP 422")
    assert (await site.command("deliver", "redeliver", "--event-id", poison))[0] == 1, "still not taken"

    poison, known = "", one["event_id"]
    code, said = await site.command("deliver", "redeliver", "--event-id", known[:12])
    assert (code, "1 delivered, 0 not" in said) == (0, True), said
    assert receiver.got[account][-1] == known
    assert await site.command("deliver", "undelivered", "--endpoint", name) == (0, "0 undelivered\n")


async def test_a_lane_that_is_paused_live_waits_in_place_while_another_goes_on(site: Site, receiver: Receiver) -> None:
    site.endpoint("hook", receiver.url)
    account, later = site.account("a"), site.account("b")
    site.processes.start("deliver-0")
    first = await site.judged(account)
    await site.until(lambda: receiver.total == 1)
    assert (await site.command("control", "set", "LANE:high", "paused", "--for", "5m", "--why", "test"))[0] == 0
    try:
        held = await site.judged(account, begin=1, each=3)
        beside = await site.judged(later, lane=Lane.NORMAL)
        await site.until(lambda: receiver.total == 2)
        assert receiver.got == first | beside
    finally:
        assert (await site.command("control", "clear", "LANE:high", "--why", "test over"))[0] == 0
    await site.until(lambda: receiver.total == 5)
    assert receiver.got[account] == first[account] + held[account]


async def test_who_was_put_out_of_its_group_while_an_answer_is_awaited_is_back_and_nothing_is_lost_or_stuck(
    site: Site, receiver: Receiver
) -> None:
    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def slow(_: dict[str, Any]) -> int:
        asked.set()
        await may_answer.wait()
        return 204

    receiver.answer = slow
    name = site.endpoint("hook", receiver.url, timeout_s=60)
    accounts = [site.account(name) for name in "abc"]
    written = await site.judged(*accounts, each=3)
    site.processes.start("deliver-0")
    async with asyncio.timeout(WAIT_S):
        await asked.wait()
    await site.until(lambda: len(site.members(name)) == 1)
    before = await evict(site.settings.kafka_bootstrap_servers, GROUP_PREFIX + name)
    await site.until(lambda: bool(site.members(name).keys() - before))
    may_answer.set()
    later = await site.judged(*accounts, begin=3, each=2)
    await site.until(lambda: len(receiver.ids) == 15)
    assert {account: in_order(got) for account, got in receiver.got.items()} == {
        account: written[account] + later[account] for account in accounts
    }
    await site.until(lambda: sum(site.committed(name).values()) >= 15)
    await site.until(lambda: len(site.members(name)) == 1)
