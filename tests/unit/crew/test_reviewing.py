"""One review: who is asked, how often, at what price; with a crew that answers from a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from agents.breakers import Breaker, BreakerOpen, BreakerState
from agents.crew.cache import Cache
from agents.crew.failures import Away
from agents.crew.meter import Meter
from agents.crew.panel.answers import Answers, Assessment, Brief, Suspicion
from agents.crew.reviewing import Reviewer, Said
from infra.settings import load
from tests.unit.crew.requests import TEXT, request_of

FINE = Answers(
    assessment=Assessment(lane="urgent", category="work", needs_reply=True, sureness="certain", why="Legal notice."),
    suspicion=Suspicion(deception="none", technique="none", why="Fine."),
)


class StatusError(Exception):
    def __init__(self, status_code: int, retry_after: str = "0") -> None:
        super().__init__()
        self.status_code = status_code
        self.response = type("Response", (), {"headers": {"retry-after": retry_after}})()


class Panel:
    """Says what stands in the list, then that all is fine; each call uses 500 tokens."""

    def __init__(self, *said: Answers | Exception) -> None:
        self.said = list(said)
        self.asked: list[str] = []

    async def ask(self, case: str, nonce: str, meter: Meter, *, brief_urgent: bool = False) -> Answers:
        self.asked.append(case)
        assert case.startswith(nonce)
        meter.tokens += 500
        answer = self.said.pop(0) if self.said else FINE
        if isinstance(answer, Exception):
            raise answer
        if brief_urgent:
            return Answers(
                assessment=answer.assessment, suspicion=answer.suspicion, brief=Brief(summary="Sum.", draft="Draft.")
            )
        return answer


class Purse:
    def __init__(self, left: int = 10**9) -> None:
        self.left = left

    async def reserve(self, account: str, tokens: int) -> str | None:
        del account
        if tokens > self.left:
            return None
        self.left -= tokens
        return "2026-11-26"

    def settle(self, account: str, reserved: int, used: int, day: str) -> None:
        del account, day
        self.left += reserved - used


class Clock:
    now = 0.0

    def __init__(self) -> None:
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def reviewer(panel: Panel, clock: Clock | None = None, **changes: Any) -> Reviewer:
    clock = clock or Clock()
    settings = load(crew_url="http://127.0.0.1:1/v1", **changes)
    breaker = Breaker("crew-test", failures=3, reset_s=60, clock=clock)
    return Reviewer(
        settings, panel, Cache(ttl_s=60, enabled=settings.cache_enabled), breaker, sleep=clock.sleep, clock=clock
    )


async def test_an_opinion_costs_what_it_used_and_a_second_time_nothing() -> None:
    panel, purse = Panel(), Purse(100_000)
    asks = reviewer(panel)
    first, second = await asks.review(request_of(), purse), await asks.review(request_of(), purse)
    assert (first.outcome, first.tokens, first.cached) == ("opinion", 500, False)
    assert (second.opinion, second.tokens, second.cached) == (first.opinion, 0, True)
    assert purse.left == 99_500
    assert len(panel.asked) == 1


async def test_another_account_shares_no_answer() -> None:
    panel = Panel()
    asks = reviewer(panel)
    for account in ("one", "two"):
        await asks.review(request_of(account=account), Purse())
    assert len(panel.asked) == 2


async def test_without_a_cache_each_is_asked() -> None:
    panel = Panel()
    asks = reviewer(panel, cache_enabled=False)
    for _ in range(2):
        await asks.review(request_of(), Purse())
    assert len(panel.asked) == 2


async def test_an_account_that_is_not_allowed_never_leaves() -> None:
    panel = Panel()
    asks = reviewer(panel, crew_accounts="one, two")
    assert (await asks.review(request_of(account="box"), Purse())).outcome == "forbidden"
    assert (await asks.review(request_of(account="two"), Purse())).outcome == "opinion"
    assert len(panel.asked) == 1


async def test_spent_is_spent() -> None:
    panel = Panel()
    assert (await reviewer(panel).review(request_of(), Purse(left=1000))).outcome == "budget"
    assert panel.asked == []


@pytest.mark.parametrize(
    ("said", "outcome", "calls"),
    [
        ([StatusError(500)], "opinion", 2),
        ([ConnectionError(), TimeoutError()], "opinion", 3),
        ([ValueError("no JSON")], "opinion", 2),
        ([ValueError("no JSON"), AttributeError("choices")], "unanswered", 2),
        ([type("ContentFilterFinishReasonError", (Exception,), {})()], "unanswered", 1),
    ],
)
async def test_only_what_another_try_can_help_is_tried_again(
    said: Sequence[Exception], outcome: str, calls: int
) -> None:
    panel, clock = Panel(*said), Clock()
    found = await reviewer(panel, clock).review(request_of(), Purse())
    assert (found.outcome, len(panel.asked)) == (outcome, calls)
    assert found.tokens == 500 * calls
    assert all(0 <= pause <= 30 for pause in clock.slept)


async def test_an_endpoint_that_is_away_leaves_the_request_waiting_and_opens_the_breaker() -> None:
    panel = Panel(*(ConnectionError() for _ in range(9)))
    asks = reviewer(panel)
    with pytest.raises(Away):
        await asks.review(request_of(), Purse())
    assert asks.breaker.state == BreakerState.OPEN
    with pytest.raises(BreakerOpen):
        await asks.review(request_of(), Purse())
    assert len(panel.asked) == 3
    assert asks.trouble


async def test_a_429_holds_all_until_its_time_is_over() -> None:
    clock = Clock()
    panel = Panel(StatusError(429, "7"))
    asks = reviewer(panel, clock)
    assert (await asks.review(request_of(), Purse())).outcome == "opinion"
    assert clock.now >= 7


async def test_tokens_per_minute_make_it_wait() -> None:
    clock = Clock()
    asks = reviewer(Panel(), clock, crew_tokens_per_minute=10_000, cache_enabled=False)
    for _ in range(4):
        await asks.review(request_of(), Purse())
    assert clock.now >= 60


async def test_a_brief_is_made_where_it_is_wanted() -> None:
    said = await reviewer(Panel(), crew_brief=True).review(request_of(), Purse())
    assert said.opinion is not None
    assert (said.opinion.summary, said.opinion.draft) == ("Sum.", "Draft.")
    assert (await reviewer(Panel()).review(request_of(), Purse())).opinion.summary == ""  # type: ignore[union-attr]


async def test_a_redacted_review_sends_no_names() -> None:
    panel = Panel()
    await reviewer(panel, crew_redact=True).review(request_of(), Purse())
    assert not [word for word in ("Lena", "vogt", "owner@") if word in panel.asked[0]]


class FakeRedis:
    """Of redis.asyncio what is used."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {"other": b"x"}
        self.away = False

    async def get(self, key: str) -> bytes | None:
        return self._here().get(key)

    async def set(self, key: str, value: bytes, ex: int) -> None:
        assert ex > 0
        self._here()[key] = value

    async def delete(self, key: str) -> int:
        return int(self._here().pop(key, None) is not None)

    async def scan_iter(self, match: str, count: int) -> Any:
        assert count
        for key in [key for key in self._here() if key.startswith(match.rstrip("*"))]:
            yield key

    def _here(self) -> dict[str, bytes]:
        if self.away:
            raise ConnectionError
        return self.held


