"""Mails from a seed: the same again, all different, all mails, and like a mailbox in kind and size."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from statistics import median

import pytest

from agents.load.mails import Mails, message_id, number_in
from streams.mail import parse
from streams.triage.decide import decide
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Facts

AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
COUNT = 200


@pytest.fixture(scope="module")
def raws() -> list[bytes]:
    mails = Mails(7, AT)
    return [mails.mail(number) for number in range(COUNT)]


def test_the_same_seed_gives_the_same_bytes_in_any_order_and_another_seed_others(raws: list[bytes]) -> None:
    again = Mails(7, AT)
    assert [again.mail(number) for number in reversed(range(COUNT))] == raws[::-1]
    assert not set(raws) & {Mails(8, AT).mail(number) for number in range(COUNT)}
    assert len(set(raws)) == COUNT


def test_each_is_a_mail_that_is_known_again_by_its_id(raws: list[bytes]) -> None:
    for number, raw in enumerate(raws):
        mail = parse(raw)
        assert mail.message_id == message_id(7, number)
        assert number_in(mail.message_id.encode(), 7) == number_in(raw[: raw.index(b"\r\n\r\n")], 7)
        assert mail.sender.address
        assert mail.text.strip() or mail.attachments or not mail.subject
    assert number_in(b"1@shop.example", 7) is None
    assert number_in(message_id(8, 3).encode(), 7) is None


def test_lines_end_as_imap_wants_them(raws: list[bytes]) -> None:
    assert all(raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r") and b"\0" not in raw for raw in raws)


def test_they_are_like_a_mailbox(raws: list[bytes]) -> None:
    mails = [parse(raw) for raw in raws]
    sizes = sorted(map(len, raws))
    assert 2_000 < median(sizes) < 12_000
    assert sizes[-1] > 10 * median(sizes)
    senders = Counter(mail.sender.address for mail in mails)
    assert COUNT / 6 < len(senders) < COUNT
    threads = Counter(mail.thread_id for mail in mails)
    assert sum(many for many in threads.values() if many > 1) > COUNT / 5
    verdicts = [decide(mail, Facts(), policy=DEFAULT) for mail in mails]
    assert {verdict.lane for verdict in verdicts} == {"urgent", "high", "normal", "low"}
    assert len({verdict.category for verdict in verdicts}) >= 5
