"""Recognising a mail without its UID."""

from __future__ import annotations

from agents.sources.imap.fingerprint import HASHED_BYTES, fingerprint

RAW = b"Subject: a\r\nMessage-ID: <1@x>\r\n\r\nHello\r\n"


def test_line_ends_do_not_count():
    assert fingerprint(RAW) == fingerprint(RAW.replace(b"\r\n", b"\n"))


def test_message_id_and_content_count():
    prints = {
        fingerprint(raw) for raw in (RAW, RAW.replace(b"1@x", b"2@x"), RAW.replace(b"Hello", b"World"), RAW + b"more")
    }
    assert len(prints) == 4


def test_a_cut_mail_has_the_fingerprint_of_the_whole_one():
    """The bound on fetched bytes may be changed between two readings."""
    raw = RAW + b"x" * 3 * HASHED_BYTES
    assert fingerprint(raw[: 3 * HASHED_BYTES]) == fingerprint(raw)


def test_without_message_id_the_content_is_enough():
    assert fingerprint(b"Subject: a\n\nx") != fingerprint(b"Subject: b\n\nx")


def test_nothing_has_no_fingerprint():
    """Two mails without content are not the same mail."""
    assert fingerprint(b"") == ""
