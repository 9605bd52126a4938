"""The project's quota is one, however many processes use it: each keeps to the part of the mailboxes that it owns."""

from __future__ import annotations

from itertools import accumulate

from agents.sources.gmail.quota import BURST
from tests.integration.gmail.conftest import GmailSite, event_ids, ids

PROJECT_UNITS = 9_000
"""A minute: 1,500 at once, then 125 a second."""
MAILBOXES, MAILS = 16, 7


async def test_point_7_two_processes_under_load_use_no_more_than_the_projects_quota(gmail_site: GmailSite) -> None:
    site, google = gmail_site, gmail_site.google
    google.set_quota(project_per_minute=PROJECT_UNITS, user_per_minute=1_000_000)
    polled = {"GMAIL_TOPIC": "", "GMAIL_SUBSCRIPTION": "", "GMAIL_POLL_S": "3000"}
    names = ("first", "second")
    for name in names:
        site.ingest(name, GMAIL_PROJECT_UNITS=str(PROJECT_UNITS), **polled)
    for name in names:
        await site.until_status(lambda said: (said.counts or {})["partitions"] == 2, name)
    google.clear_counters()
    expected: set[str] = set()
    for number in range(MAILBOXES):
        address = await site.gmail(f"box{number}", enabled=False)
        expected |= event_ids(f"box{number}", google.fill(address, MAILS))
    for number in range(MAILBOXES):  # all at once
        await site.enable(f"box{number}")
    records = await site.until_received(len(expected), 60)
    assert set(ids(records)) == expected
    assert len(records) == len(expected)
    for name in names:
        await site.until_status(lambda said: (said.counts or {})["announced"] > 0, name)

    counted = google.counters()
    assert counted.refused == {}
    assert sum(counted.units_by_second) == sum(counted.units.values()) > MAILBOXES * MAILS * 20
    at_once, a_second = PROJECT_UNITS * BURST, PROJECT_UNITS * (1 - BURST) / 60
    for begin in range(len(counted.units_by_second)):
        for seconds, used in enumerate(accumulate(counted.units_by_second[begin:]), start=1):
            assert used <= at_once + (seconds + 1) * a_second  # a call may land a moment after its turn
    assert len(counted.units_by_second) < 4 + 2 * (sum(counted.units.values()) - at_once) / a_second  # nor far less
