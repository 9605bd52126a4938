"""Whether bytes are one mail at all: a file that is something else must not pass for a mail without a word."""

import re
from typing import Final

from streams.mail import flags
from streams.mail.headers import Head
from streams.mail.model import MailError

_OF_MAILS: Final = frozenset(
    (
        "from to cc bcc sender reply-to date subject message-id in-reply-to references received return-path "
        "delivered-to mime-version content-type content-transfer-encoding content-disposition x-mailer user-agent "
        "dkim-signature authentication-results list-id list-unsubscribe precedence auto-submitted"
    ).split()
)
"""A file without any of them is a table or a note that happens to have a colon in its first line."""
# RFC 4155 appendix A: an empty line, then "From ", an address, a date that ends in a year or zone; then the fields.
_NEXT_IN_MBOX: Final = re.compile(rb"\n\r?\nFrom [^\r\n]{1,200}\d{4}\r?\n[A-Za-z][A-Za-z-]{0,60}: ")


def require_mail(raw: bytes, head: Head, odd: set[str]) -> None:
    """Return when `raw`, whose header section is `head` with the flags `odd`, is one mail.

    Raises:
        MailError
    """
    if not head.fields:
        raise MailError("no header field")
    if _OF_MAILS.isdisjoint(head.fields) and flags.HEAD_CUT not in odd:  # they may stand behind the cut
        raise MailError("none of the header fields that every mail has")
    if raw.startswith(b"From ") and b"\nFrom " in raw and _NEXT_IN_MBOX.search(raw):
        raise MailError("an mbox file, which holds several mails: split it first, `git mailsplit -oDIRECTORY FILE`")
