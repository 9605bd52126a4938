"""Headers: found, unfolded, decoded; addresses, ids, dates, lists and authentication."""

from datetime import UTC, datetime

import pytest

from streams.mail import Address, Authentication, MailError, flags, parse
from streams.mail.authentication import authentication


def _mail(*lines: bytes):
    return parse(b"\r\n".join(lines) + b"\r\n\r\nbody\r\n")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        b"   ",
        b"no header here\n\nat all",
        b"\x00\x01\x02\xff" * 50,
        b":\n:\n\nx",
        b"a,b:c\n1,2:3\n",
        b'{"path: "x"}',
        b"Title: a note\n\ntext",
    ],
)
def test_bytes_without_a_header_field_of_mails_are_no_mail(raw):
    with pytest.raises(MailError):
        parse(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: hi\r\n\r\nbody", b"Subject: hi\n\nbody", b"From alice Mon Jan  1 00:00:00 2024\nSubject: hi\n\nbody",
        b"\n\nSubject: hi\n\nbody", b"\xef\xbb\xbfSubject: hi\n\nbody", b"Subject: hi\nbody", b"Subject : hi\n\nbody",
        b"SUBJECT:hi\n\nbody", b">From alice\nSubject: hi\n\nbody", b"Subject:\n hi\n\nbody", b"  \n Subject: hi\n\nbody",
        b"Subject: hi\rX: y\r\rbody".replace(b"\r\r", b"\n\n"),
    ],
)  # fmt: skip
def test_one_plausible_field_makes_a_mail(raw):
    mail = parse(raw)
    assert mail.subject in ("hi", "hi X: y")
    assert mail.text == "body"


_ONE = b"From ann@example.org Mon Nov 23 10:00:00 2026\nSubject: hi\n\n"


def test_a_mail_whose_own_header_fields_stand_behind_a_bomb_of_others_is_a_mail():
    mail = parse(b"".join(b"X-%d: y\n" % number for number in range(20_000)) + b"Subject: hi\n\nbody")
    assert flags.HEAD_CUT in mail.flags


@pytest.mark.parametrize(
    "second",
    [
        b"From bob@example.org Tue Nov 24 10:00:00 2026\nSubject: you\n\nbody\n",
        b"From 17@xxx Mon Nov 23 10:00:00 +0000 2026\r\nX-GM-THRID: 17\r\n\r\nbody\r\n",  # Google Takeout
        b"From - Mon Nov 23 10:00:00 2026\nX-Mozilla-Status: 0001\n\nbody\n",  # Thunderbird
        b"From bob Mon Jun  3 12:50:27 1996 -0700\nSubject: you\n\nbody\n",  # with a zone
    ],
)
def test_an_mbox_file_of_several_mails_is_refused_with_a_remedy_rather_than_read_as_its_first_mail(second):
    with pytest.raises(MailError, match="git mailsplit"):
        parse(_ONE + b"body\n\n" + second)


@pytest.mark.parametrize(
    "raw",
    [
        _ONE + b"body\n",
        _ONE + b"body\n\nFrom here on Nov 2026\nit is text\n",
        _ONE + b"body\n\n>From bob@example.org Tue Nov 24 10:00:00 2026\nSubject: quoted\n",
        _ONE + b"body\nFrom bob@example.org Tue Nov 24 10:00:00 2026\nSubject: no empty line before\n",
        b"Subject: hi\n\nbody\n\nFrom bob@example.org Tue Nov 24 10:00:00 2026\nSubject: shown, not stored\n\n",
    ],
)
def test_one_mail_that_looks_a_little_like_mbox_stays_one_mail(raw):
    assert parse(raw).subject == "hi"


