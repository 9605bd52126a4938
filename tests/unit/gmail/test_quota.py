"""No minute ever sees more units than Google grants, and what it refuses is held back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.sources.gmail.quota import COST, Bucket, Quota
from tests.clock import Clock


@given(st.lists(st.tuples(st.sampled_from(sorted(COST.values())), st.floats(0, 20)), max_size=200))
def test_point_7_no_sixty_seconds_see_more_than_the_limit(calls: list[tuple[int, float]]) -> None:
    clock = Clock()
    bucket = Bucket(600, clock=clock)
    used: list[tuple[float, int]] = []
    for units, pause_s in calls:
        clock.now += pause_s
        clock.now += bucket.take(units)
        used.append((clock.now, units))
    for start, _ in used:
        assert sum(units for at, units in used if start <= at < start + 60) <= 600 + max(COST.values())


def test_point_7_a_refusal_holds_everything_for_its_time() -> None:
    clock = Clock()
    bucket = Bucket(600, clock=clock)
    bucket.hold(30)
    assert bucket.remaining == 0
    assert bucket.take(1) == pytest.approx(30)
    clock.now += 31
    assert bucket.take(1) == 0


def test_the_project_is_divided_by_what_a_process_holds() -> None:
    clock, held = Clock(), [1.0]
    quota = Quota(user_per_minute=6000, project_per_minute=60_000, share=lambda: held[0], clock=clock)
    whole = quota.project.rate
    held[0] = 0.25
    assert quota.project.rate == whole / 4
    held[0] = 0.0
    assert quota.project.rate > 0  # a process without partitions still tests accounts


def test_a_mailbox_keeps_its_bucket_whoever_asks() -> None:
    quota = Quota(user_per_minute=6000, project_per_minute=60_000, clock=Clock())
    quota.of("a@example.org").user.take(500)
    assert quota.of("a@example.org").user.remaining == pytest.approx(500)
    assert quota.of("b@example.org").user.remaining == pytest.approx(1000)


@pytest.mark.parametrize(("message_units", "units"), [(20, 40), (5, 10)])
async def test_a_thread_is_taken_for_two_messages(message_units: int, units: int) -> None:
    quota = Quota(user_per_minute=6000, project_per_minute=60_000, message_units=message_units, clock=Clock())
    budget = quota.of("a@example.org")
    await budget.spend("users.threads.get")
    assert budget.user.remaining == pytest.approx(1000 - units)
