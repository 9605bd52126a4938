"""Several secrets behind one reference: which of them sign, and until when."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.deliver.secret_file import changed, keys, parse
from agents.deliver.signature import InvalidSecret, key, new_secret

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
# Not `new_secret()`: they name tests, and every worker of xdist must collect the same.
ONE, TWO = ("whsec_" + b64encode(bytes([number] * 32)).decode() for number in (1, 2))


@pytest.mark.parametrize(
    ("text", "signing"),
    [
        (ONE, [ONE]),
        (f"{ONE}\n", [ONE]),
        (f"{TWO}\n{ONE} until 2026-11-26T09:00:01Z\n", [TWO, ONE]),
        (f"{TWO}\n\n{ONE} until 2026-11-26T09:00:00Z", [TWO]),
        (f"{TWO}\n{ONE} until 2026-11-26T10:30:00+01:00", [TWO, ONE]),
    ],
)
def test_a_line_signs_until_its_time(text: str, signing: list[str]) -> None:
    assert keys([text], NOW) == [key(one) for one in signing]


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "hunter2", f"{ONE} hunter2", f"{ONE} until", f"{ONE} until noon", f"{ONE} until 2026-11-26T09:00:00",
        f"{ONE} until 9999-12-31T23:59:59-14:00",
        f"{ONE} from 2026-11-26T09:00:00Z", f"{ONE}\nhunter2", f"{ONE} until 2026-11-26T08:00:00Z",
    ],
)  # fmt: skip
def test_what_is_none_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(InvalidSecret) as refused:
        keys([text], NOW)
    assert "hunter2" not in str(refused.value)
    assert ONE not in str(refused.value)


def test_a_change_lets_the_old_one_end_and_no_earlier_end_is_put_off() -> None:
    first = changed(ONE, TWO, until=NOW + timedelta(hours=1), now=NOW)
    third = new_secret()
    second = changed(first, third, until=NOW + timedelta(hours=9), now=NOW)
    assert [(one.text, one.until) for one in parse(second)] == [
        (third, None), (TWO, NOW + timedelta(hours=9)), (ONE, NOW + timedelta(hours=1)),
    ]  # fmt: skip
    assert keys([changed(second, ONE, until=None, now=NOW)], NOW) == [key(ONE)]
    assert ONE not in repr(parse(second))


@given(st.text(max_size=200))
def test_any_text_is_secrets_or_a_complaint(text: str) -> None:
    try:
        assert parse(text)
    except InvalidSecret:
        pass