@pytest.mark.parametrize(
    ("value", "subject"),
    [
        (b"=?utf-8?q?caf=C3=A9?=", "café"),
        (b"=?UTF-8?B?Y2Fmw6k=?=", "café"),
        (b"=?utf-8?b?Y2Fmw6k?=", "café"),  # padding lost
        (b"=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),  # split inside a character
        (b"=?utf-8?q?a?=\r\n =?iso-8859-1?q?=E9?=", "aé"),
        (b"=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        (b"=?utf-8*en?q?a_b?=", "a b"),
        (b"=?utf-8?q?a b?=", "a b"),  # a blank inside the word
        (b"x=?utf-8?q?a?=y", "xay"),
        (b"=?nonsense?q?caf=C3=A9?=", "café"),
        (b"=?utf-8?q?unfinished", "=?utf-8?q?unfinished"),
        (b"=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        ("café".encode(), "café"),
        ("café".encode("latin-1"), "café"),
        (b"a\x00b\x07c", "abc"),
        (b"a\r\n\t  b", "a b"),
        (b"=?utf-7?q?+2AA-x?=", "x"),  # a lone surrogate
        (b"=?utf-8?b?AAEC?=end", "end"),  # control characters
    ],
)
def test_a_subject_as_a_person_reads_it(value, subject):
    assert _mail(b"Subject: " + value).subject == subject


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"alice@Example.ORG", [("", "alice@example.org")]),
        (b"Alice <alice@example.org>", [("Alice", "alice@example.org")]),
        (b'"Doe, Alice" <alice@example.org>', [("Doe, Alice", "alice@example.org")]),
        (b"alice@example.org (Alice Doe)", [("Alice Doe", "alice@example.org")]),
        (b"=?utf-8?q?Doe=2C_Ren=C3=A9?= <r@example.org>", [("Doe, René", "r@example.org")]),
        (b'"=?utf-8?q?Ren=C3=A9?=" <r@example.org>', [("René", "r@example.org")]),
        (b"a@x.example, B <b@x.example>", [("", "a@x.example"), ("B", "b@x.example")]),
        (b"Team: a@x.example, B <b@x.example>;", [("", "a@x.example"), ("B", "b@x.example")]),
        (b"undisclosed-recipients:;", []),
        (b"<@relay.example:a@x.example>", [("", "a@x.example")]),
        (b'"odd local"@x.example', [("", '"oddlocal"@x.example')]),
        (b"Alice alice@example.org", [("Alice", "alice@example.org")]),
        (b'"unclosed <alice@example.org>', [("unclosed", "alice@example.org")]),
        (b"PayPal security@paypal.example <x@evil.example>", [("PayPal security@paypal.example", "x@evil.example")]),
        (b"Alice", [("Alice", "")]),
        (b"Alice <>", [("Alice", "")]),
        (b"<alice@example.org", [("", "alice@example.org")]),
        ("Zoë <zoë@exämple.org>".encode(), [("Zoë", "zoë@exämple.org")]),
        (b"<a@one.example> <b@two.example>", [("", "b@two.example")]),
        (b"", []),
        (b",,,", []),
    ],
)
def test_the_mailboxes_of_an_address_header(value, expected):
    assert [(one.name, one.address) for one in _mail(b"X: y", b"To: " + value).to] == expected


def test_two_senders_are_flagged_and_the_first_is_shown():
    mail = _mail(b"From: a@x.example", b"From: b@x.example")
    assert mail.sender == Address(address="a@x.example")
    assert mail.flags >= {flags.MANY_FROM, flags.DUPLICATE_HEADER}


def test_recipients_of_repeated_headers_all_count():
    assert len(_mail(b"To: a@x.example", b"To: b@x.example").to) == 2


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (b"Mon, 2 Apr 2012 18:22:10 +0400", datetime(2012, 4, 2, 14, 22, 10, tzinfo=UTC)),
        (b"2 Apr 12 18:22 EST", datetime(2012, 4, 2, 23, 22, tzinfo=UTC)),
        (b"Mon, 2 Apr 2012 18:22:10 -0000", datetime(2012, 4, 2, 18, 22, 10, tzinfo=UTC)),
        (b"Mon, 2 Apr 2012 18:22:10 +0400 (MSK)", datetime(2012, 4, 2, 14, 22, 10, tzinfo=UTC)),
        (b"yesterday", None), (b"Mon, 99 Foo 2012", None), (b"Fri, 31 Dec 9999 23:59:59 -1200", None),
        (b"1 Jan 2020 00:00:00 +999999999999", None), (b"9" * 5000, None),
        (b"", None),
    ],
)  # fmt: skip
def test_a_date_is_a_moment_or_none(value, moment):
    assert _mail(b"X: y", b"Date: " + value).date == moment


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (b"Tue, 24 Nov 2026 23:30:00 -0800", 24),
        (b"Tue, 24 Nov 2026 00:30:00 +0900", 24),
        (b"Tue,24 Nov 2026 23:30 PST", 24),
        (b"Tue, 24 Nov 2026 23:30:00 -0000", 24),
    ],
)
def test_a_dates_day_is_that_of_its_writer(value, day):
    date = _mail(b"X: y", b"Date: " + value).date
    assert date is not None
    assert date.day == day


