"""Bodies: which part is read, how it is decoded, what counts as a file."""

import base64

import pytest

from streams.mail import flags, parse

MIXED = b"From: a@x.example\nContent-Type: multipart/mixed; boundary=m\n\n"
ALTERNATIVE = b"From: a@x.example\nContent-Type: multipart/alternative; boundary=m\n\n"


def _multi(head: bytes, *parts: bytes):
    return parse(head + b"".join(b"--m\n" + part + b"\n" for part in parts) + b"--m--\n")


def _single(fields: bytes, body: bytes):
    return parse(b"From: a@x.example\n" + fields + b"\n\n" + body)


@pytest.mark.parametrize(
    ("fields", "body", "text", "flag"),
    [
        (b"X: y", b"plain", "plain", None),
        (b"Content-Type: text/plain; charset=utf-8", "é".encode(), "é", None),
        (b"Content-Type: text/plain; charset=iso-8859-1", b"\xe9\x93", "é\u201c", None),  # what senders call Latin-1
        (b'Content-Type: text/plain; charset="koi8-r"', "привет".encode("koi8-r"), "привет", None),
        (b"Content-Type: text/plain; charset=gb2312", "你好".encode("gb18030"), "你好", None),
        (b"Content-Type: text/plain; charset=iso-2022-jp", "日本".encode("iso-2022-jp"), "日本", None),
        (b"Content-Type: text/plain; charset=martian", "é".encode(), "é", flags.UNKNOWN_CHARSET),
        (b"Content-Type: text/plain; charset=zlib", b"abc", "abc", flags.UNKNOWN_CHARSET),
        (b"Content-Type: text/plain; charset=punycode", b"abc", "abc", flags.UNKNOWN_CHARSET),
        (b"Content-Type: text/plain; charset=us-ascii", "é".encode(), "é", flags.BAD_CHARSET),
        (b"Content-Type: text/plain; charset=utf-8", b"caf\xe9 cr\xe8me", "café crème", flags.BAD_CHARSET),
        (b"Content-Transfer-Encoding: quoted-printable", b"caf=65 =\nau lait=", "cafe au lait", None),
        (b"Content-Transfer-Encoding: quoted-printable", b"a=ZZb", "a=ZZb", flags.BAD_TRANSFER_ENCODING),
        (b"Content-Transfer-Encoding: BASE64 ", b"aGVs\nbG8", "hello", None),
        (b"Content-Transfer-Encoding: base64", b"aGVsbG8=aGVsbG8=", "hellohello", flags.BAD_TRANSFER_ENCODING),
        (b"Content-Transfer-Encoding: base64", b"aGVs*bG8=!", "hello", flags.BAD_TRANSFER_ENCODING),
        (b"Content-Transfer-Encoding: base64", b"aGVsbG8hx", "hello!", flags.BAD_TRANSFER_ENCODING),
        (b"Content-Transfer-Encoding: x-uuencode", b"begin 644 a\n%:&5L;&\\\n`\nend\n", "hello", None),
        (b"Content-Transfer-Encoding: martian", b"abc", "abc", flags.BAD_TRANSFER_ENCODING),
        (b"Content-Type: text", b"<b>not html</b>", "<b>not html</b>", None),
        (b"Content-Type: text/html", b"<p>a</p><p>b</p>", "a\n\nb", None),
        (b"Content-Type: text/plain", b"<html><body>a<br>b</body></html>", "a\nb", None),
        (b"Content-Type: text/plain; format=flowed", b"a long \nline\n> quoted \n> too\n-- \nme", "a long line\n> quoted too\n--\nme", None),
        (b"Content-Type: text/plain; format=flowed; delsp=yes", b"a lo \nng line", "a long line", None),
        (b"X: y", b"a\x00\x08\x7fb\r\nc\x85", "ab\nc\u2026", flags.BAD_CHARSET),
    ],
)  # fmt: skip
def test_the_text_of_a_single_part(fields, body, text, flag):
    mail = _single(fields, body)
    assert mail.text == text
    assert (flag in mail.flags) if flag else not mail.flags


def test_plain_text_is_preferred_and_links_come_from_the_html():
    mail = _multi(
        ALTERNATIVE, b"Content-Type: text/plain\n\nHello there, see our site",
        b'Content-Type: text/html\n\n<p>Hello there, see <a href="https://evil.example/x">bank.example</a></p>',
    )  # fmt: skip
    assert mail.text == "Hello there, see our site"
    assert mail.is_html
    assert [(link.text, link.target) for link in mail.links] == [("bank.example", "https://evil.example/x")]
    assert mail.attachments == ()


@pytest.mark.parametrize(
    "stub",
    [
        b"",
        b"   \n",
        b"This message requires an HTML capable mail program.",
        b"View this email in your browser: https://x.example/1",
    ],
)
def test_a_plain_text_that_says_nothing_gives_way_to_the_html(stub):
    html = b"<p>" + b"The real message is here. " * 20 + b"</p>"
    mail = _multi(ALTERNATIVE, b"Content-Type: text/plain\n\n" + stub, b"Content-Type: text/html\n\n" + html)
    assert mail.text.startswith("The real message")


