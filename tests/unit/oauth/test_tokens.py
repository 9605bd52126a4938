"""One refresh for all, before the end; a final no is asked about once; a cancelled caller spoils nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from agents.oauth.endpoint import Granted
from agents.oauth.grants import FinalRefusal, refreshed
from agents.oauth.token import AccessToken
from agents.oauth.tokens import EARLY_S, LEAST_S, MISCONFIGURED_S, SharedTokens
from agents.sources.base import AuthFailed, ProviderTransient
from tests.clock import Clock
from tests.unit.oauth.records import STORED, access

FINAL = FinalRefusal("box: google no longer honours its grant; run `triage auth login box`")


class Script:
    """A grant that answers by script, the last answer for ever."""

    def __init__(self, *answers: AccessToken | Exception) -> None:
        self.answers = list(answers)
        self.asked = 0
        self.state = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.usable: Callable[[AccessToken], bool] = lambda _: True

    def mark(self) -> object:
        return self.state

    async def obtain(self, usable: Callable[[AccessToken], bool], *, anew: bool = False) -> AccessToken:
        del anew
        self.asked += 1
        self.usable = usable
        await self.gate.wait()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def clock() -> Clock:
    return Clock(0.0)


def tokens(grant: Script, clock: Clock, draw: float = 0.0) -> SharedTokens:
    return SharedTokens(grant, clock=clock, draw=lambda: draw)


async def test_concurrent_callers_share_one_refresh(clock: Clock) -> None:
    grant = Script(access("a", 3600))
    shared = tokens(grant, clock)
    assert set(await asyncio.gather(*(shared.token() for _ in range(50)))) == {"a"}
    assert (await shared.token(), grant.asked) == ("a", 1)


@pytest.mark.parametrize("draw", [0.0, 0.5, 1.0])
async def test_point_9_a_token_is_refreshed_early_and_not_by_all_at_the_same_time(clock: Clock, draw: float) -> None:
    shared = tokens(Script(access("a", 3600), access("b", 7200)), clock, draw)
    early = EARLY_S[0] + draw * (EARLY_S[1] - EARLY_S[0])
    assert await shared.token() == "a"
    clock.now = 3600 - early - 1
    assert await shared.token() == "a"
    clock.now = 3600 - early
    assert await shared.token() == "b"


async def test_a_short_lived_token_is_used_for_half_its_life(clock: Clock) -> None:
    grant = Script(access("a", 100, 100), access("b", 200, 100))
    shared = tokens(grant, clock)
    assert await shared.token() == "a"
    clock.now = 49
    assert (await shared.token(), grant.asked) == ("a", 1)
    clock.now = 51
    assert await shared.token() == "b"


async def test_while_the_endpoint_is_away_a_token_that_is_still_valid_is_used(clock: Clock) -> None:
    grant = Script(access("a", 3600), ProviderTransient("away"))
    shared = tokens(grant, clock)
    await shared.token()
    clock.now = 3400
    for _ in range(5):
        assert await shared.token() == "a"
    assert grant.asked == 2  # not once per call
    clock.now = 3600 - LEAST_S
    with pytest.raises(ProviderTransient):
        await shared.token()


async def test_a_refused_token_is_not_handed_out_again(clock: Clock) -> None:
    grant = Script(access("a", 3600), access("b", 3600))
    shared = tokens(grant, clock)
    await shared.token()
    shared.refused("a")
    assert await shared.token() == "b"
    assert not grant.usable(access("a", 3600))
    assert grant.usable(access("b", 3600))
    shared.refused("a")  # somebody is late to say so
    assert (await shared.token(), grant.asked) == ("b", 2)


async def test_point_9_a_final_refusal_is_asked_about_once_until_what_is_stored_changes(clock: Clock) -> None:
    grant = Script(FINAL, access("a", 1e9))
    shared = tokens(grant, clock)
    for _ in range(100):
        clock.now += 900
        with pytest.raises(AuthFailed, match="triage auth login box"):
            await shared.token()
    assert grant.asked == 1
    with pytest.raises(AuthFailed) as refused:
        await shared.token()
    assert refused.value.mended is not None
    assert not refused.value.mended()
    grant.state += 1
    assert refused.value.mended()
    assert (await shared.token(), grant.asked) == ("a", 2)


async def test_what_settings_can_mend_is_asked_again_after_a_while(clock: Clock) -> None:
    grant = Script(AuthFailed("box: no client"), access("a", 3600))
    shared = tokens(grant, clock)
    for _ in range(3):
        with pytest.raises(AuthFailed):
            await shared.token()
    assert grant.asked == 1
    clock.now += MISCONFIGURED_S
    assert await shared.token() == "a"


async def test_a_transient_failure_is_not_remembered(clock: Clock) -> None:
    shared = tokens(Script(ProviderTransient("away"), access("a", 3600)), clock)
    with pytest.raises(ProviderTransient):
        await shared.token()
    assert await shared.token() == "a"


async def test_a_cancelled_caller_does_not_cancel_the_refresh(clock: Clock) -> None:
    """A rotated refresh token that is not stored is lost."""
    grant = Script(access("a", 3600))
    grant.gate.clear()
    shared = tokens(grant, clock)
    first = asyncio.create_task(shared.token())
    second = asyncio.create_task(shared.token())
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait([first])
    grant.gate.set()
    assert (await second, grant.asked) == ("a", 1)


async def test_a_failure_that_nobody_waits_for_is_no_complaint(clock: Clock) -> None:
    grant = Script(ProviderTransient("away"))
    grant.gate.clear()
    shared = tokens(grant, clock)
    caller = asyncio.create_task(shared.token())
    await asyncio.sleep(0)
    caller.cancel()
    await asyncio.wait([caller])
    grant.gate.set()
    await asyncio.sleep(0.01)


async def test_an_explicit_refresh_asks_also_after_a_final_refusal(clock: Clock) -> None:
    grant = Script(FINAL, access("a", 3600))
    shared = tokens(grant, clock)
    with pytest.raises(AuthFailed):
        await shared.token()
    assert (await shared.refresh()).value == "a"
    assert await shared.token() == "a"


def test_a_rotated_refresh_token_replaces_the_old_one_and_absent_fields_stay() -> None:
    plain = refreshed(STORED, Granted(access_token="new", expires_in_s=100), 5000.0)
    assert (plain.access_token, plain.expires_at, plain.refresh_token) == ("new", 5100.0, STORED.refresh_token)
    assert (plain.scopes, plain.email) == (STORED.scopes, STORED.email)
    rotated = refreshed(STORED, Granted(access_token="new", expires_in_s=1, refresh_token="r2", scopes=("x",)), 0.0)
    assert (rotated.refresh_token, rotated.scopes) == ("r2", ("x",))
