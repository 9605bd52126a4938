"""Is every file accounted for? And if not, which one and where did it stay?"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest

from agents.accounts import Account
from infra.errors import Transient
from monitoring.run import mailbox, settling
from monitoring.run.accounting import Outcome, settle
from monitoring.run.mailbox import Listing
from monitoring.run.settling import Settling
from monitoring.run.tally import Tally
from streams.triage.verdict import Lane
from tests.unit.run.records import ACCOUNT, BEGUN, dead, mail_id, received, verdict


def files(*numbers: int) -> Listing:
    return Listing(ids=frozenset(map(mail_id, numbers)), links=0, closed=())


def judged(tally: Tally, listing: Listing, *archived: int) -> Outcome:
    names = {mail_id(number): f"file-{number}" for number in range(100)}
    return settle(
        tally,
        listing,
        frozenset(map(mail_id, archived)),
        {Lane.LOW: len(archived)},
        lambda ids: sorted(names[one] for one in ids if one in listing.ids),
    )


def flow(*, received_: tuple[int, ...] = (), lanes: tuple[int, ...] = (), dead_: tuple[int, ...] = ()) -> Tally:
    tally = Tally(account=ACCOUNT, begun_ms=BEGUN)
    for record in (*map(received, received_), *map(verdict, lanes), *map(dead, dead_)):
        tally.take(record)
    return tally


def test_all_archived_is_well() -> None:
    outcome = judged(flow(received_=(1, 2), lanes=(1, 2)), files(1, 2), 1, 2)
    assert outcome.complete
    assert outcome.problems == ()
    assert outcome.as_json(1.234) == {
        "account": ACCOUNT,
        "files": 2,
        "received": 2,
        "announced": 2,
        "archived": 2,
        "lanes": {"urgent": 0, "high": 0, "normal": 0, "low": 2},
        "dead": 0,
        "duplicates": 0,
        "malformed": 0,
        "seconds": 1.23,
        "latency_ms": {"p50": 50, "p99": 50},
        "problems": [],
    }


@pytest.mark.parametrize(
    ("tally", "archived", "problem"),
    [
        (flow(), (), "2 not read by ingest: file-1, file-2"),
        (flow(received_=(1, 2)), (), "2 received, but in no lane: file-1, file-2"),
        (flow(received_=(1, 2), lanes=(1, 2)), (1,), "1 in a lane, but not archived: file-2"),
        (flow(received_=(1, 2), lanes=(1,), dead_=(2,)), (1,), "1 on mail.dead (no header field): file-2"),
    ],
)
def test_what_is_not_archived_is_named_with_the_stage_where_it_stayed(
    tally: Tally, archived: tuple[int, ...], problem: str
) -> None:
    outcome = judged(tally, files(1, 2), *archived)
    assert outcome.problems == (problem,)
    assert outcome.complete == ("mail.dead" in problem)


def test_received_is_archived_plus_dead_also_for_a_mail_that_was_dead_and_then_put_back() -> None:
    outcome = judged(flow(received_=(1, 2, 3), lanes=(1, 2), dead_=(2, 3)), files(1, 2, 3), 1, 2)
    assert (outcome.received, outcome.archived, outcome.dead) == (3, 2, 1)


def test_a_file_that_was_removed_since_is_no_problem_but_its_mail_must_still_arrive() -> None:
    assert judged(flow(received_=(1, 2), lanes=(1, 2)), files(1), 1, 2).problems == ()
    assert judged(flow(received_=(1, 2), lanes=(1,)), files(1), 1).problems == (
        f"1 received, but in no lane: {mail_id(2).hex()}",
    )


def test_a_mail_that_retention_took_from_the_log_was_received_all_the_same() -> None:
    outcome = judged(flow(), files(1), 1)
    assert (outcome.received, outcome.archived, outcome.announced, outcome.problems) == (1, 1, 0, ())


def test_a_folder_that_cannot_be_listed_is_a_problem() -> None:
    listing = Listing(ids=frozenset(), links=0, closed=("private\x1b: Permission denied",))
    assert judged(flow(), listing).problems == ("folder private␛: Permission denied: nobody knows what is in it",)


def test_dead_letters_are_told_by_their_reason_the_most_frequent_first() -> None:
    tally = Tally(account=ACCOUNT, begun_ms=BEGUN)
    for number, reason in enumerate(["rare", "often\x1b", "often\x1b", *"abcdef"], start=1):
        tally.take(dead(number, reason=reason))
    problems = judged(tally, files(*range(1, 10))).problems
    assert problems[0] == "2 on mail.dead (often␛): file-2, file-3"
    assert len(problems) == 6
    assert problems[-1].startswith("3 on mail.dead (for other reasons): ")


def test_symbolic_links_are_said_to_be_passed_over_which_is_no_failure() -> None:
    outcome = judged(flow(), Listing(ids=frozenset(), links=3, closed=()))
    assert outcome.problems == ("symbolic links passed over: 3",)
    assert outcome.accounted_for


def test_lane_records_that_are_no_verdicts_are_told_and_are_no_file_s_fault() -> None:
    tally = flow(received_=(1,), lanes=(1,))
    tally.take(verdict(2, value=b"not json"))
    outcome = judged(tally, files(1), 1)
    assert outcome.as_json(1)["malformed"] == 1
    assert "1 lane records that are no verdicts" in outcome.as_text(1)
    assert outcome.problems == ("1 records in the lanes are no verdicts: who else writes there?",)
    assert outcome.accounted_for


def test_many_missing_files_are_named_in_part() -> None:
    (problem,) = judged(flow(), files(*range(50))).problems
    assert problem.endswith("and 40 more")


class Reader:
    async def caught_up(self) -> None: ...


class Shelf:
    """PostgreSQL as a test says."""

    def __init__(self, *numbers: int, trouble: str = "") -> None:
        self.numbers, self.trouble = numbers, trouble

    @property
    def ours(self) -> Counter[Lane]:
        return Counter({Lane.LOW: len(self.numbers)})

    async def look(self) -> None:
        if self.trouble:
            raise Transient(self.trouble)

    async def ids(self) -> frozenset[bytes]:
        return frozenset(map(mail_id, self.numbers))


@pytest.fixture
def account(tmp_path: Path) -> Account:
    folder = tmp_path / "mails"
    folder.mkdir()
    for number in (1, 2):
        (folder / str(number)).write_text(f"Subject: {number}\n\n")
    return Account(id=ACCOUNT, kind="maildir", maildir=str(folder), since_days=None)


def waiting(account: Account, tally: Tally, shelf: Shelf, patience_s: float = 0.5) -> Settling:
    return Settling(
        account=account, tally=tally, reader=cast("Any", Reader()), shelf=cast("Any", shelf), patience_s=patience_s
    )


async def test_the_wait_ends_when_the_last_mail_is_archived(account: Account) -> None:
    shelf = Shelf(1)
    wait = asyncio.create_task(waiting(account, flow(received_=(1, 2), lanes=(1, 2)), shelf, 30).run())
    await asyncio.sleep(0.4)
    assert not wait.done()
    shelf.numbers = (1, 2)
    assert (await asyncio.wait_for(wait, 60)).problems == ()


async def test_the_wait_ends_with_a_reason_when_nothing_moves(account: Account) -> None:
    outcome = await asyncio.wait_for(waiting(account, flow(received_=(1,), lanes=(1,)), Shelf(1)).run(), 60)
    missing, why = outcome.problems
    assert missing == "1 not read by ingest: 2"
    assert re.fullmatch(r"nothing has moved for \d+ s", why)


async def test_a_database_that_is_away_is_a_reason_and_no_traceback(account: Account) -> None:
    outcome = await asyncio.wait_for(
        waiting(account, flow(received_=(1, 2)), Shelf(trouble="PostgreSQL: away")).run(), 60
    )
    assert "PostgreSQL: away" in outcome.problems
    assert not outcome.complete


async def test_files_that_nobody_can_open_do_not_cost_the_whole_patience(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "SETTLED_S", 0.1)
    monkeypatch.setattr(mailbox, "unreadable", lambda _, path: "Permission denied" if path == "2" else "")
    outcome = await asyncio.wait_for(waiting(account, flow(received_=(1,), lanes=(1,)), Shelf(1), 60).run(), 60)
    assert outcome.problems == ("1 not read by ingest: 2", "1 files cannot be read: Permission denied")


async def test_a_new_file_during_the_wait_is_waited_for(account: Account) -> None:
    tally, shelf = flow(received_=(1, 2), lanes=(1, 2)), Shelf(1)
    wait = asyncio.create_task(waiting(account, tally, shelf, 30).run())
    await asyncio.sleep(0.1)
    Path(account.maildir or "", "3").write_text("Subject: 3\n\n")
    shelf.numbers = (1, 2)
    await asyncio.sleep(0.6)
    assert not wait.done()
    tally.take(received(3))
    shelf.numbers = (1, 2, 3)
    assert (await asyncio.wait_for(wait, 60)).files == 3
