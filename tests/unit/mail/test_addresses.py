"""The short way of reading addresses gives what the long one gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.mail.addresses import _SIMPLE, addresses
from streams.mail.model import Address

_NAMES = st.text(st.characters(codec="utf-8"), max_size=20)
_SPECS = st.from_regex(r"[A-Za-z0-9!#$%&'*+/?^_`{|}~.-]{1,20}@[A-Za-z0-9.-]{1,20}", fullmatch=True)
_VALUES = (
    st.one_of(
        _SPECS,
        st.builds("{}<{}>".format, _NAMES, _SPECS),
        st.builds('"{}" <{}>'.format, _NAMES, _SPECS),
        st.builds('"{}"<{}>'.format, _SPECS, _SPECS),
    )
    .map(str.strip)
    .filter(_SIMPLE.fullmatch)
)


@given(_VALUES)
def test_a_simple_address_is_read_as_one_of_several_is(value: str) -> None:
    """A separator after it sends it the long way."""
    short: set[str] = set()
    long: set[str] = set()
    assert addresses(value, short) == addresses(f"{value},", long)
    assert short == long


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("alice@Example.ORG", Address(name="", address="alice@example.org")),
        ('"Lind, Rosa" <rosa@a.example>', Address(name="Lind, Rosa", address="rosa@a.example")),
        ("Rosa Lind <rosa@a.example>", Address(name="Rosa Lind", address="rosa@a.example")),
        ('"" <rosa@a.example>', Address(name="", address="rosa@a.example")),
    ],
)
def test_what_nearly_all_have_is_read_at_once(value: str, expected: Address) -> None:
    assert _SIMPLE.fullmatch(value)
    assert addresses(value, set()) == (expected,)


@pytest.mark.parametrize("value", ["a@.", "A <a@..>", '"A" <a@.>'])
def test_a_domain_of_dots_is_no_address(value: str) -> None:
    assert [one.address for one in addresses(value, set())] == [""]


@pytest.mark.parametrize("value", ["a\x01b@c.example", "A <a\x01b@c.example>", '"A\x7f" <a\x02@c.example>'])
def test_no_control_character_is_left(value: str) -> None:
    assert all(one.address.isprintable() and one.name.isprintable() for one in addresses(value, set()))
