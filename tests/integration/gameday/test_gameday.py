"""A fault is made, its alerts fire, the right page is sent and no other; the fault is removed, and all is calm again."""

from __future__ import annotations

import time

import pytest

from tests.integration.gameday.days import DAYS, Day
from tests.integration.gameday.system import System
from tests.integration.gameday.watching import Watch

ROWS = [pytest.param(day, id=day.name, marks=[] if day.in_ci else pytest.mark.soak) for day in DAYS]
CALM_S = 150.0


@pytest.mark.timeout(420)
@pytest.mark.parametrize("day", ROWS)
def test_game_day(day: Day, at: System, watching: Watch) -> None:
    began = time.monotonic()
    remove = day.fault(at)
    try:
        noticed = watching.until_fire(day.fires, began, day.patience_s)
        told = until_told(day, watching, began)
    finally:
        remove()
    calm = watching.until_calm(CALM_S)
    pages = watching.phone.pages(began)
    assert watching.phone.garbled == []
    assert pages >= day.pages, pages
    assert pages <= day.pages | day.along, f"paged for nothing: {pages - day.pages - day.along}"
    print(
        f"\n{day.name}: fires {noticed}, told after {told:.1f} s, calm {calm:.1f} s after the end; pages {sorted(pages)}"
    )


def until_told(day: Day, watching: Watch, began: float) -> float:
    """Wait for the pages; seconds since the fault."""
    while not watching.phone.pages(began) >= day.pages:
        assert time.monotonic() - began < day.patience_s + 30, f"nobody was told: {watching.phone.rang[-5:]}"
        time.sleep(0.1)
    return time.monotonic() - began
