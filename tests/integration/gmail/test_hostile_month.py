"""A month in which everything goes wrong, in minutes; then every mail that Gmail still has is on the log, once."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field

import pytest

from agents.fakes.google.faults import Fault
from tests.integration.gmail.conftest import GmailSite
from tests.integration.ingest.conftest import Ingest, until

DAY_S = 86_400.0
WEATHER = (
    (),
    (Fault(method="users.messages.get", error="429-user", probability=0.2, retry_after_s=0.2),),
    (Fault(error="503", probability=0.05), Fault(effect="truncate", probability=0.02)),
    (Fault(method="users.history.list", error="429-project", probability=0.5, retry_after_s=0.1),),
    (Fault(effect="drop", probability=0.03), Fault(effect="junk", probability=0.01)),
    (
        Fault(method="users.history.list", error="404", times=1),
        Fault(method="users.messages.list", error="403-user", times=2),
    ),
    (Fault(error="401", probability=0.02), Fault(effect="slow", delay_s=0.3, probability=0.05)),
)


@dataclass
class Month:
    """One mailbox, what happens to it, and the ingest process that is killed beside it."""

    site: GmailSite
    mails: int
    kills: int
    dice: random.Random
    happened: dict[str, int] = field(default_factory=dict)

    async def run(self) -> None:
        site = self.site
        self.box = await site.gmail("box", since_days=30)
        site.google.fill(self.box, self.mails // 4, every_s=25 * DAY_S / (self.mails // 4))
        site.google.set_mishaps(drop=0.3, duplicate=0.2, reorder=0.2, delay_s=(0, 0.3), limit=False)
        process = self._start()
        await until(self._watched, bool, 60)
        left = self.mails - self.mails // 4
        for round_ in range(self.kills):
            site.google.set_faults(*WEATHER[round_ % len(WEATHER)])
            for _ in range(4):
                left -= self._mail_comes(min(left, self.dice.randint(1, max(1, self.mails // self.kills // 3))))
                await asyncio.to_thread(self._something_happens)
                await asyncio.sleep(self.dice.random() * 0.8)
            process.kill()
            self._count("kill")
            if round_ % 3 == 1:
                site.google.deliver(self.box, generated=5)
                site.google.expire_history(self.box)
                self._count("history gone")
            process = self._start()
            if round_ % 5 == 2:
                await self._access_is_revoked()
            await self._until_it_moves()
        self._mail_comes(left)
        site.google.set_faults()

    def _start(self) -> Ingest:
        return self.site.ingest(
            "ingest",
            STATIC_MEMBERSHIP="true",
            GMAIL_SILENCE_S="2",
            PUSH_COMMIT_S="5",
            BREAKER_RESET_S="1",
            RECONNECT_MAX_S="0.5",
        )

    def _mail_comes(self, count: int) -> int:
        if count:
            self.site.google.deliver(self.box, generated=count)
        return count

    def _something_happens(self) -> None:
        google, kept = self.site.google, [one.id for one in self.site.google.messages(self.box)]
        some = self.dice.sample(kept, min(len(kept), 5))
        match self.dice.randint(0, 4):
            case 0:
                google.delete(self.box, *some)
                self._count("deleted")
            case 1:
                google.relabel(self.box, *some, remove=["INBOX"])
                google.relabel(self.box, *some[:3], add=["INBOX"])
                self._count("moved away and back")
            case 2:
                google.delete(self.box, *kept[-3:])  # likely before they were fetched
                self._count("deleted at once")
            case 3:
                google.relabel(self.box, *some, add=["STARRED"], remove=["UNREAD"])
                self._count("starred")
            case _:
                google.expire_access(self.box)
                self._count("token expired")

    async def _access_is_revoked(self) -> None:
        self.site.google.revoke(self.box)
        self._count("revoked")
        await asyncio.sleep(1.5)
        self.site.google.restore(self.box)
        self.site.log_in("box")

    async def _watched(self) -> bool:
        return self.box in self.site.google.watches()

    async def _until_it_moves(self) -> None:
        """The process that was started has begun its work; a kill before that would show nothing."""
        before = await self._asked()
        await until(self._asked, lambda asked: asked > before, 60)

    async def _asked(self) -> int:
        return sum(
            self.site.google.counters().requests.get(name, 0) for name in ("users.history.list", "users.messages.get")
        )

    def _count(self, what: str) -> None:
        self.happened[what] = self.happened.get(what, 0) + 1


async def _hostile(site: GmailSite, mails: int, kills: int, wait_s: float) -> None:
    month = Month(site, mails, kills, random.Random(mails))
    await month.run()
    proof = await asyncio.to_thread(site.prove, "box", wait_s)
    pushes = site.google.counters().pushes
    print(month.happened, pushes, {name: value for name, value in proof.items() if not isinstance(value, list)})
    assert (proof["missing"][:5], proof["twice"][:5]) == ([], [])
    assert proof["listed"] > mails / 2
    assert month.happened["kill"] == kills
    assert min(pushes[name] for name in ("dropped", "duplicated", "reordered")) > 0
    log = (site.directory / "ingest.log").read_text()
    assert "are listed and compared with the log" in log


async def test_a_hostile_week(gmail_site: GmailSite) -> None:
    await _hostile(gmail_site, 2_000, 4, 120)


@pytest.mark.soak
async def test_a_hostile_month(gmail_site: GmailSite) -> None:
    await _hostile(gmail_site, 20_000, 20, 300)
