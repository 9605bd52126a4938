"""Hostile bytes: a mail or the documented error, within bounds. The time limit is a net for quadratic behaviour."""

import base64
import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.mail import MailError, parse
from streams.mail.html import read_html
from streams.mail.quotes import new_part
from tests.examples import examples
from tests.unit.mail.corpora import messages, needs_data
from tests.unit.mail.promises import check

LENGTH = 512 << 10
HEAD = b"From: a@x.example\r\nSubject: s\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"
HTML = HEAD + b"Content-Type: text/html\r\n\r\n"
PLAIN = HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n"
ENCODED = HEAD + b"Subject: " + b"=?" * 200_000


def _nested(*, folded: bool = False) -> bytes:
    field = (
        b"Content-Type:\n multipart/mixed;\n boundary=a%d\n\n--a%d\n"
        if folded
        else b"Content-Type: multipart/mixed; boundary=a%d\n\n--a%d\n"
    )
    return MIXED + b"--a\n" + b"".join(field % (level, level) for level in range(9000))


PATHOLOGICAL = {
    "nested multiparts": _nested(),
    "nested multiparts, folded": _nested(folded=True),
    "nested, one boundary": MIXED + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 9000,
    "empty parts": MIXED + b"--a\r\n" * 200_000,
    "parts": MIXED + b"--a\nContent-Type: image/png; name=x\n\nAAA\n" * 20_000,
    "alternatives": HEAD + b"Content-Type: multipart/alternative; boundary=a\n\n" + b"--a\n\nx\n" * 60_000,
    "base64 parts": MIXED + b"--a\nContent-Transfer-Encoding: base64\n\nAAA\n" * 20_000,
    "broken base64": HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"A=\n" * 200_000,
    "quoted-printable": HEAD + b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=" * LENGTH,
    "embedded messages": MIXED + b"--a\nContent-Type: message/rfc822\n\nSubject: x\n\ny\n" * 9000,
    "messages in messages": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 20_000,
    "encoded words": ENCODED,
    "encoded words in an embedded message": MIXED + b"--a\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + base64.b64encode(ENCODED),
    "encoded words in a digest": HEAD + b"Content-Type: multipart/digest; boundary=a\n\n--a\nContent-Transfer-Encoding: base64\n\n" + base64.b64encode(ENCODED),
    "encoded words in parts": MIXED + (b"--a\nSubject: " + b"=?x?q?" * 2000 + b"\n\nx\n") * 40,
    "many fields": HEAD + b"A: b\r\n" * 200_000,
    "one long field": HEAD + b"A: " + b"x" * (10 << 20),
    "folded for ever": HEAD + b"A: x\r\n" + b" \r\n" * 200_000,
    "parameters": HEAD + b"Content-Type: text/plain" + b"; a*0*=b" * 100_000 + b"\r\n\r\nx",
    "empty lines": PLAIN + b"\n" * LENGTH,
    "quoted lines": PLAIN + b"> a \n" * 100_000,
    "quote marks": PLAIN + b">" * LENGTH,
    "attributions": PLAIN + b"On 1, a@b wrote:\n" * 30_000,
    "labels": PLAIN + b"From: a\nTo: b\n\n" * 30_000,
    "blanks": PLAIN + b" " * LENGTH,
    "links": PLAIN + b"http://x " * 60_000,
    "rules": PLAIN + b"-----\n" * 90_000,
    "elements": HTML + b"<div>" * 100_000,
    "unclosed links": HTML + b"<a href=x>y" * 50_000,
    "attributes": HTML + b"<a " + b"".join(b"a%d=1 " % number for number in range(60_000)),
    "open quotes": HTML + b"<a '\"" * 100_000,
    "comments": HTML + b"<!--" * 120_000,
    "less-than": HTML + b"<" * LENGTH,
    "references": HTML + b"&#" + b"9" * LENGTH,
    "ampersands": HTML + b"&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" * 16_000,
    "scripts": HTML + b"<script>" * 60_000,
    "close tags": HTML + (b"<div>" + b"<table><td>" * 90 + b"</div>" * 90_000),
    "quotations": HTML + b"<blockquote type=cite>x" * 20_000,
    "preformatted": HTML + b"<pre>" + b" " * LENGTH,
    "styles": HTML + b"<p style='display:none;font-size:0'>x" * 14_000,
    "blank attributes": HTML + (b"<a b " + b" " * 1000) * 500,
    "HTML parts": MIXED + (b"--a\nContent-Type: text/html\n\n" + b"<b>x" * 8000 + b"\n") * 16,
    "UTF-7": HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+2AA-" * 100_000,
    "carriage returns": b"To: b\r" * 100_000,
}  # fmt: skip
FIELDS = (
    b"From", b"To", b"Reply-To", b"Date", b"Message-ID", b"References", b"Authentication-Results", b"List-Id", b"Subject",
    b"Content-Type", b"Content-Disposition", b"Content-Transfer-Encoding",
)  # fmt: skip
PATTERNS = (
    b" ", b"(", b"<", b'"', b'"\\', b'\\"', b"@", b",", b"a@b,", b"=?utf-8?q?a?= ", b"=?utf-8?q?", b"; a=b", b"<a@b> ", b"x",
    b"(a", b"(()", b"1 ", b":", b'a"b@c" ', b"x\r\n ",
)  # fmt: skip


