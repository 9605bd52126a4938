"""What responses say, also when servers are odd."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.sources.imap import responses
from agents.sources.imap.framing import Framer, Literal, MalformedResponse, Response
from agents.sources.imap.responses import Fetched, fetched, listed


def response(wire: bytes) -> Response:
    (only,) = Framer(1000).feed(wire + b"\r\n")
    return only


@pytest.mark.parametrize(
    ("wire", "says"),
    [
        (b"* 12 FETCH (UID 7 RFC822.SIZE 44827)", Fetched(uid=7, size=44827)),
        (b"* 12 FETCH (RFC822.SIZE 44827 UID 7)", Fetched(uid=7, size=44827)),
        (b"* 12 FETCH (uid 7 Rfc822.Size 5 FLAGS (\\Seen $Forwarded [odd))", Fetched(uid=7, size=5)),
        (b"* 12 fetch (UID 7)", Fetched(uid=7)),
        (b"* 12 FETCH (FLAGS (\\Seen))", None),
        (
            b'* 1 FETCH (UID 7 INTERNALDATE " 7-Jul-2026 02:44:25 -0700")',
            Fetched(uid=7, internal_date=datetime(2026, 7, 7, 9, 44, 25, tzinfo=UTC)),
        ),
        (b'* 1 FETCH (UID 7 INTERNALDATE "yesterday")', Fetched(uid=7)),
        (b'* 1 FETCH (UID 7 INTERNALDATE "31-Feb-2026 02:44:25 +0000")', Fetched(uid=7)),
        (b"* 1 FETCH (UID 7 INTERNALDATE NIL RFC822.SIZE NIL)", Fetched(uid=7)),
        (b"* 1 FETCH (X-GM-MSGID 1278455344230334865 UID 7)", Fetched(uid=7, gmail_id=1278455344230334865)),
        (b"* 1 FETCH (UID 7 BODY[] {3}\r\na)b)", Fetched(uid=7, has_body=True, body=Literal(b"a)b", 3))),
        (b"* 1 FETCH (BODY[]<0> {3}\r\n(\r\n UID 7)", Fetched(uid=7, has_body=True, body=Literal(b"(\r\n", 3))),
        (b'* 1 FETCH (UID 7 BODY[] "q\\"( \\\\")', Fetched(uid=7, has_body=True, body=Literal(b'q"( \\', 5))),
        (b'* 1 FETCH (UID 7 BODY[] "")', Fetched(uid=7, has_body=True, body=Literal(b"", 0))),
        (b"* 1 FETCH (UID 7 BODY[] NIL)", Fetched(uid=7, has_body=True)),
        (b'* 1 FETCH (UID 7 BODY[] "NIL")', Fetched(uid=7, has_body=True, body=Literal(b"NIL", 3))),
        (b"* 1 FETCH (UID 7 BODY[HEADER.FIELDS (DATE FROM)] {2}\r\n\r\n BODY NIL)", Fetched(uid=7)),
    ],
)
def test_fetch(wire, says):
    assert fetched(response(wire)) == says


@pytest.mark.parametrize(
    "wire",
    [
        b"* 1 FETCH",
        b"* 1 FETCH (UID",
        b"* 1 FETCH (UID)",
        b"* 1 FETCH (UID 7))",
        b'* 1 FETCH (UID 7 X "open)',
        b"* 1 FETCH ((UID) 7)",
        b"* 1 FETCH (UID 7 BODY[] (a list))",
        b"* 1 FETCH (X " + b"(" * 50 + b")" * 50 + b")",
    ],
)
def test_what_is_no_fetch_is_refused(wire):
    with pytest.raises(MalformedResponse):
        fetched(response(wire))


@given(st.binary(max_size=300))
def test_hostile_bytes_raise_nothing_but_the_documented_error(noise):
    for parse in (fetched, listed, responses.search_uids, responses.kind):
        for one in Framer(50).feed(b"* 1 FETCH (UID 7 " + noise + b")\r\n" + noise + b"\r\n"):
            try:
                parse(one)
            except MalformedResponse:
                pass


@given(st.lists(st.sampled_from([b"(", b")", b'"', b"\\", b"[", b"]", b" ", b"A", b"NIL", b"{3}\r\nxyz"]), max_size=40))
def test_any_sequence_of_tokens_is_read_or_refused(tokens):
    for one in Framer(50).feed(b"* 1 FETCH (" + b"".join(tokens) + b")\r\n"):
        try:
            fetched(one)
        except MalformedResponse:
            pass


@pytest.mark.parametrize("run", [b"[", b"[a", b"[]", b"] [", b"(", b'"x" ', b"\\", b"a ", b'"'])
def test_a_long_run_of_anything_takes_no_quadratic_time(run):
    """Hours instead of a moment where each start looks for its end; the test's own timeout would tell."""
    with pytest.raises(MalformedResponse):
        fetched(response(b"* 1 FETCH (" + run * 2_000_000 + b'"'))


@pytest.mark.parametrize(
    ("wire", "name", "attributes"),
    [
        (b'* LIST (\\HasNoChildren \\Sent) "/" "Sent Mail"', b"Sent Mail", ("\\hasnochildren", "\\sent")),
        (b"* LIST () NIL INBOX", b"INBOX", ()),
        (b'* LIST (\\Noselect) "." [Gmail]/All', b"[Gmail]/All", ("\\noselect",)),
        (b'* LIST () "/" {4}\r\na"b\\', b'a"b\\', ()),
        (b'* LIST () "/" "a\\"b\\\\"', b'a"b\\', ()),
        (b'* LIST () "/" "x" ("CHILDINFO" ("SUBSCRIBED"))', b"x", ()),
        (b'* LIST () "/" 2026', b"2026", ()),
    ],
)
def test_list(wire, name, attributes):
    found = listed(response(wire))
    assert found is not None
    assert (found.wire_name, found.attributes) == (name, attributes)


def test_a_folder_without_a_name_is_none():
    assert listed(response(b'* LIST () "/" NIL')) is None


@pytest.mark.parametrize(
    ("wire", "uids"),
    [
        (b"* SEARCH 2 84 882", [2, 84, 882]),
        (b"* SEARCH", []),
        (b"* SEARCH 5 (MODSEQ 917162500)", [5]),
        (b"* SEARCH  7 ", [7]),
        (b"* SEARCH 99999999999999999999999999 3", [3]),
    ],
)
def test_search(wire, uids):
    assert list(responses.search_uids(response(wire))) == uids


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"[UIDVALIDITY 3857529045] ok", ("UIDVALIDITY", b"3857529045")),
        (b"[authenticationfailed] no", ("AUTHENTICATIONFAILED", b"")),
        (b"no code", ("", b"")),
        (b"text [LATER] code", ("", b"")),
    ],
)
def test_response_codes(text, says):
    assert responses.code(text) == says
