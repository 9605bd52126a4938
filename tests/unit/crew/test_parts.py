"""Ledger, backlog, budgets, redaction, failures, records: the parts that decide without doing anything."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.crew.backlog import Backlog, Waiting
from agents.crew.budget import DayBudget, MinuteBudget, Spent, day_of
from agents.crew.case import PROMPT_TOKENS, case_of, estimated_tokens
from agents.crew.failures import Away, Limited, Unanswerable, Unfit, meaning
from agents.crew.ledger import SPAN, Ledger
from agents.crew.panel.prompts import PROMPTS, VERSION
from agents.crew.redaction import Redaction
from streams.events import MalformedEvent
from streams.reviews import TEXT_CHARACTERS, ReviewRequest, shortened
from tests.unit.crew.requests import TEXT, request_of


def waiting(offset: int, importance: int, written_at: float) -> Waiting:
    return Waiting(partition=0, offset=offset, written_at=written_at, request=request_of(importance=importance))


@given(st.lists(st.booleans(), max_size=200), st.randoms(use_true_random=False))
def test_after_a_restart_exactly_what_was_not_answered_is_asked(records: list[bool], dice: object) -> None:
    """Records at increasing offsets with gaps (markers); some are answered, in any order."""
    offsets = [3 * number + 5 for number in range(len(records))]
    ledger = Ledger(position=5)
    assert all(ledger.read(offset) for offset in offsets)
    answered = [offset for offset, done in zip(offsets, records, strict=True) if done]
    shuffled = sorted(answered, key=lambda offset: hash((offset, str(dice))))
    for offset in shuffled:
        ledger.done([offset])
    again = Ledger.restored(ledger.position, ledger.metadata)
    assert [offset for offset in offsets if again.read(offset)] == [
        offset for offset, done in zip(offsets, records, strict=True) if not done
    ]
    assert all(again.answered(offset) for offset in answered)


def test_a_full_span_fits_into_an_offsets_metadata() -> None:
    ledger = Ledger(position=0)
    for offset in range(SPAN):
        ledger.read(offset)
    assert not (ledger.read(SPAN) and ledger.room)
    ledger.done(range(1, SPAN + 1))
    assert len(ledger.metadata) <= 4096


@pytest.mark.parametrize("metadata", ["", "none", "done:", "done:zz", "something else"])
def test_metadata_of_another_kind_is_no_trouble(metadata: str) -> None:
    assert Ledger.restored(4, metadata).read(4)


def test_the_most_important_comes_first_then_the_newest() -> None:
    backlog = Backlog(expire_s=100)
    for one in (waiting(1, 40, 1), waiting(2, 90, 2), waiting(3, 40, 3), waiting(4, 90, 1)):
        backlog.add(one)
    assert [backlog.take().offset for _ in range(4)] == [2, 4, 3, 1]  # type: ignore[union-attr]
    assert backlog.take() is None


def test_what_waited_too_long_is_taken_out() -> None:
    backlog = Backlog(expire_s=100)
    for offset, written_at in ((1, 0.0), (2, 50.0), (3, 99.0)):
        backlog.add(waiting(offset, 50, written_at))
    assert {one.offset for one in backlog.expired(now=151)} == {1, 2}
    assert len(backlog) == 1
    backlog.drop(partition=0)
    assert len(backlog) == 0


NOON = 1_800_000_000.0


def test_a_days_budget_is_reserved_before_and_settled_after() -> None:
    budget = DayBudget(per_day=1000)
    assert budget.reserve("a", 600, NOON)
    assert not budget.reserve("a", 600, NOON), "what is in flight counts"
    assert budget.reserve("b", 600, NOON), "each account has its own"
    budget.settle("a", 600, 100, day_of(NOON))
    assert budget.reserve("a", 600, NOON)
    assert not budget.reserve("a", 600, NOON - 86_400), "a clock that goes back gives nothing"
    assert budget.reserve("a", 600, NOON + 86_400), "midnight does"


def test_a_restart_knows_what_was_spent() -> None:
    budget = DayBudget(per_day=1000)
    budget.reserve("a", 900, NOON)
    again = DayBudget(per_day=1000, spent={"a": Spent.decode(budget.spent["a"].encode())})
    assert not again.reserve("a", 200, NOON)
    with pytest.raises(ValueError, match=r"no record of crew\.spent"):
        Spent.decode(b"[]")


def test_a_minutes_budget_says_how_long_to_wait() -> None:
    minute = MinuteBudget(1000)
    assert minute.wait_s(700, now=0) == 0
    assert minute.wait_s(700, now=20) == 40
    assert minute.wait_s(5000, now=61) == 0, "more than a minute's share is one share"
    assert MinuteBudget(0).wait_s(10**9, now=0) == 0


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Ask anna.b+x@sub.firm.example or ANNA.B+X@sub.firm.example", "Ask [address 1] or [address 1]"),
        ("Lena Vogt asks: call +49 (151) 2345-6789", "[name 1] [name 2] asks: call [number 1]"),
        ("IBAN DE89370400440532013000 by 2026-11-30", "IBAN [code 1] by 2026-11-30"),
        ("2,300 EUR until 12:30", "2,300 EUR until 12:30"),
    ],
)
def test_personal_data_are_replaced_and_urgency_stays(said: str, left: str) -> None:
    redaction = Redaction(names=("Lena Vogt",))
    cleaned = redaction.clean(said)
    assert cleaned == left


def test_a_redacted_case_names_nobody() -> None:
    body = case_of(request_of(), redact=True).body
    assert not [word for word in ("Lena", "Vogt", "vogt.example", "owner@example.com") if word in body]
    assert "Lena" in case_of(request_of()).body


def test_tokens_are_known_before_the_call() -> None:
    longest = max(len(f"{one.role}{one.goal}{one.backstory}{one.task}{one.expected}") for one in PROMPTS.values())
    schema = 1500
    assert estimated_tokens("x" * (longest + schema)) <= PROMPT_TOKENS
    assert estimated_tokens("漢字" * 300) >= 900, "a sign may be more than a token"
    case = case_of(request_of())
    assert case.tokens(2, 400) > case.tokens(1, 400) > 400


def test_a_version_names_all_prompts() -> None:
    assert VERSION.startswith("1-")
    assert PROMPTS["triager"].about("a {case} {nonce} %s", "n1").count("a {case} {nonce} %s") == 1


def test_long_texts_keep_beginning_and_end() -> None:
    text = "begin " + "x" * 3 * TEXT_CHARACTERS + " end"
    short = shortened(text, TEXT_CHARACTERS)
    assert short.startswith("begin")
    assert short.endswith(" end")
    assert "characters left out" in short
    assert len(short) < TEXT_CHARACTERS + 50


def test_a_request_survives_the_wire() -> None:
    request = request_of()
    assert ReviewRequest.decode(request.encode()) == request


@pytest.mark.parametrize("value", [None, b"", b"[]", b"{}", b'{"context": 1}'])
def test_what_is_no_request_is_told(value: bytes | None) -> None:
    with pytest.raises(MalformedEvent):
        ReviewRequest.decode(value)


class StatusError(Exception):
    def __init__(self, status_code: int, **headers: str) -> None:
        super().__init__("mail content, never shown")
        self.status_code = status_code
        self.response = type("Response", (), {"headers": headers})()


class ContentFilterFinishReasonError(Exception): ...


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (StatusError(429), Limited), (StatusError(500), Away), (StatusError(503), Away), (StatusError(401), Away),
        (StatusError(404), Away), (ConnectionError("x"), Away), (TimeoutError(), Away),
        (ContentFilterFinishReasonError(), Unanswerable), (AttributeError("choices"), Unfit), (ValueError(), Unfit),
    ],
)  # fmt: skip
def test_each_failure_says_whether_another_try_can_help(error: Exception, kind: type) -> None:
    cause = meaning(error)
    assert type(cause) is kind
    assert "content" not in str(cause).lower() or kind is Unanswerable


def test_retry_after_is_honoured_up_to_a_bound() -> None:
    assert meaning(StatusError(429, **{"retry-after": "7"})).retry_after_s == 7  # type: ignore[union-attr]
    assert meaning(StatusError(429, **{"retry-after": "99999"})).retry_after_s == 300  # type: ignore[union-attr]
    assert meaning(StatusError(429, **{"retry-after": "soon"})).retry_after_s == 0  # type: ignore[union-attr]


def test_a_case_is_the_same_for_the_same_mail_and_account_facts() -> None:
    assert case_of(request_of()).digest == case_of(request_of()).digest
    other = request_of(TEXT.replace("4471", "4472").encode())
    assert case_of(other).digest != case_of(request_of()).digest
    changed = replace(request_of(), importance=99)
    assert case_of(changed).digest == case_of(request_of()).digest


@pytest.mark.parametrize(
    ("name", "said", "left"),
    [
        ("Jean-Luc O'Brien", "Jean-Luc O'Brien's bill, JEAN", "[name 1]-[name 2] O'[name 3]'s bill, [name 1]"),
        ("name code address", "a name: a@b.example", "a [name 1]: [address 1]"),
        ("Żółć, Zoë", "Dear zoë żółć", "Dear [name 1] [name 2]"),
        ("Al Bo", "Al and Bo", "Al and Bo"),
        ("lena_vogt", "Lenas Lena, vogt_lena", "Lenas [name 1], [name 2]_[name 1]"),
        (r"A\1.* (x", "xxx A1", "xxx A1"),
    ],
)
def test_names_are_replaced_word_by_word(name: str, said: str, left: str) -> None:
    assert Redaction(names=(name,)).clean(said) == left


def test_a_name_with_what_nobody_sees_in_it_is_redacted_as_it_is_read() -> None:
    raw = TEXT.replace("Lena Vogt", "Le\u00adna\u200b Vogt").replace("Our lawyer", "Lena Vogt's lawyer").encode()
    body = case_of(request_of(raw), redact=True).body
    assert not [word for word in ("Lena", "Vogt") if word in body]
