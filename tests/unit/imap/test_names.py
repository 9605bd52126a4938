"""Folder names on the wire (RFC 3501 §5.1.3)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.accounts.account import canonical
from agents.sources.imap.names import decode, decode_leniently, encode, quoted


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("INBOX", b"INBOX"),
        ("~peter/mail/台北/日本語", b"~peter/mail/&U,BTFw-/&ZeVnLIqe-"),  # the RFC's own example
        ("Entwürfe", b"Entw&APw-rfe"),
        ("R&D", b"R&-D"),
        ("&", b"&-"),
        ("&ü&", b"&-&APw-&-"),
        ("", b""),
        ('a b\\c"d', b'a b\\c"d'),
        ("😀", b"&2D3eAA-"),
        ("tab\there", b"tab&AAk-here"),
        ("line\r\nbreak", b"line&AA0ACg-break"),
    ],
)
def test_names_and_their_wire_form(name, wire):
    assert encode(name) == wire
    assert decode(wire) == name


@given(st.text(st.characters(codec=None)))
def test_every_name_survives_the_round_trip(name):
    assert decode(encode(name)) == name


@given(st.text(st.characters(codec=None)))
def test_the_wire_form_is_printable_ascii_without_line_breaks(name):
    assert re.fullmatch(rb"[\x20-\x7e]*", encode(name))


@pytest.mark.parametrize("wire", [b"&", b"a&b", b"&A-", b"&===-", b"\xc3\xbc", b"&AP", b"&AP8A-", b"tab\t"])
def test_what_is_not_modified_utf7_is_refused(wire):
    with pytest.raises(ValueError):
        decode(wire)


@given(st.binary())
def test_any_bytes_have_a_lenient_name(wire):
    assert isinstance(decode_leniently(wire), str)


def test_a_server_that_sends_utf8_is_taken_at_its_word():
    assert decode_leniently("Entwürfe".encode()) == "Entwürfe"


@pytest.mark.parametrize(("name", "same"), [("inbox", "INBOX"), ("InBox", "INBOX"), ("Inbox/sub", "Inbox/sub")])
def test_only_inbox_has_no_case(name, same):
    assert canonical(name) == same


def test_quoting_escapes_quotes_and_backslashes():
    assert quoted(b'say "hi" \\o/') == b'"say \\"hi\\" \\\\o/"'


@pytest.mark.parametrize("text", [b"a\r\nLOGOUT", b"a\n", b"\x00"])
def test_a_line_break_cannot_be_quoted(text):
    with pytest.raises(ValueError):
        quoted(text)
