"""The project's quota is one, however many processes use it: each keeps to the part of the mailboxes that it owns."""

from __future__ import annotations

from itertools import accumulate

from agents.sources.gmail.quota import BURST
from tests.integration.gmail.conftest import GmailSite, event_ids, ids

PROJECT_UNITS = 9_000
"""A minute: 1,500 at once, then 125 a second."""
MAILBOXES, MAILS = 16, 6


async def test_point_7_two_processes_under_load_use_no_more_than_the_projects_quota(
    shared_gmail_site: GmailSite,
) -> None:
    site, google = shared_gmail_site, shared_gmail_site.google
    google.set_quota(project_per_minute=PROJECT_UNITS, user_per_minute=1_000_000)
    polled = {"GMAIL_TOPIC": "", "GMAIL_SUBSCRIPTION": "", "GMAIL_POLL_S": "3000"}
    names = ("first", "second")
    processes = [site.ingest(name, GMAIL_PROJECT_UNITS=str(PROJECT_UNITS), **polled) for name in names]
    for name in names:
        await site.until_status(lambda said: (said.counts or {})["partitions"] == 2, name)
    google.clear_counters()
    expected: set[str] = set()
    for number in range(MAILBOXES):
        address = await site.gmail(f"box{number}", enabled=False)
        expected |= event_ids(f"box{number}", google.fill(address, MAILS))
    for number in range(MAILBOXES):  # all at once
        await site.enable(f"box{number}")
    records = await site.until_received(len(expected), 150)
    assert set(ids(records)) == expected
    assert len(records) == len(expected)
    for name in names:
        await site.until_status(lambda said: (said.counts or {})["announced"] > 0, name)

    counted = google.counters()
    assert counted.refused == {}
    assert sum(counted.units_by_second) == sum(counted.units.values()) > MAILBOXES * MAILS * 20
    at_once, a_second = PROJECT_UNITS * BURST, PROJECT_UNITS * (1 - BURST) / 60
    # From the first call on: a process that is held up makes its calls later, so later windows may see more, never the sum.
    for seconds, used in enumerate(accumulate(counted.units_by_second), start=1):
        assert used <= at_once + (seconds + 1) * a_second
    # Nor far less; new processes, whose parts were small before they joined, have no more at once than they were given.
    assert len(counted.units_by_second) < 5 + 2 * sum(counted.units.values()) / a_second
    for process in processes:
        process.stop()
