"""Every real message parses, by both ways to the same result."""

import pytest

from streams.mail import MailError, body, headers, parse, structure, text
from streams.mail.node import Refused
from tests.unit.mail.corpora import messages, needs_data
from tests.unit.mail.promises import check

pytestmark = needs_data


@pytest.mark.parametrize(
    ("archive", "least", "refused"),
    [
        ("spamassassin", 3662, []),
        ("enron-categories", 1041, []),
        ("modern-inbox-dev", 160, []),
        # "This is a simple message not having headers.": nothing in it can be read as a header section; two mbox files.
        (
            "mime-torture",
            492,
            ["malformedHeader-noheader.msg", "content-length-summary.txt", "jwz-summary.txt"],
        ),
    ],
)
def test_every_message_of_a_corpus_is_a_mail_or_the_documented_error(archive, least, refused):
    number, errors = 0, []
    for name, raw in messages(archive):
        number += 1
        try:
            check(parse(raw))
        except MailError:
            errors.append(name.rsplit("/", 1)[-1])
    assert number >= least
    assert set(errors) == set(refused)


def test_real_mail_has_a_sender_a_date_and_a_text():
    mails = [parse(raw) for name, raw in messages("spamassassin") if "ham" in name]
    assert sum(not mail.sender.address for mail in mails) <= 2
    assert sum(mail.date is None for mail in mails) <= 2
    assert sum(not mail.text for mail in mails) <= 20


# Where the two ways differ, and why neither answer is wrong enough to give up the fast one:
# broken quoted-printable escapes (the Rust parser keeps or drops other bytes of them), delimiter lines broken in the
# middle, header lines of a part that are no fields, one line feed more or less at the end of an embedded message, and a
# mail with more lines than the slow way is given (torture.eml).
DIFFERENT = {
    "00164.272880ebd1f1f93cf0cd9800842a24bd.txt", "00673.89b0df1a8a6e1a95c48f1f63e48648f4.txt",
    "01041.1ece6e061e80e648c8156d52decd0610.txt", "mail_test_3", "very-long-boundary.msg", "bad-header-wrap.raw",
    "epilogue-sample.raw", "enclosed-broken.eml", "enclosed-endless.eml", "mailformed-headers.eml", "012.eml",
    "torture.eml",
}  # fmt: skip


@pytest.mark.parametrize(("archive", "least"), [("spamassassin", 250), ("modern-inbox-dev", 50), ("mime-torture", 100)])
def test_the_rust_parser_and_the_standard_library_read_the_same(archive, least):
    compared, different = 0, set()
    for name, raw in messages(archive):
        head, rest = headers.split_message(raw, set())
        fields = {field: head.first(field) for field in structure._FIELDS if field in head.fields}
        if not fields.get("content-type", "").strip().lower().startswith("multipart/"):
            continue
        try:
            fast = _read(structure.fast_tree(fields, rest))
        except Refused:
            continue
        compared += 1
        if fast != _read(structure.slow_tree(fields, rest, set())):
            different.add(name.rsplit("/", 1)[-1])
    assert compared >= least
    assert different <= DIFFERENT


def _read(root):
    content = body.collect(root, set())
    files = [(file.name, file.content_type, file.size) for file in content.attachments]
    return text.visible(content.passages, set()), files, content.calendar_method
