"""What holds for every parsed mail, whatever its bytes were."""

import dataclasses
from collections.abc import Iterator
from datetime import UTC

from streams.mail import Mail, flags, limits

DECLARED = frozenset(value for name, value in vars(flags).items() if name.isupper())


def strings(value: object) -> Iterator[str]:
    """Every string inside a mail."""
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from strings(getattr(value, field.name))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner)
    elif isinstance(value, tuple | frozenset):
        for inner in value:
            yield from strings(inner)


def check(mail: Mail) -> None:
    """Fails when a mail breaks what the parser promises: clean UTF-8 text, bounds, declared flags, times that are times of UTC too."""
    for text in strings(mail):
        text.encode("utf-8")
        assert "\0" not in text
    assert not any(set(value) & set(map(chr, range(32))) for values in mail.headers.values() for value in values)
    assert mail.flags <= DECLARED
    assert mail.size <= limits.RAW_BYTES
    assert len(mail.text) <= limits.TEXT_CHARS
    assert len(mail.new_text) <= limits.TEXT_CHARS
    assert len(mail.links) <= limits.LINKS
    assert all(
        len(link.target) <= limits.LINK_CHARS and len(link.text) <= limits.LINK_TEXT_CHARS for link in mail.links
    )
    assert len(mail.attachments) <= limits.ATTACHMENTS
    assert all(len(file.name) <= limits.NAME_CHARS for file in mail.attachments)
    assert sum(map(len, mail.headers.values())) <= limits.FIELDS
    assert all(len(value) <= limits.VALUE_CHARS for values in mail.headers.values() for value in values)
    assert max(len(mail.to), len(mail.cc), len(mail.reply_to)) <= limits.ADDRESSES
    assert max(len(mail.references), len(mail.in_reply_to)) <= limits.MESSAGE_IDS
    assert mail.date is None or mail.date.tzinfo is not None
    assert mail.date is None or mail.date.astimezone(UTC).year > 0
    assert mail.thread_id