async def shared_answer(cache: Callable[[], Cache]) -> Said:
    panel = Panel()
    asks = Reviewer(load(), panel, cache(), Breaker("crew-test", failures=3, reset_s=60))
    return await asks.review(request_of(TEXT.encode()), Purse())


async def test_processes_share_answers_until_they_are_cleared_and_do_without_when_it_is_away() -> None:
    redis = FakeRedis()

    def cache() -> Cache:
        return Cache(ttl_s=60, shared=redis)

    assert [(await shared_answer(cache)).cached for _ in range(2)] == [False, True]
    assert await cache().clear() == 1
    assert redis.held == {"other": b"x"}, "only ours"
    assert not (await shared_answer(cache)).cached
    redis.away = True
    assert (await shared_answer(cache)).outcome == "opinion"
    redis.away = False
    redis.held = dict.fromkeys(redis.held, b'{"lane": "critical"}')
    assert not (await shared_answer(cache)).cached, "what is no opinion is no answer"


async def test_answers_expire() -> None:
    now = 0.0
    cache = Cache(ttl_s=60, clock=lambda: now)
    asks = Reviewer(load(), Panel(), cache, Breaker("crew-test", failures=3, reset_s=60))
    await asks.review(request_of(), Purse())
    now = 61.0
    assert not (await asks.review(request_of(), Purse())).cached
