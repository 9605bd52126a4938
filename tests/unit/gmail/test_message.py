"""A raw message is taken from its answer, whole or cut anywhere."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.sources.base import ProviderTransient
from agents.sources.gmail.message import JSON_ROOM, answer_limit, described, raw_of


def answer(raw: bytes, snippet: str = "") -> bytes:
    text = base64.urlsafe_b64encode(raw).decode()
    fields = {
        "id": "1f",
        "snippet": snippet,
        "sizeEstimate": len(raw),
        "raw": text,
        "historyId": "9",
        "internalDate": "0",
    }
    return json.dumps(fields).encode()


@given(st.binary(max_size=300), st.integers(1, 400), st.text(max_size=20))
def test_a_mail_is_cut_to_its_bound(raw: bytes, limit: int, snippet: str) -> None:
    assert raw_of(answer(raw, snippet), limit) == (raw[:limit], len(raw) > limit)


@given(st.binary(min_size=1, max_size=300), st.integers(0, 500))
def test_an_answer_that_was_cut_has_the_beginning_of_the_mail(raw: bytes, kept: int) -> None:
    part = answer(raw)[: answer(raw).index(b'"raw"') + 8 + kept]
    found, longer = raw_of(part, 10_000)
    assert raw.startswith(found)
    assert not longer
    assert len(found) >= min(kept * 3 // 4 - 2, len(raw) - 2)


def test_the_part_of_an_answer_that_is_read_holds_the_whole_bound() -> None:
    raw = b"x" * 200_000
    found, _ = raw_of(answer(raw, "s" * 200)[: answer_limit(65_536)], 65_536)
    assert found == raw[:65_536]
    assert answer_limit(65_536) < 65_536 * 4 // 3 + JSON_ROOM + 16


@pytest.mark.parametrize(
    "text", [b"", b"{}", b'{"historyId": "x", "internalDate": "1"}', b'{"historyId": "1", "internalDate": "9e99"}']
)
def test_what_is_no_message_is_transient(text: bytes) -> None:
    with pytest.raises(ProviderTransient):
        described(text)
    with pytest.raises(ProviderTransient):
        raw_of(text, 10)
