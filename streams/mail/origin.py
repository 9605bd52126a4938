"""When, and in which conversation: Date (RFC 5322 §3.6.1), Message-ID, In-Reply-To and References (§3.6.4)."""

import hashlib
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from streams.mail import flags, limits
from streams.mail.clean import one_line

_ID: Final = re.compile(r"<([^<>]{1,998})>")
_SOUND_ID: Final = re.compile(r"<([!-;=?-~]{1,998}+)>")
_DATE_CHARS: Final = 100
_MONTHS: Final = {
    name: f"{number:02}" for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)
}
_SOUND_DATE: Final = re.compile(  # RFC 5322 §3.3 without what is obsolete
    rf"(?:[A-Z][a-z]{{2}}, )?([0-9]{{1,2}}) ({'|'.join(_MONTHS)}) ([12][0-9]{{3}}) "
    r"((?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]) ([+-][01][0-9][0-5][0-9])(?: \([A-Za-z]{1,9}\))?"
)


def date(value: str, odd: set[str]) -> datetime | None:
    """The moment in the writer's zone, whose day "tomorrow" is meant by; None when missing or unreadable (flagged).
    Without a zone it counts as UTC."""
    if not value:
        return None
    try:
        if sound := _SOUND_DATE.fullmatch(value):
            day, month, year, time, zone = sound.groups()
            moment = datetime.fromisoformat(f"{year}-{_MONTHS[month]}-{day:0>2}T{time}{zone}")
        else:
            moment = parsedate_to_datetime(value[:_DATE_CHARS])
        moment.astimezone(UTC)  # raises where the year of UTC is none, 0 or 10000
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        odd.add(flags.BAD_DATE)
        return None


def message_ids(value: str) -> tuple[str, ...]:
    """The ids of a header without angle brackets, in order, each once; of very many the first and the last ones."""
    if sound := _SOUND_ID.fullmatch(value):
        return (sound[1],)
    if not value:
        return ()
    found = [one_line(match[1]).replace(" ", "") for match in _ID.finditer(value)]
    if not found and "@" in value and "<" not in value:
        found = [word for word in one_line(value).split() if "@" in word.strip("@")][:1]
    ids = tuple(dict.fromkeys(found))
    ids = tuple(one for one in ids if one)
    return ids if len(ids) <= limits.MESSAGE_IDS else ids[:1] + ids[1 - limits.MESSAGE_IDS :]


def message_id(value: str) -> str:
    """The Message-ID; one without brackets or "@" is still an identity."""
    ids = message_ids(value)
    return ids[0] if ids else one_line(value).strip("<> ")[: limits.MESSAGE_ID_CHARS]


def content_id(*parts: str | bytes) -> str:
    """An identity for a mail that names none: a hash of what its writer determined (not of what relays added)."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        raw = part if isinstance(part, bytes) else part.encode()
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return "content:" + digest.hexdigest()