@pytest.mark.parametrize(
    ("lines", "thread"),
    [
        ([b"Message-ID: <own@x>", b"In-Reply-To: <parent@x>", b"References: <root@x>\r\n <parent@x>"], "root@x"),
        ([b"Message-ID: <own@x>", b"In-Reply-To: <parent@x>"], "parent@x"),
        ([b"Message-ID: <own@x>"], "own@x"),
        ([b"Message-ID: own@x"], "own@x"),
        ([b"Message-ID: own"], "own"),
        ([b"In-Reply-To: Your message of Monday <parent@x>"], "parent@x"),
    ],
)
def test_the_root_of_a_conversation(lines, thread):
    assert _mail(b"Subject: x", *lines).thread_id == thread


def test_a_mail_without_any_id_is_known_by_its_content_not_by_its_way():
    one = parse(b"Received: by a\nFrom: a@x.example\nSubject: s\n\nbody")
    other = parse(b"Received: by b\nFrom: a@x.example\nSubject: s\n\nbody")
    third = parse(b"From: a@x.example\nSubject: s\n\nanother body")
    assert one.thread_id == other.thread_id != third.thread_id
    assert one.message_id == ""


def test_list_and_automation_headers():
    mail = _mail(
        b"List-Id: Some List <list.example.org>", b"List-Unsubscribe: <https://x.example/u>, <mailto:u@x.example>",
        b"Auto-Submitted: Auto-Replied; owner=x", b"Precedence: Bulk", b"Subject: hi",
    )  # fmt: skip
    assert (mail.list_id, mail.auto_submitted, mail.precedence) == ("list.example.org", "auto-replied", "bulk")
    assert mail.list_unsubscribe == "<https://x.example/u>, <mailto:u@x.example>"
    plain = _mail(b"Auto-Submitted: no", b"Subject: hi")
    assert (plain.list_id, plain.auto_submitted, plain.precedence, plain.list_unsubscribe) == (None, None, None, None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("mx.example; spf=pass smtp.mailfrom=a@b; dkim=pass header.d=b; dmarc=fail (p=none)", ("pass", "pass", "fail")),
        ("mx.example 1; none", (None, None, None)),
        ("mx.example; SPF = SoftFail", ("softfail", None, None)),
        (
            "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=b; dkim=none (message not signed); dmarc=pass",
            ("pass", "none", "pass"),
        ),
        ("mx.example; dkim=fail header.d=a; dkim=pass header.d=b", (None, "pass", None)),
        ("mx.example; dkim/1=pass", (None, "pass", None)),
        ('mx.example; spf=fail reason="; spf=pass; dmarc=pass"', ("fail", None, None)),
        ("mx.example; spf=fail (dmarc=pass; dkim=pass)", ("fail", None, None)),
        ("mx.example; arc=pass; x-spf=pass", (None, None, None)),
        ("", (None, None, None)),
    ],
)
def test_authentication_results(value, expected):
    spf, dkim, dmarc = expected
    assert authentication(value) == Authentication(spf=spf, dkim=dkim, dmarc=dmarc)


def test_only_the_topmost_authentication_results_count():
    mail = _mail(
        b"Authentication-Results: mx.example; spf=fail",
        b"Authentication-Results: forged.example; spf=pass; dkim=pass",
        b"Subject: hi",
    )
    assert mail.authentication == Authentication(spf="fail")


def test_headers_keep_their_order_and_repetitions():
    mail = _mail(b"Received: one", b"X-A: b", b"Received: two")
    assert mail.headers == {"received": ("one", "two"), "x-a": ("b",)}
    assert mail.header("received") == "one"
    assert mail.header("missing") == ""


def test_a_cut_mail_says_so():
    assert flags.TRUNCATED in parse(b"To: b\n\nx", truncated=True).flags
    assert flags.TRUNCATED in parse(b"To: b\n\n" + b"x" * (1 << 20)).flags
    assert flags.TRUNCATED not in parse(b"To: b\n\nx").flags
