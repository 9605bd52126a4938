"""What has the usual form is read a short way: it gives what the long way gives."""

from __future__ import annotations

import re
from datetime import timedelta, timezone
from email.utils import format_datetime
from unittest.mock import patch

from hypothesis import example, given
from hypothesis import strategies as st

from streams.mail import html_tokens, quotes, signature
from streams.mail.clean import close_up
from streams.mail.headers import Head, decoded, split_message
from streams.mail.origin import date, message_ids
from streams.mail.quote_marks import DATED, MARKED, YEAR
from streams.mail.quotes import new_part

_ZONES = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_PLAIN_ATTRIBUTES = re.compile(html_tokens._PLAIN_ATTRIBUTES)
_ANY_ATTRIBUTES = re.compile(rf"(?:{html_tokens._ATTRIBUTE}|[\s/]++)*+")
_LINES = st.sampled_from(
    "From: a|*Von:* b|> Van: c|De : d|От: e|To: f|Sent: g|Subject: h|-----Original Message-----|> --- Original-Nachricht ---:|a|"
    "\t=== Forwarded message ===|Begin forwarded message:|Début du message transféré :|FROM: i|  Date: j|__|see: k|".split("|")
)  # fmt: skip


@given(st.text(alphabet="=\"' /ab>\n\t", max_size=30))
@example(' x=y="> b=" c>')
@example(' x=y="a b="> c">')
@example(" x=y=\"a' b='c\">'>")
def test_a_tag_ends_where_all_its_attributes_are_read(source: str) -> None:
    """The source begins behind the tag's name, which ends before a blank, "/" or ">"."""
    if plain := _PLAIN_ATTRIBUTES.match(f" {source}"):
        read = _ANY_ATTRIBUTES.match(f" {source}")
        assert read
        assert read[0] == plain[0]


@given(st.datetimes(timezones=_ZONES).filter(lambda moment: moment.year > 1000))
@example(None)
def test_a_date_is_the_same_with_what_few_write_behind_it(moment) -> None:
    value = format_datetime(moment.replace(microsecond=0)) if moment else "Sun, 31 Dec 2023 23:59:60 -0000"
    short: set[str] = set()
    long: set[str] = set()
    assert date(value, short) == date(f"{value} (as it were)", long)
    assert short == long


@given(st.text(alphabet="ab@<> =?.\u00a0", max_size=20))
def test_ids_are_the_same_with_a_blank_behind_them(inside: str) -> None:
    assert message_ids(f"<{inside}>") == message_ids(f"<{inside}> ")


@given(st.lists(_LINES, max_size=12).map("\n".join))
def test_no_separator_or_header_block_goes_unseen(text: str) -> None:
    with patch.object(quotes, "ANNOUNCED", re.compile("")):
        expected = new_part(text)
    assert new_part(text) == expected


@given(st.text(alphabet="\n\na", max_size=40))
def test_at_most_one_empty_line_is_left_in_a_row(text: str) -> None:
    assert close_up(text) == re.sub(r"\n{3,}", "\n\n", text)


@given(st.lists(st.text(alphabet="a =?\t\x01\u00e9\u2028", max_size=12), max_size=4))
def test_headers_with_nothing_to_decode_are_as_if_decoded(values: list[str]) -> None:
    raw = "".join(f"X-A: {value}\n" for value in values).encode()
    head, _ = split_message(b"From: a@b\n" + raw + b"\n", set())
    assert decoded(head, set()) == decoded(Head(fields=head.fields), set())


@given(st.from_regex(signature._CLOSING, fullmatch=True))
def test_the_first_letters_of_every_closing_are_known(closing: str) -> None:
    assert closing.strip()[:2].lower() in signature._CLOSINGS


@given(
    st.lists(
        st.sampled_from(("Am ", "13.12.", "2017", "1999", "217 ", " 21:11 ", "schrieb ", "<a@b.example>", ":", "x")),
        max_size=9,
    ).map("".join)
)
@example("Am 13.12.2017 21:11 schrieb Alice <alice@example.org>:")
@example('30.09.2017, 18.30, "Alice" <alice@example.org>:')
def test_an_attribution_that_does_not_begin_with_a_day_has_a_year(text: str) -> None:
    if DATED.fullmatch(text):
        assert YEAR.search(text)


@given(st.lists(st.text(alphabet=">|-] \tAB", max_size=12), max_size=12))
def test_marked_blocks_are_the_marked_lines(lines: list[str]) -> None:
    found = [number for first, behind in quotes._marked("\n".join(lines)) for number in range(first, behind)]
    assert found == [number for number, line in enumerate(lines) if MARKED.match(line)]