@pytest.mark.timeout(10)
@pytest.mark.parametrize("name", PATHOLOGICAL)
def test_pathological_mails_parse_within_bounds(name):
    raw = PATHOLOGICAL[name]
    for cut in (raw, raw[:LENGTH]):
        check(parse(cut))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("field", FIELDS)
def test_pathological_headers_parse_within_bounds(field):
    for pattern in PATTERNS:
        line = field + b": " + (pattern * 16_000)[:16_000] + b"\r\n"
        check(parse(b"To: y\r\n" + line * 6 + b"\r\nbody"))


@given(st.binary(max_size=400))
@example(b"Content-Type: multipart/mixed; boundary=\n\n--\n--")
@examples(300)
def test_arbitrary_bytes_are_a_mail_or_the_error(raw):
    try:
        check(parse(raw))
    except MailError:
        pass


SNIPPETS = [
    b"From", b"To", b"Subject", b"Date", b"Content-Type", b"Content-Transfer-Encoding", b"Content-Disposition", b"Message-ID",
    b"References", b"Authentication-Results", b": ", b"\r\n", b"\n", b"\n\n", b"\r\n\r\n", b"\n ", b"\t", b"; ", b"=", b'"', b"'", b"<", b">",
    b"text/plain", b"text/html", b"multipart/mixed", b"multipart/alternative", b"multipart/digest", b"message/rfc822", b"text/calendar",
    b"boundary=a", b"boundary=", b"charset=utf-8", b"charset=utf-7", b"charset=utf-16", b"charset=x", b"filename*0*=utf-8''%C3", b"format=flowed",
    b"base64", b"quoted-printable", b"x-uuencode", b"--a\n", b"--a--", b"--", b"aGVsbG8=", b"=C3=A9", b"=?utf-8?q?=C3?=", b"=?utf-7?b?K0FE?=",
    b"\x00", b"\xe9", b"\xc3", b"\xed\xa0\x80", "é🎉\u202e".encode(), b"<p>", b"</p>", b"<a href='", b"<div style='display:none'>", b"<!--",
    b"&#", b"&#xD800;", b"<blockquote type=cite>", b"> ", b"-- \n", b"On 1 May 2024, a@b wrote:", b"-----Original Message-----\n", b"a@b", b"1", b"begin 644 x\n",
]  # fmt: skip


@given(st.lists(st.sampled_from(SNIPPETS) | st.binary(max_size=8), max_size=60))
@examples(600)
def test_combinations_of_what_mails_are_made_of(pieces):
    raw = b"".join(pieces)
    for whole in (raw, b"From: a@b\n" + raw, MIXED + b"--a\n" + raw, HTML + raw):
        try:
            check(parse(whole))
        except MailError:
            assert whole == raw


@given(st.text(max_size=300))
@examples(200)
def test_any_text_splits_into_new_and_quoted(text):
    written, _ = new_part(text)
    assert len(written) <= len(text)


@given(st.text(alphabet="<>/!-='\" abpdivhrefstyle&#x;:\n", max_size=200))
@examples(300)
def test_any_markup_reads_as_text(source):
    page = read_html(source, set())
    assert not set(page.text) & set("\x01\x02\x03\x04")


@needs_data
@pytest.mark.parametrize("archive", ["mime-torture", "modern-inbox-dev"])
def test_mutated_real_mails_are_a_mail_or_the_error(archive):
    chance = random.Random(20260101)
    for _, raw in messages(archive):
        for _ in range(3):
            try:
                check(parse(_mutated(raw[:60_000], chance)))
            except MailError:
                pass


def _mutated(raw: bytes, chance: random.Random) -> bytes:
    mail = bytearray(raw)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(mail) + 1)
        match chance.randrange(4):
            case 0:
                mail[at:at] = chance.choice(SNIPPETS)
            case 1:
                del mail[at : at + chance.randint(1, 200)]
            case 2:
                mail[at : at + 1] = bytes([chance.randrange(256)])
            case _:
                mail[at:at] = mail[at : at + 300]
    return bytes(mail)