def test_texts_of_a_mixed_mail_are_read_in_order():
    mail = _multi(MIXED, b"Content-Type: text/html\n\n<p>First</p>", b"Content-Type: image/png\n\nx", b"\nlist footer")
    assert mail.text == "First\n\nlist footer"
    assert [(file.content_type, file.size) for file in mail.attachments] == [("image/png", 1)]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        (b'Content-Disposition: attachment; filename="a b.pdf"', "a b.pdf"),
        (b"Content-Disposition: attachment; filename=a b.pdf", "a b.pdf"),
        (b"Content-Disposition: attachment; filename*=utf-8''%C3%A4.pdf", "ä.pdf"),
        (b"Content-Disposition: attachment; filename*0*=utf-8''%C3; filename*1*=%A4; filename*2=\".pdf\"", "ä.pdf"),
        (b'Content-Disposition: attachment; filename="=?utf-8?q?=C3=A4=2Epdf?="', "ä.pdf"),
        ('Content-Disposition: attachment; filename="ä.pdf"'.encode(), "ä.pdf"),
        ('Content-Disposition: attachment; filename="ä.pdf"'.encode("latin-1"), "ä.pdf"),
        (b'Content-Disposition: attachment; filename="C:\\dir\\a.pdf"', "C:\\dir\\a.pdf"),
        (b'Content-Disposition: attachment; filename="a\x00\x1b.pdf"', "a.pdf"),
        (b"Content-Disposition: attachment", "from-type.pdf"),
    ],
)
def test_the_name_of_an_attachment(fields, name):
    mail = _multi(
        MIXED,
        b"\ntext",
        b"Content-Type: application/pdf; name=from-type.pdf\n"
        + fields
        + b"\nContent-Transfer-Encoding: base64\n\n"
        + base64.b64encode(b"12345"),
    )
    assert [(file.name, file.size) for file in mail.attachments] == [(name, 5)]


def test_a_text_attachment_is_not_read():
    mail = _multi(
        MIXED,
        b"\nread me",
        b"Content-Disposition: attachment; filename=a.txt\n\nnot me",
        b"Content-Disposition: inline; filename=b.txt\n\nnor me",
    )
    assert mail.text == "read me"
    assert [file.name for file in mail.attachments] == ["a.txt", "b.txt"]


def test_an_attached_message_is_a_file():
    mail = _multi(MIXED, b"\nsee attached", b"Content-Type: message/rfc822\n\nSubject: inner\n\ninner text")
    assert mail.text == "see attached"
    assert [file.content_type for file in mail.attachments] == ["message/rfc822"]
    assert mail.attachments[0].size == len(b"Subject: inner\n\ninner text")


@pytest.mark.parametrize(
    "fields", [b"Content-Type: message/rfc822", b"Content-Type: message/rfc822\nContent-Transfer-Encoding: 8bit"]
)
def test_an_attached_message_is_read_when_it_is_all_there_is(fields):
    mail = _single(fields, b"Subject: inner\n\ninner text")
    assert mail.text == "inner text"
    assert flags.NESTED_MESSAGE in mail.flags


@pytest.mark.parametrize(
    ("part", "method"),
    [
        (b"Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR", "REQUEST"),
        (b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nMETHOD:cancel\n", "CANCEL"),
        (b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\n", ""),
        (b"Content-Type: text/html\n\nx", None),
    ],
)
def test_the_method_of_an_invitation(part, method):
    mail = _multi(ALTERNATIVE, b"Content-Type: text/plain\n\ncome", part)
    assert (mail.calendar_method, mail.text, mail.attachments) == (method, "come", ())


@pytest.mark.parametrize(
    ("content_type", "flag"),
    [
        (b"multipart/encrypted; protocol=application/pgp-encrypted", flags.ENCRYPTED),
        (b"multipart/signed; protocol=application/pgp-signature", flags.SIGNED),
    ],
)
def test_openpgp_parts_are_files(content_type, flag):
    head = b"From: a@x.example\nContent-Type: " + content_type + b"; boundary=m\n\n"
    mail = _multi(
        head, b"Content-Type: application/pgp-encrypted\n\nVersion: 1", b"Content-Type: application/octet-stream\n\n---"
    )
    assert flag in mail.flags
    assert len(mail.attachments) == 2


def test_smime_and_tnef_are_files():
    mail = _multi(
        MIXED,
        b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nx",
        b"Content-Type: application/ms-tnef; name=winmail.dat\n\nx",
    )
    assert flags.ENCRYPTED in mail.flags
    assert [file.name for file in mail.attachments] == ["smime.p7m", "winmail.dat"]


@pytest.mark.parametrize(
    "body",
    [b"no delimiter at all", b"--other\n\ntext\n--other--"],
)
def test_a_multipart_without_parts_is_text(body):
    mail = parse(MIXED + body)
    assert "text" in mail.text or "delimiter" in mail.text
    assert flags.BAD_STRUCTURE in mail.flags


def test_a_boundary_that_begins_with_the_outer_one_is_not_mistaken_for_it():
    inner = b"Content-Type: multipart/alternative; boundary=m1\n\n--m1\nContent-Type: text/plain\n\nplain of the two\n--m1\nContent-Type: text/html\n\n<p>html of the two</p>\n--m1--"
    mail = _multi(MIXED, inner, b"\nouter")
    assert mail.text == "plain of the two\n\nouter"
    assert flags.SLOW_PATH in mail.flags


def test_one_broken_part_does_not_lose_the_others():
    mail = _multi(MIXED, b"\nread me", b"Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n!!!a")
    assert mail.text == "read me"
    assert mail.flags >= {flags.SLOW_PATH, flags.BAD_TRANSFER_ENCODING}
