"""What is sealed opens with its key and for its account only; anything else is refused and named, never guessed at."""

from __future__ import annotations

import base64

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.oauth.seal import Key, Keys, Unsealable, new_key
from agents.oauth.token import StoredToken
from infra.errors import ConfigError
from tests.unit.oauth.records import STORED, stored

OLD, NEW = Key.parse(new_key()), Key.parse(new_key())
KEYS = Keys([OLD])


@given(st.binary(max_size=2000), st.text(max_size=50))
def test_what_was_sealed_opens_and_shows_nothing_before(content: bytes, account: str) -> None:
    sealed = KEYS.seal(account, content)
    assert KEYS.open(account, sealed) == content
    assert len(content) < 8 or content not in sealed


@given(st.data())
def test_a_changed_file_is_refused(data: st.DataObject) -> None:
    sealed = bytearray(KEYS.seal("box", STORED.encode()))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != sealed[at]))
    try:
        opened = KEYS.open("box", bytes(sealed))
    except Unsealable:
        return
    assert opened == STORED.encode()  # a change that JSON or base64 does not see


@given(st.binary(max_size=300))
def test_what_is_no_token_file_is_refused(content: bytes) -> None:
    with pytest.raises(Unsealable):
        KEYS.open("box", content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["version", "key", "nonce", "sealed"]), inner),
    max_leaves=8,
)


@given(JSON)
def test_json_that_is_no_token_file_is_refused(content: object) -> None:
    with pytest.raises(Unsealable):
        KEYS.open("box", orjson.dumps(content))


def test_no_file_passes_for_another_accounts() -> None:
    with pytest.raises(Unsealable, match="another account"):
        KEYS.open("other", KEYS.seal("box", b"x"))


def test_a_key_is_changed_by_putting_a_new_one_in_front() -> None:
    sealed = KEYS.seal("box", b"x")
    both = Keys([NEW, OLD])
    assert both.open("box", sealed) == b"x"
    again = both.seal("box", b"x")
    assert Keys([NEW]).open("box", again) == b"x"
    with pytest.raises(Unsealable, match=f"encrypted with key {NEW.id}, at hand are {OLD.id}"):
        KEYS.open("box", again)


def test_two_seals_of_the_same_differ() -> None:
    assert KEYS.seal("box", b"x") != KEYS.seal("box", b"x")


def test_a_newer_version_says_so() -> None:
    data = orjson.loads(KEYS.seal("box", b"x"))
    with pytest.raises(Unsealable, match="'2' is newer"):
        KEYS.open("box", orjson.dumps({**data, "version": 2}))


@pytest.mark.parametrize(
    "text",
    ["", "hunter2", "AAAA", "ä" * 44, new_key()[:-4], base64.b64encode(b"x" * 33).decode()],
    ids=["empty", "word", "short", "not-ascii", "cut", "long"],
)
def test_what_is_no_key_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ConfigError, match="triage auth key") as refused:
        Key.parse(text)
    assert not text or text not in str(refused.value)


def test_without_a_key_the_remedy_is_named() -> None:
    with pytest.raises(ConfigError, match="TOKEN_KEY is not set"):
        Keys([])


def test_a_repr_shows_no_secret() -> None:
    shown = repr(STORED) + repr(STORED.access) + repr(OLD)
    assert "planted" not in shown
    assert repr(OLD.secret) not in shown


@pytest.mark.parametrize(
    "token", [STORED, stored(access_token="", refused="invalid_grant"), stored(scopes=(), email="")]
)
def test_a_stored_token_reads_back_as_it_was_written(token: StoredToken) -> None:
    assert StoredToken.decode(token.encode()) == token


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"{}", b'{"provider":"google"}'])
def test_what_is_no_stored_token_is_refused(content: bytes) -> None:
    with pytest.raises((ValueError, TypeError)):
        StoredToken.decode(content)


def test_a_newer_versions_fields_are_passed_over() -> None:
    data = orjson.loads(STORED.encode())
    assert StoredToken.decode(orjson.dumps({**data, "colour": "blue"})) == STORED
